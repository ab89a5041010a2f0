using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Analyzer.Kdump;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>
/// Compares the sets of pages that two kdump-compressed dumps of the same memory kept, page by page, and sorts the
/// differences by what the page structs say.
/// </summary>
public sealed class PageSetComparison
{
    private const int PagesShown = 5;

    private readonly SortedDictionary<string, List<ulong>> _onlyFirst = [];
    private readonly SortedDictionary<string, List<ulong>> _onlySecond = [];
    private readonly PageStructs _structs;

    private PageSetComparison(PageStructs structs)
    {
        _structs = structs;
    }

    /// <summary>Pages that only the first dump kept, by kind.</summary>
    public IReadOnlyDictionary<string, List<ulong>> OnlyFirst => _onlyFirst;

    /// <summary>Pages that only the second dump kept, by kind.</summary>
    public IReadOnlyDictionary<string, List<ulong>> OnlySecond => _onlySecond;

    /// <summary>Pages that both kept.</summary>
    public long Both { get; private set; }

    /// <summary>Pages that one of them has as memory, and the other one not.</summary>
    public List<ulong> MemoryOfOne { get; } = [];

    /// <summary>Compares two dumps; the page structs are those of a full dump of the same memory.</summary>
    public static PageSetComparison Compare(KdumpVmcore first, KdumpVmcore second, PageStructs structs)
    {
        PageSetComparison comparison = new(structs);
        ulong end = System.Math.Max(first.Header.PageCount, second.Header.PageCount);
        for (ulong pfn = 0; pfn < end; pfn++)
        {
            bool isInFirst = first.KeptMap.IsSet(pfn);
            bool isInSecond = second.KeptMap.IsSet(pfn);
            comparison.Both += isInFirst && isInSecond ? 1 : 0;
            if (isInFirst != isInSecond)
            {
                Add(isInFirst ? comparison._onlyFirst : comparison._onlySecond, structs.KindOf(pfn), pfn);
            }
            if (first.MemoryMap.IsSet(pfn) != second.MemoryMap.IsSet(pfn))
            {
                comparison.MemoryOfOne.Add(pfn);
            }
        }
        return comparison;
    }

    /// <summary>What differs, a line per kind, with some pages of each.</summary>
    public string Report() => string.Join('\n',
        Lines("only in the first", _onlyFirst).Concat(Lines("only in the second", _onlySecond))
            .Prepend($"{Both} pages in both, {MemoryOfOne.Count} memory of one alone"));

    /// <summary>Both kept the same pages of the same memory.</summary>
    public void MustBeEqual()
    {
        Assert.True(_onlyFirst.Count == 0 && _onlySecond.Count == 0 && MemoryOfOne.Count == 0, Report());
        Assert.NotEqual(0, Both);
    }

    /// <summary>
    /// The second kept all that the first kept, and more only of the kinds named: differences in the page's favour.
    /// </summary>
    public void SecondMayOnlyHaveMore(params string[] kinds) => Assert.True(
        _onlyFirst.Count == 0 && _onlySecond.Keys.All(kinds.Contains) && MemoryOfOne.Count == 0, Report());

    private static void Add(SortedDictionary<string, List<ulong>> pages, string kind, ulong pfn)
    {
        if (!pages.TryGetValue(kind, out List<ulong>? list))
        {
            pages.Add(kind, list = []);
        }
        list.Add(pfn);
    }

    private IEnumerable<string> Lines(string where, SortedDictionary<string, List<ulong>> pages)
    {
        foreach ((string kind, List<ulong> list) in pages)
        {
            yield return $"{list.Count} {kind} pages {where}";
            foreach (ulong pfn in list.Take(PagesShown))
            {
                yield return $"  page {pfn}: {_structs.Describe(pfn)}";
            }
        }
    }
}
