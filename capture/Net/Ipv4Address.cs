using System;

namespace CosmosKdump.Capture.Net;

/// <summary>An IPv4 address, the first byte in the highest.</summary>
public readonly struct Ipv4Address(uint value)
{
    private const uint FirstGroup = 0xE000_0000;
    private const uint Loopback = 127;

    /// <summary>The 32 bits; 0 for no address.</summary>
    public uint Value { get; } = value;

    /// <summary>All stations of this network.</summary>
    public static Ipv4Address Broadcast => new(uint.MaxValue);

    /// <summary>It may be a station's address: not of network 0, nor loopback, a group's or reserved (RFC 6890).</summary>
    public bool IsStation => Value >> 24 is not (0 or Loopback) && Value < FirstGroup;

    /// <summary>Parses four decimal numbers; <see cref="Status.BadOptionValue"/>.</summary>
    public static Status Parse(scoped ReadOnlySpan<byte> text, out Ipv4Address address)
    {
        address = default;
        uint value = 0;
        for (int i = 0; i < 4; i++)
        {
            int end = i < 3 ? text.IndexOf((byte)'.') : text.Length;
            bool isNumber = end is > 0 and <= 3;
            if (!isNumber || NumberOf(text[..end], out uint number) != Status.Ok || number > byte.MaxValue)
            {
                return Status.BadOptionValue;
            }
            value = (value << 8) | number;
            text = text[Math.Min(end + 1, text.Length)..];
        }
        address = new Ipv4Address(value);
        return Status.Ok;
    }

    /// <summary>Appends the address as "10.0.2.15".</summary>
    public void AppendTo(ref TextLine line)
    {
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            line.AddDecimal((Value >> shift) & 0xFF);
            if (shift != 0)
            {
                line.Add("."u8);
            }
        }
    }

    private static Status NumberOf(scoped ReadOnlySpan<byte> text, out uint number)
    {
        Status status = Input.NumberText.ReadDecimal(text, out ulong value);
        number = (uint)value;
        return status;
    }
}
