using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;

namespace CosmosKdump.Tests.EndToEnd.Serial;

/// <summary>
/// A bad line between the capture kernel and the receiver: on the way to the receiver it changes, loses and adds bytes
/// now and then; the first answer on the way back is lost.
/// </summary>
public sealed class DamagingLine : IDisposable
{
    private const int BytesBetween = 40_000;
    private readonly Random _random = new(20);
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket _sender = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private Socket? _receiver;
    private int _untilDamage = BytesBetween;
    private int _damages;

    /// <summary>Connects to the sender's socket and listens on another one for the receiver.</summary>
    public DamagingLine(string senderPath, string receiverPath)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(receiverPath));
        _listener.Listen();
        new Thread(() => Run(senderPath)) { IsBackground = true, Name = "line" }.Start();
    }

    /// <summary>Places where the stream was damaged.</summary>
    public int Damages => Volatile.Read(ref _damages);

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _sender.Dispose();
        _receiver?.Dispose();
    }

    private void Run(string senderPath)
    {
        try
        {
            // The sender starts when somebody is connected to it: the receiver comes first.
            _receiver = _listener.Accept();
            _sender.Connect(new UnixDomainSocketEndPoint(senderPath));
            new Thread(() => Pump(_receiver, _sender, LoseFirst)) { IsBackground = true, Name = "answers" }.Start();
            Pump(_sender, _receiver, Damage);
            _receiver.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // One of the ends left: that is the end of the line.
            return;
        }
    }

    private static void Pump(Socket from, Socket to, Func<byte[], byte[]> change)
    {
        byte[] block = new byte[4096];
        try
        {
            for (int count; (count = from.Receive(block)) > 0;)
            {
                to.Send(change(block[..count]));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
        {
            // One of the ends left: that is the end of the line.
            return;
        }
    }

    private byte[] Damage(byte[] bytes)
    {
        _untilDamage -= bytes.Length;
        if (_untilDamage > 0)
        {
            return bytes;
        }
        _untilDamage = BytesBetween + _random.Next(BytesBetween);
        int at = _random.Next(bytes.Length);
        int rest = Math.Min(bytes.Length, at + 1 + _random.Next(200));
        switch (Interlocked.Increment(ref _damages) % 3)
        {
            case 0:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                return bytes;
            case 1:
                return [.. bytes[..at], .. bytes[rest..]];
            default:
                byte[] noise = new byte[rest - at];
                _random.NextBytes(noise);
                return [.. bytes[..at], .. noise, .. bytes[at..]];
        }
    }

    private int _answers;

    private byte[] LoseFirst(byte[] answer) => _answers++ == 0 ? [] : answer;
}
