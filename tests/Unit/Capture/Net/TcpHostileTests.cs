using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Net;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Net;

/// <summary>Who does not know a connection's numbers changes nothing in it, and networks that drop in silence are lived with.</summary>
public class TcpHostileTests
{
    private const ulong Second = 1_000_000;

    [Theory]
    [InlineData(0, 21)]
    [InlineData(2, 22)]
    public void A_storm_of_damaged_and_forged_frames_changes_no_byte(int offload, int seed)
    {
        var net = new NetFixture(seed, offload);
        var random = new Random(seed);
        int forged = 0;
        net.Host.AfterSegment = host =>
        {
            for (int i = 0; i < 5; i++)
            {
                byte[] frame = host.Forged(random);
                if (random.Next(2) == 0)
                {
                    // Damage that a checksum tells of.
                    frame[random.Next(Frame.IpAt + 1, frame.Length)] ^= (byte)random.Next(1, 256);
                    frame = frame[..random.Next(1, frame.Length + 1)];
                }
                net.Wire.ToCard.Enqueue(frame);
                forged++;
            }
        };
        RunWhole(net);
        Assert.True(forged > 1000);
        Assert.False(net.Host.HasReset);
    }

    [Theory]
    [InlineData(0x8000_0000u)]
    [InlineData(0x0001_0000u)]
    [InlineData(0xFFFF_0000u)]
    public void Acknowledgments_with_a_foreign_number_are_not_believed(uint offset)
    {
        var net = new NetFixture(31, 2);
        net.Wire.Loss = 0.02;
        // Everything under way, by somebody who was not told where the server stands.
        net.Host.AfterSegment = host => net.Wire.ToCard.Enqueue(host.AcknowledgmentAt(offset, host.Sent));
        RunWhole(net);
    }

    [Fact]
    public void Segments_without_an_acknowledgment_are_dropped()
    {
        var net = new NetFixture(32, 2);
        net.Host.AfterSegment = host => net.Wire.ToCard.Enqueue(host.Words(0x08, "noise"u8.ToArray()));
        RunWhole(net);
    }

    [Fact]
    public void Nobody_speaks_to_all_by_tcp()
    {
        var net = new NetFixture(33, 2);
        net.Host.AfterSegment = host =>
        {
            byte[] frame = host.Words(0x14, []);
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(30), uint.MaxValue);
            frame.AsSpan(0, 6).Fill(0xFF);
            Frame.Complete(frame);
            net.Wire.ToCard.Enqueue(frame);
        };
        RunWhole(net, 200_000);
    }

    [Fact]
    public void Who_was_not_asked_leads_no_connection_elsewhere()
    {
        var net = new NetFixture(34, 2);
        int elsewhere = 0;
        Action<byte[]> host = net.Wire.ToHost;
        net.Wire.ToHost = frame =>
        {
            elsewhere += frame[5] == 1 ? 0 : 1;
            host(frame);
        };
        net.Host.AfterSegment = _ =>
        {
            byte[] reply = new byte[28];
            byte[] kinds = [0, 1, 8, 0, 6, 4, 0, 2];
            kinds.CopyTo(reply, 0);
            reply[8] = 2;
            reply[13] = 0x66;
            BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(14), SimulatedHost.Address);
            BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(24), SimulatedHost.CardAddress);
            net.Wire.ToCard.Enqueue(Frame.Ethernet(SimulatedCard.Mac, 0x020000000066, 0x0806, reply));
        };
        RunWhole(net, 500_000);
        // The question was for everybody.
        Assert.Equal(1, elsewhere);
    }

    [Theory]
    [InlineData(0, 1400, true)]
    [InlineData(2, 1400, true)]
    [InlineData(2, 1000, false)]
    [InlineData(0, 600, false)]
    public void A_path_for_shorter_packets_is_found(int offload, int mtuBytes, bool tells)
    {
        var net = new NetFixture(35, offload);
        net.Wire.LookMicroseconds = 50;
        net.Wire.Swallows = frame =>
        {
            bool isTooLong = frame.Length > 14 + mtuBytes;
            if (isTooLong && tells)
            {
                net.Wire.ToCard.Enqueue(SimulatedHost.Unreachable(frame, 4, mtuBytes));
            }
            return isTooLong;
        };
        ulong start = net.Wire.Microseconds;
        RunWhole(net, 300_000);
        Assert.InRange(net.Wire.Microseconds - start, 0UL, tells ? Second : 20 * Second);
    }

    [Fact]
    public void A_router_is_not_believed_about_segments_that_are_not_under_way()
    {
        var net = new NetFixture(36, 2);
        Action<byte[]> host = net.Wire.ToHost;
        net.Wire.ToHost = frame =>
        {
            int end = 14 + BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(16));
            if (frame[13] == 0 && end > 1000)
            {
                byte[] old = [.. frame];
                BinaryPrimitives.WriteUInt32BigEndian(
                    old.AsSpan(38), BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(38)) - 0x1000_0000);
                net.Wire.ToCard.Enqueue(SimulatedHost.Unreachable(old, 4, 600));
            }
            host(frame);
        };
        RunWhole(net, 300_000);
        // Of 560 bytes there would be 535.
        Assert.InRange(net.Host.Segments, 200, 400);
    }

    [Theory]
    [InlineData(3, Status.ConnectionRefused)]
    [InlineData(13, Status.ConnectionRefused)]
    [InlineData(1, Status.ConnectionTimeout)]
    public void A_firewall_that_rejects_costs_no_time(int code, Status expected)
    {
        var net = new NetFixture(37);
        net.Wire.LookMicroseconds = 50;
        net.Wire.Swallows = frame =>
        {
            bool isIp = frame[12] == 8 && frame[13] == 0;
            if (isIp)
            {
                net.Wire.ToCard.Enqueue(SimulatedHost.Unreachable(frame, (byte)code, 0));
            }
            return isIp;
        };
        ulong start = net.Wire.Microseconds;
        var connection = net.Connection();
        Assert.Equal(expected, connection.Connect(NetFixture.Server));
        Assert.Equal(expected == Status.ConnectionRefused, net.Wire.Microseconds - start < Second);
    }

    [Fact]
    public void A_window_that_opens_again_is_used_at_once()
    {
        var net = new NetFixture(38);
        net.Host.WindowShift = 0;
        net.Host.WindowBytes = 3000;
        bool isShut = false;
        net.Host.AfterSegment = host =>
        {
            // What was offered stays so: nothing more is, for a while.
            host.WindowBytes = isShut && host.WindowBytes == 3000 ? 3000 : Math.Min(3000, 5000 - host.Received.Count);
            if (host.WindowBytes == 0 && !isShut)
            {
                isShut = true;
                net.Wire.After(9 * Second, () =>
                {
                    host.WindowBytes = 3000;
                    host.Update();
                });
            }
        };
        ulong start = net.Wire.Microseconds;
        RunWhole(net, 6000);
        Assert.InRange(net.Wire.Microseconds - start, 9 * Second, (9 * Second) + (Second / 10));
    }

    private static void RunWhole(NetFixture net, int bytes = NetFixture.DataPages * 4096)
    {
        var connection = net.Connection();
        List<byte> expected = [];
        Assert.Equal(Status.Ok, connection.Connect(NetFixture.Server));
        Assert.Equal(Status.Ok, net.SendAll(ref connection, expected, bytes));
        net.AssertArrived(expected);
        Assert.Equal(0, connection.Input.Length);
        connection.Close();
    }
}
