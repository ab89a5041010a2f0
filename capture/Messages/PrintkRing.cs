using System;
using System.Buffers.Binary;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Messages;

/// <summary>
/// The printk ring buffer of Linux 5.10 and later: a ring of descriptors, one info each, and a ring of text
/// (kernel/printk/printk_ringbuffer.c). Each descriptor is looked at once, whatever the links say.
/// </summary>
public struct PrintkRing
{
    // log_buf_len= takes up to 2 GiB (LOG_BUF_LEN_MAX), with a descriptor per 32 bytes (PRB_AVGBITS).
    private const uint MostSizeBits = 31;
    private const uint MostCountBits = 26;
    private const ulong IdMask = ~(3UL << 62);
    private const int BlockIdBytes = sizeof(ulong);
    private const int UnreadableInARow = 1 << 16;

    private PrintkRingLayout _layout;
    private ulong _descriptors;
    private ulong _infos;
    private ulong _text;
    private ulong _textBytes;
    private ulong _textLeft;
    private ulong _head;
    private ulong _tail;
    private ulong _count;
    private ulong _id;
    private ulong _left;
    private int _unreadable;
    private bool _isBegun;
    private bool _isOverfull;

    /// <summary>Where the ring is said to lie, for what is told of one that cannot be.</summary>
    public ulong Address { readonly get; private set; }

    /// <summary>Exponents of the number of records and of the bytes of text.</summary>
    public uint CountBits { readonly get; private set; }

    /// <inheritdoc cref="CountBits"/>
    public uint SizeBits { readonly get; private set; }

    /// <summary>What was wrong at the last step.</summary>
    public MessageFlaw Flaw { readonly get; private set; }

    /// <summary>The record at which it was, or the oldest one.</summary>
    public ulong FlawAt { readonly get; private set; }

    /// <summary>The second number of the flaw.</summary>
    public ulong FlawNumber { readonly get; private set; }

    /// <summary>
    /// Opens the ring buffer whose pointer is at <c>SYMBOL(prb)</c>. <see cref="Status.VmcoreInfoIncomplete"/>, which
    /// <paramref name="read"/> then explains; <see cref="Status.MemoryUnreadable"/>: it cannot be read;
    /// <see cref="Status.TooManyEntries"/>: sizes that cannot be true.
    /// </summary>
    public static Status Open<TMemory>(
        ref TMemory memory, ulong symbol, scoped ref LayoutReader read, out PrintkRing ring)
        where TMemory : struct, IVirtualMemory
    {
        ring = default;
        ring._layout = PrintkRingLayout.Read(ref read);
        if (read.IsMissing)
        {
            return Status.VmcoreInfoIncomplete;
        }
        Span<byte> buffer = stackalloc byte[Limits.PageBytes];
        Span<byte> raw = buffer[..ring._layout.RingBytes];
        if (VirtualNumber.Read64(ref memory, symbol, out ulong address) != Status.Ok
            || memory.Read(address, raw) != Status.Ok)
        {
            return Status.MemoryUnreadable;
        }
        ring.Address = address;
        ring.CountBits = BinaryPrimitives.ReadUInt32LittleEndian(raw[ring._layout.CountBits..]);
        ring.SizeBits = BinaryPrimitives.ReadUInt32LittleEndian(raw[ring._layout.SizeBits..]);
        if (ring.CountBits is 0 or > MostCountBits || ring.SizeBits is 0 or > MostSizeBits)
        {
            return Status.TooManyEntries;
        }
        ring._descriptors = BinaryPrimitives.ReadUInt64LittleEndian(raw[ring._layout.Descriptors..]);
        ring._infos = BinaryPrimitives.ReadUInt64LittleEndian(raw[ring._layout.Infos..]);
        ring._text = BinaryPrimitives.ReadUInt64LittleEndian(raw[ring._layout.Data..]);
        ring._head = BinaryPrimitives.ReadUInt64LittleEndian(raw[ring._layout.HeadId..]) & IdMask;
        ring._tail = BinaryPrimitives.ReadUInt64LittleEndian(raw[ring._layout.TailId..]) & IdMask;
        ring._count = 1UL << (int)ring.CountBits;
        ring._textBytes = 1UL << (int)ring.SizeBits;
        ring.Rewind(ulong.MaxValue);
        return Status.Ok;
    }

    /// <summary>Begins with the oldest record, or with the newest so many.</summary>
    public void Rewind(ulong most)
    {
        _id = _tail;
        _left = ((_head - _tail) & IdMask) + 1;
        ulong bound = Math.Min(_count, most);
        // Of a range that cannot be true, what the ring has room for is looked at.
        _isBegun = _left <= _count;
        if (_left > bound)
        {
            _id = (_head - (bound - 1)) & IdMask;
            _left = bound;
        }
        _textLeft = _textBytes;
        _unreadable = 0;
        _isOverfull = false;
        Flaw = MessageFlaw.None;
    }

    /// <summary>
    /// Takes a step; false at the end. A step may find a flaw, a message (<paramref name="hasMessage"/>), both, or neither.
    /// </summary>
    public bool MoveNext<TMemory>(ref TMemory memory, out bool hasMessage, out Message message)
        where TMemory : struct, IVirtualMemory
    {
        message = default;
        hasMessage = false;
        Flaw = MessageFlaw.None;
        if (!_isBegun)
        {
            _isBegun = true;
            Tell(MessageFlaw.RingAbsurd, _tail, _head);
            return true;
        }
        if (_isOverfull)
        {
            _isOverfull = false;
            Tell(MessageFlaw.TooMuchText, 0, 0);
            return true;
        }
        if (_left == 0)
        {
            return false;
        }
        hasMessage = Look(ref memory, _id, out message);
        _left--;
        _id = (_id + 1) & IdMask;
        _unreadable = Flaw is MessageFlaw.DescriptorUnreadable or MessageFlaw.InfoUnreadable ? _unreadable + 1 : 0;
        if (_unreadable == UnreadableInARow)
        {
            _left = 0;
            Tell(MessageFlaw.DescriptorsUnreadable, 0, 0);
        }
        if (hasMessage && (ulong)message.TextBytes > _textLeft)
        {
            // Told by the next step: this one may have a flaw of its own.
            _left = 0;
            hasMessage = false;
            _isOverfull = true;
        }
        _textLeft -= hasMessage ? (ulong)message.TextBytes : 0;
        return true;
    }

    private bool Look<TMemory>(ref TMemory memory, ulong id, out Message message)
        where TMemory : struct, IVirtualMemory
    {
        message = default;
        ulong index = id & (_count - 1);
        Span<byte> buffer = stackalloc byte[Limits.PageBytes];
        Span<byte> descriptor = buffer[.._layout.DescriptorBytes];
        if (memory.Read(_descriptors + (index * (ulong)descriptor.Length), descriptor) != Status.Ok)
        {
            return Tell(MessageFlaw.DescriptorUnreadable, id, 0);
        }
        ulong state = BinaryPrimitives.ReadUInt64LittleEndian(descriptor[_layout.State..]);
        // Only committed (1) and finalized (2) records hold text; others are being written, or free.
        if ((state & IdMask) != id || (state >> 62) is not (1 or 2))
        {
            return false;
        }
        ulong begin = BinaryPrimitives.ReadUInt64LittleEndian(descriptor[_layout.Begin..]) & (_textBytes - 1);
        ulong next = BinaryPrimitives.ReadUInt64LittleEndian(descriptor[_layout.Next..]) & (_textBytes - 1);
        if (begin == next)
        {
            return false;
        }
        Span<byte> info = buffer[.._layout.InfoBytes];
        if (memory.Read(_infos + (index * (ulong)info.Length), info) != Status.Ok)
        {
            return Tell(MessageFlaw.InfoUnreadable, id, 0);
        }
        // A block never wraps: one that would is stored at the start. From Linux 6.19 one may end exactly at the end.
        ulong end = next == 0 ? _textBytes : next;
        ulong start = begin > end ? 0 : begin;
        if (end - start < BlockIdBytes)
        {
            return Tell(MessageFlaw.BlockTooShort, id, 0);
        }
        if (VirtualNumber.Read64(ref memory, _text + start, out ulong owner) != Status.Ok)
        {
            return Tell(MessageFlaw.BlockUnreadable, id, 0);
        }
        if (owner != id)
        {
            Tell(MessageFlaw.OtherOwner, id, owner);
        }
        Fill(info, ref message);
        message.TextAddress = _text + start + BlockIdBytes;
        message.TextBytes = (int)Math.Min((ulong)message.TextBytes, end - start - BlockIdBytes);
        return true;
    }

    // struct printk_info: text_len, then u8 facility, then u8 with flags in the low five bits and the level above.
    private readonly void Fill(ReadOnlySpan<byte> info, ref Message message)
    {
        message.Sequence = BinaryPrimitives.ReadUInt64LittleEndian(info[_layout.Sequence..]);
        message.Nanoseconds = BinaryPrimitives.ReadUInt64LittleEndian(info[_layout.Time..]);
        message.TextBytes = BinaryPrimitives.ReadUInt16LittleEndian(info[_layout.TextLength..]);
        message.Facility = info[_layout.TextLength + 2];
        message.Level = (byte)(info[_layout.TextLength + 3] >> 5);
        message.HasCaller = _layout.Caller >= 0;
        message.Caller = message.HasCaller ? BinaryPrimitives.ReadUInt32LittleEndian(info[_layout.Caller..]) : 0;
    }

    private bool Tell(MessageFlaw flaw, ulong at, ulong number)
    {
        Flaw = flaw;
        FlawAt = at;
        FlawNumber = number;
        return false;
    }
}
