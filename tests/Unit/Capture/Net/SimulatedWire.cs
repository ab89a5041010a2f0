using System;
using System.Collections.Generic;
using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Net;

/// <summary>
/// Time, and a cable between a card and a host: each look at the card takes a while, and what is sent arrives later, not
/// at all, twice, or behind what was sent after it, as chance decides.
/// </summary>
internal sealed class SimulatedWire(int seed)
{
    private readonly Random _random = new(seed);
    private readonly PriorityQueue<Action, (ulong Time, ulong Order)> _events = new();
    private ulong _order;

    /// <summary>Now, microseconds.</summary>
    public ulong Microseconds { get; private set; } = 5_000_000;

    /// <summary>One look takes so long.</summary>
    public ulong LookMicroseconds { get; set; } = 5;

    /// <summary>Time between both ends.</summary>
    public ulong DelayMicroseconds { get; set; } = 100;

    /// <summary>Part of the frames that is lost, doubled, or overtaken.</summary>
    public double Loss { get; set; }

    /// <inheritdoc cref="Loss"/>
    public double Doubling { get; set; }

    /// <inheritdoc cref="Loss"/>
    public double Reordering { get; set; }

    /// <summary>What the host gets.</summary>
    public Action<byte[]> ToHost { get; set; } = _ => { };

    /// <summary>What the card gets.</summary>
    public Queue<byte[]> ToCard { get; } = new();

    /// <summary>Frames that the cable swallows whatever chance says, from the card or to it.</summary>
    public Func<byte[], bool> Swallows { get; set; } = _ => false;

    /// <summary>Random numbers of this wire.</summary>
    public Random Random => _random;

    /// <summary>A look at the card: time goes on, and what is due arrives.</summary>
    public void Look()
    {
        Microseconds += LookMicroseconds;
        while (_events.TryPeek(out _, out (ulong Time, ulong Order) due) && due.Time <= Microseconds)
        {
            _events.Dequeue()();
        }
    }

    /// <summary>Lets time pass without a look.</summary>
    public void Sleep(ulong microseconds) => Microseconds += microseconds;

    /// <summary>Does something later.</summary>
    public void After(ulong microseconds, Action action) =>
        _events.Enqueue(action, (Microseconds + microseconds, _order++));

    /// <summary>Puts a frame of the card on the wire.</summary>
    public void FromCard(byte[] frame) => Carry(frame, bytes => ToHost(bytes));

    /// <summary>Puts a frame of the host on the wire.</summary>
    public void FromHost(byte[] frame) => Carry(frame, ToCard.Enqueue);

    private void Carry(byte[] frame, Action<byte[]> deliver)
    {
        if (Swallows(frame) || _random.NextDouble() < Loss)
        {
            return;
        }
        int copies = _random.NextDouble() < Doubling ? 2 : 1;
        for (int i = 0; i < copies; i++)
        {
            ulong late = _random.NextDouble() < Reordering ? (ulong)_random.Next(20, 2000) : 0;
            byte[] copy = [.. frame];
            After(DelayMicroseconds + late, () => deliver(copy));
        }
    }
}
