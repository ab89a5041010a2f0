using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine.Smp;

/// <summary>APIC IDs of the enabled processors of the MADT, in its order (ACPI 6.5, 5.2.12.2 and 5.2.12.12).</summary>
internal struct ProcessorWalk
{
    private const int FirstEntry = 44;
    private const int EntryBytes = 16;
    private const byte LocalApicEntry = 0;
    private const byte X2ApicEntry = 9;
    private const uint MaximumBytes = 1 << 20;

    private readonly ulong _table;
    private readonly uint _length;
    private uint _at;

    private ProcessorWalk(ulong table, uint length)
    {
        _table = table;
        _length = Math.Min(length, MaximumBytes);
        _at = FirstEntry;
    }

    /// <summary>A walk of the MADT; without one it has nothing.</summary>
    internal static ProcessorWalk All() =>
        AcpiTables.TryFind("APIC"u8, out ulong table, out uint length) ? new ProcessorWalk(table, length) : default;

    /// <summary>The next processor; false at the end, or where the table cannot be true.</summary>
    internal bool TryNext(out uint apicId)
    {
        apicId = 0;
        Span<byte> entry = stackalloc byte[EntryBytes];
        while (_at + 2 <= _length)
        {
            entry.Clear();
            uint rest = Math.Min(_length - _at, EntryBytes);
            if (default(OldMemory).Read(_table + _at, entry.Slice(0, (int)rest)) != Status.Ok || entry[1] < 2)
            {
                break;
            }
            _at += entry[1];
            bool isShort = entry[0] == LocalApicEntry && entry[1] >= 8;
            bool isLong = entry[0] == X2ApicEntry && entry[1] >= 16;
            if (!isShort && !isLong)
            {
                continue;
            }
            uint flags = BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(isShort ? 4 : 8));
            if ((flags & 1) != 0)
            {
                apicId = isShort ? entry[3] : BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(4));
                return true;
            }
        }
        _at = _length;
        return false;
    }
}
