using System;
using System.Threading.Tasks;
using CosmosKdump.Ckdump.Load;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Load;

public class BoundedProgramTests
{
    private static readonly TimeSpan Plenty = TimeSpan.FromMinutes(5);

    private static string Run(string script, TimeSpan limit) => BoundedProgram.Run("/bin/sh", ["-c", script], limit);

    [Theory]
    [InlineData("echo fine", "")]
    [InlineData("echo said >&2; exit 0", "")]
    [InlineData("echo one >&2; echo two; exit 1", "one; two")]
    [InlineData("exit 7", "/bin/sh: exit code 7")]
    public void ItTellsWhatIsWrong(string script, string expected) => Assert.Equal(expected, Run(script, Plenty));

    [Fact]
    public void AProgramThatIsNotThereIsTold() =>
        Assert.StartsWith("/none/kexec: ", BoundedProgram.Run("/none/kexec", [], Plenty));

    [Fact]
    public void MuchOutputIsNoReasonToHang() =>
        Assert.NotEqual("", Run("head -c 1000000 /dev/zero | tr '\\0' 'x'; exit 1", Plenty));

    // The second has ended itself, and something that it has started holds its output.
    [Theory]
    [InlineData("echo begun; exec sleep 600")]
    [InlineData("sleep 20 & exit 0")]
    public async Task AProgramThatDoesNotEndIsKilled(string script)
    {
        Task<string> said = Task.Run(() => Run(script, TimeSpan.FromMilliseconds(300)));
        Assert.Equal("/bin/sh did not end within 0.3 s", await said.WaitAsync(Plenty));
    }
}
