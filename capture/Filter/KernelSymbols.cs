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
    /// Looks for symbols by their names, which are shorter than 32 bytes, begin alike, and have a NUL behind them each.
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
        Span<byte> name = stackalloc byte[MostNameBytes];
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
            if (length < MostNameBytes && Expand(window.Slice(at, length), tokens, names, name, out int bytes))
            {
                left -= Take(ref memory, ref paging, i, name[..bytes], names, addresses);
            }
            at += length;
        }
        return status;
    }

    // The text of a name without its type; false as soon as it cannot be one of those that are looked for.
    private static bool Expand(
        scoped ReadOnlySpan<byte> source, scoped ReadOnlySpan<byte> tokens, scoped ReadOnlySpan<byte> names,
        scoped Span<byte> name, out int bytes)
    {
        bytes = -1;
        for (int i = 0; i < source.Length; i++)
        {
            int at = BinaryPrimitives.ReadUInt16LittleEndian(tokens[(TokenBytes + (source[i] * sizeof(ushort)))..]);
            for (; at < TokenBytes && tokens[at] != 0; at++)
            {
                // All names that are looked for begin alike.
                if (bytes >= name.Length || (bytes is >= 0 and < 2 && tokens[at] != names[bytes]))
                {
                    return false;
                }
                if (bytes >= 0)
                {
                    name[bytes] = tokens[at];
                }
                bytes++;
            }
        }
        return bytes > 0;
    }

    // Puts a symbol's address where its name is wanted; 1 if it is.
    private readonly uint Take<TMemory>(
        scoped ref TMemory memory,
        scoped ref KernelPaging paging,
        uint index,
        scoped ReadOnlySpan<byte> name,
        scoped ReadOnlySpan<byte> names,
        scoped Span<ulong> addresses)
        where TMemory : struct, IPhysicalMemory
    {
        for (int i = 0; names.Length > 0; i++)
        {
            int length = names.IndexOf((byte)0);
            if (names[..length].SequenceEqual(name))
            {
                // Where some are absolute, those that count from the base are below zero, and less by one.
                Status status = ReadOffset(ref memory, ref paging, index, out int offset);
                addresses[i] = status != Status.Ok ? 0
                    : !_hasAbsolute ? _relativeBase + (uint)offset
                    : offset < 0 ? _relativeBase + (ulong)(-1L - offset)
                    : (ulong)offset;
                return 1;
            }
            names = names[(length + 1)..];
        }
        return 0;
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
