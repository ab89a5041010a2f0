using System;
using System.Globalization;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>Fields of a label as text.</summary>
public static class AreaText
{
    /// <summary>A time of the label in UTC, "unknown" for 0 and for what no calendar has.</summary>
    public static string Time(ulong seconds) =>
        seconds is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
                .ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)
            : "unknown";

    /// <summary>State as one word.</summary>
    public static string State(AreaState state) => state.ToString().ToLowerInvariant();

    /// <summary>What dump an area holds: the time of the crash, its size, and its state.</summary>
    public static string Summary(in AreaLabel label) =>
        $"crash of {Time(label.CrashTimeSeconds)}, {ByteSize.Format((long)label.DumpLengthBytes)}, {State(label.State)}";

    /// <summary>Pages that were written and lost. Of a compressed dump, blocks of the file stand for pages.</summary>
    public static string Pages(in AreaLabel label) => label.Format == DumpFormat.Kdump
        ? $"{label.PagesWritten} blocks of 4 KiB written, {label.PagesLost} lost"
        : $"{label.PagesWritten} pages written, {label.PagesLost} lost";

    /// <summary>Whether the dump is complete, and if not, why, and how much there is of it.</summary>
    public static string Completeness(in AreaLabel label) => label.State switch
    {
        AreaState.Complete => "complete",
        AreaState.Writing => "INCOMPLETE: the capture did not end (power lost, or the disk vanished); "
            + "how far it came is not known, and behind that lies what was there before",
        _ => $"INCOMPLETE: {Outcome(label.Outcome)} ({Pages(label)}"
            + $"{NotTried(label)})",
    };

    private static string NotTried(in AreaLabel label)
    {
        ulong pages = (label.DumpLengthBytes - DumpCopy.TriedBytes(label)) / Limits.PageBytes;
        return pages == 0 ? "" : $", {pages} not tried";
    }

    /// <summary>Text of a status.</summary>
    public static string Outcome(Status status) => Encoding.ASCII.GetString(StatusText.Of(status));
}
