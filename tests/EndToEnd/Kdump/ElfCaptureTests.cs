using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Analyzer.Checks;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Matrix;
using CosmosKdump.Tests.EndToEnd.Support;
using CosmosKdump.Tests.EndToEnd.Tools;
using Xunit;
using Xunit.Abstractions;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>A filtered ELF dump that the capture kernel itself wrote, into an area that a full one does not fit into.</summary>
public class ElfCaptureTests(ITestOutputHelper output)
{
    [Fact]
    public void A_crashed_Linux_is_filtered_into_an_ELF_dump()
    {
        GuestOptions options = new()
        {
            Kernel = KernelSeries.Linux61,
            MemoryMiB = 512,
            Cpus = 2,
            Disks = [MatrixGuest.Disk(DiskInterface.Nvme) with { SizeMiB = 256 }],
            Capture = CaptureKernel.Ours($"kdump.dump_level=31 {MatrixGuest.PowerOff}"),
        };
        TestGuest.Capture(options, guest =>
        {
            Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
            output.WriteLine(guest.Console.Text);
            Assert.Matches("ckdump: pages: [0-9]+, .*; level 31 keeps ", guest.Console.Text);
            Assert.Matches("ckdump: dump complete: .* 0 lost", guest.Console.Text);
            string dump = guest.Disks[0];
            List<CheckResult> checks = [.. VmcoreChecks.Run(dump), VmcoreChecks.ReadAll(dump, (_, _) => { })];
            Assert.Equal([], checks.Where(check => !check.IsOk).Select(check => $"{check.Name}: {check.Detail}"));
            Assert.Contains("ELF64 vmcore", Told("info", dump));
            Assert.Equal(Makedumpfile.Log(dump), Told("log", dump));
            string[] answers = CrashUtility.Ask(
                HostSetup.Vmlinux(options.Kernel), dump, [], "bt", "log", "ps", "kmem -i");
            Assert.Contains("sysrq_handle_crash", answers[0]);
            Assert.Contains("sysrq: Trigger a crash", answers[1]);
            Assert.Contains("[swapper/0]", answers[2]);
            Assert.Contains("TOTAL MEM", answers[3]);
        });
    }

    private static string Told(params string[] arguments)
    {
        (int code, string said, string errors) = CkdumpRun.Of(arguments);
        Assert.Equal((0, ""), (code, errors));
        return said;
    }
}
