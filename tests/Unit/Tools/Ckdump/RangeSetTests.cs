using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Ckdump.Receive;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

public sealed class RangeSetTests
{
    [Fact]
    public void AnEmptySetMissesEverything()
    {
        Assert.Equal([(3UL, 9UL)], new RangeSet().Missing(3, 9));
        Assert.Empty(new RangeSet().Missing(3, 3));
    }

    [Fact]
    public void WhatIsBetweenRangesIsMissing()
    {
        var set = new RangeSet();
        set.Add(2, 4);
        set.Add(6, 8);
        Assert.Equal([(0UL, 2UL), (4UL, 6UL), (8UL, 10UL)], set.Missing(0, 10));
        Assert.Equal([(4UL, 6UL)], set.Missing(3, 7));
        Assert.Empty(set.Missing(6, 8));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ItAgreesWithASetOfNumbers(int seed)
    {
        var random = new Random(seed);
        var set = new RangeSet();
        bool[] expected = new bool[200];
        for (int i = 0; i < 300; i++)
        {
            int start = random.Next(200);
            int end = Math.Min(200, start + random.Next(6));
            set.Add((ulong)start, (ulong)end);
            expected.AsSpan(start, end - start).Fill(true);
            int from = random.Next(200);
            int to = random.Next(from, 201);
            IEnumerable<int> missing = set.Missing((ulong)from, (ulong)to)
                .SelectMany(range => Enumerable.Range((int)range.Start, (int)(range.End - range.Start)));
            Assert.Equal(Enumerable.Range(from, to - from).Where(number => !expected[number]), missing);
        }
    }

    [Fact]
    public void AForgottenSetIsEmpty()
    {
        var set = new RangeSet();
        set.Add(1, 5);
        set.Clear();
        Assert.Equal([(0UL, 6UL)], set.Missing(0, 6));
    }
}
