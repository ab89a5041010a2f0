using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>One configuration structure of a device: where a vendor capability says it lies (virtio 1.2, 4.1.4).</summary>
internal readonly struct VirtioStructure
{
    private readonly ulong _address;
    private readonly ulong _lengthBytes;

    private VirtioStructure(ulong address, ulong lengthBytes, uint notifyMultiplier)
    {
        _address = address;
        _lengthBytes = lengthBytes;
        NotifyMultiplier = notifyMultiplier;
    }

    /// <summary>Bytes per queue_notify_off; of the notification structure only.</summary>
    public uint NotifyMultiplier { get; }

    /// <summary>
    /// Finds the first structure of a kind in memory space, in the order of the device's preference;
    /// <see cref="Status.DeviceUnsupported"/> when there is none.
    /// </summary>
    public static Status Find(in PciDevice device, byte kind, out VirtioStructure structure)
    {
        structure = default;
        PciCapabilityWalk walk = new(device);
        while (walk.MoveNext())
        {
            bool isKind = walk.Id == PciRegister.CapabilityVendor
                && PciConfig.Read8(device.Address, walk.Offset + VirtioRegister.CapabilityKind) == kind;
            if (!isKind)
            {
                continue;
            }
            // A BAR index above 5 is reserved: such a capability is to be ignored, and PciBar refuses it.
            int index = PciConfig.Read8(device.Address, walk.Offset + VirtioRegister.CapabilityBar);
            ulong offset = PciConfig.Read32(device.Address, walk.Offset + VirtioRegister.CapabilityOffset);
            ulong length = PciConfig.Read32(device.Address, walk.Offset + VirtioRegister.CapabilityLength);
            Status status = PciBar.Read(device, index, out PciBar bar);
            if (status == Status.Ok && !bar.IsIo && offset < bar.LengthBytes && length <= bar.LengthBytes - offset)
            {
                uint multiplier = kind == VirtioRegister.KindNotify
                    ? PciConfig.Read32(device.Address, walk.Offset + VirtioRegister.CapabilityNotifyMultiplier)
                    : 0;
                structure = new VirtioStructure(bar.Address + offset, length, multiplier);
                return Status.Ok;
            }
        }
        return Status.DeviceUnsupported;
    }

    /// <summary>
    /// Maps at least <paramref name="leastBytes"/> and at most <paramref name="mostBytes"/> from an offset on.
    /// </summary>
    public Status Map(ulong offset, uint leastBytes, uint mostBytes, out Mmio window)
    {
        window = default;
        if (offset > _lengthBytes || _lengthBytes - offset < leastBytes)
        {
            return Status.DeviceUnsupported;
        }
        ulong rest = _lengthBytes - offset;
        return PhysicalMap.MapDevice(_address + offset, rest < mostBytes ? rest : mostBytes, out window);
    }
}
