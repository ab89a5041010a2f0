using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using CosmosKdump.Analyzer.Codecs;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Capture.Input;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Inspect;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>Threads that compress batches of pages, each with a reader of the dump and a codec of its own.</summary>
public sealed class CompressorPool : IDisposable
{
    private const int SlotsPerThread = 4;

    private readonly BlockingCollection<ConvertSlot> _queue = [];
    private readonly List<Thread> _threads = [];
    private readonly List<IDisposable> _owned = [];
    private readonly ConvertSlot[] _slots;
    private Exception? _failure;

    /// <summary>Starts the threads. A missing library is a <see cref="ToolException"/>.</summary>
    public CompressorPool(string path, CoreImage image, Compressor compressor, int threads)
    {
        _slots = new ConvertSlot[threads * SlotsPerThread];
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i] = new ConvertSlot();
        }
        for (int i = 0; i < threads; i++)
        {
            PageCodec? codec = null;
            if (compressor != Compressor.None && !PageCodec.TryCreate(compressor, out codec, out FileProblem? problem))
            {
                throw VmcoreArgument.Failure(path, problem);
            }
            if (!VmcoreFile.TryOpen(path, out VmcoreFile? vmcore, out FileProblem? other))
            {
                throw VmcoreArgument.Failure(path, other);
            }
            _owned.Add(vmcore);
            if (codec is not null)
            {
                _owned.Add(codec);
            }
            var memory = new DumpMemory(vmcore, image);
            Thread thread = new(() => Work(memory, codec)) { IsBackground = true, Name = "compress" };
            thread.Start();
            _threads.Add(thread);
        }
    }

    /// <summary>Batches that may be under way.</summary>
    public int Slots => _slots.Length;

    /// <summary>Gives a batch to whatever thread is free.</summary>
    public void Start(int slot, ReadOnlySpan<ulong> addresses)
    {
        ConvertSlot batch = _slots[slot];
        addresses.CopyTo(batch.Addresses);
        batch.Count = addresses.Length;
        batch.Done.Reset();
        _queue.Add(batch);
    }

    /// <summary>Waits for a batch.</summary>
    public CompressedBatch Finish(int slot)
    {
        ConvertSlot batch = _slots[slot];
        batch.Done.Wait();
        return _failure is null
            ? new CompressedBatch(batch.Results.AsSpan(0, batch.Count), batch.Output.AsSpan(0, batch.UsedBytes))
            : throw new InvalidOperationException("a compressing thread failed", _failure);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _threads.ForEach(thread => thread.Join());
        _owned.ForEach(each => each.Dispose());
        _queue.Dispose();
    }

    private void Work(DumpMemory memory, PageCodec? codec)
    {
        byte[] page = new byte[Limits.PageBytes];
        var host = new PoolCodec(codec);
        foreach (ConvertSlot batch in _queue.GetConsumingEnumerable())
        {
            try
            {
                ReadOnlySpan<ulong> addresses = batch.Addresses.AsSpan(0, batch.Count);
                batch.UsedBytes = PageBatch.Run(ref memory, ref host, addresses, page, batch.Output, batch.Results);
            }
            catch (Exception error)
            {
                // Told to whoever waits for the batch.
                _failure = error;
            }
            batch.Done.Set();
        }
    }
}
