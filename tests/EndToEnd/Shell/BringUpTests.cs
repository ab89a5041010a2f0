using System;
using System.IO;
using System.Linq;
using CosmosKdump.Lab;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Shell;

/// <summary>The image without a crash: a monitor to look at a machine.</summary>
public class BringUpTests
{
    [Theory]
    [InlineData("kdump.bzimage")]
    [InlineData("kdump.elf")]
    public void Without_a_crash_the_monitor_opens(string image)
    {
        BareOptions options = Options with { Image = Path.Combine(Path.GetDirectoryName(Repository.BzImage)!, image) };
        BareTest.Start(options, machine =>
        {
            Prompt prompt = new(machine.Console);
            string[] help = prompt.Run("help");
            Assert.Contains(help, line => line.StartsWith("poweroff ", StringComparison.Ordinal));
            Assert.Contains(prompt.Run("status"), line => line.StartsWith("no crashed kernel: E100 ", StringComparison.Ordinal));
            Assert.Equal(["no such command: frobnicate now; \"help\" lists them"], prompt.Run("frobnicate now"));
            machine.Console.Type("poweroff");
            Assert.True(machine.WaitForEnd(BareTest.Limit), "QEMU still runs");
        });
    }

    [Fact]
    public void Keys_take_back_what_was_typed()
    {
        BareTest.Start(Options, machine =>
        {
            Prompt prompt = new(machine.Console);
            machine.Console.Type("halt\u0015one\b\b\b\u007ftwo\u0003three");
            Assert.Equal([], prompt.Run(""));
            string[] answers = [.. machine.Console.Lines.Select(line => line.Text.TrimEnd('\r'))
                .Where(line => line.StartsWith("no such command: ", StringComparison.Ordinal))];
            Assert.Equal("no such command: three; \"help\" lists them", answers[0]);
            Assert.DoesNotContain(answers, answer => answer.Contains("two", StringComparison.Ordinal));
        });
    }

    // The actions that the machine's own arguments ask for would end it: no failure action is given.
    private static BareOptions Options => new()
    {
        Arguments = "",
        HasActions = false,
        Memory = _ => { },
    };
}
