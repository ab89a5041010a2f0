using System;

namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>
/// <c>kdump.compress=auto</c>: how many of the batches are compressed. Whoever waits tells: while the sink is waited for
/// there is time to compress, while it waits for pages they are stored as they are. So the dump comes near the faster
/// of both without being told the speed of the disk or the CPU.
/// </summary>
public struct CompressionPace
{
    // Batches are compressed by sixteenths; a piece of the dump changes the share by one.
    private const int All = 16;

    // The sink counts as waited for when it takes more than an eighth of the time.
    private const ulong WaitedPart = 8;

    private readonly bool _isFixed;
    private int _share;
    private int _turn;

    private CompressionPace(int share, bool isFixed)
    {
        _share = share;
        _isFixed = isFixed;
    }

    /// <summary>Compresses everything.</summary>
    public static CompressionPace Always => new(All, isFixed: true);

    /// <summary>Compresses nothing.</summary>
    public static CompressionPace Never => new(0, isFixed: true);

    /// <summary>Begins by compressing everything.</summary>
    public static CompressionPace Adaptive => new(All, isFixed: false);

    /// <summary>Whether the next batch is compressed.</summary>
    public bool Next()
    {
        _turn += _share;
        if (_turn < All)
        {
            return false;
        }
        _turn -= All;
        return true;
    }

    /// <summary>Tells of a piece of the dump: the time that the sink was waited for, and all of it.</summary>
    public void Tell(ulong waitedMicroseconds, ulong allMicroseconds)
    {
        if (!_isFixed)
        {
            bool isSinkSlow = waitedMicroseconds > allMicroseconds / WaitedPart;
            _share = isSinkSlow ? Math.Min(All, _share + 1) : Math.Max(0, _share - 1);
        }
    }
}
