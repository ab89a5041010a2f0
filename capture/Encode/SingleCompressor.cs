using System;
using System.Runtime.InteropServices;

namespace CosmosKdump.Capture.Encode;

/// <summary>Compresses batches on the CPU that asks for them: one slot, and the work is done when it is waited for.</summary>
public struct SingleCompressor<TMemory, TCodec> : IPageCompressor
    where TMemory : struct, IPhysicalMemory
    where TCodec : struct, IPageCodec
{
    /// <summary>Bytes of the buffer: a page, the output of a batch, the results and the addresses.</summary>
    public const int BufferBytes =
        Limits.PageBytes + PageBatch.OutputBytes + (PageBatch.MaxPages * (ResultBytes + AddressBytes));

    private const int ResultBytes = 4;
    private const int AddressBytes = 8;
    private const int AddressesAt = Limits.PageBytes + PageBatch.OutputBytes;
    private const int ResultsAt = AddressesAt + (PageBatch.MaxPages * AddressBytes);

    private readonly HeldBuffer _buffer;
    private TMemory _memory;
    private TCodec _codec;
    private int _count;

    /// <summary>A compressor in a buffer of <see cref="BufferBytes"/>, aligned to 8.</summary>
    public SingleCompressor(in TMemory memory, in TCodec codec, DmaBuffer buffer)
    {
        _memory = memory;
        _codec = codec;
        _buffer = new HeldBuffer(buffer);
    }

    /// <inheritdoc/>
    public readonly int Slots => 1;

    /// <inheritdoc/>
    public void Start(int slot, ReadOnlySpan<ulong> addresses)
    {
        addresses.CopyTo(MemoryMarshal.Cast<byte, ulong>(_buffer.Bytes[AddressesAt..]));
        _count = addresses.Length;
    }

    /// <inheritdoc/>
    public CompressedBatch Finish(int slot)
    {
        ReadOnlySpan<ulong> addresses = MemoryMarshal.Cast<byte, ulong>(_buffer.Bytes[AddressesAt..])[.._count];
        Span<PageResult> results = MemoryMarshal.Cast<byte, PageResult>(_buffer.Bytes[ResultsAt..])[.._count];
        Span<byte> page = _buffer.Bytes[..Limits.PageBytes];
        Span<byte> output = _buffer.Bytes.Slice(Limits.PageBytes, PageBatch.OutputBytes);
        int used = PageBatch.Run(ref _memory, ref _codec, addresses, page, output, results);
        return new CompressedBatch(results, output[..used]);
    }
}
