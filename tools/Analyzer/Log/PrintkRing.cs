using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Log;

/// <summary>
/// The printk ring buffer of Linux 5.10 and later: a ring of descriptors, one info each, and a ring of text
/// (kernel/printk/printk_ringbuffer.c). Each descriptor is looked at once, whatever the links say.
/// </summary>
internal sealed class PrintkRing : ILogSource
{
    // log_buf_len= takes up to 2 GiB (LOG_BUF_LEN_MAX), with a descriptor per 32 bytes (PRB_AVGBITS).
    private const uint MostSizeBits = 31;
    private const uint MostCountBits = 26;
    private const ulong IdMask = ~(3UL << 62);
    private const int BlockIdBytes = sizeof(ulong);
    private const int UnreadableInARow = 1 << 16;

    private readonly KernelMemory _memory;
    private readonly PrintkRingLayout _layout;
    private ulong _descriptors;
    private ulong _infos;
    private ulong _text;
    private ulong _count;
    private ulong _textBytes;
    private ulong _head;
    private ulong _tail;

    private PrintkRing(KernelMemory memory, in PrintkRingLayout layout)
    {
        _memory = memory;
        _layout = layout;
    }

    /// <summary>Opens the ring buffer whose pointer is at <c>SYMBOL(prb)</c>.</summary>
    public static ILogSource? Open(KernelMemory memory, VmcoreInfoText info, ulong symbol, out FileProblem? problem)
    {
        string? missing = PrintkRingLayout.Read(info, out PrintkRingLayout layout);
        problem = missing is null ? null : new FileProblem($"VMCOREINFO: {missing} is missing or cannot be true");
        if (problem is not null)
        {
            return null;
        }
        byte[] raw = new byte[layout.RingBytes];
        if (memory.ReadUInt64(symbol, out ulong address) != Status.Ok || memory.Read(address, raw) != Status.Ok)
        {
            problem = new FileProblem($"printk ring buffer (SYMBOL(prb) = 0x{symbol:x}) is not in the vmcore");
            return null;
        }
        uint countBits = BinaryPrimitives.ReadUInt32LittleEndian(raw.AsSpan(layout.CountBits));
        uint sizeBits = BinaryPrimitives.ReadUInt32LittleEndian(raw.AsSpan(layout.SizeBits));
        if (countBits is 0 or > MostCountBits || sizeBits is 0 or > MostSizeBits)
        {
            problem = new FileProblem(
                $"printk ring buffer at 0x{address:x}: sizes of 2^{countBits} records and 2^{sizeBits} bytes");
            return null;
        }
        return new PrintkRing(memory, layout)
        {
            _descriptors = BinaryPrimitives.ReadUInt64LittleEndian(raw.AsSpan(layout.Descriptors)),
            _infos = BinaryPrimitives.ReadUInt64LittleEndian(raw.AsSpan(layout.Infos)),
            _text = BinaryPrimitives.ReadUInt64LittleEndian(raw.AsSpan(layout.Data)),
            _head = BinaryPrimitives.ReadUInt64LittleEndian(raw.AsSpan(layout.HeadId)) & IdMask,
            _tail = BinaryPrimitives.ReadUInt64LittleEndian(raw.AsSpan(layout.TailId)) & IdMask,
            _count = 1UL << (int)countBits,
            _textBytes = 1UL << (int)sizeBits,
        };
    }

    /// <inheritdoc/>
    public IEnumerable<LogRecord> Read(LogDamage damage)
    {
        ulong id = _tail;
        ulong left = ((_head - _tail) & IdMask) + 1;
        if (left > _count)
        {
            damage.Add($"record {_tail} as the oldest and {_head} as the newest in a ring of {_count}");
            id = (_head - (_count - 1)) & IdMask;
            left = _count;
        }
        ulong textLeft = _textBytes;
        int unreadable = 0;
        for (; left > 0; left--, id = (id + 1) & IdMask)
        {
            Status status = TryRead(id, damage, out LogRecord? record);
            unreadable = status == Status.MemoryUnreadable ? unreadable + 1 : 0;
            if (unreadable == UnreadableInARow)
            {
                damage.Add("descriptors are not in the vmcore");
                yield break;
            }
            if (record is null)
            {
                continue;
            }
            if ((ulong)record.Text.Length > textLeft)
            {
                damage.Add("records with more text than the ring holds");
                yield break;
            }
            textLeft -= (ulong)record.Text.Length;
            yield return record;
        }
    }

    private Status TryRead(ulong id, LogDamage damage, out LogRecord? record)
    {
        record = null;
        ulong index = id & (_count - 1);
        Span<byte> descriptor = stackalloc byte[_layout.DescriptorBytes];
        if (_memory.Read(unchecked(_descriptors + (index * (ulong)descriptor.Length)), descriptor) != Status.Ok)
        {
            damage.Add($"descriptor of record {id} is not in the vmcore");
            return Status.MemoryUnreadable;
        }
        ulong state = BinaryPrimitives.ReadUInt64LittleEndian(descriptor[_layout.State..]);
        // Only committed (1) and finalized (2) records hold text; others are being written, or free.
        if ((state & IdMask) != id || (state >> 62) is not (1 or 2))
        {
            return Status.Ok;
        }
        ulong begin = BinaryPrimitives.ReadUInt64LittleEndian(descriptor[_layout.Begin..]) & (_textBytes - 1);
        ulong next = BinaryPrimitives.ReadUInt64LittleEndian(descriptor[_layout.Next..]) & (_textBytes - 1);
        if (begin == next)
        {
            return Status.Ok;
        }
        Span<byte> info = stackalloc byte[_layout.InfoBytes];
        if (_memory.Read(unchecked(_infos + (index * (ulong)info.Length)), info) != Status.Ok)
        {
            damage.Add($"info of record {id} is not in the vmcore");
            return Status.MemoryUnreadable;
        }
        int length = BinaryPrimitives.ReadUInt16LittleEndian(info[_layout.TextLength..]);
        byte[]? text = ReadText(id, begin, next, length, damage);
        record = text is null ? null : Make(info, text);
        return Status.Ok;
    }

    private byte[]? ReadText(ulong id, ulong begin, ulong next, int length, LogDamage damage)
    {
        // A block never wraps: one that would is stored at the start. From Linux 6.19 one may end exactly at the end.
        ulong end = next == 0 ? _textBytes : next;
        ulong start = begin > end ? 0 : begin;
        if (end - start < BlockIdBytes)
        {
            damage.Add($"text block of record {id} is too short");
            return null;
        }
        byte[] text = new byte[Math.Min((ulong)length, end - start - BlockIdBytes)];
        if (_memory.ReadUInt64(unchecked(_text + start), out ulong owner) != Status.Ok
            || _memory.Read(unchecked(_text + start + BlockIdBytes), text) != Status.Ok)
        {
            damage.Add($"text of record {id} is not in the vmcore");
            return null;
        }
        if (owner != id)
        {
            damage.Add($"text of record {id} is marked as that of {owner}");
        }
        return text;
    }

    // struct printk_info: text_len, then u8 facility, then u8 with flags in the low five bits and the level above.
    private LogRecord Make(ReadOnlySpan<byte> info, byte[] text) => new()
    {
        Sequence = BinaryPrimitives.ReadUInt64LittleEndian(info[_layout.Sequence..]),
        Nanoseconds = BinaryPrimitives.ReadUInt64LittleEndian(info[_layout.Time..]),
        Facility = info[_layout.TextLength + 2],
        Level = info[_layout.TextLength + 3] >> 5,
        Caller = _layout.Caller < 0 ? null : BinaryPrimitives.ReadUInt32LittleEndian(info[_layout.Caller..]),
        Text = text,
    };
}
