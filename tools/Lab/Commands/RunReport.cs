using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Commands;

/// <summary>What <c>run</c> says of a capture that ended: its times, or why there is no dump.</summary>
public sealed partial class RunReport
{
    private const string NoDump = "ckdump: NO DUMP: ";
    private readonly GuestTimes _times;
    private readonly string? _failure;

    /// <summary>The report of a run; <paramref name="last"/> is the line with which the capture ended.</summary>
    public RunReport(GuestTimes times, IReadOnlyList<ConsoleLine> lines, ConsoleLine last)
    {
        _times = times;
        HasDump = lines.Any(line => Dumped().IsMatch(line.Text));
        string? target = lines.Select(line => line.Text).LastOrDefault(text => Target().IsMatch(text));
        IsOnDisk = HasDump && target?.StartsWith("ckdump: target serial", StringComparison.Ordinal) != true;
        if (!HasDump)
        {
            string? told = lines.Select(line => line.Text)
                .FirstOrDefault(text => text.StartsWith(NoDump, StringComparison.Ordinal));
            _failure = told?[NoDump.Length..] ?? last.Text;
        }
    }

    /// <summary>There is a dump, complete or not, or it was sent.</summary>
    public bool HasDump { get; }

    /// <summary>The dump is on a disk of the guest's.</summary>
    public bool IsOnDisk { get; }

    /// <summary>The times, a line each; <c>-</c>: not seen, as a first byte that went over a serial line.</summary>
    public override string ToString()
    {
        string firstByte = HasDump ? Seconds(_times.ToFirstByte) : "none";
        string done = HasDump ? Seconds(_times.ToDone) : $"no dump: {_failure}";
        return $"""
            panic -> capture starts  {Seconds(_times.ToStart)}
            panic -> first byte      {firstByte}
            panic -> done            {done}
            """;
    }

    [GeneratedRegex("^ckdump: dump (complete|INCOMPLETE|sent)|^LAB: capture done, exit code 0")]
    private static partial Regex Dumped();

    [GeneratedRegex("^ckdump: target (disk|serial)")]
    private static partial Regex Target();

    private static string Seconds(double value) =>
        double.IsNaN(value) ? "-" : string.Create(CultureInfo.InvariantCulture, $"{value:F3} s");
}
