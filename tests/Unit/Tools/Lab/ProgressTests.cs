using System.IO;
using CosmosKdump.Lab;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab;

public class ProgressTests
{
    private readonly StringWriter _output = new();

    [Fact]
    public void In_a_pipe_a_step_is_told_when_it_begins()
    {
        Progress progress = new(_output, isLive: false);

        progress.Begin("booting");
        progress.Update("state");

        Assert.Equal("booting …\n", _output.ToString());
    }

    [Fact]
    public void A_step_ends_with_its_time_and_result()
    {
        Progress progress = new(_output, isLive: false);

        progress.Begin("booting");
        progress.Done("ready");
        progress.End("run");

        Assert.Matches(@"^booting …\n\[ +0\.\d s\] booting: ready\n\[ +0\.\d s\] run, all in all\n$", _output.ToString());
    }

    [Fact]
    public void A_terminal_shows_the_running_step_in_one_line()
    {
        Progress progress = new(_output, isLive: true);

        progress.Begin("booting");

        Assert.DoesNotContain("\n", _output.ToString());
    }
}
