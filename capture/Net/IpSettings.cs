using System;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Net;

/// <summary>Who we are in a network: <c>kdump.ip=ADDR/PREFIX[,GATEWAY]</c>, or what a DHCP server said.</summary>
public struct IpSettings
{
    /// <summary>Our address; 0 while there is none.</summary>
    public Ipv4Address Address;

    /// <summary>Bits of the address that the network shares, 0 to 32.</summary>
    public byte PrefixBits;

    /// <summary>Where packets for other networks go; 0 if there is no gateway.</summary>
    public Ipv4Address Gateway;

    /// <summary>Mask of the network.</summary>
    public readonly uint Mask => PrefixBits == 0 ? 0 : uint.MaxValue << (32 - PrefixBits);

    /// <summary>
    /// The station on our network that packets for <paramref name="destination"/> are given to: itself, or the gateway;
    /// 0 if there is no way.
    /// </summary>
    public readonly Ipv4Address NextHopTo(Ipv4Address destination) =>
        ((destination.Value ^ Address.Value) & Mask) == 0 ? destination : Gateway;

    /// <summary>
    /// A gateway of this address is on our cable: in our network, or we are a network of our own (/32), as clouds have it.
    /// </summary>
    public readonly bool Reaches(Ipv4Address gateway) =>
        gateway.IsStation && (PrefixBits == 32 || ((gateway.Value ^ Address.Value) & Mask) == 0);

    /// <summary>
    /// Parses <c>ADDR/PREFIX[,GATEWAY]</c>; <see cref="Status.BadOptionValue"/>, with no settings, for anything else, a
    /// gateway outside the network among it.
    /// </summary>
    public static Status Parse(scoped ReadOnlySpan<byte> text, out IpSettings settings)
    {
        settings = default;
        int slash = text.IndexOf((byte)'/');
        if (slash < 0)
        {
            return Status.BadOptionValue;
        }
        int comma = text.IndexOf((byte)',');
        int end = comma < 0 ? text.Length : comma;
        IpSettings read = default;
        if (end < slash
            || Ipv4Address.Parse(text[..slash], out read.Address) != Status.Ok
            || NumberText.ReadDecimal(text[(slash + 1)..end], out ulong prefix) != Status.Ok
            || prefix is 0 or > 32
            || !read.Address.IsStation)
        {
            return Status.BadOptionValue;
        }
        read.PrefixBits = (byte)prefix;
        if (comma >= 0)
        {
            Status status = Ipv4Address.Parse(text[(comma + 1)..], out read.Gateway);
            if (status != Status.Ok || !read.Reaches(read.Gateway))
            {
                return Status.BadOptionValue;
            }
        }
        settings = read;
        return Status.Ok;
    }
}
