using System;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Symbols;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Symbols;

public class SymbolTableTests
{
    // Names: 0 "", 1 "Kernel.Alpha", 14 "Run", 18 "memcpy".
    private static readonly byte[] Names = Encoding.ASCII.GetBytes("\0\fKernel.Alpha\u0003Run\u0006memcpy");

    // Kernel.Alpha.Run at 0x200, memcpy at 0x300, end of code at 0x340.
    private static readonly byte[] Table =
    [
        0x00, 0x02, 0, 0, 1, 0, 14, 0,
        0x00, 0x03, 0, 0, 0, 0, 18, 0,
        0x40, 0x03, 0, 0, 0, 0, 0, 0,
    ];

    [Theory]
    [InlineData(0x200UL, "Kernel.Alpha.Run+0x0")]
    [InlineData(0x2FFUL, "Kernel.Alpha.Run+0xff")]
    [InlineData(0x300UL, "memcpy+0x0")]
    [InlineData(0x33FUL, "memcpy+0x3f")]
    public void A_place_in_code_has_a_name(ulong offset, string expected)
    {
        Assert.Equal(Status.Ok, new SymbolTable(Table, Names).Find(offset, out SymbolMatch match));
        var line = new TextLine(new byte[100]);
        match.AddTo(ref line);
        Assert.Equal(expected, Encoding.ASCII.GetString(line.Text));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(0x1FFUL)]
    [InlineData(0x340UL)]
    [InlineData(0x1_0000_0200UL)]
    [InlineData(ulong.MaxValue)]
    public void A_place_outside_of_code_has_none(ulong offset) =>
        Assert.Equal(Status.AddressOutOfRange, new SymbolTable(Table, Names).Find(offset, out _));

    [Fact]
    public void An_empty_table_has_no_names() =>
        Assert.Equal(Status.AddressOutOfRange, new SymbolTable([], [0]).Find(0x200, out _));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    public void Names_cut_short_do_no_harm(int length)
    {
        Status status = new SymbolTable(Table, Names.AsSpan(0, length)).Find(0x200, out SymbolMatch match);
        Assert.Equal(Status.AddressOutOfRange, status);
        Assert.Equal(0, match.Member.Length);
    }

    [Fact]
    public void A_table_that_ends_inside_an_entry_is_read_up_to_there() =>
        Assert.Equal(1, new SymbolTable(Table.AsSpan(0, 15), Names).Count);
}
