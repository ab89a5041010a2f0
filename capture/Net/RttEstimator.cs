using System;

namespace CosmosKdump.Capture.Net;

/// <summary>The retransmission timeout (RFC 6298), microseconds.</summary>
public struct RttEstimator
{
    private ulong _smoothed;
    private ulong _variation;

    /// <summary>Nothing was measured yet.</summary>
    public readonly bool IsEmpty => _smoothed == 0;

    /// <summary>Smoothed round-trip time.</summary>
    public readonly ulong Smoothed => _smoothed;

    /// <summary>The timeout, without back-off.</summary>
    public readonly ulong Timeout => IsEmpty
        ? Limits.TcpFirstTimeoutMicroseconds
        : Math.Min(
            Math.Max(_smoothed + (4 * _variation), Limits.TcpLeastTimeoutMicroseconds),
            Limits.TcpMostTimeoutMicroseconds);

    /// <summary>Takes a measurement of a segment that was sent once (RFC 6298, 2.2, 2.3, and 3).</summary>
    public void Take(ulong microseconds)
    {
        ulong sample = Math.Max(microseconds, 1);
        if (IsEmpty)
        {
            _smoothed = sample;
            _variation = sample / 2;
            return;
        }
        ulong difference = sample > _smoothed ? sample - _smoothed : _smoothed - sample;
        _variation = ((3 * _variation) + difference) / 4;
        _smoothed = Math.Max(((7 * _smoothed) + sample) / 8, 1);
    }
}
