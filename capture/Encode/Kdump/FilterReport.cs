using System;
using CosmosKdump.Capture.Filter;

namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>Tells what the filter found and what it leaves out.</summary>
public static class FilterReport
{
    /// <summary>
    /// Tells of the filter and how long its count took, and of a level that was raised so that the dump fits.
    /// </summary>
    public static void Tell<TConsole>(
        ref TConsole console,
        scoped in PageFilter filter,
        scoped in PageCensus census,
        DumpLevel wanted,
        DumpLevel level,
        ulong microseconds)
        where TConsole : struct, IConsole
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        if (filter.HasPageStructs)
        {
            TellPages(ref console, in census, level, microseconds);
        }
        else
        {
            TextLine why = ReportLine.Begin(buffer, filter.WhyNot);
            why.Add("only pages of zeros can be left out: all others are dumped"u8);
            ReportLine.Write(ref console, in why);
        }
        if (level.Value != wanted.Value)
        {
            TextLine line = ReportLine.Begin(buffer);
            line.Add("dump level raised from "u8);
            line.AddDecimal(wanted.Value);
            line.Add(" to "u8);
            line.AddDecimal(level.Value);
            line.Add(": the dump would not fit"u8);
            ReportLine.Write(ref console, in line);
        }
    }

    /// <summary>Tells that nothing is filtered, and why.</summary>
    public static void TellWhole<TConsole>(ref TConsole console, Status why)
        where TConsole : struct, IConsole
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer, why);
        line.Add("nothing can be left out: all pages are dumped"u8);
        ReportLine.Write(ref console, in line);
    }

    private static void TellPages<TConsole>(
        ref TConsole console, scoped in PageCensus census, DumpLevel level, ulong microseconds)
        where TConsole : struct, IConsole
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer);
        line.Add("pages: "u8);
        line.AddDecimal(census.Memory);
        Add(ref line, ", cache "u8, census.Of(PageKind.Cache) + census.Of(PageKind.PrivateCache));
        Add(ref line, ", user "u8, census.Of(PageKind.User));
        Add(ref line, ", free "u8, census.Of(PageKind.Free));
        Add(ref line, ", poisoned "u8, census.Of(PageKind.Poisoned));
        Add(ref line, ", offline "u8, census.Of(PageKind.Offline));
        Add(ref line, ", unknown "u8, census.Of(PageKind.Unknown));
        line.Add("; level "u8);
        line.AddDecimal(level.Value);
        line.Add(" keeps "u8);
        line.AddDecimal(census.Kept(level));
        line.Add(" in "u8);
        line.AddSeconds(microseconds);
        ReportLine.Write(ref console, in line);
    }

    private static void Add(ref TextLine line, ReadOnlySpan<byte> what, ulong count)
    {
        if (count != 0)
        {
            line.Add(what);
            line.AddDecimal(count);
        }
    }
}
