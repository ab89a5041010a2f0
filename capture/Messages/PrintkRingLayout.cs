using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Messages;

/// <summary>
/// Sizes and offsets of the printk ring buffer's structures, from VMCOREINFO (Linux commit 896fbe20b4e2, 5.10:
/// log_buf_vmcoreinfo_setup in kernel/printk/printk.c, structures in kernel/printk/printk_ringbuffer.h).
/// </summary>
internal struct PrintkRingLayout
{
    public int RingBytes;
    public int CountBits;
    public int Descriptors;
    public int Infos;
    public int HeadId;
    public int TailId;
    public int SizeBits;
    public int Data;
    public int DescriptorBytes;
    public int State;
    public int Begin;
    public int Next;
    public int InfoBytes;
    public int Sequence;
    public int Time;
    public int TextLength;

    /// <summary>Offset of the caller, -1 if VMCOREINFO has none.</summary>
    public int Caller;

    /// <summary>Reads the layout; <paramref name="read"/> then tells whether a key is missing or absurd.</summary>
    public static PrintkRingLayout Read(ref LayoutReader read)
    {
        PrintkRingLayout layout = default;
        int counter = read.Offset("atomic_long_t.counter"u8);
        int ring = read.Offset("printk_ringbuffer.desc_ring"u8);
        int text = read.Offset("printk_ringbuffer.text_data_ring"u8);
        int positions = read.Offset("prb_desc.text_blk_lpos"u8);
        layout.RingBytes = read.Size("printk_ringbuffer"u8);
        layout.CountBits = ring + read.Offset("prb_desc_ring.count_bits"u8);
        layout.Descriptors = ring + read.Offset("prb_desc_ring.descs"u8);
        layout.Infos = ring + read.Offset("prb_desc_ring.infos"u8);
        layout.HeadId = ring + counter + read.Offset("prb_desc_ring.head_id"u8);
        layout.TailId = ring + counter + read.Offset("prb_desc_ring.tail_id"u8);
        layout.SizeBits = text + read.Offset("prb_data_ring.size_bits"u8);
        layout.Data = text + read.Offset("prb_data_ring.data"u8);
        layout.DescriptorBytes = read.Size("prb_desc"u8);
        layout.State = counter + read.Offset("prb_desc.state_var"u8);
        layout.Begin = positions + read.Offset("prb_data_blk_lpos.begin"u8);
        layout.Next = positions + read.Offset("prb_data_blk_lpos.next"u8);
        layout.InfoBytes = read.Size("printk_info"u8);
        layout.Sequence = read.Offset("printk_info.seq"u8);
        layout.Time = read.Offset("printk_info.ts_nsec"u8);
        layout.TextLength = read.Offset("printk_info.text_len"u8);
        layout.Caller = read.OptionalOffset("printk_info.caller_id"u8);
        layout.Check(ref read);
        return layout;
    }

    private readonly void Check(ref LayoutReader read)
    {
        read.Within(CountBits + 4, RingBytes, "printk_ringbuffer"u8);
        read.Within(Descriptors + 8, RingBytes, "printk_ringbuffer"u8);
        read.Within(Infos + 8, RingBytes, "printk_ringbuffer"u8);
        read.Within(HeadId + 8, RingBytes, "printk_ringbuffer"u8);
        read.Within(TailId + 8, RingBytes, "printk_ringbuffer"u8);
        read.Within(SizeBits + 4, RingBytes, "printk_ringbuffer"u8);
        read.Within(Data + 8, RingBytes, "printk_ringbuffer"u8);
        read.Within(State + 8, DescriptorBytes, "prb_desc"u8);
        read.Within(Begin + 8, DescriptorBytes, "prb_desc"u8);
        read.Within(Next + 8, DescriptorBytes, "prb_desc"u8);
        read.Within(Sequence + 8, InfoBytes, "printk_info"u8);
        read.Within(Time + 8, InfoBytes, "printk_info"u8);
        read.Within(TextLength + 4, InfoBytes, "printk_info"u8);
        read.Within(Caller + 4, InfoBytes, "printk_info"u8);
    }
}
