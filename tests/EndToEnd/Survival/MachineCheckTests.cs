using System;
using System.Diagnostics;
using System.Threading;
using CosmosKdump.Capture.Area;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Survival;

/// <summary>Machine checks, injected by QEMU's monitor, during the capture and after it.</summary>
public class MachineCheckTests
{
    // IA32_MC1_STATUS: VAL, UC, EN. IA32_MCG_STATUS: RIPV, MCIP (Intel SDM vol. 3, 16.3.1.2 and 16.3.2.2).
    private const string Uncorrected = "mce 0 1 0xb000000000000000";
    private const string MayGoOn = $"{Uncorrected} 5 0 0";
    private const string MayNotGoOn = $"{Uncorrected} 4 0 0";

    [Fact]
    public void One_that_does_not_concern_us_is_survived_and_counted()
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new() { Disks = [disk.Nvme with { BytesPerSecond = 1 << 20 }] };
        BareTest.Start(options, machine =>
        {
            InTheMiddle(machine, disk, MayGoOn);
            BareTest.Ends(machine, "ckdump: final action: poweroff");
            BareTest.Says(machine, "dump complete: ", "0 exceptions reported, 0 NMIs and 1 machine checks survived");
            PageComparison.Run(disk.Path, machine.Memory).MustBeEqual();
        });
    }

    [Fact]
    public void One_that_ends_the_work_with_a_disk_leaves_the_next_disk()
    {
        using TestDisk first = TestDisk.Prepared();
        using TestDisk next = TestDisk.Prepared();
        BareOptions options = new() { Disks = [first.Nvme with { BytesPerSecond = 1 << 20 }, next.Virtio] };
        BareTest.Start(options, machine =>
        {
            InTheMiddle(machine, first, MayNotGoOn);
            BareTest.Ends(machine, "ckdump: final action: poweroff");
            BareTest.Says(machine, "ckdump: exception 18 (machine check)", "dump complete: ");
            PageComparison.Run(next.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(AreaState.Writing, first.ReadLabel().State);
        Assert.Equal(AreaState.Complete, next.ReadLabel().State);
    }

    [Fact]
    public void An_exception_outside_any_step_ends_by_the_failure_action()
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.final_action=halt",
            Disks = [disk.Nvme],
        };
        BareTest.Start(options, machine =>
        {
            Assert.Equal("ckdump: final action: halt", machine.WaitForAction(BareTest.Limit).Text.TrimEnd('\r'));
            Assert.False(machine.WaitForEnd(TimeSpan.FromMilliseconds(500)), "QEMU ended");
            machine.Monitor.Hmp(MayNotGoOn);
            Assert.True(machine.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
            BareTest.Says(
                machine,
                "ckdump: exception 18 (machine check)",
                "ckdump: an exception outside any step: on to the failure action");
        });
    }

    private static void InTheMiddle(BareMachine machine, TestDisk disk, string command)
    {
        long start = Stopwatch.GetTimestamp();
        while (!disk.Read(0, 4).AsSpan().SequenceEqual("\u007fELF"u8))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < BareTest.Limit, "the dump did not begin");
            Thread.Sleep(10);
        }
        machine.Monitor.Hmp(command);
    }
}
