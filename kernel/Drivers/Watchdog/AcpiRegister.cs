using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Watchdog;

/// <summary>A register in memory or behind an I/O port, as a Generic Address Structure names it (ACPI 6.5, 5.2.3.2).</summary>
internal struct AcpiRegister
{
    /// <summary>Bytes of the structure.</summary>
    public const int Bytes = 12;

    private const byte SystemMemory = 0;
    private const byte SystemIo = 1;

    private Mmio _window;
    private ushort _port;
    private int _bytes;

    /// <summary>Where its field begins, bits.</summary>
    public int BitOffset { get; private set; }

    /// <summary>
    /// Reads the structure and maps what it names. <see cref="Status.DeviceUnsupported"/>: another space than memory
    /// and ports, or another width than 8, 16 or 32 bits.
    /// </summary>
    public static Status Open(ReadOnlySpan<byte> structure, out AcpiRegister register)
    {
        register = default;
        byte space = structure[0];
        byte access = structure[3];
        int bits = access is >= 1 and <= 3 ? 4 << access : structure[1];
        ulong address = BinaryPrimitives.ReadUInt64LittleEndian(structure.Slice(4));
        if (bits is not (8 or 16 or 32) || structure[2] >= bits)
        {
            return Status.DeviceUnsupported;
        }
        register._bytes = bits / 8;
        register.BitOffset = structure[2];
        if (space == SystemMemory)
        {
            return PhysicalMap.MapDevice(address, (ulong)register._bytes, out register._window);
        }
        register._port = (ushort)address;
        return space == SystemIo && address is > 0 and < 0xFFFD ? Status.Ok : Status.DeviceUnsupported;
    }

    /// <summary>Reads the register.</summary>
    public readonly uint Read() => _port == 0
        ? _bytes switch
        {
            1 => _window.Read8(0),
            2 => _window.Read16(0),
            _ => _window.Read32(0),
        }
        : _bytes switch
        {
            1 => PortIo.In8(_port),
            2 => PortIo.In16(_port),
            _ => PortIo.In32(_port),
        };

    /// <summary>Writes the register.</summary>
    public readonly void Write(uint value)
    {
        if (_port == 0)
        {
            WriteMemory(value);
        }
        else if (_bytes == 1)
        {
            PortIo.Out8(_port, (byte)value);
        }
        else if (_bytes == 2)
        {
            PortIo.Out16(_port, (ushort)value);
        }
        else
        {
            PortIo.Out32(_port, value);
        }
    }

    private readonly void WriteMemory(uint value)
    {
        if (_bytes == 1)
        {
            _window.Write8(0, (byte)value);
        }
        else if (_bytes == 2)
        {
            _window.Write16(0, (ushort)value);
        }
        else
        {
            _window.Write32(0, value);
        }
    }
}
