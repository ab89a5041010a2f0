using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>The compressor port over a <see cref="CompressorPool"/>.</summary>
public readonly struct PoolCompressor(CompressorPool pool) : IPageCompressor
{
    /// <inheritdoc/>
    public int Slots => pool.Slots;

    /// <inheritdoc/>
    public void Start(int slot, ReadOnlySpan<ulong> addresses, bool compresses) =>
        pool.Start(slot, addresses, compresses);

    /// <inheritdoc/>
    public CompressedBatch Finish(int slot) => pool.Finish(slot);
}
