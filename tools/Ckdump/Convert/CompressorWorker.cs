using System;
using CosmosKdump.Analyzer.Codecs;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Capture.Input;
using CosmosKdump.Ckdump.Inspect;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>What one thread compresses with: a reader of the dump and a codec of its own.</summary>
internal sealed class CompressorWorker : IDisposable
{
    private readonly byte[] _page = new byte[Limits.PageBytes];
    private readonly BatchReader _reader;
    private readonly VmcoreFile? _opened;
    private readonly PageCodec? _codec;

    private CompressorWorker(VmcoreFile vmcore, VmcoreFile? opened, CoreImage image, PageCodec? codec)
    {
        Memory = new DumpMemory(vmcore, image);
        _reader = new BatchReader(Memory);
        _opened = opened;
        _codec = codec;
    }

    /// <summary>The dump's memory.</summary>
    public DumpMemory Memory { get; }

    /// <summary>A worker of the thread that has the dump open. A missing library is a <see cref="Cli.ToolException"/>.</summary>
    public static CompressorWorker Over(VmcoreFile vmcore, string path, CoreImage image, Compressor compressor) =>
        new(vmcore, null, image, CodecOf(path, compressor));

    /// <summary>A worker of another thread: opens the dump once more.</summary>
    public static CompressorWorker Open(string path, CoreImage image, Compressor compressor) =>
        VmcoreFile.TryOpen(path, out VmcoreFile? vmcore, out FileProblem? problem)
            ? new CompressorWorker(vmcore, vmcore, image, CodecOf(path, compressor))
            : throw VmcoreArgument.Failure(path, problem);

    /// <summary>Compresses a batch.</summary>
    public void Run(ConvertSlot batch)
    {
        var codec = new PoolCodec(_codec);
        ReadOnlySpan<ulong> addresses = batch.Addresses.AsSpan(0, batch.Count);
        _reader.Load(addresses);
        var memory = new BatchMemory(_reader);
        batch.UsedBytes = PageBatch.Run(
            ref memory, ref codec, batch.Compresses, addresses, _page, batch.Output, batch.Results);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _opened?.Dispose();
        _codec?.Dispose();
    }

    private static PageCodec? CodecOf(string path, Compressor compressor) =>
        compressor == Compressor.None ? null
        : PageCodec.TryCreate(compressor, out PageCodec? codec, out FileProblem? problem) ? codec
        : throw VmcoreArgument.Failure(path, problem);
}
