using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>
/// Threads that compress batches of pages, besides the one that filters and writes.
/// </summary>
public sealed class CompressorPool : IDisposable
{
    // Deep enough that no thread sleeps while another one writes.
    private const int SlotsPerThread = 16;

    private readonly ConcurrentQueue<ConvertSlot> _queue = new();
    private readonly SemaphoreSlim _queued = new(0);
    private readonly List<Thread> _threads = [];
    private readonly List<CompressorWorker> _workers = [];
    private readonly ConvertSlot[] _slots;
    private volatile bool _isClosed;
    private Exception? _failure;

    /// <summary>Starts the threads. A missing library is a <see cref="Cli.ToolException"/>.</summary>
    public CompressorPool(string path, CoreImage image, Compressor compressor, int threads)
    {
        _slots = new ConvertSlot[threads * SlotsPerThread];
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i] = new ConvertSlot();
        }
        for (int i = 0; i < threads; i++)
        {
            _workers.Add(new CompressorWorker(path, image, compressor));
        }
        foreach (CompressorWorker worker in _workers)
        {
            Thread thread = new(() => Work(worker)) { IsBackground = true, Name = "compress" };
            thread.Start();
            _threads.Add(thread);
        }
    }

    /// <summary>Batches that may be under way.</summary>
    public int Slots => _slots.Length;

    /// <summary>Gives a batch to whatever thread is free.</summary>
    public void Start(int slot, ReadOnlySpan<ulong> addresses, bool compresses)
    {
        ConvertSlot batch = _slots[slot];
        addresses.CopyTo(batch.Addresses);
        batch.Count = addresses.Length;
        batch.Compresses = compresses;
        batch.Done.Reset();
        _queue.Enqueue(batch);
        _queued.Release();
    }

    /// <summary>Waits for a batch.</summary>
    public CompressedBatch Finish(int slot)
    {
        ConvertSlot batch = _slots[slot];
        if (!batch.Done.IsSet)
        {
            // Slots are used in a ring: who must wait sleeps until half of them are done, not for each of them.
            _slots[(slot + (_slots.Length / 2)) % _slots.Length].Done.Wait();
        }
        batch.Done.Wait();
        return _failure is null
            ? new CompressedBatch(batch.Results.AsSpan(0, batch.Count), batch.Output.AsSpan(0, batch.UsedBytes))
            : throw new InvalidOperationException("a compressing thread failed", _failure);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isClosed = true;
        _queued.Release(_threads.Count);
        _threads.ForEach(thread => thread.Join());
        _workers.ForEach(each => each.Dispose());
        _queued.Dispose();
    }

    private void Work(CompressorWorker worker)
    {
        _queued.Wait();
        while (!_isClosed)
        {
            RunNext(worker);
            _queued.Wait();
        }
    }

    // After the semaphore was passed: there is a batch for each pass.
    private void RunNext(CompressorWorker worker)
    {
        if (!_queue.TryDequeue(out ConvertSlot? batch))
        {
            return;
        }
        try
        {
            worker.Run(batch);
        }
        catch (Exception error)
        {
            // Told to whoever waits for the batch.
            _failure = error;
        }
        batch.Done.Set();
    }
}
