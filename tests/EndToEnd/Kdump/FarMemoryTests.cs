using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>
/// Little memory in each of many gigabytes, on a CPU without 1 GiB pages: each needs a page table of its own, and there are
/// not half as many. They are recycled again and again, in the middle of batches, and while other CPUs compress some.
/// </summary>
public class FarMemoryTests
{
    private const ulong GigabyteBytes = 1UL << 30;
    private const int FirstGigabyte = 4;
    private const int Gigabytes = 60;
    private const ulong Seed = 0xFA12;

    // Not a multiple of a batch.
    private const int PagesPerGigabyte = 41;

    [Fact]
    public void CPUs_do_not_change_the_dump()
    {
        Assert.Equal(Capture(1), Capture(4));
    }

    // The hash of the dump that a machine of four CPUs makes with some of them, after a look at each page.
    private static string Capture(int working)
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.format=kdump kdump.dump_level=1 kdump.compress=lzo kdump.cpus={working}",
            Cpus = 4,
            Cpu = "max,-pdpe1gb",
            MemoryMiB = (FirstGigabyte + Gigabytes) * 1024,
            Memory = Plant,
            Disks = [disk.Nvme],
        };
        string hash = "";
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, $"ckdump: CPUs that compress: {working}");
            MustHoldAll(disk.Path);
            byte[] dump = disk.Read(0, (int)disk.ReadLabel().DumpLengthBytes);
            hash = Convert.ToHexString(SHA256.HashData(dump));
        });
        return hash;
    }

    private static void Plant(SharedMemory memory)
    {
        CoreHeader header = new CoreHeader().Notes(CrashedMemory.NotesAt, (ulong)CrashedMemory.Notes.Length);
        foreach (ulong start in Starts())
        {
            header = header.Load(start, PagesPerGigabyte * (ulong)Limits.PageBytes);
        }
        CrashedMemory.Plant(memory, header.ToBytes());
        foreach (ulong address in Pages())
        {
            memory.Write(address, Content(address));
        }
    }

    private static void MustHoldAll(string path)
    {
        using (VmcoreFile dump = OpenDump.Of<VmcoreFile>(path))
        {
            byte[] page = new byte[Limits.PageBytes];
            foreach (ulong address in Pages())
            {
                Assert.Equal(Status.Ok, dump.ReadPhysical(address, page));
                Assert.True(page.AsSpan().SequenceEqual(Content(address)), $"the page at 0x{address:x} differs");
            }
        }
    }

    private static IEnumerable<ulong> Starts()
    {
        for (int i = 0; i < Gigabytes; i++)
        {
            yield return (ulong)(FirstGigabyte + i) * GigabyteBytes;
        }
    }

    private static IEnumerable<ulong> Pages()
    {
        foreach (ulong start in Starts())
        {
            for (int i = 0; i < PagesPerGigabyte; i++)
            {
                yield return start + ((ulong)i * Limits.PageBytes);
            }
        }
    }

    // Noise that no compressor makes smaller, or the start of it over and over.
    private static byte[] Content(ulong address)
    {
        const int Repeated = 512;
        ulong number = address / Limits.PageBytes;
        byte[] page = SeededPages.Make(1, Seed, number);
        for (int at = Repeated; number % 2 != 0 && at < page.Length; at += Repeated)
        {
            page.AsSpan(0, Repeated).CopyTo(page.AsSpan(at));
        }
        return page;
    }
}
