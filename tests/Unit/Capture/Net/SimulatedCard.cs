using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Net;
using CosmosKdump.Tests.Unit.Capture.Area;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Net;

/// <summary>
/// A card over a <see cref="SimulatedWire"/>. It reads the memory of a frame some time after it was sent, as DMA does,
/// and checks what it is given.
/// </summary>
internal sealed class SimulatedCard(SimulatedWire wire, TestMemory memory)
{
    public const ulong Mac = 0x525400123456;

    private const int Frames = 32;
    private const int TcpAt = 34;

    private readonly byte[] _next = new byte[14 + 1500];
    private readonly List<Action> _queued = [];

    public int MtuBytes { get; set; } = 1500;

    public bool HasChecksumOffload { get; set; }

    public int MostSegmentedBytes { get; set; }

    /// <summary>What it cuts does not arrive anywhere.</summary>
    public bool LosesSegmented { get; set; }

    public Status Health { get; set; }

    public ulong DmaMicroseconds { get; set; } = 30;

    /// <summary>How long the card keeps what it has sent.</summary>
    public ulong ReleaseMicroseconds { get; set; }

    public int FramesInFlight { get; private set; }

    public int FreeFrames => Frames - FramesInFlight;

    public int Segmented { get; private set; }

    public int Copied { get; private set; }

    public Span<byte> NextFrame => _next.AsSpan(0, 14 + MtuBytes);

    public void Send(int headBytes, ReadOnlySpan<LinkPiece> pieces, LinkOffload offload, int segmentBytes)
    {
        Assert.True(FreeFrames > 0, "no free frame");
        Assert.InRange(pieces.Length, 0, 8);
        byte[] head = _next.AsSpan(0, headBytes).ToArray();
        LinkPiece[] parts = pieces.ToArray();
        _next.AsSpan().Fill(0xEE);
        FramesInFlight++;
        _queued.Add(() => wire.After(DmaMicroseconds, () =>
        {
            if (ReleaseMicroseconds == 0)
            {
                FramesInFlight--;
            }
            else
            {
                wire.After(ReleaseMicroseconds, () => FramesInFlight--);
            }
            Emit(head, parts, offload, segmentBytes);
        }));
    }

    public void Announce()
    {
        foreach (Action action in _queued)
        {
            action();
        }
        _queued.Clear();
    }

    public Status Poll()
    {
        wire.Look();
        return Health;
    }

    public int Receive(Span<byte> frame)
    {
        if (!wire.ToCard.TryDequeue(out byte[]? bytes) || bytes.Length > frame.Length)
        {
            return 0;
        }
        bytes.CopyTo(frame);
        return bytes.Length;
    }

    private void Emit(byte[] head, LinkPiece[] pieces, LinkOffload offload, int segmentBytes)
    {
        List<byte> payload = [];
        foreach (LinkPiece piece in pieces)
        {
            payload.AddRange(memory.At(piece.Address, piece.LengthBytes));
        }
        if (offload == LinkOffload.None)
        {
            Assert.Empty(pieces);
            Assert.InRange(head.Length, 60, 14 + MtuBytes);
            Copied++;
            wire.FromCard(head);
            return;
        }
        Assert.True(HasChecksumOffload);
        int step = offload == LinkOffload.TcpSegmentation ? segmentBytes : payload.Count;
        Assert.True(offload != LinkOffload.TcpSegmentation || (payload.Count > segmentBytes && payload.Count <= MostSegmentedBytes));
        Segmented += offload == LinkOffload.TcpSegmentation ? 1 : 0;
        int tcpBytes = head.Length - TcpAt;
        CheckPseudoSum(head, tcpBytes + payload.Count);
        if (LosesSegmented && offload == LinkOffload.TcpSegmentation)
        {
            return;
        }
        for (int at = 0; at < payload.Count; at += step)
        {
            byte[] part = [.. head, .. payload.GetRange(at, Math.Min(step, payload.Count - at))];
            Assert.True(part.Length <= 14 + MtuBytes);
            uint sequence = BinaryPrimitives.ReadUInt32BigEndian(part.AsSpan(TcpAt + 4));
            BinaryPrimitives.WriteUInt32BigEndian(part.AsSpan(TcpAt + 4), sequence + (uint)at);
            if (at + step < payload.Count)
            {
                part[TcpAt + 13] &= 0xF6;
            }
            Frame.Complete(part);
            wire.FromCard(part);
        }
    }

    private static void CheckPseudoSum(byte[] head, int tcpBytes)
    {
        byte[] pseudo = [.. head.AsSpan(26, 8), 0, 6, (byte)(tcpBytes >> 8), (byte)tcpBytes];
        Assert.Equal((ushort)~Frame.Checksum(pseudo), BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(TcpAt + 16)));
    }
}
