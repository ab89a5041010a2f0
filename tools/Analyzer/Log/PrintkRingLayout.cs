using System;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Log;

/// <summary>
/// Sizes and offsets of the printk ring buffer's structures, from VMCOREINFO (Linux commit 896fbe20b4e2, 5.10:
/// log_buf_vmcoreinfo_setup in kernel/printk/printk.c, structures in kernel/printk/printk_ringbuffer.h).
/// </summary>
internal readonly struct PrintkRingLayout
{
    /// <summary>No structure of the log is larger than a page.</summary>
    private const ulong LargestStructure = Limits.PageBytes;

    public int RingBytes { get; private init; }

    public int DescriptorRing { get; private init; }

    public int CountBits { get; private init; }

    public int Descriptors { get; private init; }

    public int Infos { get; private init; }

    public int HeadId { get; private init; }

    public int TailId { get; private init; }

    public int TextRing { get; private init; }

    public int SizeBits { get; private init; }

    public int Data { get; private init; }

    public int DescriptorBytes { get; private init; }

    public int State { get; private init; }

    public int Begin { get; private init; }

    public int Next { get; private init; }

    public int InfoBytes { get; private init; }

    public int Sequence { get; private init; }

    public int Time { get; private init; }

    public int TextLength { get; private init; }

    /// <summary>Offset of the caller, -1 if VMCOREINFO has none.</summary>
    public int Caller { get; private init; }

    /// <summary>Reads the layout; the result is the first missing or absurd key, or null.</summary>
    public static string? Read(VmcoreInfoText info, out PrintkRingLayout layout)
    {
        LayoutReader read = new(info);
        int counter = read.Offset("atomic_long_t.counter");
        int ring = read.Offset("printk_ringbuffer.desc_ring");
        int text = read.Offset("printk_ringbuffer.text_data_ring");
        int positions = read.Offset("prb_desc.text_blk_lpos");
        layout = new PrintkRingLayout
        {
            RingBytes = read.Size("printk_ringbuffer"),
            DescriptorRing = ring,
            CountBits = ring + read.Offset("prb_desc_ring.count_bits"),
            Descriptors = ring + read.Offset("prb_desc_ring.descs"),
            Infos = ring + read.Offset("prb_desc_ring.infos"),
            HeadId = ring + counter + read.Offset("prb_desc_ring.head_id"),
            TailId = ring + counter + read.Offset("prb_desc_ring.tail_id"),
            TextRing = text,
            SizeBits = text + read.Offset("prb_data_ring.size_bits"),
            Data = text + read.Offset("prb_data_ring.data"),
            DescriptorBytes = read.Size("prb_desc"),
            State = counter + read.Offset("prb_desc.state_var"),
            Begin = positions + read.Offset("prb_data_blk_lpos.begin"),
            Next = positions + read.Offset("prb_data_blk_lpos.next"),
            InfoBytes = read.Size("printk_info"),
            Sequence = read.Offset("printk_info.seq"),
            Time = read.Offset("printk_info.ts_nsec"),
            TextLength = read.Offset("printk_info.text_len"),
            Caller = read.OptionalOffset("printk_info.caller_id"),
        };
        return read.Missing ?? layout.FirstOutside();
    }

    private string? FirstOutside()
    {
        ReadOnlySpan<int> ring = [CountBits + 4, Descriptors + 8, Infos + 8, HeadId + 8, TailId + 8, SizeBits + 4, Data + 8];
        ReadOnlySpan<int> descriptor = [State + 8, Begin + 8, Next + 8];
        ReadOnlySpan<int> record = [Sequence + 8, Time + 8, TextLength + 4, Caller + 4];
        return !Fits(ring, RingBytes) ? "SIZE(printk_ringbuffer)"
            : !Fits(descriptor, DescriptorBytes) ? "SIZE(prb_desc)"
            : !Fits(record, InfoBytes) ? "SIZE(printk_info)"
            : null;
    }

    private static bool Fits(ReadOnlySpan<int> ends, int size)
    {
        foreach (int end in ends)
        {
            if (end > size)
            {
                return false;
            }
        }
        return (ulong)size <= LargestStructure;
    }
}
