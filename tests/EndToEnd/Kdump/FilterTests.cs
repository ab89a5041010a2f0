using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Capture;
using CosmosKdump.Ckdump.Convert;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Tools;
using Xunit;
using Xunit.Abstractions;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>
/// The capture kernel's filter over the memory of a crashed Linux, run on the host, against Debian's makedumpfile over the
/// same memory: the sets of pages that both keep, page by page.
/// </summary>
[Collection(ElfDumpsCollection.Name)]
public sealed class FilterTests(ElfDumps dumps, ITestOutputHelper output)
{
    // Memory covers only a part of it: makedumpfile leaves such a page out.
    private const ulong PartialPage = 0x9F;
    private const int HugePagePages = 512;

    public static IEnumerable<object[]> Cases =>
        from kernel in new[] { KernelSeries.Linux61, KernelSeries.Linux612 }
        from level in new[] { 0, 1, 2, 4, 8, 16, 31 }
        select new object[] { kernel, level };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_pages_kept_are_those_of_makedumpfile(KernelSeries kernel, int level)
    {
        string theirs = dumps.PathOf(kernel, $"theirs-{Guid.NewGuid():N}");
        string ours = dumps.PathOf(kernel, $"ours-{Guid.NewGuid():N}");
        Makedumpfile.Convert($"-l -d {level}", dumps.Of(kernel), theirs);
        Convert(dumps.Of(kernel), ours, level, "lzo");
        using (CrashedKernel full = OpenDump.KernelIn(dumps.Of(kernel)))
        using (KdumpVmcore first = OpenDump.Of<KdumpVmcore>(theirs))
        using (KdumpVmcore second = OpenDump.Of<KdumpVmcore>(ours))
        {
            PageStructs structs = new(full);
            PageSetComparison comparison = PageSetComparison.Compare(first, second, structs);
            output.WriteLine(comparison.Report());
            Assert.NotEqual(0, comparison.Both);
            Assert.All(comparison.MemoryOfOne, pfn => Assert.Equal(PartialPage, pfn));
            bool isMisread = kernel == KernelSeries.Linux612 && (level & 8) != 0;
            // Debian's makedumpfile 1.7.2 does not know huge pages of Linux 6.9 and later, which are a type of pages
            // (d99e3140a4d3; its commit 985e575 does): it keeps all of each, used or not.
            Assert.Equal(isMisread ? ["hugetlb"] : [], comparison.OnlyFirst.Keys);
            Assert.All(comparison.OnlyFirst.Values, pages => Assert.Equal(ElfDumps.HugePages * HugePagePages, pages.Count));
            // Nor the slab pages of Linux 6.10 and later (46df8e73a4a3): where their mapping has bit 0 set it takes them
            // for anonymous memory.
            string[] known = isMisread ? ["slab"] : [];
            Assert.All(
                comparison.OnlySecond.Where(kind => !known.Contains(kind.Key)),
                kind => Assert.Equal([PartialPage], kind.Value));
            DumpContent content = DumpContent.Compare(second, full.Vmcore);
            content.MustBeEqual();
        }
        long larger = new FileInfo(ours).Length - new FileInfo(theirs).Length;
        output.WriteLine($"{larger} bytes larger than makedumpfile's");
        File.Delete(theirs);
        File.Delete(ours);
    }

    [Theory]
    [InlineData("lzo")]
    [InlineData("zlib")]
    public void Makedumpfile_reads_and_filters_it_again(string compress)
    {
        const KernelSeries Kernel = KernelSeries.Linux61;
        string ours = dumps.PathOf(Kernel, $"ours-{Guid.NewGuid():N}");
        string again = dumps.PathOf(Kernel, $"again-{Guid.NewGuid():N}");
        string direct = dumps.PathOf(Kernel, $"direct-{Guid.NewGuid():N}");
        Convert(dumps.Of(Kernel), ours, 0, compress);
        Assert.Equal(Makedumpfile.Log(dumps.Of(Kernel)), Makedumpfile.Log(ours));
        Makedumpfile.Convert("-c -d 31", ours, again);
        Convert(ours, direct, 31, compress);
        using (CrashedKernel full = OpenDump.KernelIn(dumps.Of(Kernel)))
        using (KdumpVmcore first = OpenDump.Of<KdumpVmcore>(again))
        using (KdumpVmcore second = OpenDump.Of<KdumpVmcore>(direct))
        {
            PageSetComparison.Compare(first, second, new PageStructs(full)).MustBeEqual();
            DumpContent.Compare(first, full.Vmcore).MustBeEqual();
        }
        File.Delete(ours);
        File.Delete(again);
        File.Delete(direct);
    }

    [Theory]
    [InlineData(KernelSeries.Linux61)]
    [InlineData(KernelSeries.Linux612)]
    public void Page_structs_of_excluded_pages_are_left_out_when_asked_for(KernelSeries kernel)
    {
        string with = dumps.PathOf(kernel, $"with-{Guid.NewGuid():N}");
        string without = dumps.PathOf(kernel, $"without-{Guid.NewGuid():N}");
        Convert(dumps.Of(kernel), with, 31, "lzo");
        Convert(dumps.Of(kernel), without, 31, "lzo", "-e");
        using (CrashedKernel full = OpenDump.KernelIn(dumps.Of(kernel)))
        using (KdumpVmcore first = OpenDump.Of<KdumpVmcore>(without))
        using (KdumpVmcore second = OpenDump.Of<KdumpVmcore>(with))
        {
            DumpMemory memory = new(full.Vmcore, null);
            HashSet<ulong> idle = [];
            foreach ((ulong pfn, ulong pages, ulong place) in
                StructPlaces.PageStructs(memory, full.Info.Fields.Text.ToArray(), second.Header.PageCount))
            {
                bool isIdle = true;
                for (ulong i = 0; i < pages; i++)
                {
                    isIdle &= !second.KeptMap.IsSet(pfn + i);
                }
                if (isIdle)
                {
                    idle.Add(place / Limits.PageBytes);
                }
            }
            PageSetComparison comparison = PageSetComparison.Compare(first, second, new PageStructs(full));
            output.WriteLine($"{second.KeptPages} pages, {first.KeptPages} without {idle.Count} idle page structs");
            Assert.Empty(comparison.OnlyFirst);
            Assert.NotEmpty(comparison.OnlySecond);
            Assert.All(comparison.OnlySecond.Values.SelectMany(pfn => pfn), pfn => Assert.Contains(pfn, idle));
            DumpContent.Compare(first, full.Vmcore).MustBeEqual();
        }
        if (kernel == KernelSeries.Linux61)
        {
            CrashAnswers answers = CrashAnswers.Of(kernel, without);
            Assert.True(answers.HasAll, $"{answers} {answers.Why}");
        }
        File.Delete(with);
        File.Delete(without);
    }

    [Fact]
    public void Threads_do_not_change_the_dump()
    {
        const KernelSeries Kernel = KernelSeries.Linux612;
        string one = dumps.PathOf(Kernel, $"one-{Guid.NewGuid():N}");
        string many = dumps.PathOf(Kernel, $"many-{Guid.NewGuid():N}");
        Convert(dumps.Of(Kernel), one, 31, "zstd", "-j", "1");
        Convert(dumps.Of(Kernel), many, 31, "zstd", "-j", "5");
        Assert.True(File.ReadAllBytes(one).AsSpan().SequenceEqual(File.ReadAllBytes(many)));
        File.Delete(one);
        File.Delete(many);
    }

    private static void Convert(string source, string target, int level, string compress, params string[] more) =>
        CkdumpRun.Good(["convert", "-d", $"{level}", "-c", compress, source, "-o", target, .. more]);
}
