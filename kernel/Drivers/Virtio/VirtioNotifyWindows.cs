using System.Runtime.CompilerServices;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>Where the queues of a device are notified, of which no driver here uses more than four.</summary>
[InlineArray(4)]
internal struct VirtioNotifyWindows
{
    private Mmio _first;
}
