using System;
using System.Linq;
using System.Runtime.CompilerServices;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Watchdog;

/// <summary>Watchdogs that a Linux armed before it crashed: QEMU's ICH9 with its TCO timer, and its i6300esb.</summary>
public class WatchdogTests
{
    // The TCO timer bites when its period is over for the second time: all bite after this long.
    private const int BiteSeconds = 6;

    // What Linux calls a watchdog, by the driver of it.
    private const string Tco = "iTCO_wdt";
    private const string Esb = "i6300ESB timer";

    [Fact]
    public void Watchdogs_are_fed_while_a_slow_disk_takes_the_dump()
    {
        GuestDisk slow = new() { Prepared = true, BytesPerSecond = 2 << 20 };
        Crash(slow, [Tco, Esb], guest =>
        {
            guest.WaitUntilDone(TestGuest.CaptureLimit);
            Assert.True(guest.Times.Capturing > 2 * BiteSeconds, "the disk was not slow enough to show anything");
            string console = guest.Console.Text;
            Assert.Contains("ckdump: watchdog iTCO (twice 3.000 s) i6300esb armed by the crashed kernel", console);
            Assert.Contains("ckdump: dump complete: ", console);
            Assert.Contains(" 0 lost", console);
            // Nothing makes progress any more, and nobody else resets a machine that halts.
            Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "the watchdogs did not reset the machine that halted");
        });
    }

    [Theory]
    [InlineData(Tco, "iTCO (twice 3.000 s)")]
    [InlineData(Esb, "i6300esb")]
    public void A_watchdog_resets_the_machine_when_the_disk_hangs(string watchdog, string told)
    {
        // One byte a second: the first write, the label, still goes through.
        GuestDisk stuck = new() { Prepared = true, BytesPerSecond = 1 };
        Crash(stuck, [watchdog], guest =>
        {
            Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "the watchdog did not reset the machine");
            string console = guest.Console.Text;
            Assert.Contains($"ckdump: watchdog {told} armed by the crashed kernel", console);
            Assert.DoesNotContain("action: ", console);
        });
    }

    private static void Crash(
        GuestDisk disk, string[] watchdogs, Action<Guest> test, [CallerMemberName] string name = "")
    {
        string[] modules = [.. watchdogs.SelectMany<string, string>(each => each == Tco ? ["lpc_ich", "iTCO_wdt"] : ["i6300esb"])];
        GuestOptions options = new()
        {
            // The cloud flavour has no driver of the TCO timer.
            Kernel = KernelSeries.Linux61Full,
            MemoryMiB = 512,
            Machine = GuestMachine.Q35,
            QemuArguments =
            [
                "-global", "ICH9-LPC.noreboot=false", "-device", "i6300esb", "-action", "watchdog=reset",
            ],
            Modules = modules,
            Disks = [disk],
            Capture = CaptureKernel.Ours(
                "kdump.format=kdump kdump.dump_level=31 kdump.compress=lzo kdump.final_action=halt kdump.failure_action=halt"),
            // busybox's daemon feeds it until the crash, as systemd does.
            BeforeCrash = $$"""
                for dog in /sys/class/watchdog/watchdog*; do
                    seconds={{BiteSeconds}}
                    [ "$(cat $dog/identity)" = {{Tco}} ] && seconds={{BiteSeconds / 2}}
                    watchdog -T $seconds -t 1 /dev/${dog##*/}
                done
                sleep 1
                for dog in /sys/class/watchdog/watchdog*; do
                    echo "{{GuestJob.Mark}}armed: $(cat $dog/identity): $(cat $dog/state) $(cat $dog/timeout)"
                done
                """,
        };
        TestGuest.Boot(
            options,
            guest =>
            {
                Assert.All(watchdogs, each => Assert.Contains(
                    $"{GuestJob.Mark}armed: {each}: active {(each == Tco ? BiteSeconds / 2 : BiteSeconds)}", guest.Console.Text));
                guest.Crash();
                test(guest);
            },
            name);
    }
}
