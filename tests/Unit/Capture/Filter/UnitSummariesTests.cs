using CosmosKdump.Capture.Filter;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Filter;

public class UnitSummariesTests
{
    [Theory]
    [InlineData(3, 3UL, 1UL)]
    [InlineData(3, 4UL, 2UL)]
    [InlineData(4096, 1UL << 23, 2048UL)]
    [InlineData(5, 0UL, 1UL)]
    public void AnEntryIsAboutAsManyUnitsAsThereMustBe(int entries, ulong units, ulong each) =>
        Assert.Equal(each, new UnitSummaries(new UnitSummary[entries], units).UnitsEach);

    [Fact]
    public void UnitsOfAnEntryAreAddedUp()
    {
        var summaries = new UnitSummaries(new UnitSummary[2], 4);
        summaries.Add(0, 10, KindSet.Of(PageKind.Free));
        summaries.Add(1, 5, KindSet.Of(PageKind.Kernel));
        summaries.Add(3, 7, KindSet.Of(PageKind.User));
        Assert.Equal(15U, summaries.Of(0).KeptPages);
        Assert.Equal(KindSet.Of(PageKind.Free) | KindSet.Of(PageKind.Kernel), summaries.Of(1).Kinds);
        Assert.Equal((7U, KindSet.Of(PageKind.User)), (summaries.Of(2).KeptPages, summaries.Of(2).Kinds));
        summaries.Clear();
        Assert.Equal(0U, summaries.Of(3).KeptPages);
    }
}
