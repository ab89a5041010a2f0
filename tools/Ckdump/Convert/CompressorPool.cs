using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Capture.Input;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>
/// Threads that compress batches of pages, besides the one that filters and writes. That one compresses too when it would
/// have to wait for them.
/// </summary>
public sealed class CompressorPool : IDisposable
{
    // Deep enough that no thread is idle while the one that writes waits for the file system.
    private const int SlotsPerThread = 16;
    private const int SpareSlots = 48;

    // A disk that tries a bad block again and again takes a minute or so.
    private static readonly TimeSpan BatchLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly List<(Thread Thread, CompressorWorker Worker)> _threads = [];
    private readonly CompressorWorker _own;
    private readonly KindFinder? _finder;
    private readonly string _path;
    private readonly ConvertSlot[] _slots;
    // Slots that no thread has taken yet, oldest first: a ring.
    private readonly int[] _queue;
    private int _first;
    private int _queued;
    private int _idle;
    private ConvertSlot? _awaited;
    private bool _isClosed;
    private Exception? _failure;

    /// <summary>
    /// Starts the threads over a dump that this thread has open; before there are batches, they help a finder, if any. A
    /// missing library is a <see cref="ToolException"/>.
    /// </summary>
    public CompressorPool(
        VmcoreFile vmcore, string path, CoreImage image, Compressor compressor, int threads, KindFinder? finder)
    {
        _path = path;
        _finder = finder;
        _slots = new ConvertSlot[SlotsOf(threads)];
        _queue = new int[_slots.Length];
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i] = new ConvertSlot();
        }
        _own = CompressorWorker.Over(vmcore, path, image, compressor);
        try
        {
            for (int i = 0; i < threads; i++)
            {
                CompressorWorker worker = CompressorWorker.Open(path, image, compressor);
                Thread thread = new(() => Work(worker)) { IsBackground = true, Name = "compress" };
                _threads.Add((thread, worker));
                thread.Start();
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Batches that may be under way.</summary>
    public int Slots => _slots.Length;

    /// <summary>The same of so many threads.</summary>
    public static int SlotsOf(int threads) => SpareSlots + (threads * SlotsPerThread);

    /// <summary>Gives a batch to whatever thread is free.</summary>
    public void Start(int slot, ReadOnlySpan<ulong> addresses, bool compresses)
    {
        ConvertSlot batch = _slots[slot];
        addresses.CopyTo(batch.Addresses);
        batch.Count = addresses.Length;
        batch.Compresses = compresses;
        batch.IsDone = false;
        lock (_gate)
        {
            _queue[(_first + _queued) % _queue.Length] = slot;
            _queued++;
            if (_idle > 0)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>
    /// Waits for a batch, and compresses others meanwhile. A <see cref="ToolException"/> if a thread does not come back
    /// from reading the dump.
    /// </summary>
    public CompressedBatch Finish(int slot)
    {
        ConvertSlot batch = _slots[slot];
        while (!batch.IsDone)
        {
            ConvertSlot? other;
            lock (_gate)
            {
                other = Take();
            }
            if (other is null)
            {
                Await(batch);
                continue;
            }
            Run(_own, other);
        }
        return _failure is null
            ? new CompressedBatch(batch.Results.AsSpan(0, batch.Count), batch.Output.AsSpan(0, batch.UsedBytes))
            : throw new ToolException(_path, $"a compressing thread failed: {_failure.Message}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
        _finder?.Stop();
        long start = Stopwatch.GetTimestamp();
        foreach ((Thread thread, CompressorWorker worker) in _threads)
        {
            // One limit for all. What a thread still uses must not be freed; it ends with the process.
            TimeSpan left = EndLimit - Stopwatch.GetElapsedTime(start);
            if (thread.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero))
            {
                worker.Dispose();
            }
        }
        _own.Dispose();
    }

    private void Work(CompressorWorker worker)
    {
        Find(worker);
        while (TryWait(out ConvertSlot? batch))
        {
            Run(worker, batch!);
            lock (_gate)
            {
                if (_awaited == batch)
                {
                    Monitor.PulseAll(_gate);
                }
            }
        }
    }

    private void Find(CompressorWorker worker)
    {
        try
        {
            _finder?.Run(worker.Memory);
        }
        catch (Exception error)
        {
            _failure = error;
        }
    }

    // False when the pool is closed.
    private bool TryWait(out ConvertSlot? batch)
    {
        lock (_gate)
        {
            batch = Take();
            while (batch is null && !_isClosed)
            {
                _idle++;
                _ = Monitor.Wait(_gate, IdleLimit);
                _idle--;
                batch = Take();
            }
            return !_isClosed;
        }
    }

    // The oldest batch that no thread has, or null; under the gate.
    private ConvertSlot? Take()
    {
        if (_queued == 0)
        {
            return null;
        }
        ConvertSlot batch = _slots[_queue[_first]];
        _first = (_first + 1) % _queue.Length;
        _queued--;
        return batch;
    }

    private void Await(ConvertSlot batch)
    {
        lock (_gate)
        {
            _awaited = batch;
            if (!batch.IsDone && !Monitor.Wait(_gate, BatchLimit) && !batch.IsDone)
            {
                throw new ToolException(
                    _path, $"a thread did not come back with {batch.Count} pages for {BatchLimit.TotalMinutes:F0} minutes",
                    "the disk that holds the dump may have failed");
            }
            _awaited = null;
        }
    }

    private void Run(CompressorWorker worker, ConvertSlot batch)
    {
        try
        {
            worker.Run(batch);
        }
        catch (Exception error)
        {
            // Told to whoever waits for the batch.
            _failure = error;
        }
        batch.IsDone = true;
    }
}
