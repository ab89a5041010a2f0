using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Numerics;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Kdump;

/// <summary>
/// A bitmap of a dump, one bit per page frame number, lowest bit first, read when it is asked for. Nothing but
/// <see cref="BuildRanks"/> keeps more than a block of it.
/// </summary>
public sealed class PageBitmap
{
    private const int BlockBytes = 4096;
    private const ulong BlockPages = BlockBytes * 8;

    private readonly IDumpBytes _bytes;
    private readonly ulong _offset;
    private readonly byte[] _block = new byte[BlockBytes];
    private ulong _held = ulong.MaxValue;
    private ulong[] _ranks = [];

    /// <summary>A bitmap at an offset of a dump, of <paramref name="pageCount"/> bits.</summary>
    public PageBitmap(IDumpBytes bytes, ulong offsetBytes, ulong pageCount)
    {
        _bytes = bytes;
        _offset = offsetBytes;
        PageCount = pageCount;
    }

    /// <summary>Bits that count.</summary>
    public ulong PageCount { get; }

    /// <summary>Bits that are set, after <see cref="BuildRanks"/>.</summary>
    public ulong SetCount => _ranks.Length == 0 ? 0 : _ranks[^1];

    /// <summary>Whether the bit of a page is set.</summary>
    public bool IsSet(ulong pfn)
    {
        if (pfn >= PageCount || Hold(pfn / BlockPages) != Status.Ok)
        {
            return false;
        }
        int bit = (int)(pfn % BlockPages);
        return (_block[bit / 8] & (1 << (bit % 8))) != 0;
    }

    /// <summary>
    /// Counts the bits of each block, which takes 8 bytes per 128 MiB of memory; reads the whole bitmap once.
    /// </summary>
    public FileProblem? BuildRanks()
    {
        ulong blocks = (PageCount + BlockPages - 1) / BlockPages;
        ulong[] ranks = new ulong[blocks + 1];
        for (ulong block = 0; block < blocks; block++)
        {
            if (Hold(block) != Status.Ok)
            {
                return new FileProblem("bitmap cannot be read", (long)(_offset + (block * BlockBytes)));
            }
            ranks[block + 1] = ranks[block] + CountBefore((int)Math.Min(BlockPages, PageCount - (block * BlockPages)));
        }
        _ranks = ranks;
        return null;
    }

    /// <summary>Number of set bits before a page, after <see cref="BuildRanks"/>.</summary>
    public ulong RankOf(ulong pfn)
    {
        if (pfn >= PageCount)
        {
            return SetCount;
        }
        ulong block = pfn / BlockPages;
        _ = Hold(block);
        return _ranks[block] + CountBefore((int)(pfn % BlockPages));
    }

    /// <summary>The runs of set bits, ascending, as half-open ranges of page frame numbers.</summary>
    public IEnumerable<AddressRange> Runs()
    {
        ulong start = ulong.MaxValue;
        for (ulong pfn = 0; pfn < PageCount;)
        {
            ulong word = WordAt(pfn);
            ulong count = Math.Min(64, PageCount - pfn);
            bool isOpen = start != ulong.MaxValue;
            ulong same = (ulong)BitOperations.TrailingZeroCount(isOpen ? ~word : word);
            // All bits of the word continue what was before it.
            if (same >= count)
            {
                pfn += count;
                continue;
            }
            for (ulong bit = same; bit < count;)
            {
                if (start == ulong.MaxValue)
                {
                    start = pfn + bit;
                }
                else
                {
                    yield return new AddressRange(start, pfn + bit);
                    start = ulong.MaxValue;
                }
                ulong rest = (start == ulong.MaxValue ? word : ~word) >> (int)bit;
                bit += rest == 0 ? 64 : (ulong)BitOperations.TrailingZeroCount(rest);
            }
            pfn += count;
        }
        if (start != ulong.MaxValue)
        {
            yield return new AddressRange(start, PageCount);
        }
    }

    /// <summary>
    /// The 64 bits from a page on, which is a multiple of 64; those behind the last page are what the file has there.
    /// </summary>
    public ulong WordAt(ulong pfn)
    {
        _ = Hold(pfn / BlockPages);
        return BinaryPrimitives.ReadUInt64LittleEndian(_block.AsSpan((int)(pfn % BlockPages / 8)));
    }

    private Status Hold(ulong block)
    {
        if (block == _held)
        {
            return Status.Ok;
        }
        ulong bytes = ((PageCount + 63) / 64 * 8) - (block * BlockBytes);
        Span<byte> part = _block.AsSpan(0, (int)Math.Min(bytes, BlockBytes));
        _block.AsSpan(part.Length).Clear();
        Status status = _bytes.Read(_offset + (block * BlockBytes), part);
        _held = status == Status.Ok ? block : ulong.MaxValue;
        return status;
    }

    private ulong CountBefore(int bits)
    {
        ulong count = 0;
        ReadOnlySpan<byte> words = _block;
        for (; bits >= 64; bits -= 64)
        {
            count += (ulong)BitOperations.PopCount(BinaryPrimitives.ReadUInt64LittleEndian(words));
            words = words[8..];
        }
        return bits == 0
            ? count
            : count + (ulong)BitOperations.PopCount(BinaryPrimitives.ReadUInt64LittleEndian(words) & ((1UL << bits) - 1));
    }
}
