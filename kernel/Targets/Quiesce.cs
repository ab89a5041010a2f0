using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Drivers.Virtio;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Targets;

/// <summary>Makes the machine quiet after a step was cut short in the middle of its work.</summary>
internal static class Quiesce
{
    private const uint SettleMilliseconds = 20;

    /// <summary>
    /// The device of the step may still read and write the shared buffers: ends its bus mastering, or resets it, and
    /// waits for what is under way, before somebody else uses them.
    /// </summary>
    internal static void AfterFault()
    {
        _ = PciControl.DisableAllBusMastering();
        VirtioMmio.ResetAll();
        Deadline settled = Deadline.AfterMilliseconds(SettleMilliseconds);
        while (!settled.HasPassed)
        {
            Cpu.Pause();
        }
    }
}
