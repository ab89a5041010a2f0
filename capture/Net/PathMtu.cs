using System;

namespace CosmosKdump.Capture.Net;

/// <summary>How long segments may be where the network between drops what is too long for it.</summary>
public static class PathMtu
{
    // Less than this no network has (RFC 791, 3.1), and less is not believed.
    private const int LeastMtuBytes = 576;
    private const int HeaderBytes = Ipv4Packet.HeaderBytes + TcpSegment.HeaderBytes;

    // RFC 4821, 7.2, for networks that drop without a word.
    private const int GuessedMtuBytes = 1024 + HeaderBytes;
    private const int GuessAfter = 3;
    private const int LeastAfter = 5;

    /// <summary>Payload of segments in packets of so many bytes; 0: a router that does not know (RFC 1191, 5).</summary>
    public static int SegmentOf(int mtuBytes) => Math.Max(mtuBytes, LeastMtuBytes) - HeaderBytes;

    /// <summary>
    /// Payload of segments after so many timeouts in a row: short ones may have got through where those did not. Not where
    /// the peer has no room.
    /// </summary>
    public static int SegmentAfter(int timeouts, bool hasRoom) =>
        !hasRoom || timeouts < GuessAfter ? int.MaxValue
        : SegmentOf(timeouts < LeastAfter ? GuessedMtuBytes : LeastMtuBytes);
}
