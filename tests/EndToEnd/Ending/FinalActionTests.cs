using System;
using System.Linq;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Ending;

/// <summary>What the machine does after the capture.</summary>
public class FinalActionTests
{
    [Fact]
    public void Reboot_starts_the_machine_again() => TestGuest.Capture(
        Options("reboot", GuestMachine.Pc),
        guest =>
        {
            // The second boot of the same guest: its job starts once more, and its disk holds the dump.
            int captured = guest.Console.Lines.Count;
            SpinUntil(guest, () => guest.Console.Lines.Skip(captured).Any(line => line.Text == GuestJob.Ready));
        });

    [Fact]
    public void Poweroff_ends_the_machine() => TestGuest.Capture(
        Options("poweroff", GuestMachine.Q35),
        guest => Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs"));

    [Fact]
    public void Halt_keeps_the_machine_as_it_is() => TestGuest.Capture(
        Options("halt", GuestMachine.Pc),
        guest =>
        {
            Assert.False(guest.WaitForEnd(TimeSpan.FromSeconds(1)), "QEMU ended");
            Assert.Equal("running", guest.Monitor.QueryStatus());
            Assert.Contains("HLT=1", guest.Monitor.Hmp("info registers"));
            Assert.Contains("final action: halt", guest.Console.Lines[^1].Text);
        });

    // The lab runs QEMU with -no-reboot; here a reset must be one, so that it differs from a power-off.
    private static GuestOptions Options(string action, GuestMachine machine) => new()
    {
        MemoryMiB = 256,
        Machine = machine,
        Disks = [GuestDisk.PreparedNvme],
        Capture = CaptureKernel.Ours($"kdump.final_action={action}"),
        QemuArguments = ["-action", "reboot=reset"],
    };

    private static void SpinUntil(Guest guest, Func<bool> condition)
    {
        long end = Environment.TickCount64 + (long)new GuestOptions().BootLimit.TotalMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < end && !guest.WaitForEnd(TimeSpan.FromMilliseconds(100)),
                "the machine did not boot again");
        }
    }
}
