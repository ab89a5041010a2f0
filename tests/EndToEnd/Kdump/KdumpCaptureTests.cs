using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using CosmosKdump.Analyzer.Checks;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Capture;
using CosmosKdump.Ckdump.Convert;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Matrix;
using CosmosKdump.Tests.EndToEnd.Support;
using CosmosKdump.Tests.EndToEnd.Tools;
using Xunit;
using Xunit.Abstractions;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>Kdump-compressed dumps that the capture kernel itself wrote, read by crash, by drgn and by ours.</summary>
public class KdumpCaptureTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("zstd", 1, KernelSeries.Linux61)]
    [InlineData("lzo", 4, KernelSeries.Linux61)]
    [InlineData("zlib", 2, KernelSeries.Linux61)]
    [InlineData("none", 1, KernelSeries.Linux61)]
    [InlineData("zlib", 2, KernelSeries.Linux612)]
    [InlineData("none", 1, KernelSeries.Linux612)]
    public void A_crashed_Linux_is_filtered_and_compressed(string compress, int cpus, KernelSeries kernel)
    {
        GuestOptions options = Options(kernel, cpus, $"kdump.compress={compress} kdump.dump_level=31");
        TestGuest.Capture(options, guest =>
        {
            Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
            output.WriteLine(guest.Console.Text);
            Assert.Matches("ckdump: dump complete: .* 0 lost", guest.Console.Text);
            Assert.Contains($"ckdump: CPUs that compress: {cpus}", guest.Console.Text);
            string dump = guest.Disks[0];
            List<CheckResult> checks = [.. VmcoreChecks.Run(dump), VmcoreChecks.ReadAll(dump, (_, _) => { })];
            Assert.Equal([], checks.Where(check => !check.IsOk).Select(check => $"{check.Name}: {check.Detail}"));
            CheckDrgn(kernel, cpus, dump);
            // Debian 12's crash does not open dumps of 6.12 by itself (DumpCheck).
            if (kernel == KernelSeries.Linux61)
            {
                string[] answers = CrashUtility.Ask(
                    HostSetup.Vmlinux(kernel), dump, [], "bt", "log", "ps", "kmem -i");
                Assert.Contains("sysrq_handle_crash", answers[0]);
                Assert.Contains("sysrq: Trigger a crash", answers[1]);
                Assert.Contains("[swapper/0]", answers[2]);
                Assert.Contains("TOTAL MEM", answers[3]);
            }
        });
    }

    /// <summary>What makedumpfile's <c>-e</c> does: crash needs the page structs of no page that is left out.</summary>
    [Fact]
    public void Page_structs_of_excluded_pages_can_be_left_out()
    {
        GuestOptions options = Options(
            KernelSeries.Linux61, 2, "kdump.compress=lzo kdump.dump_level=31 kdump.exclude_vmemmap=1");
        TestGuest.Capture(options, guest =>
        {
            Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
            Assert.Matches("ckdump: dump complete: .* 0 lost", guest.Console.Text);
            string dump = guest.Disks[0];
            Assert.DoesNotContain(VmcoreChecks.Run(dump), check => !check.IsOk);
            (int left, int kept) = PageStructPages(dump);
            output.WriteLine($"pages of page structs: {left} left out, {kept} kept");
            // Most of the guest's memory is free.
            Assert.True(left > kept, $"{left} left out, {kept} kept");
            CrashAnswers answers = CrashAnswers.Of(KernelSeries.Linux61, dump);
            Assert.True(answers.HasAll, $"{answers} {answers.Why}");
        });
    }

    [Fact]
    public void A_dump_larger_than_its_area_raises_its_level()
    {
        GuestOptions options = Options(KernelSeries.Linux61, 1, "kdump.compress=none kdump.dump_level=0") with
        {
            Disks = [MatrixGuest.Disk(DiskInterface.Nvme) with { SizeMiB = 72 }],
        };
        TestGuest.Capture(options, guest =>
        {
            Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
            Assert.Contains("ckdump: dump level raised from 0 to ", guest.Console.Text);
            Assert.Matches("ckdump: dump complete: .* 0 lost", guest.Console.Text);
            Assert.DoesNotContain(VmcoreChecks.Run(guest.Disks[0]), check => !check.IsOk);
        });
    }

    /// <summary>The CPU that the firmware booted is not started again: the others compress.</summary>
    [Fact]
    public void A_crash_on_another_CPU_is_compressed_by_those_that_come_up()
    {
        GuestOptions options = Options(KernelSeries.Linux61, 2, "kdump.dump_level=31") with { CrashCpu = 1 };
        TestGuest.Capture(options, guest =>
        {
            Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
            Assert.Matches("ckdump: dump complete: .* 0 lost", guest.Console.Text);
            Assert.Contains("ckdump: CPUs that compress: 1", guest.Console.Text);
            Assert.DoesNotContain(VmcoreChecks.Run(guest.Disks[0]), check => !check.IsOk);
        });
    }

    /// <summary>The same memory, compressed by one CPU, by two and by four.</summary>
    [Theory]
    [InlineData("lzo", 1)]
    [InlineData("zlib", 0)]
    [InlineData("zstd", 1)]
    public void CPUs_do_not_change_the_dump(string compress, int level)
    {
        byte[] one = Bare(compress, level, 1);
        Assert.Equal("KDUMP   "u8, one.AsSpan(0, 8));
        // Four pages of seven shrink to next to nothing, one to half.
        Assert.InRange(one.Length, CrashedMemory.DataBytes / 4, CrashedMemory.DataBytes * 3 / 5);
        string hash = Convert.ToHexString(SHA256.HashData(one));
        Assert.Equal(hash, Convert.ToHexString(SHA256.HashData(Bare(compress, level, 2))));
        Assert.Equal(hash, Convert.ToHexString(SHA256.HashData(Bare(compress, level, 4))));
    }

    /// <summary>What is compressed depends on the time that passes, what is in the dump does not.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_default_decides_about_compression_and_not_about_content(int working) => Bare("", 1, working);

    /// <summary>Every page that the dump keeps is the page of memory.</summary>
    [Theory]
    [InlineData("lzo", KernelSeries.Linux61, KexecLoader.KexecLoad)]
    [InlineData("auto", KernelSeries.Linux612, KexecLoader.KexecFileLoad)]
    public void A_filtered_dump_of_a_crashed_Linux_is_what_memory_is(
        string compress, KernelSeries kernel, KexecLoader loader)
    {
        using SharedMemory memory = new(512);
        GuestOptions options = Options(kernel, 2, "") with
        {
            QemuArguments = memory.QemuArguments,
            Capture = CaptureKernel.Ours(
                $"kdump.format=kdump kdump.dump_level=31 kdump.compress={compress} kdump.final_action=halt "
                + "kdump.failure_action=halt") with { Loader = loader },
        };
        TestGuest.Boot(options, guest =>
        {
            guest.Crash();
            guest.WaitUntilDone(TestGuest.CaptureLimit);
            guest.Monitor.Stop();
            Assert.Matches("ckdump: dump complete: .* 0 lost", guest.Console.Text);
            MemoryComparison comparison = MemoryComparison.Run(guest.Disks[0], memory);
            output.WriteLine($"{comparison}");
            Assert.Equal(0, comparison.Missing);
            // The kernel's image and page structs alone are more; all but our region is either kept or left out.
            Assert.InRange(comparison.Kept, 8192, 65536);
            Assert.InRange(comparison.Kept + comparison.Excluded, (512 - 8) * 256, 512 * 256);
        });
    }

    // A dump that a machine of four CPUs makes with some of them, but for its label. Its pages are those of memory.
    private byte[] Bare(string compress, int level, int working)
    {
        using TestDisk disk = TestDisk.Prepared();
        string compressor = compress.Length == 0 ? "" : $"kdump.compress={compress}";
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.format=kdump kdump.dump_level={level} {compressor} kdump.cpus={working}",
            Cpus = 4,
            Disks = [disk.Nvme],
            Memory = memory =>
            {
                CrashedMemory.Plant(memory);
                memory.Write(CrashedMemory.DataAt, MixedPages.Make(CrashedMemory.DataPages, CrashedMemory.Seed));
            },
        };
        byte[] dump = [];
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, $"ckdump: CPUs that compress: {working}");
            dump = disk.Read(0, (int)disk.ReadLabel().DumpLengthBytes);
            MemoryComparison comparison = MemoryComparison.Run(disk.Path, machine.Memory);
            output.WriteLine($"{compress} {level}, {working} CPUs: {dump.Length} bytes, {comparison}");
            // Pages of zeros are kept at any level: they share one page of the dump.
            Assert.Equal(new MemoryComparison(CrashedMemory.DataPages, 0, 0), comparison);
        });
        return dump;
    }

    // Its libkdumpfile reads the format.
    private static void CheckDrgn(KernelSeries kernel, int cpus, string dump)
    {
        Tools.DumpFacts facts = DrgnUtility.Facts(HostSetup.Vmlinux(kernel), dump);
        Assert.Equal((HostSetup.Release(kernel), cpus), (facts.Release, facts.OnlineCpus));
        Assert.Equal((0, "sh"), (facts.CrashingCpu, facts.Command));
        Assert.Equal((facts.Command, "init"), (facts.Tasks[facts.Pid], facts.Tasks[1]));
        DumpCheck.AssertInOrder(CrashTraits.Of(CrashKind.SysRq).OnStack, facts.ReturnAddresses);
        Assert.Contains("sysrq: Trigger a crash", facts.Log);
    }

    private static (int Left, int Kept) PageStructPages(string path)
    {
        using (CrashedKernel kernel = OpenDump.KernelIn(path))
        {
            ulong end = kernel.Vmcore.PhysicalRanges.Max(range => range.End) / Limits.PageBytes;
            PageState[] states =
            [
                .. StructPlaces.PageStructs(new DumpMemory(kernel.Vmcore, null), kernel.Info.Fields.Text.ToArray(), end)
                    .Select(one => kernel.Vmcore.StateOf(one.Place / Limits.PageBytes)),
            ];
            return (states.Count(state => state == PageState.Excluded), states.Count(state => state == PageState.Kept));
        }
    }

    private static GuestOptions Options(KernelSeries kernel, int cpus, string arguments) => new()
    {
        Kernel = kernel,
        MemoryMiB = 512,
        Cpus = cpus,
        Disks = [MatrixGuest.Disk(DiskInterface.Nvme)],
        Capture = CaptureKernel.Ours($"kdump.format=kdump {arguments} {MatrixGuest.PowerOff}"),
    };
}
