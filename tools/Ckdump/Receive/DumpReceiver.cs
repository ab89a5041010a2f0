using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Stream;
using CosmosKdump.Ckdump.Areas;

namespace CosmosKdump.Ckdump.Receive;

/// <summary>
/// The receiver's side of the serial protocol (<c>docs/serial-protocol.md</c>): takes bytes, puts the dump together,
/// and answers the sender's questions where it can.
/// </summary>
public sealed class DumpReceiver : IReceivedDump
{
    private readonly Func<Stream> _createOutput;
    private readonly Action<byte[]>? _answer;
    private readonly TextFilter _text;
    private readonly RangeSet _received = new();
    private readonly byte[] _page = new byte[Limits.PageBytes];
    private byte[] _input = new byte[64 * 1024];
    private int _inputLength;
    private Stream? _output;
    private uint _session;
    private uint _announcedSession;
    private bool _afterDamage;
    private ulong _digest;
    private ulong _senderDigest;
    private byte[]? _header;

    /// <summary>
    /// A receiver that makes its output when a dump begins, answers through <paramref name="answer"/> (null: one-way),
    /// and passes console text on, a line at a time.
    /// </summary>
    public DumpReceiver(Func<Stream> createOutput, Action<byte[]>? answer, Action<string> lineSink)
    {
        _createOutput = createOutput;
        _answer = answer;
        _text = new TextFilter(lineSink);
    }

    /// <summary>A dump began.</summary>
    public bool HasBegun => _output is not null;

    /// <summary>The end of the dump arrived.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The sender has heard our answer to the end.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>What the sender said of the dump.</summary>
    public DumpFacts Facts { get; private set; }

    /// <summary>What the sender said of the capture: <see cref="Status.Ok"/>, or why it is not whole.</summary>
    public Status Outcome { get; private set; }

    /// <summary>Pages that the sender could not read or repeat.</summary>
    public ulong PagesLost { get; private set; }

    /// <summary>Bytes of the dump that arrived.</summary>
    public ulong ReceivedBytes { get; private set; }

    /// <summary>Frames with a wrong checksum or impossible values.</summary>
    public long DamagedFrames { get; private set; }

    /// <summary>Bytes that were neither frames nor text.</summary>
    public long NoiseBytes => _text.NoiseBytes;

    /// <summary>Every page is there, and the digest is the sender's.</summary>
    public bool IsVerified => HasEnded && ReceivedBytes == Facts.LengthBytes && _digest == _senderDigest;

    /// <summary>It is verified, and the sender had all of it.</summary>
    public bool IsWhole => IsVerified && Outcome == Status.Ok && PagesLost == 0;

    /// <summary>What is missing of the dump.</summary>
    public IReadOnlyList<(ulong Start, ulong End)> Missing => [.. _received.Missing(0, Facts.LengthBytes)];

    /// <summary>Takes bytes from the line.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_inputLength == _input.Length)
            {
                Array.Resize(ref _input, _input.Length * 2);
            }
            int taken = Math.Min(bytes.Length, _input.Length - _inputLength);
            bytes[..taken].CopyTo(_input.AsSpan(_inputLength));
            _inputLength += taken;
            bytes = bytes[taken..];
            Decode(isEnd: false);
        }
    }

    /// <summary>The line has ended: what waits for more bytes is damaged.</summary>
    public void End()
    {
        Decode(isEnd: true);
        _text.Flush();
    }

    private void Decode(bool isEnd)
    {
        int at = 0;
        while (true)
        {
            ReadOnlySpan<byte> input = _input.AsSpan(at, _inputLength - at);
            FrameEvent found = FrameDecoder.Next(
                input, isEnd, FrameHeader.MaxPayloadBytes,
                out int consumed, out FrameHeader header, out ReadOnlySpan<byte> payload);
            at += consumed;
            if (found == FrameEvent.NeedMore)
            {
                break;
            }
            if (found == FrameEvent.Text)
            {
                TakeText(input[..consumed]);
            }
            else if (found == FrameEvent.Damaged)
            {
                TakeDamage(consumed);
            }
            else
            {
                _text.Flush();
                TakeFrame(header, payload);
            }
        }
        _input.AsSpan(at, _inputLength - at).CopyTo(_input);
        _inputLength -= at;
    }

    private void TakeText(ReadOnlySpan<byte> bytes)
    {
        // Behind a damaged frame come its own bytes.
        if (_afterDamage)
        {
            _text.AddNoise(bytes.Length);
        }
        else
        {
            _text.Add(bytes);
        }
    }

    private void TakeDamage(int bytes)
    {
        _text.Flush();
        _text.AddNoise(bytes);
        _afterDamage = true;
        DamagedFrames++;
    }

    private void TakeFrame(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Type == FrameType.Begin)
        {
            TakeBegin(header, payload);
            return;
        }
        if (!HasBegun || header.Session != _session)
        {
            return;
        }
        _afterDamage = false;
        bool isInside = IsInside(header.PositionBytes, header.LengthBytes);
        bool isPages = isInside && (header.PositionBytes | header.LengthBytes) % Limits.PageBytes == 0;
        switch (header.Type)
        {
            case FrameType.Page when isPages && (header.LengthBytes, payload.Length) == (Limits.PageBytes, Limits.PageBytes):
                payload.CopyTo(_page);
                Store(header.PositionBytes, header.LengthBytes);
                break;
            case FrameType.Fill when isPages && payload.Length is 0 or FramePayload.FillBytes:
                TakeFill(header, payload);
                break;
            case FrameType.Piece when isInside && header.LengthBytes == (ulong)payload.Length && payload.Length > 0:
                StorePiece(header.PositionBytes, payload);
                break;
            case FrameType.Checkpoint when isInside && payload.Length % FramePayload.RangeBytes == 0:
                TakeCheckpoint(header, payload);
                break;
            case FrameType.End when payload.Length == FramePayload.EndBytes:
                TakeEnd(header, payload);
                break;
            case FrameType.Bye:
                HasLeft = HasEnded;
                break;
            default:
                DamagedFrames++;
                break;
        }
    }

    private bool IsInside(ulong position, ulong length) =>
        length <= Facts.LengthBytes && position <= Facts.LengthBytes - length;

    private void TakeCheckpoint(in FrameHeader header, ReadOnlySpan<byte> ranges)
    {
        if (ranges.Length == 0)
        {
            Answer(header, _received.Missing(header.PositionBytes, header.PositionBytes + header.LengthBytes));
            return;
        }
        List<(ulong Start, ulong End)> missing = [];
        for (; ranges.Length > 0; ranges = ranges[FramePayload.RangeBytes..])
        {
            ulong start = BinaryPrimitives.ReadUInt64LittleEndian(ranges);
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(ranges[8..]);
            if (!IsInside(start, length))
            {
                DamagedFrames++;
                return;
            }
            missing.AddRange(_received.Missing(start, start + length));
        }
        Answer(header, missing);
    }

    // A Begin of another session inside a damaged frame may be part of the memory that is being sent: only one that
    // comes twice counts then.
    private void TakeBegin(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        bool isPlausible = payload.Length == FramePayload.BeginBytes
            && header.LengthBytes is > 0 and <= long.MaxValue
            && header.LengthBytes % Limits.PageBytes == 0;
        bool isNew = !HasBegun || header.Session != _session;
        bool isTrusted = !HasBegun || !_afterDamage || !isNew || header.Session == _announcedSession;
        _announcedSession = header.Session;
        if (!isPlausible || !isTrusted || (isNew && HasEnded))
        {
            return;
        }
        _afterDamage = false;
        if (isNew)
        {
            StartDump(header, payload);
        }
        Answer(header, []);
    }

    private void StartDump(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        _output ??= _createOutput();
        try
        {
            _output.SetLength(0);
            _output.SetLength((long)header.LengthBytes);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new IOException($"the dump has {header.LengthBytes} bytes: too long for this file system");
        }
        _received.Clear();
        _header = null;
        _session = header.Session;
        _digest = 0;
        ReceivedBytes = 0;
        Facts = new DumpFacts(
            header.LengthBytes,
            BinaryPrimitives.ReadUInt64LittleEndian(payload),
            (DumpFormat)payload[8],
            payload[9]);
    }

    private void TakeFill(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        _page.AsSpan().Clear();
        for (int at = 0; at < _page.Length && payload.Length > 0; at += payload.Length)
        {
            payload.CopyTo(_page.AsSpan(at));
        }
        Store(header.PositionBytes, header.LengthBytes);
    }

    // Writes the page to every page of the range that is not there yet. The new file is a hole: zeros need no writing.
    private void Store(ulong position, ulong length)
    {
        bool isZero = _page.AsSpan().IndexOfAnyExcept((byte)0) < 0;
        uint checksum = isZero ? 0 : Crc32C.Of(_page);
        foreach ((ulong start, ulong end) in _received.Missing(position, position + length))
        {
            ReceivedBytes += end - start;
            for (ulong at = start; at < end && !isZero; at += Limits.PageBytes)
            {
                _output!.Position = (long)at;
                _output.Write(_page);
                _digest += DumpDigest.TermOf(at / Limits.PageBytes, checksum);
                TakeHeader(at);
            }
        }
        _received.Add(position, position + length);
    }

    // The sender cannot come back to mark a kdump-compressed dump as complete: until it is, our file says that it is not.
    private void TakeHeader(ulong position)
    {
        if (position == 0 && Facts.Format == DumpFormat.Kdump && KdumpMark.TrySet(_page))
        {
            _header = _page[..KdumpMark.HeaderBytes];
            WriteHeader();
        }
    }

    private void WriteHeader()
    {
        _output!.Position = 0;
        _output.Write(_header!);
    }

    // A piece is there or it is not: the sender repeats it as it was.
    private void StorePiece(ulong position, ReadOnlySpan<byte> bytes)
    {
        ulong end = position + (ulong)bytes.Length;
        (ulong, ulong)[] missing = [.. _received.Missing(position, end)];
        if (missing is not [var all] || all != (position, end))
        {
            DamagedFrames += missing.Length == 0 ? 0 : 1;
            return;
        }
        _output!.Position = (long)position;
        _output.Write(bytes);
        _digest += DumpDigest.TermOfPiece(position, Crc32C.Of(bytes));
        ReceivedBytes += (ulong)bytes.Length;
        _received.Add(position, end);
    }

    // A compressed dump is announced with the length that it may reach; its end tells what it came to.
    private void TakeLength(ulong lengthBytes)
    {
        if (lengthBytes >= Facts.LengthBytes || lengthBytes == 0 || lengthBytes % Limits.PageBytes != 0
            || _received.Missing(lengthBytes, Facts.LengthBytes).Any(
                range => range != (lengthBytes, Facts.LengthBytes)))
        {
            return;
        }
        Facts = new DumpFacts(lengthBytes, Facts.CrashTimeSeconds, Facts.Format, Facts.DumpLevel);
        _output!.SetLength((long)lengthBytes);
    }

    private void TakeEnd(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        _senderDigest = BinaryPrimitives.ReadUInt64LittleEndian(payload);
        PagesLost = BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]);
        Outcome = (Status)BinaryPrimitives.ReadUInt16LittleEndian(payload[16..]);
        HasEnded = true;
        TakeLength(header.LengthBytes);
        if (IsWhole && _header is not null)
        {
            KdumpMark.Clear(_header);
            WriteHeader();
        }
        if (_output is FileStream file)
        {
            file.Flush(flushToDisk: true);
        }
        // A digest that differs although every page is there: nothing of the dump can be trusted.
        IEnumerable<(ulong, ulong)> missing = Missing;
        Answer(header, IsVerified || missing.Any() ? missing : [(0, Facts.LengthBytes)]);
    }

    private void Answer(in FrameHeader question, IEnumerable<(ulong Start, ulong End)> missing)
    {
        if (_answer is null)
        {
            return;
        }
        (ulong Start, ulong End)[] all = [.. missing];
        int count = Math.Min(all.Length, FramePayload.Ranges);
        var header = new FrameHeader
        {
            Type = count == 0 ? FrameType.Confirm : FrameType.Repeat,
            PayloadBytes = (ushort)(count * FramePayload.RangeBytes),
            Session = question.Session,
            Sequence = question.Sequence,
            PositionBytes = question.PositionBytes,
            LengthBytes = all.Aggregate(0UL, (sum, range) => sum + (range.End - range.Start)),
        };
        byte[] frame = new byte[header.FrameBytes];
        for (int i = 0; i < count; i++)
        {
            Span<byte> range = frame.AsSpan(FrameHeader.Bytes + (i * FramePayload.RangeBytes));
            BinaryPrimitives.WriteUInt64LittleEndian(range, all[i].Start);
            BinaryPrimitives.WriteUInt64LittleEndian(range[8..], all[i].End - all[i].Start);
        }
        header.Seal(frame);
        _answer(frame);
    }
}
