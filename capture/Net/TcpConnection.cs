using System;
using CosmosKdump.Capture.Stream;

namespace CosmosKdump.Capture.Net;

/// <summary>
/// The client's end of one TCP connection, made for sending: what is sent stays where it lies in memory until the peer has
/// it (<see cref="SendQueue"/>). Each call is bounded.
/// </summary>
public struct TcpConnection<TLink, TClock, TMemory>
    where TLink : struct, INetworkLink
    where TClock : struct, IClock
    where TMemory : struct, IPhysicalMemory
{
    /// <summary>Bytes of the buffer that the constructor takes.</summary>
    public const int BufferBytes = TcpEngine<TLink, TClock, TMemory>.BufferBytes;

    /// <summary>The engine. A public field, for it is a struct that changes in place.</summary>
    public TcpEngine<TLink, TClock, TMemory> Engine;

    /// <summary>
    /// A connection over a link, which it owns from now on. <paramref name="buffer"/> has <see cref="BufferBytes"/> and
    /// never moves.
    /// </summary>
    public TcpConnection(in TLink link, in TClock clock, in TMemory memory, DmaBuffer buffer) =>
        Engine = new TcpEngine<TLink, TClock, TMemory>(in link, in clock, in memory, buffer);

    /// <summary>The peer has ended its side.</summary>
    public readonly bool IsPeerDone => Engine.Input.IsDone;

    /// <summary>What the peer has sent and nobody has taken.</summary>
    public readonly ReadOnlySpan<byte> Input => Engine.Input.Bytes;

    /// <summary>The clock's time.</summary>
    public readonly ulong Microseconds => Engine.Port.Clock.Microseconds;

    /// <summary>
    /// Connects. <see cref="Status.NextHopSilent"/>, <see cref="Status.ConnectionRefused"/>,
    /// <see cref="Status.ConnectionTimeout"/>, or why the link does not work.
    /// </summary>
    public Status Connect(TcpEndpoint peer)
    {
        ulong now = Microseconds ^ ((ulong)peer.Address.Value << 16);
        return Connect(peer, DumpDigest.TermOf(now, (uint)Engine.Port.Link.Mac.Value));
    }

    /// <summary>The same, with a random number from which those of the connection are made.</summary>
    public Status Connect(TcpEndpoint peer, ulong random)
    {
        ulong start = Microseconds;
        Engine.Aim(peer, random);
        if (Engine.Port.NextHop.Value == 0)
        {
            return Status.NoRoute;
        }
        ulong wait = Limits.TcpFirstTimeoutMicroseconds / 4;
        Status status = Status.Ok;
        while (status == Status.Ok && !Engine.IsOpen)
        {
            ulong now = Microseconds;
            if (now - start >= Limits.TcpConnectMicroseconds)
            {
                return Engine.Port.HasNextHop ? Status.ConnectionTimeout : Status.NextHopSilent;
            }
            if (!Engine.Port.HasNextHop)
            {
                Engine.Port.AskNextHop();
            }
            else
            {
                Engine.SendControl(TcpFlags.Syn);
                wait *= 2;
            }
            bool had = Engine.Port.HasNextHop;
            do
            {
                status = Engine.Receive();
            }
            while (status == Status.Ok && !Engine.IsOpen && had == Engine.Port.HasNextHop && Microseconds - now < wait);
        }
        return status;
    }

    /// <summary>
    /// Adds memory to the stream, which must stay as it is until <see cref="Drain"/>, and sends what may be sent. Waits
    /// while too much is on its way.
    /// </summary>
    public Status Send(ulong address, int lengthBytes)
    {
        Status status = Engine.Work(isPushed: false);
        while (status == Status.Ok
            && (Engine.Queue.End - Engine.Queue.Start > Limits.TcpMostWindowBytes
                || !Engine.Queue.TryAdd(address, lengthBytes)))
        {
            status = Engine.Work(isPushed: true);
        }
        return status == Status.Ok ? Engine.Work(isPushed: false) : status;
    }

    /// <summary>Adds a copy of at most <see cref="SendQueue.MostOwnBytes"/> to the stream.</summary>
    public Status SendCopy(scoped ReadOnlySpan<byte> bytes)
    {
        Status status = Engine.Failure;
        while (status == Status.Ok && !Engine.Queue.TryAddCopy(bytes))
        {
            status = Engine.Work(isPushed: true);
        }
        return status;
    }

    /// <summary>
    /// Waits until the peer has everything, and until the card has nothing of it any more, which it gets a short time for:
    /// <see cref="Status.DeviceTimeout"/>.
    /// </summary>
    public Status Drain()
    {
        Status status = Status.Ok;
        ulong emptySince = Microseconds;
        while (status == Status.Ok && (Engine.Queue.Start < Engine.Queue.End || Engine.Port.Link.FramesInFlight > 0))
        {
            status = Engine.Work(isPushed: true);
            emptySince = Engine.Queue.Start < Engine.Queue.End ? Microseconds : emptySince;
            if (Microseconds - emptySince > Limits.CardMicroseconds)
            {
                status = Engine.Fail(Status.DeviceTimeout);
            }
        }
        return status;
    }

    /// <summary>
    /// Sends what there is, and waits for more input, or for the peer's end. <see cref="Status.NotConfirmed"/>: nothing came
    /// in this time.
    /// </summary>
    public Status Wait(ulong microseconds)
    {
        ulong start = Microseconds;
        int had = Engine.Input.Bytes.Length;
        Status status = Status.Ok;
        while (status == Status.Ok && Engine.Input.Bytes.Length == had && !IsPeerDone)
        {
            status = Microseconds - start < microseconds ? Engine.Work(isPushed: true) : Status.NotConfirmed;
        }
        return status;
    }

    /// <summary>Forgets the first bytes of <see cref="Input"/>, and makes room for more.</summary>
    public void Take(int bytes) => Engine.Input.Remove(bytes);

    /// <summary>
    /// Ends the connection: with FIN if the peer has everything, which it gets a short time for, with RST otherwise. Waits
    /// until the card has nothing of the stream any more, unless the card is broken.
    /// </summary>
    public void Close()
    {
        ulong start = Microseconds;
        if (Engine.IsOpen && Engine.Failure == Status.Ok && Engine.Queue.Start == Engine.Queue.End)
        {
            SayGoodbye();
        }
        else if (Engine.IsOpen)
        {
            Engine.SendControl(TcpFlags.Reset | TcpFlags.Ack);
        }
        Engine.Forget();
        while (Engine.Port.Link.Poll() == Status.Ok && Engine.Port.Link.FramesInFlight > 0
            && Microseconds - start < Limits.TcpConnectMicroseconds)
        {
            Engine.Port.Link.Announce();
        }
    }

    private void SayGoodbye()
    {
        Status status = Status.Ok;
        for (int i = 0; i < Limits.TcpCloseAttempts && status == Status.Ok && !(Engine.HasEnded && IsPeerDone); i++)
        {
            ulong sent = Microseconds;
            if (!Engine.HasEnded)
            {
                Engine.SendControl(TcpFlags.Fin | TcpFlags.Ack);
            }
            do
            {
                status = Engine.Receive();
            }
            while (status == Status.Ok && !(Engine.HasEnded && IsPeerDone)
                && Microseconds - sent < Limits.TcpCloseMicroseconds);
        }
        if (Engine.Input.OwesAnswer)
        {
            Engine.SendControl(TcpFlags.Ack);
        }
    }
}
