using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;

namespace CosmosKdump.Tests.EndToEnd.Serial;

/// <summary>Something on the line between the capture kernel and the receiver, which sees and may change the bytes.</summary>
public abstract class LineBetween : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket _sender = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private Socket? _receiver;

    /// <summary>Connects to the sender's socket and listens on another one for the receiver.</summary>
    protected LineBetween(string senderPath, string receiverPath)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(receiverPath));
        _listener.Listen();
        new Thread(() => Run(senderPath)) { IsBackground = true, Name = "line" }.Start();
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        _listener.Dispose();
        _sender.Dispose();
        _receiver?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What arrives of bytes for the receiver.</summary>
    protected abstract byte[] ToReceiver(byte[] bytes);

    /// <summary>What arrives of an answer.</summary>
    protected virtual byte[] ToSender(byte[] answer) => answer;

    private void Run(string senderPath)
    {
        try
        {
            // The sender starts when somebody is connected to it: the receiver comes first.
            _receiver = _listener.Accept();
            _sender.Connect(new UnixDomainSocketEndPoint(senderPath));
            new Thread(() => Pump(_receiver, _sender, ToSender)) { IsBackground = true, Name = "answers" }.Start();
            Pump(_sender, _receiver, ToReceiver);
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
}
