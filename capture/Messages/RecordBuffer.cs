using System;
using System.Buffers.Binary;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Messages;

/// <summary>
/// The log of Linux 3.5 to 5.9: records of variable length in one buffer, a length of 0 leads back to its start
/// (Linux commit 7ff9554bb578; struct log, from 3.11 on printk_log, in kernel/printk/printk.c).
/// </summary>
public struct RecordBuffer
{
    // LOG_BUF_LEN_MAX.
    private const uint MostBytes = 1U << 31;

    private uint _at;
    private bool _hasWrapped;
    private bool _isAtEnd;
    private int _headerBytes;
    private int _time;
    private int _length;
    private int _textLength;
    private int _dictionaryLength;
    private int _caller;

    /// <summary>Where the buffer lies.</summary>
    public ulong Address { readonly get; private set; }

    /// <summary>Its length, bytes.</summary>
    public uint LengthBytes { readonly get; private set; }

    /// <summary>Where its oldest record begins.</summary>
    public uint First { readonly get; private set; }

    /// <summary>Where its newest record ends.</summary>
    public uint Next { readonly get; private set; }

    /// <summary>What was wrong at the last step.</summary>
    public MessageFlaw Flaw { readonly get; private set; }

    /// <summary>The place in the buffer at which it was.</summary>
    public ulong FlawAt { readonly get; private set; }

    /// <summary>The second number of the flaw.</summary>
    public ulong FlawNumber { readonly get; private set; }

    /// <summary>
    /// Opens the buffer whose pointer is at <c>SYMBOL(log_buf)</c>. <see cref="Status.VmcoreInfoIncomplete"/>, which
    /// <paramref name="read"/> then explains; <see cref="Status.MemoryUnreadable"/>: its variables are not there;
    /// <see cref="Status.TooManyEntries"/>: sizes that cannot be true.
    /// </summary>
    public static Status Open<TMemory>(
        ref TMemory memory,
        scoped in VmcoreInfo info,
        ulong symbol,
        scoped ref LayoutReader read,
        out RecordBuffer buffer)
        where TMemory : struct, IVirtualMemory
    {
        buffer = default;
        bool isNew = info.TryGetSize("printk_log"u8, out _) == Status.Ok;
        if (isNew)
        {
            buffer.ReadNewLayout(ref read);
        }
        else
        {
            buffer.ReadOldLayout(ref read);
        }
        if (read.IsMissing)
        {
            return Status.VmcoreInfoIncomplete;
        }
        if (VirtualNumber.Read64(ref memory, symbol, out ulong address) != Status.Ok
            || ReadNumber(ref memory, in info, "log_buf_len"u8, out uint length) != Status.Ok
            || ReadNumber(ref memory, in info, "log_first_idx"u8, out uint first) != Status.Ok
            || ReadNumber(ref memory, in info, "log_next_idx"u8, out uint next) != Status.Ok)
        {
            return Status.MemoryUnreadable;
        }
        buffer.Address = address;
        buffer.LengthBytes = length;
        buffer.First = first;
        buffer.Next = next;
        buffer.Rewind();
        return length is 0 or > MostBytes || first >= length || next > length ? Status.TooManyEntries : Status.Ok;
    }

    /// <summary>Begins with the oldest record.</summary>
    public void Rewind()
    {
        _at = First;
        _hasWrapped = false;
        _isAtEnd = false;
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
        if (_isAtEnd || _at == Next)
        {
            return false;
        }
        uint at = _at;
        if (at > LengthBytes - Math.Min(LengthBytes, (uint)_headerBytes) || (_hasWrapped && at >= First))
        {
            return End(MessageFlaw.NoEnd, at, 0);
        }
        Span<byte> bytes = stackalloc byte[Limits.PageBytes];
        Span<byte> header = bytes[.._headerBytes];
        if (memory.Read(Address + at, header) != Status.Ok)
        {
            return End(MessageFlaw.RecordUnreadable, at, 0);
        }
        uint length = BinaryPrimitives.ReadUInt16LittleEndian(header[_length..]);
        if (length == 0 && !_hasWrapped)
        {
            _hasWrapped = true;
            _at = 0;
            return true;
        }
        if (length < _headerBytes || length > LengthBytes - at)
        {
            return End(MessageFlaw.BadLength, at, length);
        }
        Fill(header, length, ref message);
        hasMessage = true;
        _at += length;
        return true;
    }

    private void ReadNewLayout(scoped ref LayoutReader read)
    {
        _headerBytes = read.Size("printk_log"u8);
        _time = read.Offset("printk_log.ts_nsec"u8);
        _length = read.Offset("printk_log.len"u8);
        _textLength = read.Offset("printk_log.text_len"u8);
        _dictionaryLength = read.OptionalOffset("printk_log.dict_len"u8);
        _caller = read.OptionalOffset("printk_log.caller_id"u8);
        Check(ref read, "printk_log"u8);
    }

    private void ReadOldLayout(scoped ref LayoutReader read)
    {
        _headerBytes = read.Size("log"u8);
        _time = read.Offset("log.ts_nsec"u8);
        _length = read.Offset("log.len"u8);
        _textLength = read.Offset("log.text_len"u8);
        _dictionaryLength = read.OptionalOffset("log.dict_len"u8);
        _caller = read.OptionalOffset("log.caller_id"u8);
        Check(ref read, "log"u8);
    }

    private readonly void Check(scoped ref LayoutReader read, ReadOnlySpan<byte> structure)
    {
        read.Within(_time + 8, _headerBytes, structure);
        read.Within(_length + 2, _headerBytes, structure);
        read.Within(_textLength + 2, _headerBytes, structure);
        read.Within(_dictionaryLength + 4, _headerBytes, structure);
        read.Within(_caller + 4, _headerBytes, structure);
    }

    private static Status ReadNumber<TMemory>(
        ref TMemory memory, scoped in VmcoreInfo info, ReadOnlySpan<byte> name, out uint value)
        where TMemory : struct, IVirtualMemory
    {
        value = 0;
        Status status = info.TryGetSymbol(name, out ulong address);
        return status == Status.Ok ? VirtualNumber.Read32(ref memory, address, out value) : status;
    }

    // struct printk_log: dict_len, then u8 facility, then u8 with flags in the low five bits and the level above.
    private void Fill(ReadOnlySpan<byte> header, uint length, ref Message message)
    {
        uint claimed = BinaryPrimitives.ReadUInt16LittleEndian(header[_textLength..]);
        uint room = length - (uint)_headerBytes;
        if (claimed > room)
        {
            Tell(MessageFlaw.TextCut, _at, claimed);
        }
        bool hasLevel = _dictionaryLength >= 0;
        message.Nanoseconds = BinaryPrimitives.ReadUInt64LittleEndian(header[_time..]);
        message.Facility = hasLevel ? header[_dictionaryLength + 2] : (byte)0;
        message.Level = (byte)(hasLevel ? header[_dictionaryLength + 3] >> 5 : 0);
        message.HasCaller = _caller >= 0;
        message.Caller = message.HasCaller ? BinaryPrimitives.ReadUInt32LittleEndian(header[_caller..]) : 0;
        message.TextAddress = Address + _at + (uint)_headerBytes;
        message.TextBytes = (int)Math.Min(claimed, room);
    }

    private bool End(MessageFlaw flaw, ulong at, ulong number)
    {
        Tell(flaw, at, number);
        _isAtEnd = true;
        return true;
    }

    private void Tell(MessageFlaw flaw, ulong at, ulong number)
    {
        Flaw = flaw;
        FlawAt = at;
        FlawNumber = number;
    }
}
