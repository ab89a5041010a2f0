using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Iommu;

/// <summary>An AMD IOMMU (AMD IOMMU 3.10). Switched off, it lets all requests pass as they are (2.1).</summary>
internal struct AmdIommuUnit : IIommuUnit
{
    private const uint StopMilliseconds = 1000;

    private Mmio _registers;

    /// <inheritdoc/>
    public readonly ReadOnlySpan<byte> TableSignature => "IVRS"u8;

    /// <inheritdoc/>
    public readonly ReadOnlySpan<byte> Name => "AMD-Vi"u8;

    /// <inheritdoc/>
    public ulong Address { get; private set; }

    /// <inheritdoc/>
    public readonly bool IsTranslating => (State & AmdIommuRegister.Enable) != 0;

    /// <inheritdoc/>
    public readonly uint State => _registers.Read32(AmdIommuRegister.Control);

    /// <inheritdoc/>
    public Status Open(in RemappingStructures structure)
    {
        if (!AmdIommuRegister.IsBlock((byte)structure.Head))
        {
            return Status.NoDevice;
        }
        Span<byte> block = stackalloc byte[AmdIommuRegister.BlockBytes];
        Status status = structure.Read(0, block);
        if (status != Status.Ok)
        {
            return status;
        }
        // Configuration space of other segments is out of reach: their devices still run, and must stay translated.
        if (BinaryPrimitives.ReadUInt16LittleEndian(block.Slice(AmdIommuRegister.BlockSegment)) != 0)
        {
            return Status.NoDevice;
        }
        Address = BinaryPrimitives.ReadUInt64LittleEndian(block.Slice(AmdIommuRegister.BlockAddress));
        ushort capability = BinaryPrimitives.ReadUInt16LittleEndian(block.Slice(AmdIommuRegister.BlockCapability));
        if (Address == 0 || Address % AmdIommuRegister.Alignment != 0 || capability is < 0x40 or > 0xFC)
        {
            return Status.AcpiTableBad;
        }
        // The table may be wrong, and name memory of the old kernel: the IOMMU must be there by its function too.
        var function = new PciAddress(BinaryPrimitives.ReadUInt16LittleEndian(block.Slice(AmdIommuRegister.BlockDevice)));
        if ((PciConfig.Read32(function, capability) & AmdIommuRegister.CapabilityMask) != AmdIommuRegister.Capability)
        {
            return Status.DeviceUnsupported;
        }
        status = PhysicalMap.MapDevice(Address, AmdIommuRegister.Bytes, out _registers);
        return status == Status.Ok && State == uint.MaxValue ? Status.DeviceGone : status;
    }

    /// <inheritdoc/>
    public readonly Status Stop()
    {
        uint state = State;
        if ((state & (AmdIommuRegister.Enable | AmdIommuRegister.OwnAccess)) == 0)
        {
            return Status.Ok;
        }
        // Its commands and logs first, as Linux has it; they keep no device from memory, should they go on.
        state &= ~AmdIommuRegister.OwnAccess;
        _registers.Write32(AmdIommuRegister.Control, state);
        _ = WaitUntilClear(AmdIommuRegister.Status, AmdIommuRegister.Running);
        _registers.Write32(AmdIommuRegister.Control, state & ~AmdIommuRegister.Enable);
        return WaitUntilClear(AmdIommuRegister.Control, AmdIommuRegister.Enable);
    }

    private readonly Status WaitUntilClear(uint register, uint bits)
    {
        Deadline end = Deadline.AfterMilliseconds(StopMilliseconds);
        while (true)
        {
            bool isLast = end.HasPassed;
            if ((_registers.Read32(register) & bits) == 0)
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
