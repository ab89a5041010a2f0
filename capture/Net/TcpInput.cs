using System;

namespace CosmosKdump.Capture.Net;

/// <summary>What the peer of a connection sends us: little, and taken in order only.</summary>
public struct TcpInput(HeldBuffer buffer)
{
    /// <summary>Bytes of the buffer that the constructor takes: the largest window that is offered.</summary>
    public const int BufferBytes = 1024;

    private readonly HeldBuffer _buffer = buffer;
    private int _length;

    /// <summary>Number of the next byte that the peer is to send.</summary>
    public uint Expected { get; set; }

    /// <summary>The peer is to be told what has arrived.</summary>
    public bool OwesAnswer { get; set; }

    /// <summary>The peer has ended its side.</summary>
    public bool IsDone { get; private set; }

    /// <summary>What has arrived and was not removed.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _buffer.Bytes[.._length];

    /// <summary>Room that the peer is told of.</summary>
    public readonly ushort Window => (ushort)(BufferBytes - _length);

    /// <summary>
    /// The segment touches what is expected or the window behind it (RFC 9293, 3.4): it is of a peer that knows where the
    /// connection stands.
    /// </summary>
    public readonly bool IsInside(scoped in TcpSegment segment)
    {
        int length = segment.Payload.Length + ((segment.Flags & TcpFlags.Fin) != 0 ? 1 : 0);
        return (int)(segment.Sequence - Expected) <= Window && (int)(segment.Sequence + (uint)length - Expected) >= 0;
    }

    /// <summary>Forgets the first bytes, and makes room for more.</summary>
    public void Remove(int bytes)
    {
        Span<byte> all = _buffer.Bytes;
        all[bytes.._length].CopyTo(all);
        _length -= bytes;
        OwesAnswer = true;
    }

    /// <summary>Takes a segment's data and FIN. What comes too early is sent again by the peer.</summary>
    public void Take(scoped in TcpSegment segment)
    {
        ReadOnlySpan<byte> payload = segment.Payload;
        bool isFin = (segment.Flags & TcpFlags.Fin) != 0;
        if (payload.Length == 0 && !isFin)
        {
            return;
        }
        OwesAnswer = true;
        uint behind = Expected - segment.Sequence;
        if (behind > (uint)payload.Length || IsDone)
        {
            return;
        }
        payload = payload[(int)behind..];
        int length = Math.Min(payload.Length, BufferBytes - _length);
        payload[..length].CopyTo(_buffer.Bytes[_length..]);
        _length += length;
        Expected += (uint)length;
        if (isFin && length == payload.Length)
        {
            IsDone = true;
            Expected++;
        }
    }
}
