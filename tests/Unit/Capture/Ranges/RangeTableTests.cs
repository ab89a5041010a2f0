using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Ranges;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Ranges;

public class RangeTableTests
{
    private static PhysicalRange Pages(ulong first, ulong end) => new(first * 4096, end * 4096);

    private static string Show(in RangeTable table)
    {
        var parts = new List<string>();
        foreach (PhysicalRange range in table.Ranges)
        {
            parts.Add($"{range.Start / 4096}-{range.End / 4096}");
        }
        return string.Join(' ', parts);
    }

    [Theory]
    [InlineData("1-2 3-4", "1-2 3-4", false)]
    [InlineData("3-4 1-2", "1-2 3-4", false)]
    [InlineData("1-2 2-3", "1-3", false)]
    [InlineData("2-3 1-2", "1-3", false)]
    [InlineData("1-2 3-4 2-3", "1-4", false)]
    [InlineData("1-3 2-4", "1-4", true)]
    [InlineData("2-4 1-3", "1-4", true)]
    [InlineData("1-9 3-4", "1-9", true)]
    [InlineData("3-4 1-9", "1-9", true)]
    [InlineData("1-2 3-4 5-6 7-8 0-20", "0-20", true)]
    [InlineData("1-2 4-5 8-9 2-8", "1-9", true)]
    [InlineData("1-2 1-2", "1-2", true)]
    [InlineData("5-6 1-2 9-10 3-4 7-8", "1-2 3-4 5-6 7-8 9-10", false)]
    public void RangesAreSortedAndMerged(string added, string expected, bool overlaps)
    {
        var table = new RangeTable(new PhysicalRange[16]);
        bool found = false;
        foreach (string text in added.Split(' '))
        {
            ulong[] ends = text.Split('-').Select(ulong.Parse).ToArray();
            found |= table.Add(Pages(ends[0], ends[1])) == Status.SegmentsOverlap;
        }
        Assert.Equal(expected, Show(in table));
        Assert.Equal(overlaps, found);
    }

    [Fact]
    public void AFullTableStillMergesButTakesNothingNew()
    {
        var table = new RangeTable(new PhysicalRange[2]);
        Assert.Equal(Status.Ok, table.Add(Pages(1, 2)));
        Assert.Equal(Status.Ok, table.Add(Pages(5, 6)));
        Assert.Equal(Status.TooManyEntries, table.Add(Pages(8, 11)));
        Assert.Equal(Status.Ok, table.Add(Pages(2, 3)));
        Assert.Equal("1-3 5-6", Show(in table));
        Assert.Equal(3ul, table.TotalPages);
    }

    [Fact]
    public void AnEmptyRangeChangesNothing()
    {
        var table = new RangeTable(new PhysicalRange[2]);
        Assert.Equal(Status.Ok, table.Add(Pages(3, 3)));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void RandomRangesGiveWhatASetOfPagesGives()
    {
        var random = new Random(5);
        for (int run = 0; run < 300; run++)
        {
            var table = new RangeTable(new PhysicalRange[64]);
            bool[] pages = new bool[100];
            for (int i = 0; i < 30; i++)
            {
                int start = random.Next(99);
                int end = Math.Min(100, start + 1 + random.Next(6));
                bool overlaps = pages[start..end].Any(page => page);
                Assert.Equal(overlaps ? Status.SegmentsOverlap : Status.Ok, table.Add(Pages((ulong)start, (ulong)end)));
                Array.Fill(pages, true, start, end - start);
            }
            Assert.Equal((ulong)pages.Count(page => page), table.TotalPages);
            for (int start = 0; start < 100; start++)
            {
                int end = Math.Min(100, start + 1 + random.Next(4));
                Assert.Equal(pages[start..end].All(page => page), table.Contains(Pages((ulong)start, (ulong)end)));
            }
            for (int i = 1; i < table.Count; i++)
            {
                Assert.True(table.Ranges[i - 1].End < table.Ranges[i].Start);
            }
        }
    }

    [Fact]
    public void RangesCoverWholePages()
    {
        PhysicalRange range = PhysicalRange.Covering(0x1234, 0x1000);
        Assert.Equal(0x1000ul, range.Start);
        Assert.Equal(0x3000ul, range.End);
        Assert.Equal(2ul, range.Pages);
    }
}
