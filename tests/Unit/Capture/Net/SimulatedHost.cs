using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Net;

/// <summary>
/// A host with one TCP server, written on its own: answers ARP, keeps what arrives in any order, answers each segment,
/// and checks every checksum.
/// </summary>
internal sealed class SimulatedHost
{
    public const ulong Mac = 0x020000000001;
    public const uint Address = 0x0A000202;
    public const uint CardAddress = 0x0A00020F;
    public const ushort Port = 7000;

    private readonly SimulatedWire _wire;
    private readonly SortedDictionary<long, byte[]> _early = [];
    private readonly List<(long Start, long End)> _recent = [];
    private uint _theirFirst;
    private ushort _theirPort;
    private uint _ourNext;
    private readonly List<byte> _sent = [];
    private bool _isFinSent;

    public SimulatedHost(SimulatedWire wire)
    {
        _wire = wire;
        wire.ToHost = Take;
    }

    public List<byte> Received { get; } = [];

    public bool HasSack { get; set; } = true;

    public int WindowBytes { get; set; } = 1 << 20;

    public int WindowShift { get; set; } = 7;

    public ushort Mss { get; set; } = 1460;

    public uint FirstSequence { get; set; } = 0xFFFFFF00;

    public bool IsDead { get; set; }

    public bool AnswersArp { get; set; } = true;

    public bool Refuses { get; set; }

    public bool HasFin { get; private set; }

    public bool HasReset { get; private set; }

    public bool IsOpen { get; private set; }

    public int ArpRequests { get; private set; }

    public int Segments { get; private set; }

    /// <summary>One past the last byte that was ever seen.</summary>
    public long Sent { get; private set; }

    /// <summary>Says something when so many bytes have arrived.</summary>
    public Func<int, byte[]?> Says { get; set; } = _ => null;

    /// <summary>Called with each segment's payload, after it was taken.</summary>
    public Action<SimulatedHost> AfterSegment { get; set; } = _ => { };

    private int Window => Math.Max(0, WindowBytes - _early.Values.Sum(bytes => bytes.Length));

    public void Take(byte[] frame)
    {
        if (IsDead)
        {
            return;
        }
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12));
        if (type == 0x0806)
        {
            TakeArp(frame);
        }
        else if (type == 0x0800 && frame[23] == 6)
        {
            int end = 14 + BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(16));
            Assert.Equal(0, Frame.Checksum(frame.AsSpan(14, 20)));
            Assert.Equal(0, Frame.TcpChecksum(frame, end));
            TakeTcp(frame, end);
        }
    }

    public void Reset() => Send(0x14, [], _ourNext);

    public void ResetAt(uint offset) => Send(0x04, [], _ourNext + offset);

    /// <summary>An acknowledgment of so many bytes, whose own number is not ours.</summary>
    public byte[] AcknowledgmentAt(uint offset, long bytes)
    {
        byte[] frame = Words(0x10, []);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(38), _ourNext + offset);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(42), _theirFirst + (uint)bytes);
        Frame.Complete(frame);
        return frame;
    }

    /// <summary>A segment of this connection with any flags, numbers, options and words; the first is never ours.</summary>
    public byte[] Forged(Random random)
    {
        byte[] words = new byte[random.Next(3) == 0 ? random.Next(0, 1400) : 0];
        random.NextBytes(words);
        byte[] frame = Frame.Ethernet(
            SimulatedCard.Mac, Mac, 0x0800, Frame.Ip(6, Address, CardAddress, new byte[20 + (4 * random.Next(0, 11)) + words.Length]));
        int end = 14 + BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(16));
        frame = frame[..end];
        random.NextBytes(frame.AsSpan(34));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(34), Port);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(36), _theirPort);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(38), _ourNext + (uint)random.Next(2000, int.MaxValue));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(42), _theirFirst + (uint)random.Next(0, 1 << 22));
        Frame.Complete(frame);
        return frame;
    }

    /// <summary>A segment that is not sent, with the number that the card expects.</summary>
    public byte[] Words(byte flags, byte[] words) => Segment(flags, words, _ourNext);

    /// <summary>What a router says about a frame that it drops.</summary>
    public static byte[] Unreachable(byte[] frame, byte code, int mtuBytes)
    {
        byte[] icmp = [3, code, 0, 0, 0, 0, (byte)(mtuBytes >> 8), (byte)mtuBytes, .. frame.AsSpan(14, 28)];
        BinaryPrimitives.WriteUInt16BigEndian(icmp.AsSpan(2), Frame.Checksum(icmp));
        return Frame.Ethernet(SimulatedCard.Mac, Mac, 0x0800, Frame.Ip(1, 0x0A000201, CardAddress, icmp));
    }

    /// <summary>Tells the card of the window again.</summary>
    public void Update() => Send(0x10, [], _ourNext);

    public void Finish()
    {
        _isFinSent = true;
        Send(0x11, [], _ourNext);
        _ourNext++;
    }

    public void Say(byte[] bytes)
    {
        Send(0x18, bytes, _ourNext);
        uint at = _ourNext;
        _ourNext += (uint)bytes.Length;
        _sent.AddRange(bytes);
        // Until it is heard of: once more every now and then.
        for (ulong later = 200_000; later < 3_000_000; later += 200_000)
        {
            _wire.After(later, () => Send(0x18, bytes, at));
        }
    }

    private void TakeArp(byte[] frame)
    {
        uint target = BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(38));
        ArpRequests++;
        if (!AnswersArp || target != Address)
        {
            return;
        }
        byte[] reply = frame.AsSpan(14, 28).ToArray();
        reply[7] = 2;
        frame.AsSpan(22, 10).CopyTo(reply.AsSpan(18));
        BinaryPrimitives.WriteUInt64BigEndian(reply.AsSpan(6), (2UL << 48) | Mac);
        BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(14), Address);
        _wire.FromHost(Frame.Ethernet(SimulatedCard.Mac, Mac, 0x0806, reply));
    }

    private void TakeTcp(byte[] frame, int end)
    {
        Segments++;
        Span<byte> tcp = frame.AsSpan(34, end - 34);
        byte flags = tcp[13];
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        byte[] payload = tcp[((tcp[12] >> 4) * 4)..].ToArray();
        if ((flags & 4) != 0)
        {
            HasReset = true;
            return;
        }
        if ((flags & 2) != 0)
        {
            _theirFirst = sequence + 1;
            _theirPort = BinaryPrimitives.ReadUInt16BigEndian(tcp);
            _ourNext = FirstSequence + 1;
            Send(Refuses ? (byte)0x14 : (byte)0x12, [], FirstSequence);
            return;
        }
        IsOpen = true;
        long at = Received.Count + (int)(sequence - (_theirFirst + (uint)Received.Count));
        Assert.True(at >= 0, "before the beginning");
        Sent = Math.Max(Sent, at + payload.Length);
        if (at + payload.Length > Received.Count && at < Received.Count + WindowBytes + 1 && payload.Length > 0)
        {
            Store(at, payload);
        }
        if ((flags & 1) != 0 && at == Received.Count)
        {
            HasFin = true;
            Send(0x10, [], _ourNext);
            if (!_isFinSent)
            {
                Finish();
            }
            return;
        }
        if (payload.Length > 0)
        {
            AfterSegment(this);
            Send(0x10, [], _ourNext);
            if (Says(Received.Count) is { } words)
            {
                Says = _ => null;
                Say(words);
            }
        }
    }

    private void Store(long at, byte[] payload)
    {
        // Beyond the window nothing is kept, but for what was asked for by a probe.
        if (Window == 0)
        {
            return;
        }
        if (!_early.TryGetValue(at, out byte[]? had) || had.Length < payload.Length)
        {
            _early[at] = payload;
        }
        _recent.Insert(0, (at, at + payload.Length));
        while (_early.Count > 0 && _early.First() is var first && first.Key <= Received.Count)
        {
            _early.Remove(first.Key);
            int skip = (int)(Received.Count - first.Key);
            if (skip < first.Value.Length)
            {
                Received.AddRange(first.Value[skip..]);
            }
        }
    }

    // SACK blocks: the most recent ranges that are still beyond a gap (RFC 2018, 4), joined where they touch.
    private List<(long Start, long End)> Blocks()
    {
        _recent.RemoveAll(range => range.End <= Received.Count);
        List<(long Start, long End)> joined = [];
        foreach ((long key, byte[] bytes) in _early)
        {
            long start = Math.Max(key, Received.Count);
            long end = key + bytes.Length;
            if (joined.Count > 0 && joined[^1].End >= start)
            {
                joined[^1] = (joined[^1].Start, Math.Max(joined[^1].End, end));
            }
            else
            {
                joined.Add((start, end));
            }
        }
        List<(long Start, long End)> blocks = [];
        foreach ((long start, _) in _recent)
        {
            (long Start, long End) block = joined.FirstOrDefault(range => range.Start <= start && start < range.End);
            if (block.End > block.Start && !blocks.Contains(block) && blocks.Count < 4)
            {
                blocks.Add(block);
            }
        }
        return blocks;
    }

    private void Send(byte flags, byte[] payload, uint sequence)
    {
        byte[] frame = Segment(flags, payload, sequence);
        byte[] padded = new byte[Math.Max(60, frame.Length)];
        frame.CopyTo(padded, 0);
        _wire.FromHost(padded);
    }

    private byte[] Segment(byte flags, byte[] payload, uint sequence)
    {
        bool isSyn = (flags & 2) != 0;
        List<byte> options = [];
        if (isSyn)
        {
            options.AddRange([2, 4, (byte)(Mss >> 8), (byte)Mss]);
            options.AddRange(HasSack ? [4, 2, 1, 1] : []);
            options.AddRange(WindowShift > 0 ? [1, 3, 3, (byte)WindowShift] : []);
        }
        else if (HasSack && Blocks() is { Count: > 0 } blocks)
        {
            options.AddRange([1, 1, 5, (byte)(2 + (8 * blocks.Count))]);
            foreach ((long start, long end) in blocks)
            {
                byte[] pair = new byte[8];
                BinaryPrimitives.WriteUInt32BigEndian(pair, _theirFirst + (uint)start);
                BinaryPrimitives.WriteUInt32BigEndian(pair.AsSpan(4), _theirFirst + (uint)end);
                options.AddRange(pair);
            }
        }
        byte[] tcp = new byte[20 + options.Count + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, Port);
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(2), _theirPort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp.AsSpan(4), sequence);
        uint acknowledgment = _theirFirst + (uint)Received.Count + (HasFin ? 1U : 0);
        BinaryPrimitives.WriteUInt32BigEndian(tcp.AsSpan(8), acknowledgment);
        tcp[12] = (byte)((20 + options.Count) / 4 << 4);
        tcp[13] = flags;
        int window = isSyn ? Math.Min(Window, 65535) : Math.Min(Window >> WindowShift, 65535);
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(14), (ushort)window);
        options.ToArray().CopyTo(tcp.AsSpan(20));
        payload.CopyTo(tcp.AsSpan(20 + options.Count));
        byte[] packet = Frame.Ip(6, Address, CardAddress, tcp);
        byte[] frame = [.. Frame.Ethernet(SimulatedCard.Mac, Mac, 0x0800, []).AsSpan(0, 14), .. packet];
        Frame.Complete(frame);
        return frame;
    }
}
