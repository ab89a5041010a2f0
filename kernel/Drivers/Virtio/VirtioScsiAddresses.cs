using System.Runtime.CompilerServices;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>The first disks of a controller.</summary>
[InlineArray(Capacity)]
internal struct VirtioScsiAddresses
{
    /// <summary>Most disks that are looked at.</summary>
    public const int Capacity = 64;

    private VirtioScsiAddress _first;
}
