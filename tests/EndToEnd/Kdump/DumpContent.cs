using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>Compares every page of a filtered dump with the full dump that it was made of.</summary>
public sealed class DumpContent
{
    private const int DifferencesShown = 20;

    private readonly Dictionary<PageState, long> _counts = [];
    private readonly List<string> _differences = [];

    /// <summary>Pages of memory that differ in what they hold, or that only one of the dumps knows.</summary>
    public long Different { get; private set; }

    /// <summary>Pages compared, byte by byte.</summary>
    public long Compared => Count(PageState.Kept);

    /// <summary>Pages that memory covers only in part, and that the dump leaves out.</summary>
    public long Partial { get; private set; }

    /// <summary>Compares a dump with a full one.</summary>
    public static DumpContent Compare(VmcoreFile dump, VmcoreFile full)
    {
        DumpContent content = new();
        byte[] expected = new byte[Limits.PageBytes];
        byte[] actual = new byte[Limits.PageBytes];
        foreach (ulong pfn in Pages(dump, full))
        {
            PageState state = dump.StateOf(pfn);
            if (state == PageState.Absent && full.ReadPhysical(pfn * Limits.PageBytes, expected) != Status.Ok)
            {
                // makedumpfile leaves out pages that memory covers only in part, such as the one at 0x9f000.
                content.Partial++;
                continue;
            }
            content._counts[state] = content.Count(state) + 1;
            bool isMemory = full.StateOf(pfn) != PageState.Absent;
            if (isMemory == (state == PageState.Absent))
            {
                content.Tell(pfn, isMemory ? "not in the dump's memory" : "only in the dump's memory");
            }
            else if (state == PageState.Kept)
            {
                // A page that memory covers only in part has zeros in the rest.
                Status whole = full.ReadPhysical(pfn * Limits.PageBytes, expected);
                Status status = dump.ReadPhysical(pfn * Limits.PageBytes, actual);
                int same = actual.AsSpan().CommonPrefixLength(expected);
                status = whole == Status.Ok ? status : Status.Ok;
                if (status != Status.Ok || same != Limits.PageBytes)
                {
                    content.Tell(pfn, status != Status.Ok ? "cannot be read" : $"differs from byte {same} on");
                }
            }
        }
        return content;
    }

    /// <summary>Pages of the full dump's memory in a state of the filtered one.</summary>
    public long Count(PageState state) => _counts.GetValueOrDefault(state);

    /// <summary>Nothing differs, and nothing is missing.</summary>
    public void MustBeEqual()
    {
        Assert.True(Different == 0, $"{Different} pages differ:\n{string.Join('\n', _differences)}");
        Assert.Equal(0, Count(PageState.Missing));
        Assert.NotEqual(0, Compared);
        Assert.InRange(Partial, 0, 2);
    }

    // Both dumps' pages, each once.
    private static IEnumerable<ulong> Pages(VmcoreFile dump, VmcoreFile full)
    {
        SortedSet<ulong> starts = [];
        Dictionary<ulong, ulong> ends = [];
        foreach (AddressRange range in dump.PhysicalRanges.Concat(full.PhysicalRanges))
        {
            ulong start = range.Start / Limits.PageBytes;
            starts.Add(start);
            ulong end = (range.End + Limits.PageBytes - 1) / Limits.PageBytes;
            ends[start] = Math.Max(ends.GetValueOrDefault(start), end);
        }
        ulong next = 0;
        foreach (ulong start in starts)
        {
            for (next = Math.Max(next, start); next < ends[start]; next++)
            {
                yield return next;
            }
        }
    }

    private void Tell(ulong pfn, string what)
    {
        if (++Different <= DifferencesShown)
        {
            _differences.Add($"page {pfn} (0x{pfn * Limits.PageBytes:x}) {what}");
        }
    }
}
