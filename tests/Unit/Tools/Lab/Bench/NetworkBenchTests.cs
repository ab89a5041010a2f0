using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using CosmosKdump.Lab.Bench;
using CosmosKdump.Lab.Bench.Network;
using CosmosKdump.Lab.Bench.Report;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab.Bench;

/// <summary>What the bench says of networks, and the server that it counts with.</summary>
public class NetworkBenchTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(70, Verdict.Kept)]
    [InlineData(69, Verdict.NotKept)]
    public void Seventy_percent_of_Linux_are_wanted(int ours, Verdict expected)
    {
        BenchResult result = Result();
        result.Transfers.Add(new(new(NetworkKind.User, NetworkCard.E1000e, NetworkSender.Ours), ours * 1_000_000L, 1));
        result.Transfers.Add(new(new(NetworkKind.User, NetworkCard.E1000e, NetworkSender.Linux), 100_000_000, 1));
        Target target = Assert.Single(Targets.Judge(result), target => target.Measured != "not measured");
        Assert.Equal(expected, target.Verdict);
        Assert.Equal($"{ours} %", target.Measured);
        Table table = Assert.Single(NetworkTables.Of(result));
        Assert.Equal(["QEMU's user network, e1000e", $"{ours}", "100", $"{ours} %", "–"], Assert.Single(table.Rows));
    }

    [Fact]
    public void What_was_not_measured_is_not_kept()
    {
        BenchResult result = Result();
        Assert.Equal([Verdict.NotKept, Verdict.NotKept], Targets.Judge(result).Select(target => target.Verdict));
        result.Transfers.Add(new(new(NetworkKind.Tap, NetworkCard.Virtio, NetworkSender.Ours), 1_000_000, 1));
        Assert.Equal([Verdict.NotKept, Verdict.NotKept, Verdict.NotKept], Targets.Judge(result).Select(target => target.Verdict));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_server_counts_a_request_or_all_that_comes(bool isRequest)
    {
        using CountingServer server = new("127.0.0.1");
        using TcpClient client = new();
        client.Connect(IPAddress.Loopback, server.Port);
        byte[] head = isRequest ? "PUT /x HTTP/1.1\r\nContent-Length: 300000\r\n\r\n"u8.ToArray() : [];
        client.GetStream().Write(head);
        client.GetStream().Write(new byte[300_000]);
        if (isRequest)
        {
            byte[] answer = new byte[200];
            Assert.True(answer.AsSpan(0, client.GetStream().Read(answer)).StartsWith("HTTP/1.1 201 "u8));
        }
        client.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(300_000 + head.Length, server.Result(Limit).Bytes);
    }

    private static BenchResult Result() => new() { Runs = 1, Parts = [BenchPart.Network] };
}
