using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using CosmosKdump.Capture.Area;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;
using Xunit.Abstractions;

namespace CosmosKdump.Tests.EndToEnd.Network;

/// <summary>Dumps over TCP to <c>ckdump receive --listen</c>, and what follows when that does not work.</summary>
public class TcpTargetTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("virtio-net-pci", "")]
    [InlineData("virtio-net-pci,disable-modern=on", "kdump.ip=10.0.2.77/24")]
    [InlineData("virtio-net-pci,disable-legacy=on,packed=on", "kdump.ip=10.0.2.77/24,10.0.2.2")]
    [InlineData("e1000e", "")]
    [InlineData("e1000", "kdump.ip=10.0.2.77/24")]
    [InlineData("e1000-82545em", "kdump.ip=10.0.2.77/24,10.0.2.2")]
    public void Every_page_arrives_over_each_kind_of_card(string device, string arguments)
    {
        using NetworkReceiver receiver = new();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=tcp:{NetworkCard.Host}:{receiver.Port} {arguments}",
            QemuArguments = NetworkCard.User(device),
        };
        BareTest.Captures(options, machine =>
        {
            receiver.WaitFor("complete, as the sender has it");
            Assert.False(receiver.OnlyFile.EndsWith(".incomplete", StringComparison.Ordinal));
            Assert.Equal("600", HostCommand.Run("stat", ["-c", "%a", receiver.OnlyFile], TestGuest.LineLimit).Output.Trim());
            PageComparison.Run(receiver.OnlyFile, machine.Memory).MustBeEqual();
            BareTest.Says(machine, arguments.Length == 0 ? "10.0.2.15/24" : "10.0.2.77/24");
        });
    }

    [Theory]
    [InlineData("virtio-net-pci")]
    [InlineData("e1000e")]
    public void Every_page_arrives_where_frames_are_cut_and_summed_up_by_others(string device)
    {
        if (!TapDevice.IsAvailable)
        {
            output.WriteLine("not looked at: a tap device needs root and /dev/net/tun");
            return;
        }
        using TapDevice tap = new();
        using NetworkReceiver receiver = new(tap.HostAddress);
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=tcp:{tap.HostAddress}:{receiver.Port} kdump.ip={tap.GuestAddress}/30",
            QemuArguments = tap.QemuArguments(device),
        };
        BareTest.Captures(options, machine =>
        {
            receiver.WaitFor("complete, as the sender has it");
            PageComparison.Run(receiver.OnlyFile, machine.Memory).MustBeEqual();
            BareTest.Says(machine, ", checksums, segmentation");
        });
    }

    [Fact]
    public void Several_dumps_get_files_of_their_own()
    {
        using NetworkReceiver receiver = new();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=tcp:{NetworkCard.Host}:{receiver.Port}",
            QemuArguments = NetworkCard.User(),
        };
        BareTest.Captures(options, _ => { });
        BareTest.Captures(options, _ => { });
        string[] files = Directory.GetFiles(receiver.Folder);
        Assert.Equal(2, files.Length);
        Assert.True(File.ReadAllBytes(files[0]).AsSpan().SequenceEqual(File.ReadAllBytes(files[1])));
    }

    [Fact]
    public void Nobody_who_listens_and_nobody_at_all_leave_the_dump_to_the_disk()
    {
        using TestDisk disk = TestDisk.Prepared();
        using TcpListener reserved = new(IPAddress.Loopback, 0);
        reserved.Start();
        int port = ((IPEndPoint)reserved.LocalEndpoint).Port;
        reserved.Stop();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=tcp:{NetworkCard.Host}:{port},tcp:10.0.2.99:7000,tcp:192.0.2.1:7000,disk "
                + "kdump.ip=10.0.2.15/24",
            QemuArguments = NetworkCard.User(),
            Disks = [disk.Nvme],
        };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(
                machine,
                $"target tcp:{NetworkCard.Host}:{port}",
                "E603 server or gateway does not answer ARP: target tcp:10.0.2.99:7000",
                "E602 server in another network, and no gateway: target tcp:192.0.2.1:7000");
            PageComparison.Run(disk.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(AreaState.Complete, disk.ReadLabel().State);
    }

    [Fact]
    public void A_receiver_that_dies_in_the_middle_keeps_what_it_has_and_the_disk_gets_the_dump()
    {
        using TestDisk disk = TestDisk.Prepared();
        using NetworkReceiver receiver = new();
        using CuttingRelay relay = new(receiver.Port, bytes: 2 << 20);
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=tcp:{NetworkCard.Host}:{relay.Port},disk",
            QemuArguments = NetworkCard.User(),
            Disks = [disk.Nvme],
        };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, $"target tcp:{NetworkCard.Host}:{relay.Port}");
            PageComparison.Run(disk.Path, machine.Memory).MustBeEqual();
        });
        receiver.WaitFor("INCOMPLETE");
        Assert.EndsWith(".incomplete", receiver.OnlyFile);
        Assert.Contains("INCOMPLETE", CkdumpTool.Run("verify", receiver.OnlyFile).Output.ToUpperInvariant());
    }

    [Theory]
    [InlineData("virtio-net-pci")]
    [InlineData("e1000e")]
    [InlineData("e1000")]
    public void A_network_that_loses_doubles_and_reorders_changes_no_byte(string device)
    {
        using NetworkReceiver receiver = new();
        using BadNetwork network = new(seed: 7, share: 0.1);
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=tcp:{NetworkCard.Host}:{receiver.Port}",
            QemuArguments = network.CardArguments(device),
        };
        BareTest.Start(options, machine =>
        {
            Assert.Contains("final action", machine.WaitForAction(TimeSpan.FromMinutes(10)).Text);
            BareTest.Says(machine, "dump complete: ", " segments sent again");
            PageComparison.Run(receiver.OnlyFile, machine.Memory).MustBeEqual();
        });
        Assert.True(
            network.Lost > 10 && network.Doubled > 10 && network.Reordered > 10,
            $"{network.Lost} lost, {network.Doubled} doubled, {network.Reordered} reordered");
    }

    [Fact]
    public void What_is_no_dump_leaves_no_file()
    {
        using NetworkReceiver receiver = new();
        foreach (int length in new[] { 0, 1, 35, 36, 5000 })
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            byte[] bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            socket.ReceiveTimeout = 30_000;
            socket.Connect(IPAddress.Loopback, receiver.Port);
            int read;
            try
            {
                socket.Send(bytes);
                socket.Shutdown(SocketShutdown.Send);
                read = socket.Receive(new byte[100]);
            }
            catch (SocketException closed) when (closed.SocketErrorCode != SocketError.TimedOut)
            {
                read = 0;
            }
            Assert.Equal(0, read);
        }
        Assert.Empty(Directory.GetFiles(receiver.Folder));
    }
}
