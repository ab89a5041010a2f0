using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Iommu;

/// <summary>
/// Address translation services (PCIe 5.0, chapter 10): a device with them asks the IOMMU itself, keeps the answers, and
/// would go on by those of the old kernel. Its control lies in extended configuration space, which MCFG (PCI firmware
/// 3.2, 4.1.2) tells of.
/// </summary>
internal static class DeviceTranslation
{
    private const uint FirstAllocation = 44;
    private const int AllocationBytes = 16;
    private const int MostAllocations = 64;
    private const uint FirstCapability = 0x100;
    private const int MostCapabilities = (4096 - 0x100) / 8;
    private const ushort CapabilityId = 0x000F;
    private const uint ControlOffset = 6;
    private const ushort ControlEnable = 1 << 15;

    /// <summary>
    /// Switches them off in all functions; the functions' memories are empty then (10.5.1.3). Returns in how many they
    /// were on. To be called before any driver, as the windows of devices go.
    /// </summary>
    public static int StopAll()
    {
        if (AcpiTable.Open("MCFG"u8, out AcpiTable table) != Status.Ok)
        {
            return 0;
        }
        int stopped = 0;
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
                stopped += Stop(address, allocation[10], allocation[11]);
            }
        }
        return stopped;
    }

    private static int Stop(ulong address, byte firstBus, byte lastBus)
    {
        int stopped = 0;
        PciDeviceWalk walk = PciDeviceWalk.All();
        while (walk.MoveNext())
        {
            PciDevice device = walk.Current;
            byte bus = device.Address.Bus;
            if (bus >= firstBus && bus <= lastBus && device.FindCapability(PciRegister.CapabilityExpress) != 0)
            {
                ulong space = address + ((ulong)device.Address.RoutingId * Limits.PageBytes);
                stopped += Stop(device.Address, space) ? 1 : 0;
            }
        }
        return stopped;
    }

    private static bool Stop(PciAddress function, ulong space)
    {
        if (space % Limits.PageBytes != 0
            || PhysicalMap.MapDevice(space, Limits.PageBytes, out Mmio window) != Status.Ok)
        {
            return false;
        }
        bool stopped = Stop(function, in window);
        PhysicalMap.Reset();
        return stopped;
    }

    private static bool Stop(PciAddress function, in Mmio window)
    {
        // The table may be wrong: what lies there must be the function's space by its IDs.
        if (window.Read32(0) != PciConfig.Read32(function, PciRegister.VendorId))
        {
            return false;
        }
        uint offset = FirstCapability;
        for (int i = 0; i < MostCapabilities && offset >= FirstCapability && offset <= 0xFF8; i++)
        {
            uint head = window.Read32(offset);
            if ((ushort)head == CapabilityId)
            {
                ushort control = window.Read16(offset + ControlOffset);
                if ((control & ControlEnable) == 0)
                {
                    return false;
                }
                window.Write16(offset + ControlOffset, (ushort)(control & ~ControlEnable));
                return (window.Read16(offset + ControlOffset) & ControlEnable) == 0;
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
