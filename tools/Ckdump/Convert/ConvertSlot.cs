using System;
using CosmosKdump.Capture.Encode;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>One batch of pages between the pipeline and a thread.</summary>
internal sealed class ConvertSlot
{
    private volatile bool _isDone = true;

    public ulong[] Addresses { get; } = new ulong[PageBatch.MaxPages];

    public PageResult[] Results { get; } = new PageResult[PageBatch.MaxPages];

    public byte[] Output { get; } = GC.AllocateUninitializedArray<byte>(PageBatch.OutputBytes);

    public int Count { get; set; }

    public bool Compresses { get; set; }

    public int UsedBytes { get; set; }

    // Whoever sees it set sees the results too.
    public bool IsDone
    {
        get => _isDone;
        set => _isDone = value;
    }
}
