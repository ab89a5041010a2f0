using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Tools;
using Xunit;
using Xunit.Abstractions;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>
/// ELF dumps of a level, made on the host of the memory of a crashed Linux, against those of Debian's
/// <c>makedumpfile -E</c>: which pages they hold, and what is in them.
/// </summary>
[Collection(ElfDumpsCollection.Name)]
public sealed class ElfLevelTests(ElfDumps dumps, ITestOutputHelper output)
{
    // Memory covers only a part of it: makedumpfile leaves such a page out.
    private const ulong PartialPage = 0x9F;

    // Excluded pages in a row that are left out (makedumpfile: PFN_EXCLUDED).
    private const ulong ShortestHole = 256;

    public static IEnumerable<object[]> Cases => FilterTests.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_pages_held_are_those_of_makedumpfile(KernelSeries kernel, int level)
    {
        string theirs = dumps.PathOf(kernel, $"theirs-{Guid.NewGuid():N}");
        string ours = dumps.PathOf(kernel, $"ours-{Guid.NewGuid():N}");
        Makedumpfile.Convert($"-E -d {level}", dumps.Of(kernel), theirs);
        Convert(dumps.Of(kernel), ours, $"{level}");
        using (CrashedKernel full = OpenDump.KernelIn(dumps.Of(kernel)))
        using (VmcoreFile first = OpenDump.Of<VmcoreFile>(theirs))
        using (VmcoreFile second = OpenDump.Of<VmcoreFile>(ours))
        {
            List<ulong> onlyFirst = [];
            List<ulong> onlySecond = [];
            foreach (ulong pfn in Pages(full.Vmcore))
            {
                bool isInFirst = first.StateOf(pfn) == PageState.Kept;
                bool isInSecond = second.StateOf(pfn) == PageState.Kept;
                (isInFirst == isInSecond ? null : isInFirst ? onlyFirst : onlySecond)?.Add(pfn);
            }
            output.WriteLine($"{onlyFirst.Count} pages only in theirs, {onlySecond.Count} only in ours");
            // Debian's makedumpfile 1.7.2 keeps huge pages of Linux 6.9 and later, and takes slab pages of 6.10 and later
            // for anonymous memory (FilterTests); a page that is kept keeps the excluded ones around it too.
            bool isMisread = kernel == KernelSeries.Linux612 && (level & 8) != 0;
            PageStructs structs = new(full);
            // These hold zeros.
            Assert.Equal(isMisread && (level & DumpLevel.Zero) == 0, onlyFirst.Count != 0);
            Assert.All(
                onlyFirst, pfn => Assert.True(IsNear("hugetlb", structs, onlyFirst, pfn), structs.Describe(pfn)));
            Assert.All(
                onlySecond.Where(pfn => pfn != PartialPage),
                pfn => Assert.True(isMisread && IsNear("slab", structs, onlySecond, pfn), structs.Describe(pfn)));
            DumpContent content = DumpContent.Compare(second, full.Vmcore);
            content.MustBeEqual();
        }
        File.Delete(theirs);
        File.Delete(ours);
    }

    [Theory]
    [InlineData(KernelSeries.Linux61, 31)]
    [InlineData(KernelSeries.Linux612, 16)]
    public void A_kdump_compressed_dump_becomes_the_same_ELF_dump(KernelSeries kernel, int level)
    {
        string kdump = dumps.PathOf(kernel, $"kdump-{Guid.NewGuid():N}");
        string direct = dumps.PathOf(kernel, $"direct-{Guid.NewGuid():N}");
        string again = dumps.PathOf(kernel, $"again-{Guid.NewGuid():N}");
        CkdumpRun.Good("convert", "-d", $"{level}", "-c", "lzo", dumps.Of(kernel), "-o", kdump);
        Convert(dumps.Of(kernel), direct, $"{level}");
        // At its own level.
        CkdumpRun.Good("convert", "-f", "elf", kdump, "-o", again);
        using (VmcoreFile full = OpenDump.Of<VmcoreFile>(dumps.Of(kernel)))
        using (VmcoreFile first = OpenDump.Of<VmcoreFile>(direct))
        using (VmcoreFile second = OpenDump.Of<VmcoreFile>(again))
        using (VmcoreFile source = OpenDump.Of<VmcoreFile>(kdump))
        {
            // The page that was partial is a whole one now, of zeros for one.
            Assert.All(Pages(full).Where(pfn => pfn != PartialPage), pfn => Assert.Equal(first.StateOf(pfn), second.StateOf(pfn)));
            MustBeKeptOrZeros(source, second, full);
            Assert.All(
                ((ElfVmcore)second).Segments,
                s => Assert.Equal(Mapping((ElfVmcore)full, s.PhysicalAddress, s.VirtualAddress), s.VirtualAddress));
        }
        Assert.Equal(Makedumpfile.Log(dumps.Of(kernel)), Makedumpfile.Log(again));
        File.Delete(kdump);
        File.Delete(direct);
        File.Delete(again);
    }

    // What the source lacks is zeros, in runs that are too short to be left out.
    private static void MustBeKeptOrZeros(VmcoreFile source, VmcoreFile dump, VmcoreFile full)
    {
        byte[] page = new byte[Limits.PageBytes];
        byte[] expected = new byte[Limits.PageBytes];
        long different = 0;
        foreach (ulong pfn in Pages(full).Where(pfn => dump.StateOf(pfn) == PageState.Kept))
        {
            Array.Clear(expected);
            if (source.StateOf(pfn) == PageState.Kept)
            {
                _ = full.ReadPhysical(pfn * Limits.PageBytes, expected);
            }
            _ = dump.ReadPhysical(pfn * Limits.PageBytes, page);
            different += page.AsSpan().SequenceEqual(expected) ? 0 : 1;
        }
        Assert.Equal(0, different);
    }

    // The virtual address that the full dump has for the physical one, by the segment of the same mapping.
    private static ulong Mapping(ElfVmcore full, ulong physical, ulong like) => full.Segments
        .Where(s => s.PhysicalAddress <= physical && physical - s.PhysicalAddress < s.MemoryBytes
            && s.VirtualAddress >> 40 == like >> 40)
        .Select(s => s.VirtualAddress + (physical - s.PhysicalAddress))
        .DefaultIfEmpty(0UL)
        .First();

    private static bool IsNear(string kind, PageStructs structs, List<ulong> pages, ulong pfn)
    {
        int at = pages.BinarySearch(pfn);
        return Enumerable.Range(Math.Max(0, at - (int)ShortestHole), 2 * (int)ShortestHole)
            .Where(i => i < pages.Count)
            .Select(i => pages[i])
            .Any(near => (near > pfn ? near - pfn : pfn - near) <= ShortestHole && structs.KindOf(near) == kind);
    }

    private static IEnumerable<ulong> Pages(VmcoreFile dump)
    {
        foreach (AddressRange range in dump.PhysicalRanges)
        {
            for (ulong pfn = range.Start / Limits.PageBytes; pfn * Limits.PageBytes < range.End; pfn++)
            {
                yield return pfn;
            }
        }
    }

    private static void Convert(string source, string target, string level) =>
        CkdumpRun.Good("convert", "-f", "elf", "-d", level, source, "-o", target);
}
