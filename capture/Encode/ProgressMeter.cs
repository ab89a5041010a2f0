using System;

namespace CosmosKdump.Capture.Encode;

/// <summary>
/// Tells how far the dump is, about once a second, and chooses pieces so small that there is time for it between them
/// on a slow medium.
/// </summary>
public struct ProgressMeter
{
    private const ulong TellEveryMicroseconds = 1_000_000;
    private const ulong QuickMicroseconds = 250_000;
    private const ulong FirstPieceBytes = 16 * 1024;

    private readonly ulong _totalBytes;
    private ulong _doneBytes;
    private ulong _lastPiece;
    private ulong _lastLine;

    /// <summary>Begins at the given time.</summary>
    public ProgressMeter(ulong totalBytes, ulong nowMicroseconds)
    {
        _totalBytes = totalBytes;
        StartMicroseconds = nowMicroseconds;
        _lastPiece = nowMicroseconds;
        _lastLine = nowMicroseconds;
        PieceBytes = FirstPieceBytes;
    }

    /// <summary>When the dump began.</summary>
    public ulong StartMicroseconds { get; }

    /// <summary>When the first bytes were written; 0 if none were.</summary>
    public ulong FirstByteMicroseconds { get; private set; }

    /// <summary>Bytes given to the sink.</summary>
    public readonly ulong DoneBytes => _doneBytes;

    /// <summary>Largest piece that the sink should be given next, bytes, whole pages.</summary>
    public ulong PieceBytes { get; private set; }

    /// <summary>Notes that the first bytes are written.</summary>
    public void MarkFirstByte<TClock>(ref TClock clock)
        where TClock : struct, IClock
    {
        FirstByteMicroseconds = FirstByteMicroseconds == 0 ? clock.Microseconds : FirstByteMicroseconds;
    }

    /// <summary>Notes that the sink took bytes, and tells of it if it is time.</summary>
    public void Advance<TClock, TConsole>(ref TClock clock, ref TConsole console, ulong bytes)
        where TClock : struct, IClock
        where TConsole : struct, IConsole
    {
        _doneBytes += bytes;
        ulong now = clock.Microseconds;
        ulong took = now - _lastPiece;
        _lastPiece = now;
        if (took < QuickMicroseconds)
        {
            PieceBytes = bytes < PieceBytes ? PieceBytes : Math.Min(PieceBytes * 2, Limits.ChunkBytes);
        }
        else if (took > TellEveryMicroseconds)
        {
            PieceBytes = Math.Max(PieceBytes / 2, FirstPieceBytes);
        }
        if (now - _lastLine >= TellEveryMicroseconds)
        {
            _lastLine = now;
            Tell(ref console, now);
        }
    }

    /// <summary>Tells how far the dump is: "ckdump:  45 %  402.0 MiB  1.2 GiB/s".</summary>
    public readonly void Tell<TConsole>(ref TConsole console, ulong nowMicroseconds)
        where TConsole : struct, IConsole
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer);
        line.AddDecimal(_totalBytes == 0 ? 100 : _doneBytes * 100 / _totalBytes, 3, (byte)' ');
        line.Add(" %  "u8);
        line.AddSize(_doneBytes);
        line.Add("  "u8);
        line.AddSize(RateOf(_doneBytes, nowMicroseconds - StartMicroseconds));
        line.Add("/s"u8);
        ReportLine.Write(ref console, in line);
    }

    /// <summary>Bytes per second.</summary>
    public static ulong RateOf(ulong bytes, ulong microseconds)
    {
        if (microseconds == 0)
        {
            return 0;
        }
        // In two steps: bytes times a million does not fit into 64 bits. A rest is below the time, which stays below
        // 2^44 (half a year).
        return (bytes / microseconds * 1_000_000) + (bytes % microseconds * 1_000_000 / microseconds);
    }
}
