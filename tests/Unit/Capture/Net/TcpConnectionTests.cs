using System;
using System.Collections.Generic;
using CosmosKdump.Capture;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Net;

/// <summary>Whatever the network and the server do, the bytes that arrive are those that were sent.</summary>
public class TcpConnectionTests
{
    private const ulong Second = 1_000_000;

    public static TheoryData<int> Offloads => NetFixture.Offloads;

    [Theory]
    [MemberData(nameof(Offloads))]
    public void Everything_arrives_once_over_a_good_network(int offload)
    {
        var net = new NetFixture(offload: offload);
        ulong start = net.Wire.Microseconds;
        RunWhole(net);
        Assert.Equal(offload == 2, net.Card.Segmented > 0);
        // Round trips of 200 µs with large windows: far from one segment at a time.
        Assert.InRange(net.Wire.Microseconds - start, 0UL, Second);
    }

    [Theory]
    [MemberData(nameof(Offloads))]
    public void A_good_network_sees_no_segment_twice(int offload)
    {
        var net = new NetFixture(offload: offload);
        var connection = net.Connection();
        Assert.Equal(Status.Ok, connection.Connect(NetFixture.Server));
        Assert.Equal(Status.Ok, net.SendAll(ref connection, []));
        Assert.Equal(0UL, connection.Engine.Repeats);
    }

    [Theory]
    [InlineData(0, true, 1)]
    [InlineData(1, true, 2)]
    [InlineData(2, true, 3)]
    [InlineData(0, false, 4)]
    [InlineData(2, false, 5)]
    [InlineData(2, true, 6)]
    [InlineData(0, true, 7)]
    public void Loss_doubling_and_reordering_change_no_byte(int offload, bool hasSack, int seed)
    {
        var net = new NetFixture(seed, offload);
        net.Wire.Loss = 0.1;
        net.Wire.Doubling = 0.1;
        net.Wire.Reordering = 0.1;
        net.Host.HasSack = hasSack;
        RunWhole(net);
    }

    [Fact]
    public void Losses_are_mended_without_waiting_for_timeouts()
    {
        var net = new NetFixture(3, 2);
        net.Wire.Loss = 0.01;
        ulong start = net.Wire.Microseconds;
        RunWhole(net);
        // More than ten losses; each timeout would take a fifth of a second.
        Assert.InRange(net.Wire.Microseconds - start, 0UL, Second);
    }

    [Fact]
    public void Segments_that_do_not_arrive_when_the_card_cuts_them_are_cut_before()
    {
        var net = new NetFixture(offload: 2);
        net.Card.LosesSegmented = true;
        ulong start = net.Wire.Microseconds;
        RunWhole(net);
        Assert.InRange(net.Card.Segmented, 2, 50);
        // A few losses to find out, not one for each window.
        Assert.InRange(net.Wire.Microseconds - start, 0UL, Second);
    }

    [Fact]
    public void A_pause_of_the_network_does_not_end_segmentation_by_the_card()
    {
        var net = new NetFixture(offload: 2);
        bool isCut = false;
        net.Wire.Swallows = _ => isCut;
        int before = 0;
        net.Host.AfterSegment = host =>
        {
            if (before == 0 && host.Received.Count > 300_000)
            {
                isCut = true;
                before = net.Card.Segmented;
                net.Wire.After(Second / 2, () => isCut = false);
            }
        };
        RunWhole(net);
        Assert.True(before > 0 && net.Card.Segmented > before + 2, $"{before}, then {net.Card.Segmented}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1459)]
    [InlineData(3000)]
    [InlineData(65535)]
    public void Small_windows_are_kept_to(int windowBytes)
    {
        var net = new NetFixture();
        net.Host.WindowBytes = windowBytes;
        net.Host.WindowShift = 0;
        RunWhole(net, bytes: windowBytes * 200 > 400_000 ? 400_000 : windowBytes * 200);
    }

    [Fact]
    public void Small_segments_are_made_for_who_wants_them()
    {
        var net = new NetFixture(offload: 2);
        net.Host.Mss = 100;
        RunWhole(net, bytes: 100_000);
    }

    [Fact]
    public void A_window_that_closes_is_probed_until_it_opens()
    {
        var net = new NetFixture();
        net.Host.AfterSegment = host =>
        {
            if (host.Received.Count > 100_000 && host.WindowBytes > 0 && host.WindowBytes != 1 << 19)
            {
                host.WindowBytes = 0;
                // The update that tells of it is never sent: the probe has to find out.
                net.Wire.After(7 * Second, () => host.WindowBytes = 1 << 19);
            }
        };
        RunWhole(net);
    }

    [Fact]
    public void A_window_that_stays_closed_ends_the_connection()
    {
        var net = new NetFixture();
        net.Host.AfterSegment = host => host.WindowBytes = host.Received.Count > 100_000 ? 0 : host.WindowBytes;
        net.Wire.LookMicroseconds = 100;
        (Status status, ulong took) = RunFailing(net);
        Assert.Equal(Status.ConnectionTimeout, status);
        Assert.InRange(took, Limits.TcpStallMicroseconds, Limits.TcpStallMicroseconds + (10 * Second));
    }

    [Fact]
    public void A_server_that_dies_costs_a_bounded_time()
    {
        var net = new NetFixture();
        net.Wire.LookMicroseconds = 100;
        net.Host.AfterSegment = host => host.IsDead = host.Received.Count > 300_000;
        (Status status, ulong took) = RunFailing(net);
        Assert.Equal(Status.ConnectionTimeout, status);
        Assert.InRange(took, Limits.TcpSilenceMicroseconds, Limits.TcpSilenceMicroseconds + (5 * Second));
    }

    [Fact]
    public void A_server_that_resets_ends_the_connection_at_once()
    {
        var net = new NetFixture();
        net.Host.AfterSegment = host =>
        {
            if (host.Received.Count > 300_000)
            {
                host.Reset();
            }
        };
        (Status status, ulong took) = RunFailing(net);
        Assert.Equal(Status.ConnectionReset, status);
        Assert.InRange(took, 0UL, Second);
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(500u)]
    [InlineData(100_000u)]
    [InlineData(0xFFFF_FFFFu)]
    public void A_reset_with_another_number_ends_nothing(uint offset)
    {
        var net = new NetFixture();
        net.Host.AfterSegment = host => host.ResetAt(offset);
        RunWhole(net, bytes: 200_000);
    }

    [Fact]
    public void A_refused_connection_is_told_at_once()
    {
        var net = new NetFixture();
        net.Host.Refuses = true;
        ulong start = net.Wire.Microseconds;
        var connection = net.Connection();
        Assert.Equal(Status.ConnectionRefused, connection.Connect(NetFixture.Server));
        Assert.InRange(net.Wire.Microseconds - start, 0UL, Second);
    }

    [Theory]
    [InlineData(true, Status.ConnectionTimeout)]
    [InlineData(false, Status.NextHopSilent)]
    public void A_server_that_is_not_there_costs_a_bounded_time(bool answersArp, Status expected)
    {
        var net = new NetFixture();
        net.Wire.LookMicroseconds = 100;
        net.Host.AnswersArp = answersArp;
        net.Wire.Swallows = frame => frame[12] == 8 && frame[13] == 0;
        ulong start = net.Wire.Microseconds;
        var connection = net.Connection();
        Assert.Equal(expected, connection.Connect(NetFixture.Server));
        Assert.InRange(
            net.Wire.Microseconds - start, Limits.TcpConnectMicroseconds, Limits.TcpConnectMicroseconds + (10 * Second));
    }

    [Fact]
    public void A_server_in_another_network_needs_a_gateway()
    {
        var net = new NetFixture();
        var connection = net.Connection();
        connection.Engine.Port.Settings.PrefixBits = 30;
        Assert.Equal(Status.NoRoute, connection.Connect(NetFixture.Server));
    }

    [Fact]
    public void Lost_questions_for_the_next_hop_are_asked_again()
    {
        var net = new NetFixture();
        int seen = 0;
        net.Wire.Swallows = frame => frame[12] == 8 && frame[13] == 6 && seen++ < 3;
        RunWhole(net, bytes: 10_000);
        Assert.InRange(net.Host.ArpRequests, 1, 3);
    }

    [Fact]
    public void A_next_hop_that_moved_is_found_again()
    {
        var net = new NetFixture();
        net.Wire.LookMicroseconds = 50;
        bool hasMoved = false;
        net.Host.AfterSegment = host => hasMoved |= host.Received.Count > 200_000;
        int asked = 0;
        net.Wire.Swallows = frame =>
        {
            bool isQuestion = hasMoved && frame[12] == 8 && frame[13] == 6;
            asked += isQuestion ? 1 : 0;
            return hasMoved && asked == 0;
        };
        RunWhole(net);
        Assert.True(asked > 0);
    }

    [Fact]
    public void A_broken_card_ends_the_connection()
    {
        var net = new NetFixture();
        net.Host.AfterSegment = host => net.Card.Health = host.Received.Count > 100_000 ? Status.DeviceGone : Status.Ok;
        Assert.Equal(Status.DeviceGone, RunFailing(net).Status);
    }

    [Fact]
    public void A_card_that_keeps_frames_costs_a_bounded_time()
    {
        var net = new NetFixture(offload: 2);
        var connection = net.Connection();
        Assert.Equal(Status.Ok, connection.Connect(NetFixture.Server));
        Assert.Equal(Status.Ok, connection.Drain());
        // The answer to this one is heard, and yet the card does not give its memory back.
        net.Card.ReleaseMicroseconds = 3600 * Second;
        net.Wire.LookMicroseconds = 100;
        Assert.Equal(Status.Ok, connection.Send(NetFixture.DataAddress, 1000));
        ulong start = net.Wire.Microseconds;
        Assert.Equal(Status.DeviceTimeout, connection.Drain());
        Assert.InRange(net.Wire.Microseconds - start, Limits.CardMicroseconds, Limits.CardMicroseconds + Second);
        Assert.Equal(1000, net.Host.Received.Count);
    }

    [Fact]
    public void A_long_pause_of_the_sender_is_not_the_servers_silence()
    {
        var net = new NetFixture();
        var connection = net.Connection();
        List<byte> expected = [];
        Assert.Equal(Status.Ok, connection.Connect(NetFixture.Server));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(Status.Ok, net.SendAll(ref connection, expected, 50_000));
            net.Wire.Sleep(300 * Second);
            Assert.Equal(Status.Ok, connection.Send(NetFixture.DataAddress, 5000));
            expected.AddRange(net.Data[..5000]);
            net.Wire.Sleep(300 * Second);
        }
        Assert.Equal(Status.Ok, connection.Drain());
        net.AssertArrived(expected);
    }

    [Fact]
    public void What_the_server_says_is_heard_through_losses()
    {
        var net = new NetFixture(9);
        net.Wire.Loss = 0.2;
        net.Host.Says = count => count > 1000 ? "hello"u8.ToArray() : null;
        var connection = net.Connection();
        Assert.Equal(Status.Ok, connection.Connect(NetFixture.Server));
        Assert.Equal(Status.Ok, net.SendAll(ref connection, [], 20_000));
        if (connection.Input.Length == 0)
        {
            Assert.Equal(Status.Ok, connection.Wait(20 * Second));
        }
        Assert.True(connection.Input.SequenceEqual("hello"u8));
        connection.Take(5);
        Assert.Equal(Status.NotConfirmed, connection.Wait(5 * Second));
    }

    [Fact]
    public void Sequence_numbers_wrap()
    {
        var net = new NetFixture(offload: 2);
        var connection = net.Connection();
        List<byte> expected = [];
        Assert.Equal(Status.Ok, connection.Connect(NetFixture.Server, 0x1234_5678_FFFF_F000));
        Assert.Equal(Status.Ok, net.SendAll(ref connection, expected));
        net.AssertArrived(expected);
    }

    private static void RunWhole(NetFixture net, int bytes = NetFixture.DataPages * 4096)
    {
        var connection = net.Connection();
        List<byte> expected = [];
        Assert.Equal(Status.Ok, connection.Connect(NetFixture.Server));
        Assert.Equal(Status.Ok, net.SendAll(ref connection, expected, bytes));
        Assert.Equal(0, net.Card.FramesInFlight);
        net.AssertArrived(expected);
        connection.Close();
        Assert.True(net.Host.HasFin || net.Wire.Loss > 0);
    }

    // What did arrive is the beginning of what was sent.
    private static (Status Status, ulong Microseconds) RunFailing(NetFixture net)
    {
        var connection = net.Connection();
        List<byte> expected = [];
        Assert.Equal(Status.Ok, connection.Connect(NetFixture.Server));
        ulong start = net.Wire.Microseconds;
        Status status = net.SendAll(ref connection, expected);
        ulong took = net.Wire.Microseconds - start;
        Assert.NotEqual(Status.Ok, connection.Drain());
        Assert.Equal(net.Host.Received, expected.GetRange(0, net.Host.Received.Count));
        connection.Close();
        return (status, took);
    }
}
