using System;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Net;

/// <summary>Address and port of a server.</summary>
public readonly struct TcpEndpoint(Ipv4Address address, ushort port)
{
    /// <summary>Address.</summary>
    public Ipv4Address Address { get; } = address;

    /// <summary>Port, not 0.</summary>
    public ushort Port { get; } = port;

    /// <summary>
    /// Parses <c>ADDRESS[:PORT]</c>; <see cref="Status.BadOptionValue"/>. A <paramref name="defaultPort"/> of 0: the port
    /// must be there.
    /// </summary>
    public static Status Parse(scoped ReadOnlySpan<byte> text, ushort defaultPort, out TcpEndpoint endpoint)
    {
        endpoint = default;
        int colon = text.IndexOf((byte)':');
        ulong port = defaultPort;
        Status status = Ipv4Address.Parse(colon < 0 ? text : text[..colon], out Ipv4Address address);
        if (status == Status.Ok && colon >= 0)
        {
            status = NumberText.ReadDecimal(text[(colon + 1)..], out port);
        }
        if (status != Status.Ok || port is 0 or > ushort.MaxValue || !address.IsStation)
        {
            return Status.BadOptionValue;
        }
        endpoint = new TcpEndpoint(address, (ushort)port);
        return Status.Ok;
    }

    /// <summary>Appends it as "10.0.2.2:7000".</summary>
    public void AppendTo(ref TextLine line)
    {
        Address.AppendTo(ref line);
        line.Add(":"u8);
        line.AddDecimal(Port);
    }
}
