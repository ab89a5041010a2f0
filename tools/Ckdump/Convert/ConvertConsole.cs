using System;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CosmosKdump.Capture;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>
/// The console port on a terminal: the pipeline's lines of progress move the bar, the others are told, or only those that
/// tell of something wrong.
/// </summary>
public readonly partial struct ConvertConsole(TerminalProgress progress, bool errorsOnly) : IConsole
{
    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> text)
    {
        string line = Encoding.ASCII.GetString(text).TrimEnd('\n');
        Match match = ProgressLine().Match(line);
        if (match.Success)
        {
            progress.Report(ulong.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), 100);
        }
        else if (line.Length != 0 && (!errorsOnly || line.StartsWith("ckdump: E", StringComparison.Ordinal)))
        {
            progress.WriteLine(line);
        }
    }

    [GeneratedRegex(@"^ckdump: +(\d+) %  ")]
    private static partial Regex ProgressLine();
}
