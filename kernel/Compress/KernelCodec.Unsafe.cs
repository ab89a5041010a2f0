using System;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Compress;

/// <summary>
/// A compressor of <c>kdump.compress=</c> in a working memory of its own, so that each CPU can have one. The libraries
/// keep no state elsewhere.
/// </summary>
internal readonly struct KernelCodec : IPageCodec
{
    private readonly DmaRegion _workspace;
    private readonly Compressor _kind;

    private KernelCodec(Compressor kind, DmaRegion workspace)
    {
        _kind = kind == Compressor.Auto ? Compressor.Lzo : kind;
        _workspace = workspace;
    }

    /// <summary>
    /// Makes a codec in a workspace of <see cref="StaticMemory.CodecBytes"/> and tries it on a page of our own code.
    /// <see cref="Status.CompressorFailed"/>: the codec is one that compresses nothing.
    /// </summary>
    internal static Status Create(Compressor kind, DmaRegion workspace, out KernelCodec codec)
    {
        codec = new KernelCodec(kind, workspace);
        Status status = Status.BufferTooSmall;
        if (workspace.Length >= Math.Max(LzoLibrary.WorkspaceBytes, Math.Max(
            ZlibLibrary.WorkspaceBytes, ZstdLibrary.WorkspaceBytes)))
        {
            status = codec.Start();
        }
        if (status != Status.Ok)
        {
            codec = new KernelCodec(Compressor.None, workspace);
        }
        return status;
    }

    /// <inheritdoc/>
    public int Compress(ReadOnlySpan<byte> page, Span<byte> destination) => _kind switch
    {
        Compressor.Lzo => LzoLibrary.Compress(_workspace, page, destination),
        Compressor.Zlib => ZlibLibrary.Compress(_workspace, page, destination),
        Compressor.Zstd => ZstdLibrary.Compress(_workspace, page, destination),
        _ => 0,
    };

    private Status Start()
    {
        ReadOnlySpan<byte> sample = Sample();
        Status status = _kind switch
        {
            Compressor.Lzo => LzoLibrary.Start(_workspace, sample),
            Compressor.Zlib => ZlibLibrary.Start(_workspace),
            Compressor.Zstd => ZstdLibrary.Start(_workspace),
            _ => Status.Ok,
        };
        if (status != Status.Ok || _kind == Compressor.None)
        {
            return status;
        }
        Span<byte> output = stackalloc byte[Limits.PageBytes - 1];
        return Compress(sample, output) > 0 ? Status.Ok : Status.CompressorFailed;
    }

    // Our image is longer than a page, and its code does not change.
    private static unsafe ReadOnlySpan<byte> Sample() => new((void*)Image.Start(), Limits.PageBytes);
}
