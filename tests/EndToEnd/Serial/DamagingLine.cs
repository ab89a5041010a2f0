using System;
using System.Threading;

namespace CosmosKdump.Tests.EndToEnd.Serial;

/// <summary>
/// A bad line between the capture kernel and the receiver: on the way to the receiver it changes, loses and adds bytes
/// now and then; the first answer on the way back is lost.
/// </summary>
public sealed class DamagingLine(string senderPath, string receiverPath) : LineBetween(senderPath, receiverPath)
{
    private const int BytesBetween = 40_000;
    private readonly Random _random = new(20);
    private int _untilDamage = BytesBetween;
    private int _damages;
    private int _answers;

    /// <summary>Places where the stream was damaged.</summary>
    public int Damages => Volatile.Read(ref _damages);

    /// <inheritdoc/>
    protected override byte[] ToReceiver(byte[] bytes)
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

    /// <inheritdoc/>
    protected override byte[] ToSender(byte[] answer) => _answers++ == 0 ? [] : answer;
}
