using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Stacks;

/// <summary>A crashed kernel's text, unwinding tables and stack, as far as a test writes them.</summary>
internal readonly struct FakeStackMemory() : IVirtualMemory
{
    public const ulong Text = 0xFFFF_FFFF_8100_0000;
    public const ulong TextEnd = Text + (1 << 20);
    public const ulong Stack = 0xFFFF_C900_0001_0000;

    private const ulong Addresses = 0xFFFF_FFFF_8200_0000;
    private const ulong Entries = 0xFFFF_FFFF_8210_0000;

    private readonly Dictionary<ulong, byte> _bytes = [];
    private readonly List<(ulong Address, ulong Entry)> _table = [];

    /// <summary>Addresses of what StackWalk.SymbolNames lists.</summary>
    public ulong[] Symbols => [Addresses, Addresses + ((ulong)_table.Count * 4), Entries, Text, TextEnd];

    public Status Read(ulong address, scoped Span<byte> destination)
    {
        Status status = Status.Ok;
        for (int i = 0; i < destination.Length; i++)
        {
            bool isThere = _bytes.TryGetValue(address + (ulong)i, out destination[i]);
            status = isThere ? status : Status.AddressNotMapped;
        }
        return status;
    }

    public void Write(ulong address, params ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            _bytes[address + (ulong)i] = bytes[i];
        }
    }

    public void Write64(ulong address, ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Write(address, bytes);
    }

    /// <summary>Adds an entry of the unwinding tables, in ascending order; <paramref name="flags"/> as the kernel packs them.</summary>
    public void AddOrc(ulong address, short spOffset, short bpOffset, int flags)
    {
        ulong at = Addresses + ((ulong)_table.Count * 4);
        byte[] bytes = new byte[6];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)(address - at));
        Write(at, bytes.AsSpan(0, 4));
        BinaryPrimitives.WriteInt16LittleEndian(bytes, spOffset);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2), bpOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), (ushort)flags);
        Write(Entries + ((ulong)_table.Count * 6), bytes);
        _table.Add((address, at));
    }

    /// <summary>A call to <paramref name="target"/> that returns to <paramref name="address"/>.</summary>
    public void WriteCall(ulong address, ulong target)
    {
        byte[] displacement = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(displacement, (int)(target - address));
        Write(address - 6, 0x90, 0xE8);
        Write(address - 4, displacement);
    }
}
