using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Matrix;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;
using Xunit.Abstractions;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>
/// Dumps that are cut short because their area is too small: how much of one crash needs, by the order in which pages are
/// written. The smaller the guest, the larger the part of its dump that is the kernel's image.
/// </summary>
[Collection(ElfDumpsCollection.Name)]
public sealed class CutDumpTests(ElfDumps dumps, ITestOutputHelper output)
{
    private const KernelSeries Kernel = KernelSeries.Linux61;

    [Fact]
    public void A_cut_dump_holds_what_crash_needs()
    {
        // What is left of a percentage is told, and asserted where it holds with room to spare.
        Cut(dumps.Of(Kernel), [60, 30, 15, 10, 8, 6], opensFrom: 10, hasAllFrom: 15);
    }

    [Fact]
    public void A_cut_dump_of_a_larger_guest_holds_it_too()
    {
        GuestOptions options = new()
        {
            Kernel = Kernel,
            MemoryMiB = 2048,
            Cpus = 2,
            Disks = [MatrixGuest.Disk(DiskInterface.Nvme) with { SizeMiB = 2320 }],
            Capture = CaptureKernel.Ours(MatrixGuest.PowerOff),
        };
        TestGuest.Capture(options, guest =>
        {
            Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
            Cut(guest.Disks[0], [60, 30, 20, 10, 8, 6], opensFrom: 10, hasAllFrom: 20);
        });
    }

    // Debian 12's crash does not open dumps of 6.12 by itself: the kinds that the order goes by, and the log, are.
    [Theory]
    [InlineData(KernelSeries.Linux61)]
    [InlineData(KernelSeries.Linux612)]
    public void Every_kind_of_page_that_is_written_early_is_found(KernelSeries kernel)
    {
        string elf = dumps.Of(kernel);
        ulong need = Need(elf);
        string dump = dumps.PathOf(kernel, $"cut-{Guid.NewGuid():N}");
        (CaptureResult result, ulong[] census) = CutDump.Make(
            elf, dump, DumpLevel.Highest, Compressor.Lzo, need * 15 / 100);
        Assert.Equal(Status.DumpCut, result.Status);
        PageKind[] early =
        [
            PageKind.Image, PageKind.Reserved, PageKind.Tasks, PageKind.Kernel, PageKind.Constants, PageKind.Slab,
            PageKind.DebugTables, PageKind.PageStructs, PageKind.Text,
        ];
        output.WriteLine(string.Join(", ", early.Select(kind => $"{kind} {census[(int)kind]}")));
        Assert.All(early, kind => Assert.NotEqual(0UL, census[(int)kind]));
        // A task takes two pages of its slab and more; a kernel of any size has some forty of them, and not thousands.
        Assert.InRange(census[(int)PageKind.Tasks], 40UL, census[(int)PageKind.Slab]);
        ToolsSayIncomplete(dump, hasLog: true);
        File.Delete(dump);
    }

    private void Cut(string elf, int[] percentages, int opensFrom, int hasAllFrom)
    {
        ulong need = Need(elf);
        int lowestBacktrace = 100;
        int lowestLog = 100;
        int lowestTasks = 100;
        foreach (int percent in percentages)
        {
            string dump = Path.Combine(Path.GetDirectoryName(elf)!, $"cut{percent}-{Guid.NewGuid():N}");
            (CaptureResult result, _) = CutDump.Make(
                elf, dump, DumpLevel.Highest, Compressor.Lzo, need * (ulong)percent / 100);
            Assert.Equal(Status.DumpCut, result.Status);
            ToolsSayIncomplete(dump, hasLog: percent >= opensFrom);
            CrashAnswers answers = CrashAnswers.Of(Kernel, dump);
            output.WriteLine($"{percent} % of {need} bytes: {answers}");
            Assert.True(percent < hasAllFrom || answers.HasAll, $"{percent} %: {answers} {answers.Why}");
            Assert.True(percent < opensFrom || (answers.Opens && answers.HasLog), $"{percent} %: {answers} {answers.Why}");
            lowestBacktrace = answers.HasBacktrace ? percent : lowestBacktrace;
            lowestLog = answers.HasLog ? percent : lowestLog;
            lowestTasks = answers.HasTasks ? percent : lowestTasks;
            File.Delete(dump);
        }
        output.WriteLine($"bt works down to {lowestBacktrace} %, log to {lowestLog} %, ps to {lowestTasks} %");
    }

    [Theory]
    // Compressed by lzo, and cut; a full dump of every page raises its level first.
    [InlineData("kdump.dump_level=31", 40)]
    [InlineData("kdump.dump_level=0", 70)]
    public void A_capture_into_an_area_that_is_too_small_leaves_a_dump_that_opens(string arguments, int percent)
    {
        GuestOptions options = new()
        {
            Kernel = Kernel,
            MemoryMiB = 512,
            Cpus = 2,
            Disks = [MatrixGuest.Disk(DiskInterface.Nvme) with { SizeMiB = (int)(Need(dumps.Of(Kernel)) * (ulong)percent / 100 >> 20) }],
            Capture = CaptureKernel.Ours($"kdump.format=kdump kdump.compress=lzo {arguments} {MatrixGuest.PowerOff}"),
        };
        TestGuest.Capture(options, guest =>
        {
            Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
            string console = guest.Console.Text;
            bool isRaised = !arguments.EndsWith("31", StringComparison.Ordinal);
            Assert.Equal(isRaised, console.Contains("ckdump: dump level raised from 0 to 31", StringComparison.Ordinal));
            ToolsSayIncomplete(guest.Disks[0], hasLog: true);
            CrashAnswers answers = CrashAnswers.Of(Kernel, guest.Disks[0]);
            output.WriteLine($"{arguments}, {percent} %: {answers}");
            Assert.True(answers.HasAll, $"{answers} {answers.Why}");
        });
    }

    // Bytes that the whole dump takes.
    private static ulong Need(string elf)
    {
        string whole = Path.Combine(Path.GetDirectoryName(elf)!, $"whole-{Guid.NewGuid():N}");
        (CaptureResult result, _) = CutDump.Make(elf, whole, DumpLevel.Highest, Compressor.Lzo, long.MaxValue);
        Assert.Equal(Status.Ok, result.Status);
        ulong need = (ulong)new FileInfo(whole).Length;
        File.Delete(whole);
        return need;
    }

    // They open it; that pages are missing is a check that fails, and no other does.
    private static void ToolsSayIncomplete(string dump, bool hasLog)
    {
        using (KdumpVmcore file = OpenDump.Of<KdumpVmcore>(dump))
        {
            Assert.True(file.IsIncomplete);
        }
        (int code, string said, _) = CkdumpRun.Of("info", dump);
        Assert.Equal(0, code);
        Assert.Contains("missing", said);
        (code, said, string errors) = CkdumpRun.Of("verify", dump);
        Assert.Equal(1, code);
        IEnumerable<string> failed = said.Split('\n').Where(line => line.StartsWith("failed", StringComparison.Ordinal));
        Assert.Contains(failed, line => line.Contains("not written", StringComparison.Ordinal));
        Assert.Contains("missing", errors);
        if (hasLog)
        {
            (code, said, errors) = CkdumpRun.Of("log", dump);
            Assert.Equal((0, ""), (code, errors));
            Assert.Contains("sysrq: Trigger a crash", said);
        }
    }
}
