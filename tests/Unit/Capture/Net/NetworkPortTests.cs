using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Net;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Net;

/// <summary>What a station answers, and what it lets pass.</summary>
public class NetworkPortTests
{
    private readonly NetFixture _net = new();
    private readonly List<byte[]> _sent = [];

    [Fact]
    public void Who_asks_for_our_address_is_told()
    {
        byte[] request = new byte[28];
        byte[] kinds = [0, 1, 8, 0, 6, 4, 0, 1];
        kinds.CopyTo(request, 0);
        request[13] = 7;
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(14), SimulatedHost.Address);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(24), SimulatedHost.CardAddress);
        Receive(Frame.Ethernet(0xFFFFFFFFFFFF, 7, 0x0806, request));
        byte[] reply = Assert.Single(_sent);
        Assert.Equal(60, reply.Length);
        Assert.Equal(2, reply[21]);
        Assert.Equal(SimulatedHost.CardAddress, BinaryPrimitives.ReadUInt32BigEndian(reply.AsSpan(28)));
        Assert.Equal(SimulatedHost.Address, BinaryPrimitives.ReadUInt32BigEndian(reply.AsSpan(38)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(56)]
    [InlineData(1472)]
    public void A_ping_is_answered_with_its_own_bytes(int bytes)
    {
        byte[] echo = new byte[8 + bytes];
        new Random(bytes).NextBytes(echo);
        echo[0] = 8;
        echo[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(echo.AsSpan(2), 0);
        BinaryPrimitives.WriteUInt16BigEndian(echo.AsSpan(2), Frame.Checksum(echo));
        Receive(Packet(1, echo));
        byte[] reply = Assert.Single(_sent);
        Span<byte> icmp = reply.AsSpan(34, echo.Length);
        Assert.Equal(0, icmp[0]);
        Assert.Equal(0, Frame.Checksum(icmp));
        Assert.Equal(0, Frame.Checksum(reply.AsSpan(14, 20)));
        Assert.True(icmp[4..].SequenceEqual(echo.AsSpan(4)));
    }

    [Fact]
    public void A_packet_with_options_is_opened_behind_them()
    {
        byte[] packet = [0x46, .. Frame.Ip(6, SimulatedHost.Address, SimulatedHost.CardAddress, [])[1..], 1, 1, 1, 1, 9, 8, 7];
        Seal(packet, 24);
        Assert.Equal(Status.Ok, Ipv4Packet.Open(packet, out Ipv4Packet opened));
        Assert.Equal([9, 8, 7], opened.Payload.ToArray());
    }

    [Theory]
    [InlineData(6, 0x20)]
    [InlineData(7, 0x01)]
    [InlineData(0, 0x65)]
    [InlineData(0, 0x44)]
    [InlineData(3, 0xFF)]
    [InlineData(3, 0x10)]
    public void Fragments_and_impossible_lengths_are_dropped(int offset, int value)
    {
        byte[] packet = Frame.Ip(6, SimulatedHost.Address, SimulatedHost.CardAddress, new byte[20]);
        packet[offset] = (byte)value;
        Seal(packet, 20);
        Assert.Equal(Status.FrameCorrupt, Ipv4Packet.Open(packet, out _));
    }

    [Fact]
    public void No_frame_however_damaged_does_harm()
    {
        var random = new Random(11);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] tcp = new byte[random.Next(0, 80)];
            random.NextBytes(tcp);
            byte[] frame = Packet((byte)(random.Next(3) switch { 0 => 1, 1 => 6, _ => 17 }), tcp);
            for (int k = random.Next(4); k > 0; k--)
            {
                frame[random.Next(12, frame.Length)] = (byte)random.Next(256);
            }
            if (random.Next(2) == 0)
            {
                Seal(frame.AsSpan(14), 20);
            }
            Receive(frame[..random.Next(1, frame.Length + 1)]);
        }
    }

    [Fact]
    public void Frames_to_other_stations_are_not_ours()
    {
        byte[] frame = Packet(1, [8, 0, 0xF7, 0xFF, 0, 0, 0, 0]);
        frame[5] ^= 1;
        Receive(frame);
        Assert.Empty(_sent);
    }

    private static byte[] Packet(byte protocol, byte[] payload) => Frame.Ethernet(
        SimulatedCard.Mac, SimulatedHost.Mac, 0x0800,
        Frame.Ip(protocol, SimulatedHost.Address, SimulatedHost.CardAddress, payload));

    private static void Seal(Span<byte> packet, int headerBytes)
    {
        if (packet.Length < headerBytes)
        {
            return;
        }
        if (headerBytes == 24)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        }
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], Frame.Checksum(packet[..headerBytes]));
    }

    // Through a whole connection's engine, so that what passes the station is looked at as TCP.
    private void Receive(byte[] frame)
    {
        _net.Wire.ToHost = _sent.Add;
        var connection = _net.Connection();
        connection.Engine.Aim(NetFixture.Server, 1);
        _net.Wire.ToCard.Enqueue(frame);
        connection.Engine.Receive();
        connection.Engine.Port.Link.Announce();
        _net.Wire.Sleep(10_000);
        _net.Wire.Look();
        _net.Wire.Sleep(10_000);
        _net.Wire.Look();
    }
}
