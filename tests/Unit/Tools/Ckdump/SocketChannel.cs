using System;
using System.Net.Sockets;
using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

/// <summary>A socket as the sender's channel, which damages one frame.</summary>
internal struct SocketChannel(Socket socket) : IByteChannel
{
    private int _frames;

    /// <summary>Number of the frame that arrives with a wrong byte.</summary>
    public int DamagedFrame { get; init; }

    public Status Write(ReadOnlySpan<byte> bytes)
    {
        byte[] sent = bytes.ToArray();
        if (++_frames == DamagedFrame)
        {
            sent[^1] ^= 1;
        }
        socket.Send(sent);
        return Status.Ok;
    }

    public readonly int Read(Span<byte> destination) =>
        socket.Poll(TimeSpan.FromMilliseconds(1), SelectMode.SelectRead) ? socket.Receive(destination) : 0;
}
