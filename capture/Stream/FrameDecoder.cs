using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Stream;

/// <summary>Cuts a byte stream into frames and text. It keeps no state: the caller keeps what was not consumed.</summary>
public static class FrameDecoder
{
    /// <summary>
    /// Looks at the start of <paramref name="input"/> and says how many bytes it took. <paramref name="isEnd"/>: no
    /// more bytes will come, so nothing is waited for. A payload that is longer than <paramref name="mostPayload"/> is
    /// taken for damage, so that a buffer of <see cref="FrameHeader.Bytes"/> + that + 4 is always enough.
    /// </summary>
    public static FrameEvent Next(
        ReadOnlySpan<byte> input,
        bool isEnd,
        int mostPayload,
        out int consumed,
        out FrameHeader header,
        out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        consumed = 0;
        if (input.Length == 0)
        {
            return FrameEvent.NeedMore;
        }
        ReadOnlySpan<byte> sync = FrameHeader.Sync;
        int start = input.IndexOf(sync[0]);
        if (start != 0)
        {
            consumed = start < 0 ? input.Length : start;
            return FrameEvent.Text;
        }
        int known = Math.Min(input.Length, sync.Length);
        if (!input[..known].SequenceEqual(sync[..known]))
        {
            consumed = 1;
            return FrameEvent.Text;
        }
        if (input.Length < FrameHeader.Bytes)
        {
            return Incomplete(known, isEnd, out consumed);
        }
        if (FrameHeader.Open(input, out header) != Status.Ok || header.PayloadBytes > mostPayload)
        {
            consumed = known;
            return FrameEvent.Damaged;
        }
        if (input.Length < header.FrameBytes)
        {
            return Incomplete(known, isEnd, out consumed);
        }
        payload = input.Slice(FrameHeader.Bytes, header.PayloadBytes);
        ReadOnlySpan<byte> rest = input[(FrameHeader.Bytes + payload.Length)..];
        bool isIntact = header.PayloadBytes == 0
            || BinaryPrimitives.ReadUInt32LittleEndian(rest) == Crc32C.Of(payload);
        consumed = isIntact ? header.FrameBytes : known;
        return isIntact ? FrameEvent.Frame : FrameEvent.Damaged;
    }

    private static FrameEvent Incomplete(int known, bool isEnd, out int consumed)
    {
        consumed = isEnd ? known : 0;
        return isEnd ? FrameEvent.Damaged : FrameEvent.NeedMore;
    }
}
