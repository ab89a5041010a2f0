using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace CosmosKdump.Tests.EndToEnd.Network;

/// <summary>Passes a connection on until so many bytes have gone by, and breaks it off then.</summary>
public sealed class CuttingRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    /// <summary>Relays one connection to a port of the loopback interface.</summary>
    public CuttingRelay(int port, int bytes)
    {
        _listener.Start();
        new Thread(() => Run(port, bytes)) { IsBackground = true, Name = "relay" }.Start();
    }

    /// <summary>The port to connect to.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Run(int port, int bytes)
    {
        try
        {
            using TcpClient from = _listener.AcceptTcpClient();
            using TcpClient to = new("127.0.0.1", port);
            byte[] block = new byte[64 * 1024];
            for (int left = bytes; left > 0;)
            {
                int count = from.GetStream().Read(block, 0, Math.Min(block.Length, left));
                to.GetStream().Write(block, 0, count);
                left -= count == 0 ? left : count;
            }
            // With a reset in both directions, as from a machine that was restarted.
            from.Client.LingerState = new LingerOption(true, 0);
        }
        catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException)
        {
            // One of the ends left: that is the end of the relay.
            return;
        }
    }
}
