using System;
using System.Collections.Generic;

namespace CosmosKdump.Tests.Unit.Capture.Stream;

/// <summary>A line that flips, drops, doubles and inserts bytes, each direction by a seeded plan; and its time.</summary>
internal sealed class LineModel
{
    private readonly Queue<byte> _towardsSender = [];
    private ulong _restEnd;

    public delegate void Deliver(ReadOnlySpan<byte> bytes);

    public Deliver ToReceiver { get; set; } = _ => { };

    /// <summary>Random numbers for faults; none without it.</summary>
    public Random? Faults { get; set; }

    /// <summary>One byte in so many is hit.</summary>
    public int OneIn { get; set; } = 10_000;

    /// <summary>Answers are lost until this many have been.</summary>
    public int LoseAnswers { get; set; }

    /// <summary>Bytes until the channel takes no more.</summary>
    public long BytesUntilStuck { get; set; } = long.MaxValue;

    /// <summary>Bytes after which the channel takes none for <see cref="RestMicroseconds"/>, in the middle of a frame.</summary>
    public long BytesUntilRest { get; set; } = long.MaxValue;

    public ulong RestMicroseconds { get; set; }

    public long BytesSent { get; private set; }

    public ulong Microseconds { get; set; }

    public List<byte> Recording { get; } = [];

    public bool Write(ReadOnlySpan<byte> bytes)
    {
        BytesSent += bytes.Length;
        Microseconds += (ulong)bytes.Length;
        if (BytesSent > BytesUntilStuck)
        {
            return false;
        }
        if (BytesSent > BytesUntilRest)
        {
            BytesUntilRest = long.MaxValue;
            _restEnd = Microseconds + RestMicroseconds;
            bytes = bytes[..(bytes.Length / 2)];
        }
        else if (Microseconds < _restEnd)
        {
            return false;
        }
        byte[] arrived = Spoil(bytes);
        Recording.AddRange(arrived);
        ToReceiver(arrived);
        return Microseconds >= _restEnd;
    }

    public void FromReceiver(byte[] bytes)
    {
        if (LoseAnswers > 0)
        {
            LoseAnswers--;
            return;
        }
        foreach (byte b in Spoil(bytes))
        {
            _towardsSender.Enqueue(b);
        }
    }

    // A few bytes at a time, as a UART's FIFO has them.
    public int Read(Span<byte> destination)
    {
        int count = 0;
        while (count < destination.Length && count < 16 && _towardsSender.TryDequeue(out byte b))
        {
            destination[count++] = b;
        }
        return count;
    }

    private byte[] Spoil(ReadOnlySpan<byte> bytes)
    {
        if (Faults is null)
        {
            return bytes.ToArray();
        }
        var spoiled = new List<byte>(bytes.Length + 8);
        foreach (byte b in bytes)
        {
            switch (Faults.Next(OneIn) == 0 ? Faults.Next(4) : 4)
            {
                case 0:
                    spoiled.Add((byte)(b ^ (1 << Faults.Next(8))));
                    break;
                case 1:
                    break;
                case 2:
                    spoiled.Add(b);
                    spoiled.Add(b);
                    break;
                case 3:
                    spoiled.Add((byte)Faults.Next(256));
                    spoiled.Add(b);
                    break;
                default:
                    spoiled.Add(b);
                    break;
            }
        }
        return [.. spoiled];
    }
}
