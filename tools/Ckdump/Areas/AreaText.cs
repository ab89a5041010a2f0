using System;
using System.Globalization;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>Fields of a label as text.</summary>
public static class AreaText
{
    /// <summary>A UUID in its text form.</summary>
    public static string Uuid(in AreaUuid uuid)
    {
        Span<byte> text = stackalloc byte[AreaUuid.TextBytes];
        uuid.WriteText(text);
        return Encoding.ASCII.GetString(text);
    }

    /// <summary>A time of the label in UTC, "unknown" for 0 and for what no calendar has.</summary>
    public static string Time(ulong seconds) =>
        seconds is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
                .ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)
            : "unknown";

    /// <summary>State as one word.</summary>
    public static string State(AreaState state) => state.ToString().ToLowerInvariant();

    /// <summary>Text of a status.</summary>
    public static string Outcome(Status status) => Encoding.ASCII.GetString(StatusText.Of(status));
}
