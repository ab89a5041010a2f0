using System;
using System.Linq;
using CosmosKdump.Capture.Filter;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Filter;

public class KindRunsTests
{
    [Fact]
    public void RunsEndWhereTheKindChanges()
    {
        var random = new Random(3);
        for (int trial = 0; trial < 200; trial++)
        {
            PageKind[] kinds = Kinds(random, random.Next(1, 100));
            for (int at = 0; at < kinds.Length; at++)
            {
                int end = Array.FindIndex(kinds, at, kind => kind != kinds[at]);
                Assert.Equal(end < 0 ? kinds.Length : end, KindRuns.End(kinds, at));
            }
        }
    }

    [Fact]
    public void NextFindsTheFirstPageOfTheSet()
    {
        var random = new Random(4);
        uint set = KindSet.Of(PageKind.Image) | KindSet.Of(PageKind.User);
        for (int trial = 0; trial < 200; trial++)
        {
            PageKind[] kinds = Kinds(random, random.Next(1, 100));
            for (int at = 0; at <= kinds.Length; at++)
            {
                int next = Array.FindIndex(kinds, at, kind => kind is PageKind.Image or PageKind.User);
                Assert.Equal(next < 0 ? kinds.Length : next, KindRuns.Next(kinds, at, set));
            }
        }
    }

    // Runs of all lengths around a word of eight.
    private static PageKind[] Kinds(Random random, int count) =>
        [.. Enumerable.Range(0, count)
            .SelectMany(_ => Enumerable.Repeat((PageKind)random.Next(0, PageCensus.Kinds), random.Next(1, 30)))
            .Take(count)];
}
