using System;
using System.Runtime.CompilerServices;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Network;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Support;

/// <summary>A Linux that crashes while its network card sends and receives, and is dumped over the same card.</summary>
public static class BusyNetwork
{
    private const int MemoryMiB = 256;
    private const int LeastMiB = 4;

    /// <summary>
    /// Sends and receives through a card of QEMU, for which Linux has a module, crashes, and compares the dump with the
    /// memory. <paramref name="change"/> makes another machine of it.
    /// </summary>
    public static void Crash(
        KernelSeries kernel,
        string card,
        string module,
        Func<GuestOptions, GuestOptions>? change = null,
        Action<Guest>? check = null,
        [CallerMemberName] string name = "")
    {
        using SharedMemory memory = new(MemoryMiB);
        using NetworkReceiver receiver = new();
        using FloodServer flood = new();
        GuestOptions options = new()
        {
            Kernel = kernel,
            MemoryMiB = MemoryMiB,
            Cpus = 2,
            Machine = GuestMachine.Q35,
            Capture = CaptureKernel.Ours($"kdump.target=tcp:{NetworkCard.Host}:{receiver.Port} kdump.final_action=halt "
                + "kdump.failure_action=halt"),
            Modules = [module],
            QemuArguments = [.. memory.QemuArguments, .. NetworkCard.User(card)],
            BeforeCrash = $$"""
                ifconfig eth0 10.0.2.15
                for i in 1 2; do
                    (while :; do nc {{NetworkCard.Host}} {{flood.Port}} < /dev/zero > /dev/null; done) 2>/dev/null &
                done
                while read -r received < /sys/class/net/eth0/statistics/rx_bytes
                    read -r sent < /sys/class/net/eth0/statistics/tx_bytes
                    [ $received -lt {{LeastMiB << 20}} ] || [ $sent -lt {{LeastMiB << 20}} ]; do sleep 0.1; done
                echo "{{GuestJob.Mark}}under way $received $sent"
                """,
        };
        TestGuest.Boot(
            change == null ? options : change(options),
            guest =>
            {
                guest.Crash();
                guest.WaitUntilDone(TestGuest.CaptureLimit);
                guest.Monitor.Stop();
                Assert.Contains("ckdump: dump complete: ", guest.Console.Text);
                Assert.Contains(" 0 lost", guest.Console.Text);
                receiver.WaitFor("complete, as the sender has it");
                PageComparison.Run(receiver.OnlyFile, memory, PageComparison.LowEnd).MustBeEqual();
                check?.Invoke(guest);
            },
            name);
    }
}
