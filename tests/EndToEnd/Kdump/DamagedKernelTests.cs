using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Ckdump.Convert;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Matrix;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;
using Xunit.Abstractions;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>
/// A Linux whose structures were overwritten before it crashed: the dump is made all the same, and holds every page that it
/// would hold without the damage.
/// </summary>
[Collection(ElfDumpsCollection.Name)]
public sealed class DamagedKernelTests(ElfDumps dumps, ITestOutputHelper output)
{
    private const string Unfiltered = "only pages of zeros can be left out";

    public static IEnumerable<object[]> Cases =>
        from kernel in new[] { KernelSeries.Linux61, KernelSeries.Linux612 }
        from damage in new[]
        {
            "page structs ones", "page structs noise", "page structs zeros", "page structs 0x55", "some page structs noise",
            "sections ones", "sections noise", "roots ones", "roots noise", "vmcoreinfo noise", "vmcoreinfo zeros",
        }
        select new object[] { kernel, damage };

    [Theory]
    [MemberData(nameof(Cases))]
    public void No_page_is_lost_to_damaged_structures(KernelSeries kernel, string damage)
    {
        string damaged = dumps.PathOf(kernel, $"damaged-{Guid.NewGuid():N}");
        string filtered = dumps.PathOf(kernel, $"filtered-{Guid.NewGuid():N}");
        string healthy = dumps.PathOf(kernel, "healthy");
        if (!File.Exists(healthy))
        {
            Convert(dumps.Of(kernel), healthy);
        }
        File.Copy(dumps.Of(kernel), damaged);
        Overwrite(damaged, damage);
        string said = Convert(damaged, filtered);
        using (KdumpVmcore first = OpenDump.Of<KdumpVmcore>(healthy))
        using (KdumpVmcore second = OpenDump.Of<KdumpVmcore>(filtered))
        {
            ulong end = Math.Max(first.Header.PageCount, second.Header.PageCount);
            ulong[] lost = [.. Pfns(end).Where(pfn => first.KeptMap.IsSet(pfn) && !second.KeptMap.IsSet(pfn))];
            ulong more = (ulong)Pfns(end).LongCount(pfn => !first.KeptMap.IsSet(pfn) && second.KeptMap.IsSet(pfn));
            output.WriteLine($"{damage}: {lost.Length} pages lost, {more} more; {said.Trim()}");
            // Some of so many page structs of noise look like those of a process or of the page cache.
            Assert.InRange(lost.Length, 0, damage.StartsWith("some", StringComparison.Ordinal) ? 4 : 0);
            Assert.NotEqual(0UL, more);
        }
        File.Delete(damaged);
        File.Delete(filtered);
    }

    [Theory]
    [InlineData("page structs ones")]
    [InlineData("page structs noise")]
    [InlineData("sections noise")]
    public void A_guest_whose_structures_were_overwritten_is_dumped(string damage)
    {
        using SharedMemory memory = new(512);
        GuestOptions options = new()
        {
            MemoryMiB = 512,
            Crash = CrashKind.Nmi,
            Disks = [MatrixGuest.Disk(DiskInterface.Nvme)],
            QemuArguments = memory.QemuArguments,
            Capture = CaptureKernel.Ours(
                $"kdump.format=kdump kdump.compress=lzo kdump.dump_level=31 {MatrixGuest.PowerOff}"),
        };
        TestGuest.Boot(options, guest =>
        {
            guest.Monitor.Stop();
            Overwrite(memory, damage);
            guest.Crash();
            guest.Monitor.Continue();
            guest.WaitUntilDone(TestGuest.CaptureLimit);
            Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
            Assert.Matches("ckdump: dump complete: .* 0 lost", guest.Console.Text);
            Assert.Contains(
                damage == "page structs noise" ? Unfiltered : "level 31 keeps ", guest.Console.Text);
            // Page structs are what kmem shows; the rest does not need them.
            string[] answers = CrashUtility.Ask(
                HostSetup.Vmlinux(options.Kernel), guest.Disks[0], ["--no_kmem_cache"], "bt", "log");
            Assert.Contains("#0", answers[0]);
            Assert.Contains("Linux version", answers[1]);
        });
    }

    private static void Overwrite(string elf, string damage)
    {
        using (CrashedKernel kernel = OpenDump.KernelIn(elf))
        using (FileStream file = new(elf, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            ElfVmcore vmcore = Assert.IsType<ElfVmcore>(kernel.Vmcore);
            byte[] info = kernel.Info.Fields.Text.ToArray();
            if (damage.StartsWith("vmcoreinfo", StringComparison.Ordinal))
            {
                VmcoreNote note = vmcore.Notes.Single(one => one.Name == "VMCOREINFO");
                byte[] content = Content(damage, (int)note.LengthBytes);
                RandomAccess.Write(file.SafeFileHandle, content, (long)note.OffsetBytes);
                return;
            }
            DumpMemory memory = new(vmcore, null);
            ulong end = vmcore.PhysicalRanges.Max(range => range.End) / Limits.PageBytes;
            foreach (ulong place in Places(memory, info, end, damage))
            {
                CosmosKdump.Capture.Input.ProgramHeader segment = vmcore.Segments.First(
                    one => one.PhysicalAddress <= place && place < one.PhysicalAddress + one.FileBytes);
                RandomAccess.Write(
                    file.SafeFileHandle,
                    Content(damage, Limits.PageBytes, place),
                    (long)(segment.Offset + (place - segment.PhysicalAddress)));
            }
        }
    }

    private static void Overwrite(SharedMemory memory, string damage)
    {
        byte[] info = FindVmcoreInfo(memory);
        SharedPort port = new(memory);
        foreach (ulong place in Places(port, info, (ulong)memory.LengthBytes / Limits.PageBytes, damage))
        {
            memory.Write(place, Content(damage, Limits.PageBytes, place));
        }
    }

    private static IEnumerable<ulong> Places<TMemory>(TMemory memory, byte[] info, ulong endPfn, string damage)
        where TMemory : struct, IPhysicalMemory
    {
        (ulong roots, ulong sections) = StructPlaces.SectionTable(memory, info);
        return damage.Split(' ')[0] switch
        {
            "roots" => [roots],
            "sections" => [sections],
            "some" => StructPlaces.PageStructs(memory, info, endPfn).Select(one => one.Place)
                .Where((_, i) => i % 16 == 5),
            _ => StructPlaces.PageStructs(memory, info, endPfn).Select(one => one.Place),
        };
    }

    private static byte[] Content(string damage, int length, ulong place = 0)
    {
        byte[] bytes = new byte[length];
        switch (damage.Split(' ')[^1])
        {
            case "ones":
                bytes.AsSpan().Fill(0xFF);
                break;
            case "0x55":
                bytes.AsSpan().Fill(0x55);
                break;
            case "noise":
                new Random((int)(place / Limits.PageBytes)).NextBytes(bytes);
                break;
            default:
                break;
        }
        return bytes;
    }

    // Linux: vmcoreinfo_data, a page.
    private static byte[] FindVmcoreInfo(SharedMemory memory)
    {
        for (ulong at = 0; at < (ulong)memory.LengthBytes; at += Limits.PageBytes)
        {
            byte[] page = memory.Read(at, Limits.PageBytes);
            if (page.AsSpan().StartsWith("OSRELEASE="u8) && page.AsSpan().IndexOf("SYMBOL(mem_section)"u8) > 0)
            {
                int end = page.AsSpan().IndexOf((byte)0);
                return end < 0 ? page : page[..end];
            }
        }
        throw new InvalidDataException("no VMCOREINFO in the guest's memory");
    }

    private static IEnumerable<ulong> Pfns(ulong end)
    {
        for (ulong pfn = 0; pfn < end; pfn++)
        {
            yield return pfn;
        }
    }

    private static string Convert(string source, string target) =>
        CkdumpRun.Good("convert", "-d", "31", "-c", "lzo", source, "-o", target);

    /// <summary>The memory port over a machine's memory.</summary>
    private readonly struct SharedPort(SharedMemory memory) : IPhysicalMemory
    {
        public ulong PhysicalEnd => (ulong)memory.LengthBytes;

        public Status Read(ulong address, Span<byte> destination)
        {
            memory.Read(address, destination.Length).CopyTo(destination);
            return Status.Ok;
        }
    }
}
