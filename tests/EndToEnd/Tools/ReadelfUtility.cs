using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Tools;

/// <summary>binutils' readelf.</summary>
public static partial class ReadelfUtility
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>The program headers as readelf understands them.</summary>
    public static IReadOnlyList<ProgramHeader> ProgramHeaders(string dump) =>
        [.. HeaderLine().Matches(Ask("-lW", dump)).Select(Header)];

    /// <summary>Owners and types of the notes as readelf understands them.</summary>
    public static IReadOnlyList<string> Notes(string dump) =>
        [.. NoteLine().Matches(Ask("-nW", dump)).Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}")];

    /// <summary>Runs it; it must have nothing to warn of.</summary>
    public static string Ask(string option, string dump)
    {
        HostCommand.Outcome outcome = HostCommand.Run("readelf", [option, dump], Limit);
        Assert.True(outcome.ExitCode == 0 && outcome.Errors.Length == 0, $"readelf {option}: {outcome.Errors}");
        return outcome.Output;
    }

    [GeneratedRegex(
        @"^ +(NOTE|LOAD) +0x(\w+) 0x(\w+) 0x(\w+) 0x(\w+) 0x(\w+) ([RWE ]{3}) (0x)?(\w+)$",
        RegexOptions.Multiline)]
    private static partial Regex HeaderLine();

    [GeneratedRegex(@"^  (CORE|VMCOREINFO) +0x\w+\t(\w+)", RegexOptions.Multiline)]
    private static partial Regex NoteLine();

    private static ProgramHeader Header(Match match)
    {
        string flags = match.Groups[7].Value;
        return new ProgramHeader(
            match.Groups[1].Value == "NOTE" ? ProgramHeader.Note : ProgramHeader.Load,
            (flags.Contains('R') ? 4u : 0) | (flags.Contains('W') ? 2u : 0) | (flags.Contains('E') ? 1u : 0),
            Number(match, 2),
            Number(match, 3),
            Number(match, 4),
            Number(match, 5),
            Number(match, 6),
            Number(match, 9));
    }

    private static ulong Number(Match match, int group) =>
        ulong.Parse(match.Groups[group].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
