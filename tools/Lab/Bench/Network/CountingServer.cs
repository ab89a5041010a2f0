using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;

namespace CosmosKdump.Lab.Bench.Network;

/// <summary>
/// Takes one connection and counts what comes, as quickly as it comes. A request by HTTP PUT is answered when it is
/// whole; anything else goes to its end.
/// </summary>
public sealed class CountingServer : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private readonly TcpListener _listener;
    private readonly Task<(long Bytes, double Seconds)> _result;

    /// <summary>Begins to listen on an address of the host.</summary>
    public CountingServer(string address)
    {
        _listener = new TcpListener(IPAddress.Parse(address), 0);
        _listener.Start();
        _result = Task.Run(Serve);
    }

    /// <summary>The port that it listens on.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Bytes, and the seconds from the first to the last.</summary>
    public (long Bytes, double Seconds) Result(TimeSpan limit)
    {
        try
        {
            return _result.Wait(limit) ? _result.Result : throw new LabException("the transfer did not end");
        }
        catch (AggregateException error)
        {
            throw new LabException($"the transfer broke off: {error.InnerException!.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private (long Bytes, double Seconds) Serve()
    {
        using TcpClient client = _listener.AcceptTcpClient();
        using NetworkStream stream = client.GetStream();
        byte[] buffer = new byte[BufferBytes];
        long bytes = stream.Read(buffer);
        Stopwatch watch = Stopwatch.StartNew();
        long wanted = LengthOf(Encoding.ASCII.GetString(buffer, 0, (int)bytes));
        TimeSpan last = TimeSpan.Zero;
        while (bytes < wanted && stream.Read(buffer) is > 0 and int count)
        {
            bytes += count;
            last = watch.Elapsed;
        }
        if (wanted != long.MaxValue)
        {
            if (bytes < wanted)
            {
                throw new IOException("the request is not whole");
            }
            stream.Write("HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8);
            client.Client.Shutdown(SocketShutdown.Send);
            _ = stream.Read(buffer);
        }
        return (bytes, last.TotalSeconds);
    }

    // A request's head comes in one piece: it is the first thing sent, and short.
    private static long LengthOf(string head)
    {
        const string Field = "Content-Length: ";
        int at = head.IndexOf(Field, StringComparison.Ordinal);
        int end = head.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (!head.StartsWith("PUT ", StringComparison.Ordinal) || at < 0 || end < at)
        {
            return long.MaxValue;
        }
        string digits = head[(at + Field.Length)..];
        return end + 4 + long.Parse(
            digits[..digits.IndexOf('\r', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }
}
