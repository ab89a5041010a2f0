using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Log;

/// <summary>
/// The log of Linux 3.5 to 5.9: records of variable length in one buffer, a length of 0 leads back to its start
/// (Linux commit 7ff9554bb578; struct log, from 3.11 on printk_log, in kernel/printk/printk.c).
/// </summary>
internal sealed class RecordBuffer : ILogSource
{
    // LOG_BUF_LEN_MAX.
    private const uint MostBytes = 1U << 31;

    private readonly KernelMemory _memory;
    private ulong _address;
    private uint _lengthBytes;
    private uint _first;
    private uint _next;
    private int _headerBytes;
    private int _time;
    private int _length;
    private int _textLength;
    private int _dictionaryLength;
    private int _caller;

    private RecordBuffer(KernelMemory memory)
    {
        _memory = memory;
    }

    /// <summary>Opens the buffer whose pointer is at <c>SYMBOL(log_buf)</c>.</summary>
    public static ILogSource? Open(KernelMemory memory, VmcoreInfoText info, ulong symbol, out FileProblem? problem)
    {
        RecordBuffer buffer = new(memory);
        string? missing = buffer.ReadLayout(info);
        if (missing is not null)
        {
            problem = new FileProblem($"VMCOREINFO: {missing} is missing or cannot be true");
            return null;
        }
        if (memory.ReadUInt64(symbol, out buffer._address) != Status.Ok
            || ReadNumber(memory, info, "log_buf_len"u8, out buffer._lengthBytes) != Status.Ok
            || ReadNumber(memory, info, "log_first_idx"u8, out buffer._first) != Status.Ok
            || ReadNumber(memory, info, "log_next_idx"u8, out buffer._next) != Status.Ok)
        {
            problem = new FileProblem(
                $"log buffer (SYMBOL(log_buf) = 0x{symbol:x}): its variables are not in VMCOREINFO or the vmcore");
            return null;
        }
        if (buffer._lengthBytes is 0 or > MostBytes
            || buffer._first >= buffer._lengthBytes
            || buffer._next > buffer._lengthBytes)
        {
            problem = new FileProblem(
                $"log buffer at 0x{buffer._address:x}: {buffer._lengthBytes} bytes, used from {buffer._first} to "
                + $"{buffer._next}");
            return null;
        }
        problem = null;
        return buffer;
    }

    /// <inheritdoc/>
    public IEnumerable<LogRecord> Read(LogDamage damage)
    {
        uint at = _first;
        bool hasWrapped = false;
        byte[] header = new byte[_headerBytes];
        while (at != _next)
        {
            if (at > _lengthBytes - Math.Min(_lengthBytes, (uint)_headerBytes) || (hasWrapped && at >= _first))
            {
                damage.Add($"record at {at} of the log buffer does not lead to its end");
                yield break;
            }
            if (_memory.Read(unchecked(_address + at), header) != Status.Ok)
            {
                damage.Add($"record at {at} of the log buffer is not in the vmcore");
                yield break;
            }
            uint length = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(_length));
            if (length == 0 && !hasWrapped)
            {
                hasWrapped = true;
                at = 0;
                continue;
            }
            if (length < _headerBytes || length > _lengthBytes - at)
            {
                damage.Add($"record at {at} of the log buffer has a length of {length}");
                yield break;
            }
            LogRecord? record = Make(header, at, length, damage);
            if (record is not null)
            {
                yield return record;
            }
            at += length;
        }
    }

    private string? ReadLayout(VmcoreInfoText info)
    {
        bool isNew = info.Fields.TryGetSize("printk_log"u8, out _) == Status.Ok;
        string name = isNew ? "printk_log" : "log";
        LayoutReader read = new(info);
        _headerBytes = read.Size(name);
        _time = read.Offset(name + ".ts_nsec");
        _length = read.Offset(name + ".len");
        _textLength = read.Offset(name + ".text_len");
        _dictionaryLength = read.OptionalOffset(name + ".dict_len");
        _caller = read.OptionalOffset(name + ".caller_id");
        bool fits = Math.Max(_time + 8, Math.Max(_length, _textLength) + 2) <= _headerBytes
            && _dictionaryLength + 4 <= _headerBytes
            && _caller + 4 <= _headerBytes;
        return read.Missing ?? (fits ? null : $"SIZE({name})");
    }

    private LogRecord? Make(ReadOnlySpan<byte> header, uint at, uint length, LogDamage damage)
    {
        uint claimed = BinaryPrimitives.ReadUInt16LittleEndian(header[_textLength..]);
        uint room = length - (uint)_headerBytes;
        if (claimed > room)
        {
            damage.Add($"record at {at} of the log buffer has {claimed} bytes of text in {room}");
        }
        byte[] text = new byte[Math.Min(claimed, room)];
        if (_memory.Read(unchecked(_address + at + (uint)_headerBytes), text) != Status.Ok)
        {
            damage.Add($"text at {at} of the log buffer is not in the vmcore");
            return null;
        }
        // struct printk_log: dict_len, then u8 facility, then u8 with flags in the low five bits and the level above.
        bool hasLevel = _dictionaryLength >= 0;
        return new LogRecord
        {
            Nanoseconds = BinaryPrimitives.ReadUInt64LittleEndian(header[_time..]),
            Facility = hasLevel ? header[_dictionaryLength + 2] : 0,
            Level = hasLevel ? header[_dictionaryLength + 3] >> 5 : 0,
            Caller = _caller < 0 ? null : BinaryPrimitives.ReadUInt32LittleEndian(header[_caller..]),
            Text = text,
        };
    }

    private static Status ReadNumber(KernelMemory memory, VmcoreInfoText info, ReadOnlySpan<byte> name, out uint value)
    {
        value = 0;
        Status status = info.Fields.TryGetSymbol(name, out ulong address);
        return status == Status.Ok ? memory.ReadUInt32(address, out value) : status;
    }
}
