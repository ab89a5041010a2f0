using System;

namespace CosmosKdump.Capture;

/// <summary>Ends and writes lines of the report. Every line begins with <see cref="Prefix"/>.</summary>
public static class ReportLine
{
    /// <summary>Room for one line, bytes.</summary>
    public const int Bytes = 256;

    /// <summary>What every line begins with.</summary>
    public static ReadOnlySpan<byte> Prefix => "ckdump: "u8;

    /// <summary>Begins a line in a buffer.</summary>
    public static TextLine Begin(Span<byte> buffer)
    {
        var line = new TextLine(buffer);
        line.Add(Prefix);
        return line;
    }

    /// <summary>Begins a line that tells of a status: "ckdump: E105 no memory segments …: ".</summary>
    public static TextLine Begin(Span<byte> buffer, Status status)
    {
        TextLine line = Begin(buffer);
        line.AddStatus(status);
        line.Add(": "u8);
        return line;
    }

    /// <summary>Writes the line and its end, which a line that was cut has no room for.</summary>
    public static void Write<TConsole>(ref TConsole console, scoped in TextLine line)
        where TConsole : struct, IConsole
    {
        console.Write(line.Text);
        console.Write("\n"u8);
    }
}
