using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Watchdog;

/// <summary>
/// An entry of ACPI's watchdog action table: what to do with a register for an action (Microsoft, Hardware Watchdog
/// Timers Design Specification, WDAT; ACPICA actbl3.h).
/// </summary>
internal struct AcpiInstruction
{
    /// <summary>Bytes of an entry.</summary>
    public const int Bytes = 24;

    /// <summary>The action that reloads the timer.</summary>
    public const byte ActionReset = 1;

    /// <summary>The action that tells whether the timer runs.</summary>
    public const byte ActionQueryRunning = 8;

    private const int RegisterOffset = 4;
    private const int ValueOffset = 16;
    private const int MaskOffset = 20;
    private const byte ReadValue = 0;
    private const byte WriteValue = 2;
    private const byte PreserveRegister = 0x80;

    private AcpiRegister _register;
    private uint _value;
    private uint _mask;
    private byte _kind;

    /// <summary>
    /// Reads an entry. <see cref="Status.DeviceUnsupported"/>: neither a read nor a write of a value, or those of the
    /// register.
    /// </summary>
    public static Status Open(ReadOnlySpan<byte> entry, out AcpiInstruction instruction)
    {
        instruction = default;
        instruction._kind = entry[1];
        instruction._value = BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(ValueOffset));
        instruction._mask = BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(MaskOffset));
        return (entry[1] & ~PreserveRegister) is ReadValue or WriteValue
            ? AcpiRegister.Open(entry.Slice(RegisterOffset, AcpiRegister.Bytes), out instruction._register)
            : Status.DeviceUnsupported;
    }

    /// <summary>Does it; true if a value was read, and was the one that the table names.</summary>
    public readonly bool Run()
    {
        int shift = _register.BitOffset;
        if ((_kind & ~PreserveRegister) == ReadValue)
        {
            return ((_register.Read() >> shift) & _mask) == _value;
        }
        uint kept = (_kind & PreserveRegister) == 0 ? 0 : _register.Read() & ~(_mask << shift);
        _register.Write(kept | ((_value & _mask) << shift));
        return false;
    }
}
