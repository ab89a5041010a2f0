using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Stream;
using CosmosKdump.Ckdump.Areas;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Receive;

/// <summary>
/// The receiver's side of the network protocol (<c>docs/network-protocol.md</c>): reads one dump from a connection and
/// writes it to a file. Nothing that comes is trusted: whatever is not as the protocol says ends the connection.
/// </summary>
/// <param name="create">Makes the file when a dump begins.</param>
/// <param name="complete">Called when the whole dump is on the disk, before the sender is told so.</param>
/// <param name="limits">What the sender may do.</param>
public sealed class StreamReceiver(
    Func<DumpFacts, SafeFileHandle> create, Action<StreamReceiver> complete, StreamLimits limits) : IReceivedDump
{
    private const ulong CheckEveryBytes = 16 << 20;

    private readonly RangeSet _received = new();
    private readonly byte[] _frame = new byte[StreamFrames.MostFrameBytes];
    private readonly byte[] _run = new byte[StreamFrames.MostRunBytes];
    private SafeFileHandle? _output;
    private StreamDigest _digest;
    private byte[]? _header;
    private uint _session;
    private uint _sequence;
    private ulong _senderDigest;
    private ulong _writtenBytes;
    private ulong _checkedBytes;

    /// <summary>A dump began.</summary>
    public bool HasBegun => _output is not null;

    /// <inheritdoc/>
    public bool HasEnded { get; private set; }

    /// <inheritdoc/>
    public DumpFacts Facts { get; private set; }

    /// <inheritdoc/>
    public Status Outcome { get; private set; }

    /// <inheritdoc/>
    public ulong PagesLost { get; private set; }

    /// <inheritdoc/>
    public ulong ReceivedBytes { get; private set; }

    /// <summary>Every byte is there, and the digest is the sender's.</summary>
    public bool IsVerified => HasEnded && ReceivedBytes == Facts.LengthBytes && _digest.Value == _senderDigest;

    /// <summary>It is verified, and the sender had all of it.</summary>
    public bool IsWhole => IsVerified && Outcome == Status.Ok && PagesLost == 0;

    /// <inheritdoc/>
    public IReadOnlyList<(ulong Start, ulong End)> Missing => [.. _received.Missing(0, Facts.LengthBytes)];

    /// <summary>Bytes free on the file system; not limited unless it is set.</summary>
    public Func<long> FreeBytes { get; init; } = () => long.MaxValue;

    /// <summary>Called now and then with the bytes that have arrived.</summary>
    public Action<StreamReceiver> Progress { get; init; } = _ => { };

    /// <summary>
    /// Reads until the end of the dump, which it answers, or of the connection. Throws an <see cref="IOException"/> or an
    /// <see cref="InvalidDataException"/> that says why there is no more.
    /// </summary>
    public void Run(Stream connection)
    {
        while (!HasEnded)
        {
            FrameHeader header = ReadFrame(connection, out ReadOnlySpan<byte> payload);
            if (!HasBegun)
            {
                Begin(in header, payload);
                continue;
            }
            switch (header.Type)
            {
                case FrameType.Run:
                    TakeRun(connection, in header);
                    break;
                case FrameType.Fill when payload.Length is 0 or FramePayload.FillBytes:
                    TakeFill(in header, payload);
                    break;
                case FrameType.End when payload.Length == FramePayload.EndBytes:
                    End(in header, payload);
                    Answer(connection, in header);
                    break;
                default:
                    throw new InvalidDataException($"a frame of type {header.Type} in the middle of a dump");
            }
        }
    }

    private FrameHeader ReadFrame(Stream connection, out ReadOnlySpan<byte> payload)
    {
        connection.ReadExactly(_frame, 0, FrameHeader.Bytes);
        Span<byte> frame = _frame;
        if (!frame.StartsWith(FrameHeader.Sync)
            || FrameHeader.Open(frame, out FrameHeader header) != Status.Ok
            || header.PayloadBytes > StreamFrames.MostPayloadBytes)
        {
            throw new InvalidDataException("what arrived is no frame of a dump");
        }
        int rest = header.FrameBytes - FrameHeader.Bytes;
        connection.ReadExactly(_frame, FrameHeader.Bytes, rest);
        payload = frame.Slice(FrameHeader.Bytes, header.PayloadBytes);
        uint checksum = rest == 0 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(frame[(header.FrameBytes - 4)..]);
        bool isNext = !HasBegun || (header.Session == _session && header.Sequence == _sequence);
        if ((rest > 0 && checksum != Crc32C.Of(payload)) || !isNext)
        {
            throw new InvalidDataException("a frame with a wrong checksum, or of another dump");
        }
        _session = header.Session;
        _sequence = header.Sequence + 1;
        return header;
    }

    private void Begin(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        bool isBegin = header.Type == FrameType.Begin
            && payload.Length == FramePayload.BeginBytes
            && payload[StreamFrames.KindAt] == StreamFrames.Kind
            && header.LengthBytes is > 0 and <= long.MaxValue
            && header.LengthBytes % Limits.PageBytes == 0
            && payload[8] is (byte)DumpFormat.Elf or (byte)DumpFormat.Kdump;
        if (!isBegin)
        {
            throw new InvalidDataException("no dump begins");
        }
        Facts = new DumpFacts(
            header.LengthBytes,
            BinaryPrimitives.ReadUInt64LittleEndian(payload),
            (DumpFormat)payload[8],
            payload[9]);
        CheckRoom();
        _output = create(Facts);
        RandomAccess.SetLength(_output, (long)Facts.LengthBytes);
    }

    private void RequireInside(in FrameHeader header)
    {
        if (header.LengthBytes == 0 || header.LengthBytes > Facts.LengthBytes
            || header.PositionBytes > Facts.LengthBytes - header.LengthBytes)
        {
            throw new InvalidDataException($"bytes at 0x{header.PositionBytes:x}, outside the dump");
        }
        // A dump's bytes are sent once.
        ulong end = header.PositionBytes + header.LengthBytes;
        foreach ((ulong Start, ulong End) range in _received.Missing(header.PositionBytes, end))
        {
            if (range != (header.PositionBytes, end))
            {
                break;
            }
            _received.Add(header.PositionBytes, end);
            if (_received.Count > limits.Ranges)
            {
                throw new InvalidDataException("a dump in too many pieces");
            }
            ReceivedBytes += header.LengthBytes;
            return;
        }
        throw new InvalidDataException($"bytes at 0x{header.PositionBytes:x} came twice");
    }

    private void TakeRun(Stream connection, in FrameHeader header)
    {
        if (header.LengthBytes > StreamFrames.MostRunBytes)
        {
            throw new InvalidDataException("a run that is too long");
        }
        Span<byte> run = _run.AsSpan(0, (int)header.LengthBytes);
        // What was cut off is not there.
        connection.ReadExactly(run);
        RequireInside(in header);
        for (int at = 0; at < run.Length; at += Limits.PageBytes)
        {
            Span<byte> block = run.Slice(at, Math.Min(Limits.PageBytes, run.Length - at));
            _digest.AddBlock(header.PositionBytes + (ulong)at, block);
        }
        TakeHeader(header.PositionBytes, run);
        Write(run, header.PositionBytes);
    }

    // The new file is a hole: zeros need no writing.
    private void TakeFill(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if ((header.PositionBytes | header.LengthBytes) % Limits.PageBytes != 0)
        {
            throw new InvalidDataException("a run of pages that are not whole");
        }
        RequireInside(in header);
        ulong pattern = payload.Length == 0 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(payload);
        _digest.AddFill(header.PositionBytes, header.LengthBytes, pattern);
        if (pattern == 0)
        {
            return;
        }
        for (int at = 0; at < _run.Length; at += payload.Length)
        {
            payload.CopyTo(_run.AsSpan(at));
        }
        for (ulong done = 0; done < header.LengthBytes;)
        {
            int length = (int)Math.Min((ulong)_run.Length, header.LengthBytes - done);
            Write(_run.AsSpan(0, length), header.PositionBytes + done);
            done += (ulong)length;
        }
    }

    private void Write(ReadOnlySpan<byte> bytes, ulong position)
    {
        _writtenBytes += (ulong)bytes.Length;
        if (_writtenBytes - _checkedBytes >= CheckEveryBytes)
        {
            _checkedBytes = _writtenBytes;
            CheckRoom();
        }
        RandomAccess.Write(_output!, bytes, (long)position);
        Progress(this);
    }

    // A kdump-compressed dump is announced with the most that it may come to.
    private void CheckRoom()
    {
        ulong known = Facts.Format == DumpFormat.Elf ? Facts.LengthBytes : _writtenBytes;
        if (known > (ulong)limits.MostBytes)
        {
            throw new IOException("the dump is longer than --max-size allows");
        }
        if (FreeBytes() < limits.KeptFreeBytes)
        {
            throw new IOException("the file system is full but for what --keep-free keeps");
        }
    }

    // The sender cannot come back to mark a kdump-compressed dump as complete: until it is, our file says that it is not.
    private void TakeHeader(ulong position, Span<byte> run)
    {
        if (position == 0 && Facts.Format == DumpFormat.Kdump && KdumpMark.TrySet(run))
        {
            _header = run[..KdumpMark.HeaderBytes].ToArray();
        }
    }

    private void End(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        _senderDigest = BinaryPrimitives.ReadUInt64LittleEndian(payload);
        PagesLost = BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]);
        Outcome = (Status)BinaryPrimitives.ReadUInt16LittleEndian(payload[16..]);
        ulong length = header.LengthBytes;
        bool isShorter = length < Facts.LengthBytes && length > 0 && length % Limits.PageBytes == 0;
        if (isShorter && IsEmpty(length, Facts.LengthBytes))
        {
            Facts = new DumpFacts(length, Facts.CrashTimeSeconds, Facts.Format, Facts.DumpLevel);
            RandomAccess.SetLength(_output!, (long)length);
        }
        HasEnded = true;
        if (IsWhole && _header is not null)
        {
            KdumpMark.Clear(_header);
            RandomAccess.Write(_output!, _header, 0);
        }
        RandomAccess.FlushToDisk(_output!);
        complete(this);
    }

    private bool IsEmpty(ulong start, ulong end)
    {
        foreach ((ulong, ulong) range in _received.Missing(start, end))
        {
            return range == (start, end);
        }
        return false;
    }

    private void Answer(Stream connection, in FrameHeader question)
    {
        var header = new FrameHeader
        {
            Type = IsVerified ? FrameType.Confirm : FrameType.Repeat,
            Session = question.Session,
            Sequence = question.Sequence,
            LengthBytes = IsVerified ? 0 : Facts.LengthBytes - ReceivedBytes,
        };
        byte[] frame = new byte[header.FrameBytes];
        header.Seal(frame);
        connection.Write(frame);
    }
}
