using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Video;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Video;

[Collection(SimulatedMachine.Tests)]
public class VgaTextTests
{
    private readonly SimulatedVga _vga = new(new SimulatedMachine());
    private VgaText _text;

    [Fact]
    public void Text_goes_on_below_the_old_kernels_last_line()
    {
        _vga.Origin = 800;
        _vga.Plant(800 + (3 * 80), "Kernel panic - not syncing: sysrq");
        _vga.Cursor = 800 + (3 * 80) + 33;

        Assert.Equal(Status.Ok, _text.Start());
        _text.Write("ckdump: one\nckdump: two"u8);

        Assert.Equal(800, _vga.Origin);
        Assert.Equal("Kernel panic - not syncing: sysrq", _vga.Row(3));
        Assert.Equal("ckdump: one", _vga.Row(4));
        Assert.Equal("ckdump: two", _vga.Row(5));
        Assert.Equal(800 + (5 * 80) + 11, _vga.Cursor);
    }

    [Fact]
    public void Lines_scroll_without_end_and_without_losing_the_screen()
    {
        Assert.Equal(Status.Ok, _text.Start());
        for (int i = 0; i < 1000; i++)
        {
            _text.Write(Encoding.ASCII.GetBytes($"line {i}\n"));
        }

        for (int row = 0; row < 24; row++)
        {
            Assert.Equal($"line {976 + row}", _vga.Row(row));
        }
        Assert.Equal("", _vga.Row(24));
        Assert.InRange(_vga.Origin, 0, 0x4000 - 2000);
    }

    [Fact]
    public void A_line_of_text_costs_about_two_rows_of_writes()
    {
        Assert.Equal(Status.Ok, _text.Start());
        int before = _vga.Writes;

        for (int i = 0; i < 1000; i++)
        {
            _text.Write("sixteen letters.\n"u8);
        }

        Assert.True(_vga.Writes - before < 1000 * 160);
    }

    [Fact]
    public void Long_lines_wrap_and_tabs_go_to_the_next_stop()
    {
        Assert.Equal(Status.Ok, _text.Start());

        _text.Write(Encoding.ASCII.GetBytes(new string('x', 81) + "\ta\rb\n"));

        Assert.Equal(new string('x', 80), _vga.Row(1));
        Assert.Equal("b       a", _vga.Row(2));
    }

    [Theory]
    [InlineData("graphics mode", 0x05, 0x67, 79, 40)]
    [InlineData("graphics mode at A0000", 0x01, 0x67, 79, 40)]
    [InlineData("monochrome memory", 0x0A, 0x67, 79, 40)]
    [InlineData("monochrome ports", 0x0E, 0x66, 79, 40)]
    [InlineData("40 columns", 0x0E, 0x67, 39, 20)]
    [InlineData("rows of another length", 0x0E, 0x67, 79, 80)]
    [InlineData("no device", 0xFF, 0xFF, 0xFF, 0xFF)]
    public void Nothing_is_written_unless_the_mode_is_text(string why, byte mode, byte output, byte columns, byte pitch)
    {
        _vga.GraphicsMode = mode;
        _vga.MiscellaneousOutput = output;
        _vga.Crt[0x01] = columns;
        _vga.Crt[0x13] = pitch;

        Assert.True(Status.NoDevice == _text.Start(), why);
        Assert.Equal(0, _vga.Writes);
    }

    [Fact]
    public void A_machine_without_a_display_has_no_text()
    {
        _ = new SimulatedMachine();

        Assert.Equal(Status.NoDevice, _text.Start());
    }

    [Fact]
    public void Registers_without_memory_behind_them_are_no_screen()
    {
        _vga.HasMemory = false;

        Assert.Equal(Status.NoDevice, _text.Start());
    }

    [Theory]
    [InlineData(0x3FFF, 0)]
    [InlineData(0x3FFF, 0x3FFF)]
    [InlineData(0, 0x3FFF)]
    [InlineData(500, 3)]
    public void Absurd_positions_are_brought_back_onto_the_screen(int origin, int cursor)
    {
        _vga.Origin = origin;
        _vga.Cursor = cursor;

        Assert.Equal(Status.Ok, _text.Start());
        _text.Write("here\n"u8);

        Assert.Contains("here", string.Join('\n', _vga.Row(22), _vga.Row(23), _vga.Row(24), _vga.Row(1)));
    }
}
