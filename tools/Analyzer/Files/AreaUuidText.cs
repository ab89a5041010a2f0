using System;
using System.Text;
using CosmosKdump.Capture.Area;

namespace CosmosKdump.Analyzer.Files;

/// <summary>A dump area's UUID as a string.</summary>
public static class AreaUuidText
{
    /// <summary>The text form, 36 lower-case characters.</summary>
    public static string Of(in AreaUuid uuid)
    {
        Span<byte> text = stackalloc byte[AreaUuid.TextBytes];
        uuid.WriteText(text);
        return Encoding.ASCII.GetString(text);
    }
}
