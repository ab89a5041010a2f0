using System.Text;
using CosmosKdump.Capture.Shell;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Shell;

public class LineEditorTests
{
    private readonly FakeConsole _console = new();
    private LineEditor _editor;

    [Theory]
    [InlineData("help\r", "help")]
    [InlineData("help\n", "help")]
    [InlineData("hexp\b\blp\r", "help")]
    [InlineData("hexp\u007f\u007flp\r", "help")]
    [InlineData("\b\bhelp\r", "help")]
    [InlineData("reboot\u0015help\r", "help")]
    [InlineData("he\u0001\u0002\u0007\tlp\r", "help")]
    [InlineData("he\u001b[Blp\r", "help")]
    [InlineData("he\u001b[1;5Clp\r", "help")]
    [InlineData("he\u001blp\r", "hep")]
    public void A_line_is_what_is_left_of_the_keys(string keys, string line)
    {
        Assert.Equal(LineEvent.Line, Type(keys));
        Assert.Equal(line, Text);
    }

    [Fact]
    public void The_terminal_shows_the_line_as_it_is_typed()
    {
        Type("ab\bc\r");
        Assert.Equal("ab\b \bc\n", _console.Text);
    }

    [Fact]
    public void A_line_that_is_given_up_is_gone()
    {
        Assert.Equal(LineEvent.Cancelled, Type("reboot\u0003"));
        Assert.Equal("", Text);
        Assert.EndsWith("^C\n", _console.Text);
    }

    [Theory]
    [InlineData("\u0010")]
    [InlineData("\u001b[A")]
    [InlineData("\u001bOA")]
    public void The_line_before_comes_back_and_can_be_changed(string up)
    {
        Type("log 20\r");
        _editor.Begin();
        Type("xx" + up + "0\r");
        Assert.Equal("log 200", Text);
        _editor.Begin();
        Type("\r");
        _editor.Begin();
        Type(up + "\r");
        Assert.Equal("log 200", Text);
    }

    [Fact]
    public void A_newline_behind_a_carriage_return_is_no_line_of_its_own()
    {
        Assert.Equal(LineEvent.Line, Type("a\r"));
        _editor.Begin();
        Assert.Equal(LineEvent.None, Type("\n"));
        Assert.Equal(LineEvent.Line, Type("b\r"));
        Assert.Equal("b", Text);
    }

    [Fact]
    public void A_line_that_is_too_long_is_refused_with_a_bell_and_stays_editable()
    {
        Type(new string('a', LineEditor.MostBytes) + "b");
        Assert.Equal(new string('a', LineEditor.MostBytes), Text);
        Assert.EndsWith("\a", _console.Text);
        Type("\bc\r");
        Assert.Equal(new string('a', LineEditor.MostBytes - 1) + "c", Text);
    }

    private string Text => Encoding.ASCII.GetString(_editor.Text);

    private LineEvent Type(string keys)
    {
        FakeConsole console = _console;
        LineEvent happened = LineEvent.None;
        foreach (char key in keys)
        {
            happened = _editor.Take(ref console, (byte)key);
        }
        return happened;
    }
}
