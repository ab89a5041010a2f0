using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Stacks;

/// <summary>
/// The kernel's own table for unwinding stacks (Linux: Documentation/arch/x86/orc-unwinder.rst): addresses of code,
/// ascending and relative to where they stand, and an entry for each.
/// </summary>
internal struct OrcTable
{
    private const int Samples = 64;
    private const uint MostEntries = 1 << 24;

    private ulong _addresses;
    private ulong _entries;
    private uint _count;
    private bool _hasNewTypes;

    /// <summary>There is a table.</summary>
    public readonly bool IsPresent => _count != 0;

    /// <summary>
    /// Opens the table of these symbols: __start_orc_unwind_ip, __stop_orc_unwind_ip and __start_orc_unwind. It is absent
    /// where they are.
    /// </summary>
    public static OrcTable Open<TMemory>(ref TMemory memory, ulong start, ulong stop, ulong entries)
        where TMemory : struct, IVirtualMemory
    {
        OrcTable table = default;
        ulong count = (stop - start) / sizeof(int);
        if (start == 0 || entries == 0 || stop <= start || count > MostEntries)
        {
            return table;
        }
        table._addresses = start;
        table._entries = entries;
        table._count = (uint)count;
        // Most entries of any kernel are calls that count from SP: how they are written tells which kind of table it is.
        int newOnes = 0;
        int oldOnes = 0;
        for (uint i = 0; i < Samples; i++)
        {
            uint index = (uint)(count * i / Samples);
            if (table.Read(ref memory, index, out OrcEntry entry) && entry.SpRegister == OrcEntry.RegisterSp)
            {
                newOnes += entry.RawType == OrcEntry.TypeCall ? 1 : 0;
                oldOnes += (entry.RawType & 3) == 0 ? 1 : 0;
            }
        }
        table._hasNewTypes = newOnes > oldOnes;
        return table;
    }

    /// <summary>Finds the entry of an address.</summary>
    public readonly bool TryFind<TMemory>(ref TMemory memory, ulong address, out OrcEntry entry)
        where TMemory : struct, IVirtualMemory
    {
        entry = default;
        if (!IsPresent || AddressOf(ref memory, 0) > address)
        {
            return false;
        }
        uint first = 0;
        uint end = _count;
        while (end - first > 1)
        {
            uint middle = first + ((end - first) / 2);
            if (AddressOf(ref memory, middle) <= address)
            {
                first = middle;
            }
            else
            {
                end = middle;
            }
        }
        return Read(ref memory, first, out entry);
    }

    private readonly ulong AddressOf<TMemory>(ref TMemory memory, uint index)
        where TMemory : struct, IVirtualMemory
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        ulong at = _addresses + ((ulong)index * sizeof(int));
        return memory.Read(at, bytes) == Status.Ok
            ? at + (ulong)BinaryPrimitives.ReadInt32LittleEndian(bytes)
            : ulong.MaxValue;
    }

    private readonly bool Read<TMemory>(ref TMemory memory, uint index, out OrcEntry entry)
        where TMemory : struct, IVirtualMemory
    {
        Span<byte> bytes = stackalloc byte[OrcEntry.Bytes];
        Status status = memory.Read(_entries + ((ulong)index * OrcEntry.Bytes), bytes);
        entry = new OrcEntry(bytes, _hasNewTypes);
        return status == Status.Ok;
    }
}
