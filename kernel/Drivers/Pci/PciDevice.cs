using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Pci;

/// <summary>
/// A PCI function that answered, and what its header says of it; or a device without one, whose registers lie at a fixed
/// place, under the IDs that it would have on PCI.
/// </summary>
internal readonly struct PciDevice
{
    private PciDevice(PciAddress address, uint ids, uint classAndRevision, byte headerType)
    {
        Address = address;
        VendorId = (ushort)ids;
        DeviceId = (ushort)(ids >> 16);
        ClassCode = classAndRevision >> 8;
        Revision = (byte)classAndRevision;
        HeaderType = headerType;
    }

    private PciDevice(ulong registers, ushort vendorId, ushort deviceId)
    {
        Registers = registers;
        VendorId = vendorId;
        DeviceId = deviceId;
    }

    /// <summary>Physical address of the registers of a device that is no PCI function; 0 for one that is.</summary>
    public ulong Registers { get; }

    /// <summary>Bus, device and function.</summary>
    public PciAddress Address { get; }

    /// <summary>Vendor ID.</summary>
    public ushort VendorId { get; }

    /// <summary>Device ID.</summary>
    public ushort DeviceId { get; }

    /// <summary>Base class, subclass and programming interface, 24 bits.</summary>
    public uint ClassCode { get; }

    /// <summary>Revision.</summary>
    public byte Revision { get; }

    /// <summary>Header type with the multi-function bit.</summary>
    public byte HeaderType { get; }

    /// <summary>Other functions of the same device may exist.</summary>
    public bool IsMultiFunction => (HeaderType & PciRegister.HeaderMultiFunction) != 0;

    /// <summary>The function is a PCI-to-PCI bridge.</summary>
    public bool IsBridge => (HeaderType & 0x7F) == PciRegister.HeaderBridge;

    /// <summary>Number of base address registers of this header type.</summary>
    public int BarCount => (HeaderType & 0x7F) switch
    {
        0 => 6,
        PciRegister.HeaderBridge => 2,
        _ => 0,
    };

    /// <summary>Looks at an address; <see cref="Status.NoDevice"/> when no function answers there.</summary>
    public static Status Probe(PciAddress address, out PciDevice device)
    {
        device = default;
        uint ids = PciConfig.Read32(address, PciRegister.VendorId);
        // Absent functions read as all ones; firmware has been seen to hide devices behind a vendor of zero.
        if ((ushort)ids is 0xFFFF or 0)
        {
            return Status.NoDevice;
        }
        device = new PciDevice(
            address,
            ids,
            PciConfig.Read32(address, PciRegister.ClassCode),
            PciConfig.Read8(address, PciRegister.HeaderType));
        return Status.Ok;
    }

    /// <summary>A device that is no PCI function.</summary>
    public static PciDevice At(ulong registers, ushort vendorId, ushort deviceId) => new(registers, vendorId, deviceId);

    /// <summary>Finds a capability by its ID; the offset is 0 when there is none.</summary>
    public byte FindCapability(byte id)
    {
        PciCapabilityWalk walk = new(this);
        while (walk.MoveNext())
        {
            if (walk.Id == id)
            {
                return walk.Offset;
            }
        }
        return 0;
    }

    /// <summary>Whether the class code equals <paramref name="classCode"/> in the bits of the mask.</summary>
    public bool IsClass(uint classCode, uint mask) => (ClassCode & mask) == (classCode & mask);

    /// <summary>Appends the address as "00:1f.2", or as that of the registers.</summary>
    public void AppendTo(ref TextLine line)
    {
        if (Registers != 0)
        {
            line.AddHex(Registers);
            return;
        }
        line.AddHex(Address.Bus, 2);
        line.Add(":"u8);
        line.AddHex(Address.Device, 2);
        line.Add("."u8);
        line.AddHex(Address.Function, 1);
    }
}
