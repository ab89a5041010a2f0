using System;
using System.Runtime.CompilerServices;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Support;

/// <summary>A Linux that crashes while requests of its disks are under way behind the controller of the dump area.</summary>
public static class BusyDisks
{
    private const int OtherMiB = 256;
    private const int SlowBytesPerSecond = 8 << 20;

    /// <summary>
    /// Reads from two disks of the same kind, <paramref name="area"/> and <paramref name="other"/>, writes to the other,
    /// crashes, and compares the dump with the memory. <paramref name="change"/> makes another machine of it;
    /// <paramref name="ready"/> looks at it before the crash, and <paramref name="check"/> behind.
    /// </summary>
    public static void Crash(
        KernelSeries kernel,
        GuestDisk area,
        GuestDisk other,
        Func<GuestOptions, GuestOptions>? change = null,
        Action<Guest>? check = null,
        Action<Guest>? ready = null,
        [CallerMemberName] string name = "")
    {
        using SharedMemory memory = new(512);
        string names = area.Interface switch
        {
            DiskInterface.Nvme => "nvme?n?",
            DiskInterface.VirtioModern => "vd?",
            _ => "sd?",
        };
        GuestOptions options = new()
        {
            Kernel = kernel,
            MemoryMiB = 512,
            Cpus = 2,
            Machine = GuestMachine.Q35,
            // Slow, so that writes are under way whenever the crash comes.
            Disks = [area, other with { SizeMiB = OtherMiB, BytesPerSecond = SlowBytesPerSecond }],
            Capture = CaptureKernel.Ours("kdump.final_action=halt"),
            QemuArguments = memory.QemuArguments,
            BeforeCrash = $$"""
                while [ $(ls -d /sys/block/{{names}} | wc -l) -lt 2 ]; do sleep 0.1; done
                for disk in $(cd /sys/block; echo {{names}}); do
                    [ $(cat /sys/block/$disk/size) = {{OtherMiB << 11}} ] && other=$disk
                    for i in 1 2; do
                        (while :; do dd if=/dev/$disk of=/dev/null bs=1M iflag=direct; done) 2>/dev/null &
                    done
                done
                for i in 1 2; do
                    (while :; do dd if=/dev/zero of=/dev/$other bs=1M count=128 oflag=direct; done) 2>/dev/null &
                done
                sleep 1
                for i in $(seq 300); do
                    now=$(cat /sys/block/$other/inflight)
                    [ ${now##* } != 0 ] && break
                    sleep 0.1
                done
                echo "{{GuestJob.Mark}}under way $now"
                """,
        };
        TestGuest.Boot(
            change == null ? options : change(options),
            guest =>
            {
                Assert.Matches($"{GuestJob.Mark}under way +[0-9]+ +[1-9]", guest.Console.Text);
                ready?.Invoke(guest);
                guest.Crash();
                guest.WaitUntilDone(TestGuest.CaptureLimit);
                guest.Monitor.Stop();
                Assert.Contains("ckdump: dump complete: ", guest.Console.Text);
                Assert.Contains(" 0 lost", guest.Console.Text);
                PageComparison.Run(guest.Disks[0], memory, PageComparison.LowEnd).MustBeEqual();
                check?.Invoke(guest);
            },
            name);
    }
}
