using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Capture.Input;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Kernel.Machine.Smp;

namespace CosmosKdump.Kernel.Compress;

/// <summary>
/// Compresses batches of pages on all CPUs. With one CPU a batch is done when it is asked for. The results are the same
/// for any number of CPUs.
/// </summary>
internal struct KernelPageCompressor : IPageCompressor
{
    private uint _ticket;

    /// <inheritdoc/>
    public readonly int Slots => BatchWork.Slots;

    /// <summary>
    /// Makes a compressor for <c>kdump.compress=</c> and <c>kdump.cpus=</c> (0: all), of which there is one at a time.
    /// It works whatever the status is: <see cref="Status.CompressorFailed"/>: pages are stored as they are; any other:
    /// CPUs were left out.
    /// </summary>
    internal static Status Create(Compressor kind, int cpus, out KernelPageCompressor compressor)
    {
        compressor = default;
        return BatchWork.Prepare(kind, cpus == 0 ? Limits.Cpus : Math.Min(cpus, Limits.Cpus));
    }

    /// <inheritdoc/>
    public void Start(int slot, ReadOnlySpan<ulong> addresses, bool compresses)
    {
        var batch = new BatchSlot(slot);
        if (BatchWork.Slots == 1)
        {
            batch.Start(addresses, compresses, _ticket++);
            return;
        }
        // The other CPUs map nothing.
        for (int i = 0; i < addresses.Length; i++)
        {
            _ = PageTables.TryMapOnDemand(addresses[i]);
        }
        batch.Start(addresses, compresses, _ticket++);
        Processors.WakeOne();
    }

    /// <inheritdoc/>
    public readonly CompressedBatch Finish(int slot)
    {
        var batch = new BatchSlot(slot);
        BatchWork.Complete(batch);
        // What another CPU could not read may only not have been mapped for it.
        if (BatchWork.Slots > 1 && batch.HasUnreadable())
        {
            batch.TakeOver();
            BatchWork.RunHere(batch);
        }
        batch.Release();
        return batch.Result();
    }
}
