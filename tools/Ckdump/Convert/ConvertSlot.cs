using System.Threading;
using CosmosKdump.Capture.Encode;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>One batch of pages between the pipeline and a thread.</summary>
internal sealed class ConvertSlot
{
    public ulong[] Addresses { get; } = new ulong[PageBatch.MaxPages];

    public PageResult[] Results { get; } = new PageResult[PageBatch.MaxPages];

    public byte[] Output { get; } = new byte[PageBatch.OutputBytes];

    public int Count { get; set; }

    public bool Compresses { get; set; }

    public int UsedBytes { get; set; }

    public ManualResetEventSlim Done { get; } = new(initialState: true, spinCount: 0);
}
