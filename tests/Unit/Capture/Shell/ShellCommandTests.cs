using System;
using System.Text;
using CosmosKdump.Capture.Shell;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Shell;

public class ShellCommandTests
{
    [Theory]
    [InlineData("", ShellVerb.None, "")]
    [InlineData("  \t ", ShellVerb.None, "")]
    [InlineData("help", ShellVerb.Help, "")]
    [InlineData("  log\t-a  ", ShellVerb.Log, "-a")]
    [InlineData("dump disk,serial:ttyS1 ", ShellVerb.Dump, "disk,serial:ttyS1")]
    [InlineData("bt", ShellVerb.Backtrace, "")]
    [InlineData("btx", ShellVerb.Unknown, "")]
    [InlineData("b", ShellVerb.Unknown, "")]
    [InlineData("Help", ShellVerb.Unknown, "")]
    [InlineData("reboot now", ShellVerb.Reboot, "now")]
    public void A_line_is_a_word_and_its_argument(string line, ShellVerb verb, string argument)
    {
        Assert.Equal(verb, ShellCommand.Parse(Encoding.ASCII.GetBytes(line), out ReadOnlySpan<byte> rest));
        Assert.Equal(argument, Encoding.ASCII.GetString(rest));
    }

    [Fact]
    public void Every_command_has_a_word_of_its_own()
    {
        foreach (ShellVerb verb in Enum.GetValues<ShellVerb>())
        {
            ReadOnlySpan<byte> word = ShellCommand.TextOf(verb);
            if (verb is not (ShellVerb.None or ShellVerb.Unknown))
            {
                Assert.Equal(verb, ShellCommand.Parse(word, out _));
            }
        }
    }
}
