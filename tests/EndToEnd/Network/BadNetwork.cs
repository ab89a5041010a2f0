using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace CosmosKdump.Tests.EndToEnd.Network;

/// <summary>
/// A cable between a machine's card and QEMU's user network, which a second QEMU without a machine runs: Ethernet frames
/// as UDP datagrams, of which this loses, doubles and reorders a share, in both directions. IP fragments of a packet go
/// the same way all: QEMU 7.2's e1000e makes them of what it should cut into segments, and the QEMU at the other end dies
/// (SIGBUS in libslirp 4.7) of packets that lack one or have one twice.
/// </summary>
public sealed class BadNetwork : IDisposable
{
    private readonly UdpClient _cardSide = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly UdpClient _hostSide = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly int _cardPort = FreePort();
    private readonly Process _switch;
    private readonly double _share;
    private int _lost;
    private int _doubled;
    private int _reordered;

    /// <summary>Starts it. <paramref name="share"/>: the part of the frames that each of the three happens to.</summary>
    public BadNetwork(int seed, double share)
    {
        _share = share;
        int hostPort = FreePort();
        string[] arguments =
        [
            "-machine", "none", "-nodefaults", "-no-user-config", "-display", "none",
            "-netdev", "user,id=host",
            "-netdev", $"socket,id=cable,udp=127.0.0.1:{PortOf(_hostSide)},localaddr=127.0.0.1:{hostPort}",
            "-netdev", "hubport,id=hub0,hubid=0,netdev=host", "-netdev", "hubport,id=hub1,hubid=0,netdev=cable",
        ];
        _switch = Process.Start(new ProcessStartInfo("qemu-system-x86_64", arguments))!;
        Carry(_cardSide, _hostSide, hostPort, new Random(seed));
        Carry(_hostSide, _cardSide, _cardPort, new Random(seed + 1));
    }

    /// <summary>Frames lost.</summary>
    public int Lost => _lost;

    /// <summary>Frames that came twice.</summary>
    public int Doubled => _doubled;

    /// <summary>Frames that later ones overtook.</summary>
    public int Reordered => _reordered;

    /// <summary>Arguments of the QEMU whose card is at this cable.</summary>
    public IReadOnlyList<string> CardArguments(string device) =>
    [
        "-netdev", $"socket,id=net,udp=127.0.0.1:{PortOf(_cardSide)},localaddr=127.0.0.1:{_cardPort}",
        "-device", $"{device},netdev=net",
    ];

    /// <inheritdoc/>
    public void Dispose()
    {
        _switch.Kill();
        _switch.WaitForExit();
        _switch.Dispose();
        _cardSide.Dispose();
        _hostSide.Dispose();
    }

    private static int PortOf(UdpClient socket) => ((IPEndPoint)socket.Client.LocalEndPoint!).Port;

    private static int FreePort()
    {
        using UdpClient socket = new(new IPEndPoint(IPAddress.Loopback, 0));
        return PortOf(socket);
    }

    // A packet that is to be overtaken is kept until the next one has gone.
    private void Carry(UdpClient from, UdpClient to, int port, Random random)
    {
        void Run()
        {
            List<byte[]> packet = [];
            List<byte[]>? late = null;
            try
            {
                while (true)
                {
                    IPEndPoint sender = new(IPAddress.Any, 0);
                    packet.Add(from.Receive(ref sender));
                    if (HasMoreFragments(packet[^1]))
                    {
                        continue;
                    }
                    List<byte[]> whole = packet;
                    packet = [];
                    if (random.NextDouble() < _share)
                    {
                        Interlocked.Increment(ref _lost);
                        continue;
                    }
                    if (late is null && random.NextDouble() < _share)
                    {
                        late = whole;
                        Interlocked.Increment(ref _reordered);
                        continue;
                    }
                    Send(whole);
                    if (random.NextDouble() < _share)
                    {
                        Interlocked.Increment(ref _doubled);
                        Send(whole);
                    }
                    if (late is not null)
                    {
                        Send(late);
                        late = null;
                    }
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // The cable is gone.
                return;
            }
        }
        void Send(List<byte[]> frames)
        {
            foreach (byte[] frame in frames)
            {
                to.Send(frame, new IPEndPoint(IPAddress.Loopback, port));
            }
        }
        new Thread(Run) { IsBackground = true, Name = "cable" }.Start();
    }

    // RFC 791, 3.1: the flag MF.
    private static bool HasMoreFragments(byte[] frame) =>
        frame.Length > 34 && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) == 0x0800 && (frame[20] & 0x20) != 0;
}
