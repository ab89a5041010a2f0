using System.Text;
using CosmosKdump.Capture.Filter;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Filter;

/// <summary>What VMCOREINFO of each series tells of huge pages, when a part of it is not there or wrong.</summary>
public class HugePageKeysTests
{
    private const ulong Huge = 0x50000;
    private const ulong Pages = 512;

    [Theory]
    [InlineData(CrashedSeries.Linux61, "OFFSET(page.compound_dtor)")]
    [InlineData(CrashedSeries.Linux61, "NUMBER(HUGETLB_PAGE_DTOR)")]
    [InlineData(CrashedSeries.Linux63, "OFFSET(folio._folio_dtor)")]
    [InlineData(CrashedSeries.Linux63, "NUMBER(HUGETLB_PAGE_DTOR)")]
    [InlineData(CrashedSeries.Linux66, "NUMBER(PG_hugetlb)")]
    [InlineData(CrashedSeries.Linux612, "NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)")]
    public void HugePagesAreKeptWithoutTheKeyThatTellsOfThem(CrashedSeries series, string key) =>
        AssertKinds(series, key, "GONE", PageKind.Kernel);

    /// <summary>Without its order, a page is one.</summary>
    [Theory]
    [InlineData("_folio_order)=81", "_folio_order)=17", PageKind.User)]
    [InlineData("_folio_order)=81", "_folio_order)=128", PageKind.User)]
    [InlineData("_folio_dtor)=80", "_folio_dtor)=16", PageKind.Kernel)]
    [InlineData("_folio_dtor)=80", "_folio_dtor)=128", PageKind.Kernel)]
    public void MembersOfAFolioThatAreNotInItsSecondPageTellNothing(string told, string wrong, PageKind first) =>
        AssertKinds(CrashedSeries.Linux63, told, wrong, first);

    private static void AssertKinds(CrashedSeries series, string told, string wrong, PageKind first)
    {
        var pages = new CrashedPages(series);
        pages.Compound(Huge, 9, isHuge: true);
        string text = Encoding.ASCII.GetString(pages.Info);
        Assert.Contains(told, text);
        pages.Info = Encoding.ASCII.GetBytes(text.Replace(told, wrong));
        PageFilter filter = pages.Open(31);
        Assert.True(filter.HasPageStructs);
        Assert.Equal(first, pages.KindOf(ref filter, Huge));
        for (ulong i = 1; i < Pages; i++)
        {
            Assert.Equal(PageKind.Kernel, pages.KindOf(ref filter, Huge + i));
        }
    }
}
