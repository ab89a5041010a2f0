using System;
using System.Globalization;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Faults;

/// <summary>
/// Controllers that the crashed Linux left in an error: they lost bus mastering a second before the crash, with requests
/// under way.
/// </summary>
public partial class ErrorStateTests
{
    // CSTS.CFS (NVMe 1.4, 3.1.6): fatal. DRIVER_OK in device_status (virtio 1.2, 2.1 and 4.1.4.3), of QEMU's first
    // structure in BAR 4: QEMU has stopped the device. PxCI of port 0 (AHCI 1.3.1, 3.3.14): commands that never end.
    [Theory]
    [InlineData(KernelSeries.Linux61, DiskInterface.Nvme, 0, 0x1C, 0x2, true)]
    [InlineData(KernelSeries.Linux61, DiskInterface.VirtioModern, 4, 0x14, 0x4, false)]
    [InlineData(KernelSeries.Linux61, DiskInterface.VirtioScsi, 4, 0x14, 0x4, false)]
    [InlineData(KernelSeries.Linux61Full, DiskInterface.Ahci, 5, 0x138, 0xFFFF_FFFF, true)]
    public void A_controller_that_failed_takes_the_dump(
        KernelSeries kernel, DiskInterface kind, int bar, uint register, uint bits, bool areSet) => BusyDisks.Crash(
        kernel,
        new GuestDisk { Interface = kind, Prepared = true },
        new GuestDisk { Interface = kind },
        options => options with
        {
            BeforeCrash = $$"""
                {{options.BeforeCrash}}
                for device in /sys/bus/pci/devices/*; do
                    case $(cat $device/class) in
                    0x01*)
                        printf '\003\004' | dd of=$device/config bs=1 seek=4 conv=notrunc 2>/dev/null
                        echo "{{GuestJob.Mark}}stopped $(sed -n {{bar + 1}}p $device/resource)";;
                    esac
                done
                sleep 1
                """,
        },
        ready: guest =>
        {
            Match stopped = Stopped().Match(guest.Console.Text);
            Assert.True(stopped.Success, "no controller was stopped");
            ulong address = ulong.Parse(stopped.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            string shown = guest.Monitor.Hmp($"xp /1xw 0x{address + register:x}");
            uint state = Convert.ToUInt32(shown.Trim()[^8..], 16);
            Assert.True((state & bits) != 0 == areSet, $"the controller has no error: {shown}");
        });

    [GeneratedRegex("^LAB: stopped 0x([0-9a-f]+) ", RegexOptions.Multiline)]
    private static partial Regex Stopped();
}
