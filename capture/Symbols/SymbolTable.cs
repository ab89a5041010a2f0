using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Symbols;

/// <summary>
/// The kernel's own symbols, for backtraces: an offset from the start of the image to the name of the method there.
/// Built by <c>ImageCheck symbols</c>. The table has entries of <see cref="EntryBytes"/> bytes, ascending by offset:
/// <code>
/// u32 offset of the code from image_start
/// u16 offset of the type's name in the names, 0 if there is none
/// u16 offset of the member's name in the names, 0 where code ends and no symbol follows
/// </code>
/// A name is a length byte and as many ASCII bytes. Name 0 is empty. All numbers are little-endian.
/// </summary>
public readonly ref struct SymbolTable(ReadOnlySpan<byte> table, ReadOnlySpan<byte> names)
{
    /// <summary>Bytes of an entry.</summary>
    public const int EntryBytes = 8;

    /// <summary>Longest name of a type or member, bytes.</summary>
    public const int NameBytes = 255;

    /// <summary>Most bytes of all names: they are addressed by 16 bits.</summary>
    public const int NamesBytes = 65536;

    private readonly ReadOnlySpan<byte> _table = table;
    private readonly ReadOnlySpan<byte> _names = names;

    /// <summary>Entries, the one that ends the code included.</summary>
    public int Count => _table.Length / EntryBytes;

    /// <summary>
    /// Finds the symbol at or before an offset from the start of the image. <see cref="Status.AddressOutOfRange"/>: the
    /// offset lies in no code, or the table is empty.
    /// </summary>
    public Status Find(ulong offsetBytes, out SymbolMatch match)
    {
        match = default;
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (OffsetOf(middle) <= offsetBytes)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        if (low == 0)
        {
            return Status.AddressOutOfRange;
        }
        ReadOnlySpan<byte> entry = _table.Slice((low - 1) * EntryBytes, EntryBytes);
        ReadOnlySpan<byte> member = NameAt(BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]));
        if (member.Length == 0)
        {
            return Status.AddressOutOfRange;
        }
        ReadOnlySpan<byte> type = NameAt(BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]));
        match = new SymbolMatch(type, member, offsetBytes - OffsetOf(low - 1));
        return Status.Ok;
    }

    private ulong OffsetOf(int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(_table.Slice(index * EntryBytes, EntryBytes));

    /// <summary>A name; empty when it would reach past the names, so that a damaged table is harmless.</summary>
    private ReadOnlySpan<byte> NameAt(int position)
    {
        if (position >= _names.Length || position + 1 + _names[position] > _names.Length)
        {
            return default;
        }
        return _names.Slice(position + 1, _names[position]);
    }
}
