using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Capture.Filter;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Kdump;

public class LevelChoiceTests
{
    private readonly ulong[] _pages = new ulong[PageCensus.Kinds];
    private readonly ulong[] _bytes = new ulong[PageCensus.Kinds];

    [Fact]
    public void What_was_sampled_is_as_large_as_the_sample()
    {
        Take(PageKind.Kernel, 10, 1000);
        Take(PageKind.Slab, 4, 2000);
        Assert.Equal(1000UL, Each(PageKind.Kernel));
        Assert.Equal(2000UL, Each(PageKind.Slab));
    }

    /// <summary>Per-CPU areas and hash tables lie in a few long runs, which a sample of a large machine misses.</summary>
    [Theory]
    [InlineData(PageKind.Reserved)]
    [InlineData(PageKind.Tasks)]
    [InlineData(PageKind.Free)]
    public void What_was_missed_is_as_large_as_the_kinds_that_stay(PageKind kind)
    {
        Take(PageKind.Kernel, 30, 1000);
        Take(PageKind.Slab, 10, 2000);
        Take(PageKind.Cache, 1000, 4096);
        Assert.Equal(1250UL, Each(kind));
    }

    [Fact]
    public void Without_a_sample_nothing_shrinks()
    {
        Take(PageKind.Cache, 10, 100);
        Assert.Equal((ulong)Limits.PageBytes, Each(PageKind.Kernel));
    }

    private void Take(PageKind kind, ulong count, ulong each)
    {
        _pages[(int)kind] = count;
        _bytes[(int)kind] = count * each;
    }

    private ulong Each(PageKind kind) => LevelChoice.BytesPerPage(kind, _pages, _bytes);
}
