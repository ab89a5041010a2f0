using System;
using System.Runtime.InteropServices;

namespace CosmosKdump.Capture.Filter;

/// <summary>
/// Walks over pages of a kind eight at a time: most of a large machine's memory lies in long runs, of free pages for one.
/// </summary>
public static class KindRuns
{
    private const int PagesOfWord = sizeof(ulong);
    private const ulong EachByte = 0x0101_0101_0101_0101;

    /// <summary>One past the last page of the run of equal kinds that holds the page at <paramref name="start"/>.</summary>
    public static int End(scoped ReadOnlySpan<PageKind> kinds, int start)
    {
        PageKind kind = kinds[start];
        ulong same = (ulong)kind * EachByte;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<PageKind, ulong>(kinds);
        int at = start + 1;
        while (at < kinds.Length && kinds[at] == kind)
        {
            at++;
            int word = at / PagesOfWord;
            if (at % PagesOfWord != 0)
            {
                continue;
            }
            while (word < words.Length && words[word] == same)
            {
                word++;
            }
            at = word * PagesOfWord;
        }
        return at;
    }

    /// <summary>
    /// The first page from <paramref name="start"/> on whose kind is in a set (<see cref="KindSet"/>), or the end.
    /// </summary>
    public static int Next(scoped ReadOnlySpan<PageKind> kinds, int start, uint set)
    {
        int at = start;
        while (at < kinds.Length && !KindSet.Has(set, kinds[at]))
        {
            at = at % PagesOfWord == 0 ? End(kinds, at) : at + 1;
        }
        return at;
    }
}
