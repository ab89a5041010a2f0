using System;
using System.Globalization;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>
/// The console port on a terminal: the pipeline's lines of progress move the bar, the others are told, or only those that
/// tell of something wrong.
/// </summary>
public readonly struct ConvertConsole(TerminalProgress progress, bool errorsOnly) : IConsole
{
    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> text)
    {
        string line = Encoding.ASCII.GetString(text).TrimEnd('\n');
        if (TryReadProgress(line, out ulong percent))
        {
            progress.Report(percent, 100);
        }
        else if (line.Length != 0 && (!errorsOnly || line.StartsWith("ckdump: E", StringComparison.Ordinal)))
        {
            progress.WriteLine(line);
        }
    }

    // "ckdump:  73 %  776.8 MiB ...". No regular expression: starting one takes as long as a small conversion's filter.
    private static bool TryReadProgress(string line, out ulong percent)
    {
        const string Head = "ckdump: ";
        percent = 0;
        int end = line.IndexOf(" %  ", StringComparison.Ordinal);
        return end > Head.Length && line.StartsWith(Head, StringComparison.Ordinal)
            && ulong.TryParse(
                line.AsSpan(Head.Length, end - Head.Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture,
                out percent);
    }
}
