using System;
using System.Collections.Generic;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Net;
using CosmosKdump.Tests.Unit.Capture.Area;
using CosmosKdump.Tests.Unit.Capture.Stream;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Net;

/// <summary>A card, a wire, a host, and memory to send.</summary>
internal sealed class NetFixture
{
    public const int BufferPages = 5;
    public const int DataPages = 400;

    public NetFixture(int seed = 1, int offload = 0)
    {
        Wire = new SimulatedWire(seed);
        Card = new SimulatedCard(Wire, Memory)
        {
            HasChecksumOffload = offload > 0,
            MostSegmentedBytes = offload > 1 ? 65000 : 0,
        };
        Host = new SimulatedHost(Wire);
        new Random(seed).NextBytes(Data);
    }

    public static TheoryData<int> Offloads => [0, 1, 2];

    public TestMemory Memory { get; } = new(BufferPages + DataPages);

    public HashSet<ulong> Unreadable { get; } = [];

    public SimulatedWire Wire { get; }

    public SimulatedCard Card { get; }

    public SimulatedHost Host { get; }

    public static ulong DataAddress => TestMemory.AddressOf(BufferPages);

    public Span<byte> Data => Memory.At(DataAddress, DataPages * 4096);

    public static IpSettings Settings => new()
    {
        Address = new Ipv4Address(SimulatedHost.CardAddress),
        PrefixBits = 24,
    };

    public static TcpEndpoint Server => new(new Ipv4Address(SimulatedHost.Address), SimulatedHost.Port);

    public TcpConnection<CardLink, WireClock, TestPhysicalMemory> Connection()
    {
        var connection = new TcpConnection<CardLink, WireClock, TestPhysicalMemory>(
            new CardLink(Card), new WireClock(Wire), new TestPhysicalMemory(Memory, Unreadable), Memory.Buffer(0, BufferPages));
        connection.Engine.Port.Settings = Settings;
        return connection;
    }

    /// <summary>Sends all data in pieces of odd sizes, with copied bytes between, and returns what should arrive.</summary>
    public Status SendAll(
        ref TcpConnection<CardLink, WireClock, TestPhysicalMemory> connection, List<byte> expected, int bytes = DataPages * 4096)
    {
        var random = new Random(7);
        Status status = Status.Ok;
        for (int at = 0; at < bytes && status == Status.Ok;)
        {
            byte[] own = new byte[random.Next(1, 60)];
            random.NextBytes(own);
            int length = Math.Min(random.Next(1, 3) == 1 ? random.Next(1, 5000) : random.Next(1, 200_000), bytes - at);
            status = connection.SendCopy(own);
            if (status == Status.Ok)
            {
                expected.AddRange(own);
                status = connection.Send(DataAddress + (ulong)at, length);
                expected.AddRange(Data.Slice(at, length));
            }
            at += length;
        }
        return status == Status.Ok ? connection.Drain() : status;
    }

    public void AssertArrived(List<byte> expected) =>
        Assert.True(expected.ToArray().AsSpan().SequenceEqual(Host.Received.ToArray()), "other bytes have arrived");
}
