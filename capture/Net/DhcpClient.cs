using System;
using CosmosKdump.Capture.Stream;

namespace CosmosKdump.Capture.Net;

/// <summary>
/// Asks for an address (RFC 2131, 4.4.1): Discover until somebody offers one, Request until it is ours. It is kept for the
/// length of a dump, which is not renewed.
/// </summary>
public static class DhcpClient
{
    /// <summary>
    /// Fills the port's settings. <see cref="Status.NoAddress"/>: nobody gave one before the deadline; otherwise why the
    /// link does not work.
    /// </summary>
    public static Status Run<TLink, TClock>(ref NetworkPort<TLink, TClock> port)
        where TLink : struct, INetworkLink
        where TClock : struct, IClock
    {
        port.Settings = default;
        port.Aim(default);
        ulong start = port.Clock.Microseconds;
        uint transaction = (uint)DumpDigest.TermOf(start, (uint)port.Link.Mac.Value);
        ulong wait = Limits.DhcpFirstMicroseconds;
        DhcpMessage offer = default;
        int requests = 0;
        for (ulong now = start; now - start < Limits.DhcpMicroseconds; now = port.Clock.Microseconds)
        {
            // An offer that nobody confirms is given up.
            bool isRequest = offer.Type == DhcpMessage.Offer && requests < Limits.DhcpRequests;
            if (!isRequest)
            {
                offer = default;
                requests = 0;
            }
            requests++;
            byte type = isRequest ? DhcpMessage.Request : DhcpMessage.Discover;
            ushort seconds = (ushort)((now - start) / 1_000_000);
            if (port.Link.FreeFrames > 0)
            {
                Send(ref port, type, transaction, seconds, in offer);
            }
            Status status = Listen(ref port, transaction, wait, in offer, out DhcpMessage answer);
            if (status != Status.Ok)
            {
                return status;
            }
            if (answer.Type == DhcpMessage.Ack)
            {
                port.Settings = answer.Settings;
                return Status.Ok;
            }
            if (answer.Type == DhcpMessage.Nak)
            {
                // Who was refused does not ask again at once (RFC 2131, 3.1, 5): nothing else is waited for.
                offer = default;
                status = Listen(ref port, ~transaction, wait, in offer, out answer);
            }
            if (status != Status.Ok)
            {
                return status;
            }
            bool isOffer = answer.Type == DhcpMessage.Offer;
            wait = isOffer ? Limits.DhcpFirstMicroseconds : Math.Min(wait * 2, Limits.DhcpLongestMicroseconds);
            if (isOffer)
            {
                offer = answer;
                requests = 0;
            }
        }
        return Status.NoAddress;
    }

    private static void Send<TLink, TClock>(
        ref NetworkPort<TLink, TClock> port, byte type, uint transaction, ushort seconds, in DhcpMessage offer)
        where TLink : struct, INetworkLink
        where TClock : struct, IClock
    {
        const int Bytes = UdpDatagram.HeaderBytes + DhcpMessage.RequestBytes;
        Span<byte> frame = port.Begin(Ipv4Packet.Udp, Bytes);
        Span<byte> datagram = frame.Slice(NetworkPort<TLink, TClock>.HeadBytes, Bytes);
        DhcpMessage.Write(
            datagram[UdpDatagram.HeaderBytes..], type, transaction, seconds, port.Link.Mac, in offer);
        UdpDatagram.Seal(datagram, default, Ipv4Address.Broadcast, DhcpMessage.ClientPort, DhcpMessage.ServerPort);
        port.SendPadded(NetworkPort<TLink, TClock>.HeadBytes + Bytes);
    }

    // The answer that is waited for: an offer, or what became of the request for one, from the server that made it; of no
    // type if there was none in time.
    private static Status Listen<TLink, TClock>(
        ref NetworkPort<TLink, TClock> port, uint transaction, ulong waitMicroseconds, in DhcpMessage offer, out DhcpMessage answer)
        where TLink : struct, INetworkLink
        where TClock : struct, IClock
    {
        answer = default;
        ulong start = port.Clock.Microseconds;
        do
        {
            Status status = port.Link.Poll();
            if (status != Status.Ok)
            {
                return status;
            }
            if (!port.TryTake(out Ipv4Packet packet)
                || UdpDatagram.Open(in packet, out UdpDatagram datagram) != Status.Ok
                || datagram.SourcePort != DhcpMessage.ServerPort
                || datagram.DestinationPort != DhcpMessage.ClientPort
                || DhcpMessage.Open(datagram.Payload, transaction, port.Link.Mac, out DhcpMessage message) != Status.Ok)
            {
                continue;
            }
            bool isWanted = offer.Type == DhcpMessage.Offer
                ? message.Type is DhcpMessage.Ack or DhcpMessage.Nak && message.Server == offer.Server
                : message.Type == DhcpMessage.Offer && message.Server != 0;
            if (isWanted)
            {
                answer = message;
                return Status.Ok;
            }
        }
        while (port.Clock.Microseconds - start < waitMicroseconds);
        return Status.Ok;
    }
}
