using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Input;

public class VmcoreInfoTests
{
    private static VmcoreInfo Info => new(
        "OSRELEASE=6.1.0-21-cloud-amd64\nBUILD-ID=ab12\nPAGESIZE=4096\nSYMBOL(init_uts_ns)=ffffffffa7e1f6c0\n"u8
        + "SIZE(list_head)=16\nOFFSET(page.flags)=0\nOFFSET(page.lru)=8\nLENGTH(zone.free_area)=11\n"u8
        + "NUMBER(PG_lru)=5\nNUMBER(phys_base)=-872415232\nNUMBER(x)=0x10\nKERNELOFFSET=26000000\n"u8
        + "CRASHTIME=1718000000\nODD\nEMPTY=\nBAD=12z\nBIG=99999999999999999999\nLAST=1"u8);

    [Theory]
    [InlineData("KERNELOFFSET", 0x26000000ul)]
    [InlineData("SYMBOL(init_uts_ns)", 0xffffffffa7e1f6c0)]
    [InlineData("SIZE(list_head)", 16ul)]
    [InlineData("OFFSET(page.lru)", 8ul)]
    [InlineData("OFFSET(page.flags)", 0ul)]
    [InlineData("LENGTH(zone.free_area)", 11ul)]
    [InlineData("NUMBER(phys_base)", 0xffffffffcc000000)]
    [InlineData("NUMBER(x)", 0x10ul)]
    [InlineData("CRASHTIME", 1718000000ul)]
    [InlineData("LAST", 1ul)]
    public void NumbersAreFoundByTheirKey(string key, ulong expected)
    {
        Assert.Equal(Status.Ok, Info.TryGetNumber(System.Text.Encoding.ASCII.GetBytes(key), out ulong value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("SYMBOL(init)")]
    [InlineData("SIZE(list_hea)")]
    [InlineData("OSRELEASE")]
    [InlineData("ODD")]
    [InlineData("EMPTY")]
    [InlineData("BAD")]
    [InlineData("BIG")]
    [InlineData("")]
    public void WhatIsMissingOrNoNumberIsAStatus(string key) => Assert.Equal(
        Status.VmcoreInfoIncomplete, Info.TryGetNumber(System.Text.Encoding.ASCII.GetBytes(key), out _));

    [Fact]
    public void FormsAreFoundByName()
    {
        Assert.Equal(Status.Ok, Info.TryGetSymbol("init_uts_ns"u8, out ulong value));
        Assert.Equal(0xffffffffa7e1f6c0, value);
        Assert.Equal(Status.Ok, Info.TryGetSize("list_head"u8, out value));
        Assert.Equal(16ul, value);
        Assert.Equal(Status.Ok, Info.TryGetOffset("page.lru"u8, out value));
        Assert.Equal(8ul, value);
        Assert.Equal(Status.Ok, Info.TryGetLength("zone.free_area"u8, out value));
        Assert.Equal(11ul, value);
        Assert.Equal(Status.Ok, Info.TryGetConstant("PG_lru"u8, out value));
        Assert.Equal(5ul, value);
        Assert.Equal(Status.VmcoreInfoIncomplete, Info.TryGetSymbol("list_head"u8, out _));
    }

    [Fact]
    public void TextIsFound()
    {
        Assert.Equal(Status.Ok, Info.TryGetText("OSRELEASE"u8, out System.ReadOnlySpan<byte> release));
        Assert.True(System.MemoryExtensions.SequenceEqual(release, "6.1.0-21-cloud-amd64"u8));
        Assert.Equal(Status.VmcoreInfoIncomplete, new VmcoreInfo(default).TryGetText("OSRELEASE"u8, out _));
    }
}
