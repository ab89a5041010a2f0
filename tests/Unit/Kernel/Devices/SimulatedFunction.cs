using System;
using System.Buffers.Binary;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>The configuration space of one PCI function.</summary>
internal sealed class SimulatedFunction
{
    private readonly byte[] _space = new byte[256];
    private readonly uint[] _barMasks = new uint[6];
    private int _power;
    private byte _lastCapability;

    public SimulatedFunction(uint classCode, ushort vendor)
    {
        Set16(0x00, vendor);
        Set16(0x02, 0x1234);
        Set32(0x08, classCode << 8);
        Command = 0x0007;
    }

    public ushort Command
    {
        get => BinaryPrimitives.ReadUInt16LittleEndian(_space.AsSpan(4));
        set => Set16(4, value);
    }

    public bool IsMaster => (Command & 4) != 0;

    /// <summary>A BAR was sized, or put back, while the function decoded it.</summary>
    public bool WasSizedWhileDecoding { get; private set; }

    /// <summary>Leaving D3hot clears the BARs.</summary>
    public bool LosesBarsInPowerUp { get; set; }

    /// <summary>Called when a function level reset begins.</summary>
    public Action? FunctionReset { get; set; }

    public ushort Read16(int offset) => (ushort)Read(offset, 2);

    public uint Read32(int offset) => Read(offset, 4);

    public void Set8(int offset, byte value) => _space[offset] = value;

    public void Set16(int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(_space.AsSpan(offset), value);

    public void Set32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_space.AsSpan(offset), value);

    public SimulatedFunction WithBar(int index, ulong address, ulong lengthBytes, bool is64 = false, bool isIo = false)
    {
        uint flags = isIo ? 1u : is64 ? 4u : 0u;
        ulong mask = 0 - lengthBytes;
        Set32(0x10 + (index * 4), (uint)address | flags);
        _barMasks[index] = (uint)mask;
        if (is64)
        {
            Set32(0x14 + (index * 4), (uint)(address >> 32));
            _barMasks[index + 1] = (uint)(mask >> 32);
        }
        return this;
    }

    /// <summary>Appends a capability to the list; returns its offset.</summary>
    public byte AddCapability(byte offset, byte id, params byte[] body)
    {
        Set16(6, 0x10);
        Set8(_lastCapability == 0 ? 0x34 : _lastCapability + 1, offset);
        Set8(offset, id);
        Set8(offset + 1, 0);
        body.CopyTo(_space, offset + 2);
        _lastCapability = offset;
        _power = id == 1 ? offset + 4 : _power;
        return offset;
    }

    public uint Read(int offset, int width) => width switch
    {
        1 => _space[offset],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(_space.AsSpan(offset)),
        _ => BinaryPrimitives.ReadUInt32LittleEndian(_space.AsSpan(offset)),
    };

    public void Write(int offset, int width, uint value)
    {
        int bar = (offset - 0x10) / 4;
        bool isBar = offset >= 0x10 && bar < ((_space[0x0E] & 0x7F) == 1 ? 2 : 6);
        if (isBar)
        {
            uint flags = Read(offset, 4) & ((Read(offset, 4) & 1) != 0 ? 3u : 0xFu);
            bool isHigh = bar > 0 && (Read(offset - 4, 4) & 7) == 4;
            uint masked = value & _barMasks[bar];
            WasSizedWhileDecoding |= (Command & 3) != 0 && masked != (Read(offset, 4) & _barMasks[bar]);
            Set32(offset, isHigh ? masked : masked | flags);
        }
        else if (offset is >= 0x40 or >= 0x18 and < 0x1C or 4)
        {
            bool wasOff = _power != 0 && (_space[_power] & 3) != 0;
            for (int i = 0; i < width; i++)
            {
                _space[offset + i] = (byte)(value >> (8 * i));
            }
            if (wasOff && (_space[_power] & 3) == 0 && LosesBarsInPowerUp)
            {
                ClearBars();
            }
            if (FunctionReset is not null && (value & 0x8000) != 0 && offset == FunctionResetOffset)
            {
                ClearBars();
                Command = 0;
                FunctionReset();
            }
        }
    }

    /// <summary>Offset of the register whose bit 15 begins a function level reset.</summary>
    public int FunctionResetOffset { get; set; }

    private void ClearBars()
    {
        for (int i = 0; i < 6; i++)
        {
            Set32(0x10 + (i * 4), Read(0x10 + (i * 4), 4) & 0xF);
        }
    }
}
