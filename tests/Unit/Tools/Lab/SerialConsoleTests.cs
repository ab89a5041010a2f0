using System;
using System.IO;
using System.IO.Pipes;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using CosmosKdump.Lab;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab;

public sealed class SerialConsoleTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private readonly TestFolder _folder = new();
    private readonly AnonymousPipeServerStream _guest = new(PipeDirection.Out);
    private readonly AnonymousPipeClientStream _host;
    private readonly MemoryStream _typed = new();
    private readonly SerialConsole _console;

    public SerialConsoleTests()
    {
        _host = new AnonymousPipeClientStream(PipeDirection.In, _guest.ClientSafePipeHandle);
        _console = new SerialConsole(_host, _typed, _folder.PathOf("console.txt"), new RunClock());
    }

    public void Dispose()
    {
        _guest.Dispose();
        _host.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_line_may_arrive_in_pieces()
    {
        Print("LAB: re");
        Print("ady\r\n");

        Assert.Equal("LAB: ready", _console.WaitFor("ready", Long).Text);
    }

    [Fact]
    public void Control_sequences_are_no_part_of_a_line()
    {
        Print("\u001bc\u001b[?7l\u001b[2JSeaBIOS\u001b[0m\r\n");

        Assert.Equal("SeaBIOS", _console.WaitFor("Sea", Long).Text);
    }

    [Fact]
    public void A_line_that_came_before_the_wait_is_found_too()
    {
        Print("one\ntwo\n");
        _console.WaitFor("two", Long);

        Assert.Equal("one", _console.WaitFor(new Regex("^one$"), TimeSpan.Zero).Text);
    }

    [Fact]
    public void The_end_of_the_guest_ends_a_wait_and_shows_the_last_lines()
    {
        Print("Kernel panic\nno newline at the end");
        _guest.Dispose();

        LabException error = Assert.Throws<LabException>(() => _console.WaitFor("never", Long));
        Assert.Contains("until QEMU's end", error.Message);
        Assert.Contains("no newline at the end", error.Message);
        Assert.Contains(_console.TranscriptPath, error.Message);
    }

    [Fact]
    public void A_wait_has_a_limit()
    {
        Assert.Null(_console.TryWaitFor(new Regex("never"), TimeSpan.FromMilliseconds(10)));
    }

    [Fact]
    public void The_transcript_has_every_line_with_its_time()
    {
        Print("one\ntwo\n");
        _console.WaitFor("two", Long);

        using FileStream file = new(
            _console.TranscriptPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        string[] lines = new StreamReader(file).ReadToEnd().TrimEnd().Split('\n');
        Assert.Equal(["one", "two"], lines.Select(line => line.Split("] ")[1]));
        Assert.All(lines, line => Assert.Matches("^\\[ +[0-9]+\\.[0-9]{4}\\] ", line));
    }

    [Fact]
    public void What_is_typed_is_a_line()
    {
        _console.Type("go");

        Assert.Equal("go\n", Encoding.ASCII.GetString(_typed.ToArray()));
    }

    private void Print(string text) => _guest.Write(Encoding.ASCII.GetBytes(text));
}
