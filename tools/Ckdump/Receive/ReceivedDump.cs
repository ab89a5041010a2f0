using System;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;

namespace CosmosKdump.Ckdump.Receive;

/// <summary>Marks the file of an incomplete dump that was received.</summary>
public static class ReceivedDump
{
    /// <summary>
    /// The mark. What is missing reads as zeros, so the extent of a dump without an end is known; its outcome is not.
    /// </summary>
    public static AreaLabel MarkOf(IReceivedDump dump)
    {
        ulong pages = dump.Facts.LengthBytes / Limits.PageBytes;
        ulong missing = dump.Missing.Aggregate(0UL, (sum, range) => sum + (range.End - range.Start));
        AreaLabel label = AreaLabel.Create(AreaFile.NewUuid(), 0);
        label.State = AreaState.Incomplete;
        label.CrashTimeSeconds = dump.Facts.CrashTimeSeconds;
        label.DumpLengthBytes = dump.Facts.LengthBytes;
        label.Format = dump.Facts.Format;
        label.DumpLevel = dump.Facts.DumpLevel;
        label.PagesLost = Math.Min(pages, dump.PagesLost + ((missing + Limits.PageBytes - 1) / Limits.PageBytes));
        label.PagesWritten = pages - label.PagesLost;
        label.Outcome = !dump.HasEnded ? Status.NotConfirmed
            : dump.Outcome != Status.Ok ? dump.Outcome
            : label.PagesLost > 0 ? Status.PagesLost
            : Status.FrameCorrupt;
        return label;
    }
}
