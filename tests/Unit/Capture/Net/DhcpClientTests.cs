using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Net;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Net;

/// <summary>An address comes from a server that loses, refuses, or lies, or the search for one ends in time.</summary>
public class DhcpClientTests
{
    private const uint Router = 0x0A000201;

    private readonly NetFixture _net = new();
    private readonly List<byte> _seen = [];

    [Fact]
    public void An_offer_that_is_confirmed_is_taken()
    {
        Serve((type, request) => Answer(request, type == 1 ? (byte)2 : (byte)5));
        IpSettings settings = Run(Status.Ok);
        Assert.Equal(SimulatedHost.CardAddress, settings.Address.Value);
        Assert.Equal(24, settings.PrefixBits);
        Assert.Equal(Router, settings.Gateway.Value);
        Assert.Equal([1, 3], _seen);
    }

    [Fact]
    public void Lost_messages_are_sent_again()
    {
        int count = 0;
        Serve((type, request) => count++ % 3 < 2 ? null : Answer(request, type == 1 ? (byte)2 : (byte)5));
        Run(Status.Ok);
        Assert.Equal([1, 1, 1, 3, 3, 3], _seen);
    }

    [Fact]
    public void After_a_refusal_the_search_begins_again()
    {
        int requests = 0;
        Serve((type, request) => Answer(request, type == 1 ? (byte)2 : requests++ == 0 ? (byte)6 : (byte)5));
        Run(Status.Ok);
        Assert.Equal([1, 3, 1, 3], _seen);
    }

    [Fact]
    public void An_offer_that_is_never_confirmed_is_given_up()
    {
        Serve((type, request) => type == 1 ? Answer(request, 2) : null);
        Run(Status.NoAddress);
        Assert.Contains(_seen.Zip(_seen.Skip(1)), pair => pair == (3, 1));
    }

    [Fact]
    public void Silence_costs_a_bounded_time()
    {
        Serve((_, _) => null);
        ulong start = _net.Wire.Microseconds;
        Run(Status.NoAddress);
        Assert.InRange(
            _net.Wire.Microseconds - start,
            Limits.DhcpMicroseconds,
            Limits.DhcpMicroseconds + Limits.DhcpLongestMicroseconds + 1_000_000);
    }

    [Fact]
    public void A_server_that_always_refuses_costs_a_bounded_time()
    {
        _net.Wire.LookMicroseconds = 1000;
        Serve((type, request) => Answer(request, type == 1 ? (byte)2 : (byte)6));
        Run(Status.NoAddress);
    }

    [Fact]
    public void Answers_to_others_are_not_taken()
    {
        Serve((_, request) =>
        {
            byte[] answer = Answer(request, 2);
            answer[4] ^= 1;
            return answer;
        });
        Run(Status.NoAddress);
    }

    [Fact]
    public void An_address_that_no_station_has_is_not_taken()
    {
        Serve((_, request) =>
        {
            byte[] answer = Answer(request, 2);
            BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(16), 0xE0000001);
            return answer;
        });
        Run(Status.NoAddress);
    }

    [Fact]
    public void No_message_however_damaged_does_harm()
    {
        var random = new Random(5);
        _net.Wire.LookMicroseconds = 1000;
        Serve((type, request) =>
        {
            byte[] answer = Answer(request, type == 1 ? (byte)2 : (byte)6);
            for (int i = 0; i < 8; i++)
            {
                answer[random.Next(236, answer.Length)] = (byte)random.Next(256);
            }
            return answer[..random.Next(200, answer.Length)];
        });
        for (int i = 0; i < 20; i++)
        {
            var port = new NetworkPort<CardLink, WireClock>(
                new CardLink(_net.Card), new WireClock(_net.Wire), new HeldBuffer(_net.Memory.Buffer(0, 1)));
            Assert.Contains(DhcpClient.Run(ref port), new[] { Status.Ok, Status.NoAddress });
        }
    }

    private void Serve(Func<byte, byte[], byte[]?> answer)
    {
        _net.Wire.ToHost = frame =>
        {
            Assert.Equal(17, frame[23]);
            byte[] request = frame.AsSpan(42).ToArray();
            Assert.Equal(1, request[0]);
            Assert.Equal([53, 1], request.AsSpan(240, 2).ToArray());
            _seen.Add(request[242]);
            if (answer(request[242], request) is { } message)
            {
                byte[] udp = new byte[8 + message.Length];
                BinaryPrimitives.WriteUInt16BigEndian(udp, 67);
                BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(2), 68);
                BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(4), (ushort)udp.Length);
                message.CopyTo(udp.AsSpan(8));
                byte[] packet = Frame.Ip(17, SimulatedHost.Address, uint.MaxValue, udp);
                _net.Wire.FromHost(Frame.Ethernet(0xFFFFFFFFFFFF, SimulatedHost.Mac, 0x0800, packet));
            }
        };
    }

    private static byte[] Answer(byte[] request, byte type)
    {
        byte[] answer = new byte[300];
        request.AsSpan(0, 240).CopyTo(answer);
        answer[0] = 2;
        BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(16), SimulatedHost.CardAddress);
        byte[] options = [53, 1, type, 54, 4, 10, 0, 2, 2, 1, 4, 255, 255, 255, 0, 3, 4, 10, 0, 2, 1, 255];
        options.CopyTo(answer, 240);
        return answer;
    }

    private IpSettings Run(Status expected)
    {
        var port = new NetworkPort<CardLink, WireClock>(
            new CardLink(_net.Card), new WireClock(_net.Wire), new HeldBuffer(_net.Memory.Buffer(0, 1)));
        Assert.Equal(expected, DhcpClient.Run(ref port));
        Assert.True(_seen.Count < 1000);
        return port.Settings;
    }
}
