using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Iommu;

/// <summary>
/// A DMA remapping unit (VT-d 4.1). Whatever its tables are, those of the legacy or those of the scalable mode, it is
/// switched off in the same way, and translates nothing then: requests go to the addresses that they name.
/// </summary>
internal struct VtdUnit : IIommuUnit
{
    private const uint StopMilliseconds = 1000;
    private const uint DrainMilliseconds = 10;

    private Mmio _registers;

    /// <inheritdoc/>
    public readonly ReadOnlySpan<byte> TableSignature => "DMAR"u8;

    /// <inheritdoc/>
    public readonly ReadOnlySpan<byte> Name => "VT-d"u8;

    /// <inheritdoc/>
    public ulong Address { get; private set; }

    /// <inheritdoc/>
    public readonly bool IsTranslating => (ReadStatus() & VtdRegister.Translation) != 0;

    /// <inheritdoc/>
    public readonly uint State => ReadStatus();

    /// <inheritdoc/>
    public Status Open(in RemappingStructures structure)
    {
        if (structure.Head != VtdRegister.HardwareUnit)
        {
            return Status.NoDevice;
        }
        Span<byte> unit = stackalloc byte[VtdRegister.HardwareUnitBytes];
        Status status = structure.Read(0, unit);
        if (status != Status.Ok)
        {
            return status;
        }
        ushort segment = BinaryPrimitives.ReadUInt16LittleEndian(unit.Slice(VtdRegister.HardwareUnitSegment));
        Address = BinaryPrimitives.ReadUInt64LittleEndian(unit.Slice(VtdRegister.HardwareUnitAddress));
        // Configuration space of other segments is out of reach: their devices still run, and must stay translated.
        if (segment != 0 || VtdScope.IsGraphicsOnly(in structure, unit[VtdRegister.HardwareUnitFlags]))
        {
            return Status.NoDevice;
        }
        if (Address == 0 || Address % Limits.PageBytes != 0)
        {
            return Status.AcpiTableBad;
        }
        status = PhysicalMap.MapDevice(Address, VtdRegister.Bytes, out _registers);
        if (status != Status.Ok)
        {
            return status;
        }
        // Nothing is written before this is right: the table may be wrong, and name memory of the old kernel.
        uint version = _registers.Read32(VtdRegister.Version);
        return version >> 8 == 0 && version >> 4 != 0 ? Status.Ok : Status.DeviceUnsupported;
    }

    /// <inheritdoc/>
    public readonly Status Stop()
    {
        Status translation = Clear(VtdRegister.Translation);
        Status memory = ReleaseMemory();
        // The old kernel's interrupts mean nothing to us; those between CPUs are not remapped (5.1.1).
        _ = Clear(VtdRegister.InterruptRemapping);
        // Head and tail must meet before the queue is switched off (6.5.2); an error may keep them apart.
        Deadline drained = Deadline.AfterMilliseconds(DrainMilliseconds);
        while (_registers.Read32(VtdRegister.QueueHead) != _registers.Read32(VtdRegister.QueueTail) && !drained.HasPassed)
        {
            Cpu.Pause();
        }
        _ = Clear(VtdRegister.QueuedInvalidation);
        // The last two keep no device from memory, should they stay.
        return translation != Status.Ok ? translation : memory;
    }

    private readonly uint ReadStatus() => _registers.Read32(VtdRegister.GlobalStatus);

    /// <summary>
    /// Switches one function off. Hardware that drains requests has done so when the status says that translation is
    /// off (11.4.4.1).
    /// </summary>
    private readonly Status Clear(uint function)
    {
        uint state = ReadStatus();
        if ((state & function) == 0)
        {
            return Status.Ok;
        }
        _registers.Write32(VtdRegister.GlobalCommand, state & VtdRegister.Persistent & ~function);
        return WaitUntilClear(VtdRegister.GlobalStatus, function);
    }

    /// <summary>Protected regions, which firmware or a trusted boot has set up, keep DMA out even without translation.</summary>
    private readonly Status ReleaseMemory()
    {
        uint state = _registers.Read32(VtdRegister.ProtectedMemory);
        if ((state & (VtdRegister.ProtectedEnable | VtdRegister.ProtectedStatus)) == 0)
        {
            return Status.Ok;
        }
        _registers.Write32(VtdRegister.ProtectedMemory, state & ~VtdRegister.ProtectedEnable);
        return WaitUntilClear(VtdRegister.ProtectedMemory, VtdRegister.ProtectedStatus);
    }

    private readonly Status WaitUntilClear(uint register, uint bit)
    {
        Deadline end = Deadline.AfterMilliseconds(StopMilliseconds);
        while (true)
        {
            bool isLast = end.HasPassed;
            if ((_registers.Read32(register) & bit) == 0)
            {
                return Status.Ok;
            }
            if (isLast)
            {
                return Status.IommuStuck;
            }
            Cpu.Pause();
        }
    }
}
