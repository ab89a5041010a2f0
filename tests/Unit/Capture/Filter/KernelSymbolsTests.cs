using System;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Filter;

public class KernelSymbolsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TablesForDebuggersAreToldByTheKernelsOwnSymbols(bool isOffsetNegative)
    {
        var pages = new CrashedPages();
        var table = new CrashedSymbols(pages, isOffsetNegative);
        // The second page of 0x1900 on has nothing else: not whole pages are not told.
        table.Add("T_stext", 0);
        table.Add("Dlinux_banner", 0x80_0000);
        table.Add("D" + new string('x', 200), 0x80_0100);
        table.Add("R__start_BTF", 0x90_0070);
        table.Add("R__stop_BTF", 0x90_3010);
        table.Add("R__start_orc_unwind_ip", 0x90_4000);
        table.Add("r__start_orc_unwind", 0x90_5000);
        table.Add("R__stop_orc_unwind", 0x90_6000);
        table.Plant();
        PageFilter filter = pages.Open(31);
        PageKind[] expected =
        [
            PageKind.Image, PageKind.DebugTables, PageKind.DebugTables, PageKind.Image,
            PageKind.DebugTables, PageKind.DebugTables, PageKind.Image,
        ];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], pages.KindOf(ref filter, 0x1900 + (ulong)i));
        }
        ulong first = (CrashedSymbols.At / Limits.PageBytes) + 1;
        Assert.Equal(PageKind.DebugTables, pages.KindOf(ref filter, first));
        Assert.Equal(PageKind.DebugTables, pages.KindOf(ref filter, first + 1));
        Assert.Equal(PageKind.Image, pages.KindOf(ref filter, first - 1));
    }

    /// <summary>CONFIG_KALLSYMS_ABSOLUTE_PERCPU: an offset that is not below zero is an address.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AbsoluteAddressesAreNotCountedFromTheBase(bool isAbsolute)
    {
        var pages = new CrashedPages();
        var table = new CrashedSymbols(pages, isOffsetNegative: true);
        if (isAbsolute)
        {
            table.AddAbsolute("A__start_BTF", 0x90_0000);
        }
        else
        {
            table.Add("R__start_BTF", 0x90_0000);
        }
        table.Add("R__stop_BTF", 0x90_1000);
        table.Plant();
        PageFilter filter = pages.Open(31);
        Assert.Equal(isAbsolute ? PageKind.Image : PageKind.DebugTables, pages.KindOf(ref filter, 0x1900));
    }

    [Theory]
    [InlineData("kallsyms_names")]
    [InlineData("kallsyms_num_syms")]
    [InlineData("kallsyms_token_table")]
    [InlineData("kallsyms_token_index")]
    [InlineData("kallsyms_offsets")]
    [InlineData("kallsyms_relative_base")]
    public void SymbolsThatAreNotWhereTheyShouldBeCostNothing(string key)
    {
        var pages = new CrashedPages();
        var table = new CrashedSymbols(pages, isOffsetNegative: true);
        table.Add("R__start_BTF", 0x90_0000);
        table.Add("R__stop_BTF", 0x90_1000);
        table.Plant();
        string info = Encoding.ASCII.GetString(pages.Info);
        int at = info.IndexOf($"SYMBOL({key})=", StringComparison.Ordinal) + $"SYMBOL({key})=".Length;
        foreach (string wrong in new[] { "0000000000000000", "ffffffffffffffff", "ffffffff81801ff0", "nonsense" })
        {
            pages.Info = Encoding.ASCII.GetBytes(info[..at] + wrong + info[info.IndexOf('\n', at)..]);
            PageFilter filter = pages.Open(31);
            Assert.True(filter.HasPageStructs);
            Assert.Equal(PageKind.Text, pages.KindOf(ref filter, 0x1000));
        }
    }
}
