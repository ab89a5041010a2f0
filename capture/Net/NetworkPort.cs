using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Net;

/// <summary>
/// A station: a link with an address, and one peer. Answers ARP and pings, keeps the Ethernet address of the next hop
/// to the peer, and hands what else comes for us to its user.
/// </summary>
public struct NetworkPort<TLink, TClock>
    where TLink : struct, INetworkLink
    where TClock : struct, IClock
{
    /// <summary>Bytes of the buffer that the constructor takes.</summary>
    public const int BufferBytes = 1536;

    /// <summary>The link. A public field, for it is a struct that changes in place.</summary>
    public TLink Link;

    /// <summary>The clock. Public for the same reason.</summary>
    public TClock Clock;

    /// <summary>Who we are.</summary>
    public IpSettings Settings;

    // Where an IP packet begins in a frame.
    private const int PacketAt = EthernetFrame.HeaderBytes;
    private const byte EchoReply = 0;
    private const byte EchoRequest = 8;
    private const int EchoBytes = 8;

    private readonly HeldBuffer _frame;
    private MacAddress _nextHopMac;
    private ushort _identification;
    private bool _asks;

    /// <summary>
    /// A station that owns the link from now on. <paramref name="buffer"/> has <see cref="BufferBytes"/> and never
    /// moves.
    /// </summary>
    public NetworkPort(in TLink link, in TClock clock, HeldBuffer buffer)
    {
        Link = link;
        Clock = clock;
        _frame = buffer;
        _identification = (ushort)clock.Microseconds;
    }

    /// <summary>Bytes before the payload of an IP packet in a frame.</summary>
    public static int HeadBytes => PacketAt + Ipv4Packet.HeaderBytes;

    /// <summary>The peer; set by <see cref="Aim"/>.</summary>
    public Ipv4Address Peer { get; private set; }

    /// <summary>The station that packets for the peer are given to.</summary>
    public readonly Ipv4Address NextHop => Settings.NextHopTo(Peer);

    /// <summary>The Ethernet address of the next hop is known.</summary>
    public readonly bool HasNextHop => _nextHopMac.Value != 0;

    /// <summary>Chooses the peer, whose next hop is to be asked for. 0: everybody, as DHCP needs it.</summary>
    public void Aim(Ipv4Address peer)
    {
        Peer = peer.Value == 0 ? Ipv4Address.Broadcast : peer;
        _nextHopMac = peer.Value == 0 ? MacAddress.Broadcast : default;
    }

    /// <summary>Asks who the next hop is; the answer changes <see cref="HasNextHop"/> when it comes.</summary>
    public void AskNextHop()
    {
        if (Link.FreeFrames == 0)
        {
            return;
        }
        _asks = true;
        Span<byte> frame = Link.NextFrame;
        EthernetFrame.Write(frame, MacAddress.Broadcast, Link.Mac, EthernetFrame.Arp);
        ArpPacket.WriteRequest(frame[PacketAt..], Link.Mac, Settings.Address, NextHop);
        SendPadded(PacketAt + ArpPacket.Bytes);
    }

    /// <summary>Begins a packet to the peer in the link's next frame: its payload goes to <see cref="HeadBytes"/>.</summary>
    public Span<byte> Begin(byte protocol, int payloadBytes)
    {
        Span<byte> frame = Link.NextFrame;
        EthernetFrame.Write(frame, _nextHopMac, Link.Mac, EthernetFrame.Ipv4);
        Ipv4Packet.WriteHeader(
            frame[PacketAt..], protocol, Settings.Address, Peer, payloadBytes, _identification++);
        return frame;
    }

    /// <summary>Takes so many further identifications, which segmentation uses.</summary>
    public void SkipIdentifications(int count) => _identification += (ushort)count;

    /// <summary>Sends a whole frame, padded.</summary>
    public void SendPadded(int frameBytes)
    {
        if (frameBytes < EthernetFrame.LeastBytes)
        {
            Link.NextFrame[frameBytes..EthernetFrame.LeastBytes].Clear();
            frameBytes = EthernetFrame.LeastBytes;
        }
        Link.Send(frameBytes, default, LinkOffload.None, 0);
        Link.Announce();
    }

    /// <summary>
    /// Takes the next frame that has arrived. False: there is none. <paramref name="packet"/> is empty when it was dealt
    /// with here, or is not for us; it is valid until the next call.
    /// </summary>
    public bool TryTake(out Ipv4Packet packet)
    {
        packet = default;
        int length = Link.Receive(_frame.Bytes);
        if (length == 0)
        {
            return false;
        }
        if (length < PacketAt || length > _frame.Bytes.Length)
        {
            return true;
        }
        ReadOnlySpan<byte> frame = _frame.Bytes[..length];
        MacAddress destination = EthernetFrame.DestinationOf(frame);
        if (destination.Value != Link.Mac.Value && destination.Value != MacAddress.Broadcast.Value)
        {
            return true;
        }
        ushort type = EthernetFrame.TypeOf(frame);
        if (type == EthernetFrame.Arp)
        {
            TakeArp(frame[PacketAt..]);
        }
        else if (type == EthernetFrame.Ipv4 && Ipv4Packet.Open(frame[PacketAt..], out Ipv4Packet opened) == Status.Ok)
        {
            // Before there is an address, a DHCP server may use the one that it offers.
            bool isOurs = opened.Destination.Value == Settings.Address.Value || Settings.Address.Value == 0;
            if (isOurs && opened.Protocol == Ipv4Packet.Icmp && !IcmpUnreachable.IsOne(in opened))
            {
                TakeIcmp(EthernetFrame.SourceOf(frame), in opened);
            }
            else if (isOurs || opened.Destination.Value == Ipv4Address.Broadcast.Value)
            {
                packet = opened;
            }
        }
        return true;
    }

    private void TakeArp(ReadOnlySpan<byte> bytes)
    {
        if (Settings.Address.Value == 0 || ArpPacket.Open(bytes, out ArpPacket packet) != Status.Ok)
        {
            return;
        }
        // What the next hop answers, asks or tells others shows where it is, but only while that is a question: nobody who
        // was not asked leads a connection elsewhere.
        if (_asks && packet.Sender.Value == NextHop.Value && NextHop.Value != 0 && packet.SenderMac.IsStation)
        {
            _nextHopMac = packet.SenderMac;
            _asks = false;
        }
        if (packet.IsRequest && packet.Target.Value == Settings.Address.Value && packet.SenderMac.IsStation
            && Link.FreeFrames > 0)
        {
            Span<byte> frame = Link.NextFrame;
            EthernetFrame.Write(frame, packet.SenderMac, Link.Mac, EthernetFrame.Arp);
            ArpPacket.WriteReply(frame[PacketAt..], Link.Mac, Settings.Address, in packet);
            SendPadded(PacketAt + ArpPacket.Bytes);
        }
    }

    // RFC 792: the same bytes come back, with another type.
    private void TakeIcmp(MacAddress from, in Ipv4Packet packet)
    {
        ReadOnlySpan<byte> echo = packet.Payload;
        bool isEcho = Settings.Address.Value != 0 && echo.Length >= EchoBytes && echo[0] == EchoRequest && echo[1] == 0
            && InternetChecksum.Of(InternetChecksum.Add(0, echo)) == 0;
        if (!isEcho || !from.IsStation || !packet.Source.IsStation || Link.FreeFrames == 0
            || HeadBytes + echo.Length > Link.NextFrame.Length)
        {
            return;
        }
        Span<byte> frame = Link.NextFrame;
        EthernetFrame.Write(frame, from, Link.Mac, EthernetFrame.Ipv4);
        Ipv4Packet.WriteHeader(
            frame[PacketAt..], Ipv4Packet.Icmp, Settings.Address, packet.Source, echo.Length, _identification++);
        Span<byte> reply = frame.Slice(HeadBytes, echo.Length);
        echo.CopyTo(reply);
        reply[0] = EchoReply;
        BinaryPrimitives.WriteUInt16BigEndian(reply[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(reply[2..], InternetChecksum.Of(InternetChecksum.Add(0, reply)));
        SendPadded(HeadBytes + echo.Length);
    }
}
