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
    private readonly VmcoreFile _vmcore;
    private readonly PageCodec? _codec;
    private readonly CoreImage _image;

    /// <summary>Opens the dump once more. A missing library is a <see cref="Cli.ToolException"/>.</summary>
    public CompressorWorker(string path, CoreImage image, Compressor compressor)
    {
        if (compressor != Compressor.None && !PageCodec.TryCreate(compressor, out _codec, out FileProblem? problem))
        {
            throw VmcoreArgument.Failure(path, problem);
        }
        if (!VmcoreFile.TryOpen(path, out VmcoreFile? vmcore, out FileProblem? other))
        {
            _codec?.Dispose();
            throw VmcoreArgument.Failure(path, other);
        }
        _vmcore = vmcore;
        _image = image;
    }

    /// <summary>Compresses a batch.</summary>
    public void Run(ConvertSlot batch)
    {
        var memory = new DumpMemory(_vmcore, _image);
        var codec = new PoolCodec(_codec);
        ReadOnlySpan<ulong> addresses = batch.Addresses.AsSpan(0, batch.Count);
        batch.UsedBytes = PageBatch.Run(
            ref memory, ref codec, batch.Compresses, addresses, _page, batch.Output, batch.Results);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _vmcore.Dispose();
        _codec?.Dispose();
    }
}
