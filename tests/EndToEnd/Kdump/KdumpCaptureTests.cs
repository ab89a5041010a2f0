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

/// <summary>Kdump-compressed dumps that the capture kernel itself wrote, read by crash and by ours.</summary>
public class KdumpCaptureTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("zstd", 1, KernelSeries.Linux61)]
    [InlineData("lzo", 4, KernelSeries.Linux61)]
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

    /// <summary>The same memory, compressed by one CPU and by four.</summary>
    [Fact]
    public void CPUs_do_not_change_the_dump()
    {
        byte[] one = Bare(1);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(one)), Convert.ToHexString(SHA256.HashData(Bare(4))));
        Assert.Equal("KDUMP   "u8, one.AsSpan(0, 8));
    }

    // A dump that a machine of four CPUs makes with some of them, but for its label.
    private static byte[] Bare(int working)
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.format=kdump kdump.dump_level=1 kdump.cpus={working}",
            Cpus = 4,
            Disks = [disk.Nvme],
        };
        byte[] dump = [];
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, $"ckdump: CPUs that compress: {working}");
            dump = disk.Read(0, (int)disk.ReadLabel().DumpLengthBytes);
        });
        return dump;
    }

    private static (int Left, int Kept) PageStructPages(string path)
    {
        Assert.True(CrashedKernel.TryOpen(path, out CrashedKernel? kernel, out FileProblem? problem), problem?.ToString());
        using (kernel)
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
