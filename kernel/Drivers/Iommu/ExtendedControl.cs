using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Iommu;

/// <summary>
/// Bits of a capability in extended configuration space, which MCFG (PCI firmware 3.2, 4.1.2) tells of: what the old kernel
/// has set there, and must not outlive the IOMMU.
/// </summary>
internal readonly struct ExtendedControl
{
    private const uint FirstAllocation = 44;
    private const int AllocationBytes = 16;
    private const int MostAllocations = 64;
    private const uint FirstCapability = 0x100;
    private const int MostCapabilities = (4096 - 0x100) / 8;

    private readonly ushort _capability;
    private readonly uint _offset;
    private readonly ushort _bits;

    private ExtendedControl(ushort capability, uint offset, ushort bits)
    {
        _capability = capability;
        _offset = offset;
        _bits = bits;
    }

    /// <summary>
    /// Address translation services (PCIe 5.0, 10.5.1.3), ATS Enable: a device with them asks the IOMMU itself, keeps the
    /// answers, and would go on by those of the old kernel; it forgets them when they are switched off.
    /// </summary>
    public static ExtendedControl TranslationServices => new(0x000F, 6, 1 << 15);

    /// <summary>
    /// Virtual functions (PCIe 5.0, 9.3.3.3), VF Enable and VF Memory Space Enable: no walk finds them, for they show no
    /// vendor, so that they keep their bus mastering. Without translation, the addresses that a virtual machine gave them
    /// would be the host's.
    /// </summary>
    public static ExtendedControl VirtualFunctions => new(0x0010, 8, (1 << 0) | (1 << 3));

    /// <summary>
    /// Clears the bits in all functions; returns in how many some were set. To be called before any driver, as the windows
    /// of devices go.
    /// </summary>
    public int ClearAll()
    {
        if (AcpiTable.Open("MCFG"u8, out AcpiTable table) != Status.Ok)
        {
            return 0;
        }
        int cleared = 0;
        Span<byte> allocation = stackalloc byte[AllocationBytes];
        for (int i = 0; i < MostAllocations; i++)
        {
            if (table.Read(FirstAllocation + (uint)(i * AllocationBytes), allocation) != Status.Ok)
            {
                break;
            }
            if (BinaryPrimitives.ReadUInt16LittleEndian(allocation.Slice(8)) == 0)
            {
                ulong address = BinaryPrimitives.ReadUInt64LittleEndian(allocation);
                cleared += Clear(address, allocation[10], allocation[11]);
            }
        }
        return cleared;
    }

    private int Clear(ulong address, byte firstBus, byte lastBus)
    {
        int cleared = 0;
        PciDeviceWalk walk = PciDeviceWalk.All();
        while (walk.MoveNext())
        {
            PciDevice device = walk.Current;
            byte bus = device.Address.Bus;
            if (bus >= firstBus && bus <= lastBus && device.FindCapability(PciRegister.CapabilityExpress) != 0)
            {
                ulong space = address + ((ulong)device.Address.RoutingId * Limits.PageBytes);
                cleared += Clear(device.Address, space) ? 1 : 0;
            }
        }
        return cleared;
    }

    private bool Clear(PciAddress function, ulong space)
    {
        if (space % Limits.PageBytes != 0
            || PhysicalMap.MapDevice(space, Limits.PageBytes, out Mmio window) != Status.Ok)
        {
            return false;
        }
        bool cleared = Clear(function, in window);
        PhysicalMap.Reset();
        return cleared;
    }

    private bool Clear(PciAddress function, in Mmio window)
    {
        // The table may be wrong: what lies there must be the function's space by its IDs.
        if (window.Read32(0) != PciConfig.Read32(function, PciRegister.VendorId))
        {
            return false;
        }
        uint offset = FirstCapability;
        for (int i = 0; i < MostCapabilities && offset >= FirstCapability && offset <= 0xFFE - _offset; i++)
        {
            uint head = window.Read32(offset);
            if ((ushort)head == _capability)
            {
                ushort control = window.Read16(offset + _offset);
                if ((control & _bits) == 0)
                {
                    return false;
                }
                window.Write16(offset + _offset, (ushort)(control & ~_bits));
                return (window.Read16(offset + _offset) & _bits) == 0;
            }
            if (head is 0 or uint.MaxValue)
            {
                break;
            }
            offset = (head >> 20) & 0xFFC;
        }
        return false;
    }
}
