using System;
using System.Buffers.Binary;
using System.Text;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;

/// <summary>
/// Writes a printk ring buffer into a synthetic kernel the way the kernel does: blocks are never split, and the oldest
/// records make room for new ones.
/// </summary>
internal sealed class RingWriter
{
    private const ulong IdMask = ~(3UL << 62);
    private const int DescriptorBytes = 24;
    private const int InfoBytes = 88;

    private readonly SyntheticKernel _kernel;
    private readonly ulong _count;
    private readonly ulong _size;
    private ulong _head;
    private ulong _tail;
    private ulong _textHead;
    private ulong _textTail;
    private ulong _sequence;
    private bool _isEmpty = true;

    public RingWriter(SyntheticKernel kernel, int countBits = 6, int sizeBits = 12)
    {
        _kernel = kernel;
        _count = 1UL << countBits;
        _size = 1UL << sizeBits;
        Descriptors = kernel.Take((int)_count * DescriptorBytes);
        Infos = kernel.Take((int)_count * InfoBytes);
        Text = kernel.Take((int)_size);
        Ring = kernel.Take(4096);
        ulong pointer = kernel.Take(4096);
        // The kernel's first ID, DESC0_ID, lies just below the wrap.
        _head = (0 - (_count + 1)) & IdMask;
        _tail = _head;
        kernel.Write64(pointer, Ring);
        kernel.Write32(Ring, (uint)countBits);
        kernel.Write64(Ring + 8, Descriptors);
        kernel.Write64(Ring + 16, Infos);
        kernel.Write32(Ring + 48, (uint)sizeBits);
        kernel.Write64(Ring + 56, Text);
        kernel.Write64(Descriptor(_head), _head | (3UL << 62));
        WriteIds();
        AddInfo(pointer);
    }

    public ulong Ring { get; }

    public ulong Descriptors { get; }

    public ulong Infos { get; }

    public ulong Text { get; }

    public ulong Head => _head;

    public ulong Tail => _tail;

    /// <summary>Appends a finalized record; returns its ID.</summary>
    public ulong Add(string text, ulong nanoseconds = 0, int level = 6, uint caller = 1) =>
        Add(Encoding.UTF8.GetBytes(text), nanoseconds, level, caller);

    public ulong Add(byte[] text, ulong nanoseconds = 0, int level = 6, uint caller = 1)
    {
        ulong id = (_head + 1) & IdMask;
        if (!_isEmpty && ((id - _tail) & IdMask) >= _count)
        {
            DropOldest();
        }
        ulong length = (ulong)(8 + text.Length + 7) & ~7UL;
        ulong begin = _textHead;
        bool isWrapped = begin / _size != (begin + length) / _size;
        ulong next = isWrapped ? (((begin / _size) + 1) * _size) + length : begin + length;
        while (next - _textTail > _size)
        {
            DropOldest();
        }
        _textHead = next;
        ulong block = Text + (isWrapped ? 0 : begin % _size);
        _kernel.Write64(block, id);
        text.CopyTo(_kernel.At(block + 8));
        _kernel.Write64(Descriptor(id) + 8, begin);
        _kernel.Write64(Descriptor(id) + 16, next);
        SetState(id, 2);
        WriteInfo(Info(id), (ushort)text.Length, nanoseconds, level, caller);
        _tail = _isEmpty ? id : _tail;
        _isEmpty = false;
        _head = id;
        WriteIds();
        return id;
    }

    public ulong Descriptor(ulong id) => Descriptors + ((id % _count) * DescriptorBytes);

    public ulong Info(ulong id) => Infos + ((id % _count) * InfoBytes);

    /// <summary>0 reserved, 1 committed, 2 finalized, 3 reusable.</summary>
    public void SetState(ulong id, ulong state) => _kernel.Write64(Descriptor(id), id | (state << 62));

    public void SetHead(ulong id) => _kernel.Write64(Ring + 24, id);

    public void SetTail(ulong id) => _kernel.Write64(Ring + 32, id);

    private void WriteInfo(ulong info, ushort length, ulong nanoseconds, int level, uint caller)
    {
        Span<byte> raw = _kernel.At(info);
        BinaryPrimitives.WriteUInt64LittleEndian(raw, _sequence++);
        BinaryPrimitives.WriteUInt64LittleEndian(raw[8..], nanoseconds);
        BinaryPrimitives.WriteUInt16LittleEndian(raw[16..], length);
        raw[18] = 0;
        raw[19] = (byte)((level << 5) | 2);
        BinaryPrimitives.WriteUInt32LittleEndian(raw[20..], caller);
    }

    private void DropOldest()
    {
        SetState(_tail, 3);
        _textTail = BinaryPrimitives.ReadUInt64LittleEndian(_kernel.At(Descriptor(_tail) + 16));
        _tail = (_tail + 1) & IdMask;
        WriteIds();
    }

    private void WriteIds()
    {
        SetHead(_head);
        SetTail(_tail);
    }

    private void AddInfo(ulong pointer)
    {
        string[] lines =
        [
            $"SYMBOL(prb)={pointer:x}", "SIZE(printk_ringbuffer)=88", "OFFSET(printk_ringbuffer.desc_ring)=0",
            "OFFSET(printk_ringbuffer.text_data_ring)=48", "OFFSET(prb_desc_ring.count_bits)=0",
            "OFFSET(prb_desc_ring.descs)=8", "OFFSET(prb_desc_ring.infos)=16", "OFFSET(prb_desc_ring.head_id)=24",
            "OFFSET(prb_desc_ring.tail_id)=32", $"SIZE(prb_desc)={DescriptorBytes}", "OFFSET(prb_desc.state_var)=0",
            "OFFSET(prb_desc.text_blk_lpos)=8", "OFFSET(prb_data_blk_lpos.begin)=0",
            "OFFSET(prb_data_blk_lpos.next)=8", $"SIZE(printk_info)={InfoBytes}", "OFFSET(printk_info.seq)=0",
            "OFFSET(printk_info.ts_nsec)=8", "OFFSET(printk_info.text_len)=16", "OFFSET(printk_info.caller_id)=20",
            "OFFSET(prb_data_ring.size_bits)=0", "OFFSET(prb_data_ring.data)=8", "OFFSET(atomic_long_t.counter)=0",
        ];
        Array.ForEach(lines, line => _kernel.Info(line));
    }
}
