using System;
using System.Text;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>A VGA in colour text mode of 80 by 25, as firmware leaves it.</summary>
internal sealed class SimulatedVga : IPortDevice, IMmioDevice
{
    private const ulong Memory = 0xB8000;

    private readonly byte[] _memory = new byte[0x8000];
    private byte _crtIndex;
    private byte _graphicsIndex;

    public SimulatedVga(SimulatedMachine machine)
    {
        machine.Add((IPortDevice)this);
        machine.Add((IMmioDevice)this);
        Crt[0x01] = 79;
        Crt[0x07] = 0x1F;
        Crt[0x09] = 0x4F;
        Crt[0x12] = 0x8F;
        Crt[0x13] = 40;
    }

    public byte[] Crt { get; } = new byte[256];

    /// <summary>Graphics controller register 6: text mode, memory at B8000H.</summary>
    public byte GraphicsMode { get; set; } = 0x0E;

    public byte MiscellaneousOutput { get; set; } = 0x67;

    public bool HasMemory { get; set; } = true;

    public int Origin
    {
        get => Crt[0x0C] << 8 | Crt[0x0D];
        set => (Crt[0x0C], Crt[0x0D]) = ((byte)(value >> 8), (byte)value);
    }

    public int Cursor
    {
        get => Crt[0x0E] << 8 | Crt[0x0F];
        set => (Crt[0x0E], Crt[0x0F]) = ((byte)(value >> 8), (byte)value);
    }

    public int Writes { get; private set; }

    public void Plant(int cell, string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            _memory[((cell + i) * 2) + 1] = 0x07;
            _memory[(cell + i) * 2] = (byte)text[i];
        }
    }

    /// <summary>A row that is visible, without the blanks at its end.</summary>
    public string Row(int row)
    {
        StringBuilder text = new();
        for (int column = 0; column < 80; column++)
        {
            byte character = _memory[(Origin + (row * 80) + column) * 2];
            text.Append(character == 0 ? ' ' : (char)character);
        }
        return text.ToString().TrimEnd();
    }

    public bool HasPort(ushort port) => port is 0x3CC or 0x3CE or 0x3CF or 0x3D4 or 0x3D5;

    public bool HasAddress(ulong address) => HasMemory && address >= Memory && address < Memory + 0x8000;

    public uint ReadPort(ushort port, int width) => port switch
    {
        0x3CC => MiscellaneousOutput,
        0x3CF => _graphicsIndex == 6 ? GraphicsMode : 0u,
        0x3D5 => Crt[_crtIndex],
        _ => 0xFF,
    };

    public void WritePort(ushort port, int width, uint value)
    {
        switch (port)
        {
            case 0x3CE:
                _graphicsIndex = (byte)value;
                break;
            case 0x3D4:
                _crtIndex = (byte)value;
                break;
            case 0x3D5:
                Crt[_crtIndex] = (byte)value;
                break;
            default:
                throw new InvalidOperationException($"a write to port {port:x}");
        }
    }

    public ulong ReadWindow(ulong address, int width) => BitConverter.ToUInt16(_memory, (int)(address - Memory));

    public void WriteWindow(ulong address, int width, ulong value)
    {
        Writes++;
        BitConverter.TryWriteBytes(_memory.AsSpan((int)(address - Memory)), (ushort)value);
    }
}
