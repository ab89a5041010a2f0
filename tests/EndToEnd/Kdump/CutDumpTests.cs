using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using CosmosKdump.Ckdump;
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
        ulong need = Need();
        foreach (int percent in new[] { 60, 30, 20, 15, 10 })
        {
            string dump = dumps.PathOf(Kernel, $"cut{percent}-{Guid.NewGuid():N}");
            CaptureResult result = CutDump.Make(
                dumps.Of(Kernel), dump, DumpLevel.Highest, Compressor.Lzo, need * (ulong)percent / 100);
            Assert.Equal(Status.DumpCut, result.Status);
            ToolsSayIncomplete(dump, hasLog: percent >= 15);
            CrashAnswers answers = CrashAnswers.Of(Kernel, dump);
            output.WriteLine($"{percent} % of {need} bytes: {answers}");
            Assert.True(percent < 30 || answers.HasAll, $"{percent} %: {answers} {answers.Why}");
            Assert.True(percent < 15 || (answers.Opens && answers.HasLog), $"{percent} %: {answers} {answers.Why}");
            File.Delete(dump);
        }
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
            Disks = [MatrixGuest.Disk(DiskInterface.Nvme) with { SizeMiB = (int)(Need() * (ulong)percent / 100 >> 20) }],
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
    private ulong Need()
    {
        string whole = dumps.PathOf(Kernel, $"whole-{Guid.NewGuid():N}");
        CaptureResult result = CutDump.Make(
            dumps.Of(Kernel), whole, DumpLevel.Highest, Compressor.Lzo, long.MaxValue);
        Assert.Equal(Status.Ok, result.Status);
        ulong need = (ulong)new FileInfo(whole).Length;
        File.Delete(whole);
        return need;
    }

    // They open it; that pages are missing is a check that fails, and no other does.
    private static void ToolsSayIncomplete(string dump, bool hasLog)
    {
        Assert.True(VmcoreFile.TryOpen(dump, out VmcoreFile? file, out FileProblem? problem), problem?.ToString());
        using (file)
        {
            Assert.True(Assert.IsType<KdumpVmcore>(file).IsIncomplete);
        }
        (int code, string said, _) = Ckdump("info", dump);
        Assert.Equal(0, code);
        Assert.Contains("missing", said);
        (code, said, string errors) = Ckdump("verify", dump);
        Assert.Equal(1, code);
        IEnumerable<string> failed = said.Split('\n').Where(line => line.StartsWith("failed", StringComparison.Ordinal));
        Assert.Contains(failed, line => line.Contains("not written", StringComparison.Ordinal));
        Assert.Contains("missing", errors);
        if (hasLog)
        {
            (code, said, errors) = Ckdump("log", dump);
            Assert.Equal((0, ""), (code, errors));
            Assert.Contains("sysrq: Trigger a crash", said);
        }
    }

    private static (int Code, string Said, string Errors) Ckdump(params string[] arguments)
    {
        using StringWriter said = new();
        using StringWriter errors = new();
        int code = Program.Run(arguments, said, errors);
        return (code, said.ToString(), errors.ToString());
    }
}
