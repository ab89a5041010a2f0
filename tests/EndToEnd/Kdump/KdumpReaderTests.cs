using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Checks;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Tools;
using Xunit;
using Xunit.Abstractions;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>What makedumpfile makes of a real dump is read page by page as the full dump has it.</summary>
[Collection(ElfDumpsCollection.Name)]
public sealed class KdumpReaderTests(ElfDumps dumps, ITestOutputHelper output)
{
    [Theory]
    [InlineData(KernelSeries.Linux61, "-l -d 31")]
    [InlineData(KernelSeries.Linux61, "-c -d 0")]
    [InlineData(KernelSeries.Linux61, "-l -d 1")]
    [InlineData(KernelSeries.Linux61, "-E -d 31")]
    [InlineData(KernelSeries.Linux612, "-c -d 31")]
    [InlineData(KernelSeries.Linux612, "-d 16")]
    public void Every_page_is_the_one_of_the_full_dump(KernelSeries kernel, string options)
    {
        string path = dumps.PathOf(kernel, $"dump-{Guid.NewGuid():N}");
        Makedumpfile.Convert(options, dumps.Of(kernel), path);
        Check(kernel, path, options);
    }

    [Theory]
    [InlineData(KernelSeries.Linux61, "-l -d 31")]
    [InlineData(KernelSeries.Linux612, "-c -d 1")]
    [InlineData(KernelSeries.Linux612, "-E -d 16")]
    public void A_flattened_dump_is_read_as_it_lies(KernelSeries kernel, string options)
    {
        string path = dumps.PathOf(kernel, $"flat-{Guid.NewGuid():N}");
        Makedumpfile.Flatten(options, dumps.Of(kernel), path);
        Check(kernel, path, options);
    }

    [Theory]
    [InlineData(KernelSeries.Linux61)]
    [InlineData(KernelSeries.Linux612)]
    public void The_pages_of_two_levels_differ_by_what_the_level_leaves_out(KernelSeries kernel)
    {
        string all = dumps.PathOf(kernel, $"level0-{Guid.NewGuid():N}");
        string withoutFree = dumps.PathOf(kernel, $"level16-{Guid.NewGuid():N}");
        Makedumpfile.Convert("-l -d 0", dumps.Of(kernel), all);
        Makedumpfile.Convert("-l -d 16", dumps.Of(kernel), withoutFree);
        using CrashedKernel full = OpenDump.KernelIn(dumps.Of(kernel));
        using KdumpVmcore first = Assert.IsType<KdumpVmcore>(OpenDump.Of<VmcoreFile>(withoutFree));
        using KdumpVmcore second = Assert.IsType<KdumpVmcore>(OpenDump.Of<VmcoreFile>(all));
        PageStructs structs = new(full);
        PageSetComparison same = PageSetComparison.Compare(first, first, structs);
        same.MustBeEqual();
        PageSetComparison comparison = PageSetComparison.Compare(first, second, structs);
        output.WriteLine(comparison.Report());
        Assert.Contains("buddy", comparison.OnlySecond.Keys);
        comparison.SecondMayOnlyHaveMore("buddy");
        File.Delete(all);
        File.Delete(withoutFree);
    }

    private void Check(KernelSeries kernel, string path, string options)
    {
        using (VmcoreFile dump = OpenDump.Of<VmcoreFile>(path))
        using (VmcoreFile full = OpenDump.Of<VmcoreFile>(dumps.Of(kernel)))
        {
            DumpContent content = DumpContent.Compare(dump, full);
            output.WriteLine(
                $"{options}: {content.Compared} pages compared, {content.Count(PageState.Excluded)} excluded, "
                + $"{new FileInfo(path).Length >> 20} MiB");
            content.MustBeEqual();
            Assert.Equal(options.EndsWith("-d 0") || options.EndsWith("-d 1"), content.Count(PageState.Excluded) == 0);
        }
        IEnumerable<CheckResult> checks = [.. VmcoreChecks.Run(path), VmcoreChecks.ReadAll(path, (_, _) => { })];
        Assert.Equal("", string.Join('\n', checks.Where(check => !check.IsOk).Select(check => $"{check.Name}: {check.Detail}")));
        (int code, string log, string errors) = CkdumpRun.Of("log", path);
        Assert.Equal((0, ""), (code, errors));
        // makedumpfile reads no flattened dumps: the log is that of the full one in any case.
        Assert.Equal(Makedumpfile.Log(dumps.Of(kernel)), log);
        File.Delete(path);
    }
}
