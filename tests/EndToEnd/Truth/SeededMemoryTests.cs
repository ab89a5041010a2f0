using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Truth;

/// <summary>A pattern over most of the memory before the crash is in the dump, every page once and whole.</summary>
public class SeededMemoryTests
{
    private const ulong Seed = 0x5EED;
    private const int MemoryMiB = 512;
    private const int PatternMiB = 384;
    private const int PagesPerMiB = 256;
    private const ulong KernelText = 0xFFFF_FFFF_8000_0000;

    [Fact]
    public void Every_page_of_the_pattern_is_found_once_and_whole()
    {
        string source = Path.Combine(Path.GetTempPath(), $"ckdump-pattern-{Guid.NewGuid():N}.raw");
        try
        {
            WritePattern(source);
            Capture(source);
        }
        finally
        {
            File.Delete(source);
        }
    }

    // The guest copies the pattern past its page cache, and the zeros before and behind it keep Linux's search for
    // partitions and the last content of dd's buffer from making second copies of its pages.
    private static void Capture(string source)
    {
        GuestOptions options = new()
        {
            MemoryMiB = MemoryMiB,
            Disks =
            [
                GuestDisk.PreparedNvme,
                new GuestDisk { Interface = DiskInterface.VirtioModern, ImagePath = source, ReadOnly = true },
            ],
            Capture = CaptureKernel.Ours("kdump.final_action=poweroff"),
            BeforeCrash = $"""
                mount -t tmpfs -o size={PatternMiB + 8}m pattern /root
                dd if=/dev/vda of=/root/pattern bs=1M skip=1 count={PatternMiB + 1} iflag=direct 2>&1
                """,
        };
        TestGuest.Capture(options, guest =>
        {
            byte[] found = Count(guest.Disks[0]);
            Assert.Equal(PatternMiB * PagesPerMiB, found.Length);
            Assert.True(
                found.All(times => times == 1),
                $"{found.Count(times => times == 0)} pages are missing, {found.Count(times => times > 1)} are there twice");
        });
    }

    private static void WritePattern(string path)
    {
        using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write);
        byte[] pages = new byte[PagesPerMiB * SharedMemory.PageBytes];
        file.Write(pages);
        for (int i = 0; i < PatternMiB; i++)
        {
            SeededPages.Fill(pages, Seed, (ulong)(i * PagesPerMiB));
            file.Write(pages);
        }
        Array.Clear(pages);
        file.Write(pages);
    }

    // How often each page was found in the segments of the direct map.
    private static byte[] Count(string vmcore)
    {
        byte[] times = new byte[PatternMiB * PagesPerMiB];
        byte[] page = new byte[SharedMemory.PageBytes];
        using FileStream file = new(vmcore, FileMode.Open, FileAccess.Read);
        IEnumerable<ProgramHeader> memory = VmcoreHeader.Read(file).Loads.Where(load => load.VirtualAddress < KernelText);
        foreach (ProgramHeader segment in memory)
        {
            file.Position = (long)segment.OffsetBytes;
            for (ulong done = 0; done + SharedMemory.PageBytes <= segment.FileBytes; done += SharedMemory.PageBytes)
            {
                file.ReadExactly(page);
                if (SeededPages.IsMarked(page, Seed, out ulong number) && number < (ulong)times.Length
                    && SeededPages.IsWhole(page, Seed, number))
                {
                    times[number]++;
                }
            }
        }
        return times;
    }
}
