using System;
using System.Buffers.Binary;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Filter;

/// <summary>
/// The crashed kernel's own symbol table (Linux: kernel/kallsyms.c, scripts/kallsyms.c), which VMCOREINFO tells of since
/// Linux 6.0. Names are sequences of tokens, one behind the other: a search reads them all, once per dump.
/// </summary>
public struct KernelSymbols
{
    private const int Tokens = 256;
    private const int TokenBytes = 2048;
    private const int WindowBytes = 512;
    private const int MostNameBytes = 32;
    private const int HeadBytes = 2 + MostNameBytes;
    private const int MostNames = 16;
    private const int Characters = 256;
    private const int BeginPlaces = 4;
    private const uint MostSymbols = 1 << 20;

    // Since Linux 6.1 a length from 128 on has two bytes (73bbb94466fd).
    private const int LongLength = 0x80;

    private ulong _names;
    private ulong _offsets;
    private ulong _relativeBase;
    private ulong _tokens;
    private ulong _tokenIndex;
    private uint _count;
    private bool _hasAbsolute;

    /// <summary>Where the table begins.</summary>
    public readonly ulong Start => Math.Min(_names, _offsets);

    /// <summary>Where it ends, at the least.</summary>
    public readonly ulong End =>
        Math.Max(_tokenIndex + (Tokens * sizeof(ushort)), _offsets + ((ulong)_count * sizeof(int)));

    /// <summary>Finds the table; <see cref="Status.VmcoreInfoIncomplete"/>, or why it cannot be read.</summary>
    public static Status Open<TMemory>(
        scoped ref TMemory memory, scoped ref KernelPaging paging, scoped in VmcoreInfo info, out KernelSymbols symbols)
        where TMemory : struct, IPhysicalMemory
    {
        symbols = default;
        if (info.TryGetSymbol("kallsyms_names"u8, out symbols._names) != Status.Ok
            || info.TryGetSymbol("kallsyms_num_syms"u8, out ulong number) != Status.Ok
            || info.TryGetSymbol("kallsyms_token_table"u8, out symbols._tokens) != Status.Ok
            || info.TryGetSymbol("kallsyms_token_index"u8, out symbols._tokenIndex) != Status.Ok
            || info.TryGetSymbol("kallsyms_offsets"u8, out symbols._offsets) != Status.Ok
            || info.TryGetSymbol("kallsyms_relative_base"u8, out ulong relative) != Status.Ok)
        {
            return Status.VmcoreInfoIncomplete;
        }
        Status status = paging.Read(ref memory, number, out ulong count);
        status = status == Status.Ok ? paging.Read(ref memory, relative, out symbols._relativeBase) : status;
        symbols._count = (uint)count;
        if (status != Status.Ok || symbols._count - 1 >= MostSymbols)
        {
            return status != Status.Ok ? status : Status.VmcoreInfoIncomplete;
        }
        // CONFIG_KALLSYMS_ABSOLUTE_PERCPU (until Linux 6.15) tells offsets of per-CPU variables, which lie first, by what
        // is not below zero. The last symbol, by address, is none: its offset tells which kind of table it is.
        status = symbols.ReadOffset(ref memory, ref paging, symbols._count - 1, out int last);
        symbols._hasAbsolute = last < 0;
        return status;
    }

    /// <summary>
    /// Looks for up to 16 symbols by their names, which are shorter than 32 bytes and have a NUL behind them each.
    /// Addresses of those that are not found stay as they are.
    /// </summary>
    public readonly Status Find<TMemory>(
        scoped ref TMemory memory,
        scoped ref KernelPaging paging,
        scoped ReadOnlySpan<byte> names,
        scoped Span<ulong> addresses)
        where TMemory : struct, IPhysicalMemory
    {
        Span<byte> tokens = stackalloc byte[TokenBytes + (Tokens * sizeof(ushort))];
        Status status = paging.Read(ref memory, _tokens, tokens[..TokenBytes]);
        status = status == Status.Ok ? paging.Read(ref memory, _tokenIndex, tokens[TokenBytes..]) : status;
        Span<byte> window = stackalloc byte[WindowBytes];
        Span<ushort> begins = stackalloc ushort[BeginPlaces * Characters];
        Span<byte> columns = stackalloc byte[MostNames * MostNameBytes];
        Spread(names, begins, columns);
        ulong position = _names;
        int at = 0;
        status = status == Status.Ok ? paging.Read(ref memory, position, window) : status;
        uint left = (uint)addresses.Length;
        for (uint i = 0; i < _count && left > 0 && status == Status.Ok; i++)
        {
            if (at > WindowBytes - HeadBytes)
            {
                position += (ulong)at;
                status = paging.Read(ref memory, position, window);
                at = 0;
            }
            int length = window[at++];
            if (length >= LongLength)
            {
                length = (length & (LongLength - 1)) | (window[at++] << 7);
            }
            // A token is at least a character: what is longer than the longest name is none that is looked for.
            if (length < MostNameBytes && Match(window.Slice(at, length), tokens, begins, columns, out int match)
                && match < addresses.Length)
            {
                addresses[match] = AddressOf(ref memory, ref paging, i);
                left--;
            }
            at += length;
        }
        return status;
    }

    /// <summary>
    /// Finds the symbol that an address belongs to: the last that is not above it, and of several of the same address the
    /// first, as kallsyms does. <see cref="Status.AddressNotMapped"/>: it is below all.
    /// </summary>
    public readonly Status Locate<TMemory>(
        scoped ref TMemory memory, scoped ref KernelPaging paging, ulong address, out uint index, out ulong start)
        where TMemory : struct, IPhysicalMemory
    {
        index = 0;
        start = AddressOf(ref memory, ref paging, 0);
        uint end = _count;
        while (end - index > 1)
        {
            uint middle = index + ((end - index) / 2);
            ulong at = AddressOf(ref memory, ref paging, middle);
            // One that cannot be read is 0, and so a bound of what is above it.
            if (at <= address)
            {
                index = middle;
                start = at;
            }
            else
            {
                end = middle;
            }
        }
        while (index > 0 && AddressOf(ref memory, ref paging, index - 1) == start)
        {
            index--;
        }
        return start == 0 || start > address ? Status.AddressNotMapped : Status.Ok;
    }

    /// <summary>
    /// Reads the names of symbols by their indices, cut to equal shares of <paramref name="names"/>, and their lengths; no
    /// name is longer than 255 bytes. The symbols' types are left out.
    /// </summary>
    public readonly Status ReadNames<TMemory>(
        scoped ref TMemory memory,
        scoped ref KernelPaging paging,
        scoped ReadOnlySpan<uint> indices,
        scoped Span<byte> names,
        scoped Span<byte> lengths)
        where TMemory : struct, IPhysicalMemory
    {
        lengths.Clear();
        Span<byte> tokens = stackalloc byte[TokenBytes + (Tokens * sizeof(ushort))];
        Status status = paging.Read(ref memory, _tokens, tokens[..TokenBytes]);
        status = status == Status.Ok ? paging.Read(ref memory, _tokenIndex, tokens[TokenBytes..]) : status;
        uint last = 0;
        for (int i = 0; i < indices.Length; i++)
        {
            last = Math.Max(last, indices[i]);
        }
        int share = Math.Min(byte.MaxValue, names.Length / Math.Max(1, indices.Length));
        Span<byte> window = stackalloc byte[2 * WindowBytes];
        ulong position = _names;
        int at = 0;
        status = status == Status.Ok ? paging.Read(ref memory, position, window) : status;
        for (uint i = 0; i <= last && i < _count && status == Status.Ok; i++)
        {
            // A length of one byte and the longest name that it can tell; longer ones are cut.
            if (at > WindowBytes)
            {
                position += (ulong)at;
                status = paging.Read(ref memory, position, window);
                at = 0;
            }
            int length = window[at++];
            if (length >= LongLength)
            {
                length = (length & (LongLength - 1)) | (window[at++] << 7);
            }
            ReadOnlySpan<byte> source = window.Slice(at, Math.Min(length, window.Length - at));
            for (int j = 0; j < indices.Length; j++)
            {
                if (indices[j] == i)
                {
                    lengths[j] = (byte)Expand(source, tokens, names.Slice(j * share, share));
                }
            }
            at += length;
            if (at > window.Length)
            {
                position += (ulong)at;
                status = paging.Read(ref memory, position, window);
                at = 0;
            }
        }
        return status;
    }

    // The name that a sequence of tokens stands for, without its first character, the type.
    private static int Expand(
        scoped ReadOnlySpan<byte> source, scoped ReadOnlySpan<byte> tokens, scoped Span<byte> name)
    {
        int bytes = -1;
        for (int i = 0; i < source.Length; i++)
        {
            int at = BinaryPrimitives.ReadUInt16LittleEndian(tokens[(TokenBytes + (source[i] * sizeof(ushort)))..]);
            for (; at < TokenBytes && tokens[at] != 0 && bytes < name.Length; at++)
            {
                if (bytes >= 0)
                {
                    name[bytes] = tokens[at];
                }
                bytes++;
            }
        }
        return Math.Max(0, bytes);
    }

    // The names side by side: all their first characters, all their second ones; zeros behind each. And for each
    // character in each of the first places, the names that have it there, a bit each: most symbols end here.
    private static void Spread(scoped ReadOnlySpan<byte> names, scoped Span<ushort> begins, scoped Span<byte> columns)
    {
        begins.Clear();
        columns.Clear();
        for (int i = 0; i < MostNames && names.Length > 0; i++)
        {
            int length = names.IndexOf((byte)0);
            for (int j = 0; j < length; j++)
            {
                if (j < BeginPlaces)
                {
                    begins[(j * Characters) + names[j]] |= (ushort)(1 << i);
                }
                columns[(j * MostNames) + i] = names[j];
            }
            names = names[(length + 1)..];
        }
    }

    // Which of the names a symbol has, its type left out; given up as soon as it is none.
    private static bool Match(
        scoped ReadOnlySpan<byte> source,
        scoped ReadOnlySpan<byte> tokens,
        scoped ReadOnlySpan<ushort> begins,
        scoped ReadOnlySpan<byte> columns,
        out int match)
    {
        uint candidates = uint.MaxValue;
        int bytes = -1;
        match = 0;
        for (int i = 0; i < source.Length; i++)
        {
            int at = BinaryPrimitives.ReadUInt16LittleEndian(tokens[(TokenBytes + (source[i] * sizeof(ushort)))..]);
            for (; at < TokenBytes && tokens[at] != 0; at++)
            {
                if (bytes >= 0)
                {
                    candidates = bytes < BeginPlaces
                        ? candidates & begins[(bytes * Characters) + tokens[at]]
                        : Follow(candidates, columns, bytes, tokens[at]);
                    if (candidates == 0)
                    {
                        return false;
                    }
                }
                bytes++;
            }
        }
        candidates = bytes > 0 ? Follow(candidates, columns, bytes, 0) : 0;
        while (candidates >> match > 1)
        {
            match++;
        }
        return candidates != 0;
    }

    // Those that have this character there; none has one in the last place, for all are shorter.
    private static uint Follow(uint candidates, scoped ReadOnlySpan<byte> columns, int place, byte character)
    {
        uint rest = candidates;
        for (int i = 0; rest >> i != 0; i++)
        {
            if (((rest >> i) & 1) != 0 && columns[(place * MostNames) + i] != character)
            {
                candidates &= ~(1U << i);
            }
        }
        return candidates;
    }

    // Where some are absolute, those that count from the base are below zero, and less by one.
    private readonly ulong AddressOf<TMemory>(scoped ref TMemory memory, scoped ref KernelPaging paging, uint index)
        where TMemory : struct, IPhysicalMemory
    {
        Status status = ReadOffset(ref memory, ref paging, index, out int offset);
        return status != Status.Ok ? 0
            : !_hasAbsolute ? _relativeBase + (uint)offset
            : offset < 0 ? _relativeBase + (ulong)(-1L - offset)
            : (ulong)offset;
    }

    private readonly Status ReadOffset<TMemory>(
        scoped ref TMemory memory, scoped ref KernelPaging paging, uint index, out int offset)
        where TMemory : struct, IPhysicalMemory
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        Status status = paging.Read(ref memory, _offsets + (index * sizeof(int)), bytes);
        offset = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return status;
    }
}
