using System;
using System.Buffers.Binary;
using System.Linq;
using System.Text;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>ACPI's root pointer, an RSDT, and one table of remapping units, in a machine's memory.</summary>
internal static class SimulatedAcpi
{
    private const int Rsdp = 0xF_0000;
    private const int Rsdt = 0xF_1000;
    private const int Table = 0xF_2000;
    private const int Windows = 0xF_4000;
    private const int HeaderBytes = 48;

    /// <summary>Plants a table, whose structures begin at offset 48, with right checksums; where it lies.</summary>
    public static Span<byte> Plant(SimulatedMachine machine, string signature, params byte[][] structures)
    {
        byte[] table = [.. new byte[HeaderBytes], .. structures.SelectMany(structure => structure)];
        Header(table, signature);
        byte[] root = new byte[44];
        BinaryPrimitives.WriteInt32LittleEndian(root.AsSpan(36), Table);
        BinaryPrimitives.WriteInt32LittleEndian(root.AsSpan(40), Windows);
        Header(root, "RSDT");
        byte[] pointer = new byte[36];
        Encoding.ASCII.GetBytes("RSD PTR ").CopyTo(pointer, 0);
        BinaryPrimitives.WriteInt32LittleEndian(pointer.AsSpan(16), Rsdt);
        Sum(pointer, 8);
        pointer.CopyTo(machine.Memory, Rsdp);
        root.CopyTo(machine.Memory, Rsdt);
        table.CopyTo(machine.Memory, Table);
        AcpiTables.Use(Rsdp);
        return machine.Memory.AsSpan(Table, table.Length);
    }

    /// <summary>Plants an MCFG besides: the window of configuration space of all buses of a segment.</summary>
    public static Span<byte> PlantWindow(SimulatedMachine machine, ulong address, ushort segment = 0)
    {
        byte[] table = new byte[60];
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(44), address);
        BinaryPrimitives.WriteUInt16LittleEndian(table.AsSpan(52), segment);
        table[55] = 0xFF;
        Header(table, "MCFG");
        table.CopyTo(machine.Memory, Windows);
        return machine.Memory.AsSpan(Windows, table.Length);
    }

    /// <summary>A DRHD of VT-d; its scope: bus, device and function of display devices or others.</summary>
    public static byte[] Vtd(ulong address, ushort segment = 0, byte flags = 1, params byte[][] scope)
    {
        byte[] unit = [0, 0, (byte)(16 + (scope.Length * 8)), 0, flags, 0, .. new byte[10], .. scope.SelectMany(Endpoint)];
        BinaryPrimitives.WriteUInt16LittleEndian(unit.AsSpan(6), segment);
        BinaryPrimitives.WriteUInt64LittleEndian(unit.AsSpan(8), address);
        return unit;
    }

    /// <summary>An IVHD of AMD-Vi.</summary>
    public static byte[] Amd(ulong address, ushort function, byte type = 0x10, ushort segment = 0)
    {
        byte[] block = [type, 0, type == 0x10 ? (byte)24 : (byte)40, 0, .. new byte[type == 0x10 ? 20 : 36]];
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(4), function);
        block[6] = 0x40;
        BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(8), address);
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(16), segment);
        return block;
    }

    /// <summary>Makes the bytes sum to zero.</summary>
    public static void Sum(Span<byte> bytes, int at)
    {
        bytes[at] = 0;
        byte sum = 0;
        foreach (byte value in bytes)
        {
            sum += value;
        }
        bytes[at] = (byte)-sum;
    }

    private static byte[] Endpoint(byte[] place) => [1, 8, 0, 0, 0, .. place];

    private static void Header(Span<byte> table, string signature)
    {
        Encoding.ASCII.GetBytes(signature).CopyTo(table);
        BinaryPrimitives.WriteInt32LittleEndian(table[4..], table.Length);
        Sum(table, 9);
    }
}
