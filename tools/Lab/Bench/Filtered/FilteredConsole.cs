using System;
using System.Globalization;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench.Filtered;

/// <summary>Figures that a capture of level 31 tells on its console.</summary>
public static partial class FilteredConsole
{
    // Stock kdump's initramfs tells of makedumpfile's steps after its dump is done.
    private static readonly TimeSpan StepsLimit = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The seconds that the filter took, of a capture that is done: ours tells of it beside its counts of pages;
    /// makedumpfile tells of each pass over the page structs, of which the first is taken.
    /// </summary>
    public static double FilterSeconds(Guest guest, FilteredCase one)
    {
        if (!one.IsOurs)
        {
            guest.Console.WaitFor(StepsTold(), StepsLimit);
        }
        return FilterSeconds(guest.Console.Text) is { } seconds
            ? seconds
            : throw guest.Console.Missing("the capture does not tell how long its filter took");
    }

    /// <summary>The same out of a console's text; null: it is not told.</summary>
    public static double? FilterSeconds(string console) => FilterLine().Match(console) is { Success: true } match
        ? double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        : null;

    /// <summary>How many CPUs compressed; 1 for stock kdump.</summary>
    public static int Cpus(string console) => CpusLine().Match(console) is { Success: true } match
        ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        : 1;

    [GeneratedRegex(
        @"(?m)^(?:ckdump: pages: .* level 31 keeps \d+ in|LAB: step \[Excluding unnecessary pages\] *:) (\d+\.\d+) s")]
    private static partial Regex FilterLine();

    [GeneratedRegex(@"(?m)^ckdump: (?:E\d+ .*)?CPUs that compress: (\d+)")]
    private static partial Regex CpusLine();

    [GeneratedRegex("^LAB: steps told")]
    private static partial Regex StepsTold();
}
