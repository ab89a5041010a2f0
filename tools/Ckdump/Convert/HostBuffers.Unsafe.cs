using System;
using System.Runtime.InteropServices;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Capture.Filter;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>What a dump is made in: memory that does not move, at made-up physical addresses beyond all of a dump.</summary>
public sealed unsafe class HostBuffers : IDisposable
{
    private const ulong Address = CoreImage.Address + (1UL << 50);
    private const int TableBytes = 64 * DescriptorTable.SmallestBytes;
    private const int DataBytes = 4 << 20;
    private const int StagingBytes = 1 << 20;
    private const int FlatBytes = 1 << 20;
    private const int AllBytes = TableBytes + DataBytes + StagingBytes + FlatBytes;

    private readonly PageKind[] _kinds = new PageKind[FilterUnit.Pages];
    private readonly byte[] _block = new byte[PageScan.BlockBytes];
    private readonly PageStructRun[] _runs = new PageStructRun[FilterBuffers.MaxRuns];
    private readonly ulong[] _counts = new ulong[PageCensus.Kinds];
    // Of the first 64 GiB; what is not touched costs nothing.
    private readonly PageKind[] _found = new PageKind[1 << 24];
    private readonly UnitSummary[] _units = new UnitSummary[FilterBuffers.MostUnits];
    private readonly BatchPage[] _pages;
    private byte* _memory;

    /// <summary>
    /// Buffers for a compressor of so many slots; <paramref name="leftOut"/>: see <see cref="LeftOutPages"/>.
    /// </summary>
    public HostBuffers(int slots, ulong[] leftOut)
    {
        LeftOut = leftOut;
        _pages = new BatchPage[slots * PageBatch.MaxPages];
        _memory = (byte*)NativeMemory.AlignedAlloc(AllBytes, Limits.PageBytes);
    }

    /// <summary>Pages that the dump does not hold.</summary>
    public ulong[] LeftOut { get; }

    /// <summary>Kinds of pages that were found.</summary>
    public PageKind[] Found => _found;

    /// <summary>Those of the format.</summary>
    public KdumpBuffers Kdump => new(
        new FilterBuffers(_kinds, _block, _runs, _counts, _units) { LeftOut = LeftOut, Found = _found },
        Part(0, TableBytes),
        Part(TableBytes, DataBytes),
        _pages);

    /// <summary>For headers and bitmaps.</summary>
    public DmaBuffer Staging => Part(TableBytes + DataBytes, StagingBytes);

    /// <summary>For what goes out to a flattened stream.</summary>
    public DmaBuffer Flat => Part(TableBytes + DataBytes + StagingBytes, FlatBytes);

    /// <summary>The address is one of these buffers.</summary>
    public static bool Holds(ulong address) => address >= Address;

    /// <summary>The bytes at an address in these buffers.</summary>
    public Span<byte> At(ulong address, ulong lengthBytes)
    {
        // Within the allocation: both are compared with its bounds.
        const ulong End = Address + AllBytes;
        ArgumentOutOfRangeException.ThrowIfLessThan(address, Address);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lengthBytes, End - address);
        return new Span<byte>(_memory + (address - Address), (int)lengthBytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Freed once; null does nothing.
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }

    private DmaBuffer Part(int offset, int length) =>
        // A part of the allocation, which lives as long as this object.
        new(new Span<byte>(_memory + offset, length), Address + (ulong)offset);
}
