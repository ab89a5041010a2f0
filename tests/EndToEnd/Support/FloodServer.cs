using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace CosmosKdump.Tests.EndToEnd.Support;

/// <summary>Sends to everybody who connects as much as they take, and takes whatever they send.</summary>
public sealed class FloodServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();

    /// <summary>Starts it, on any free port of the loopback interface.</summary>
    public FloodServer()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>The port that it listens on.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_end.Token);
                _ = PassAsync(client, buffer => client.SendAsync(buffer, _end.Token));
                _ = PassAsync(client, buffer => client.ReceiveAsync(buffer, _end.Token));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    // A guest that crashes says no goodbye.
    private static async Task PassAsync(Socket client, Func<Memory<byte>, ValueTask<int>> pass)
    {
        byte[] buffer = new byte[1 << 16];
        Random.Shared.NextBytes(buffer);
        try
        {
            while (await pass(buffer) != 0)
            {
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            client.Dispose();
        }
    }
}
