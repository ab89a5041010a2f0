using System.Linq;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

public sealed class CommandFrameTests
{
    [Theory]
    [InlineData]
    [InlineData("prepare")]
    [InlineData("save")]
    [InlineData("receive")]
    public void HelpSaysWhatToDoAndShowsExamples(params string[] command)
    {
        string text = CkdumpRun.Good([.. command, "--help"]);
        Assert.Contains("Usage:", text);
        Assert.Contains("Examples:\n  ckdump ", text);
    }

    [Fact]
    public void TheVersionIsANumber()
    {
        Assert.Matches(@"^\d+\.\d+\.\d+", CkdumpRun.Good("--version"));
    }

    [Fact]
    public void NoCommandIsAUsageError()
    {
        CkdumpRun.Bad(2, ["ckdump --help"]);
    }

    [Theory]
    [InlineData("ckdump --help", "prepear")]
    [InlineData("ckdump prepare --help", "prepare")]
    [InlineData("ckdump prepare --help", "prepare", "a", "b")]
    [InlineData("ckdump prepare --help", "prepare", "a", "--size")]
    [InlineData("ckdump prepare --help", "prepare", "--frobnicate", "a")]
    public void AWrongCommandLineIsAUsageErrorThatNamesTheHelp(string help, params string[] args)
    {
        CkdumpRun.Bad(2, [help], args);
    }

    [Fact]
    public void EveryCommandHasADescriptionInTheHelp()
    {
        string[] lines = CkdumpRun.Good("--help").Split('\n');
        string[] commands = [.. lines.SkipWhile(line => line != "Commands:").Skip(1).TakeWhile(line => line.Length > 0)];
        Assert.NotEmpty(commands);
        Assert.All(commands, line => Assert.Matches(@"^  \w+ .*  \w+ ", line));
    }

    [Theory]
    [InlineData("unknown command: foo (see ckdump --help)", "foo")]
    [InlineData("unknown command: foo (see ckdump --help)", "foo", "data.img")]
    [InlineData("unknown option: --foo (see ckdump --help)", "--foo")]
    [InlineData("unknown option: --foo (see ckdump info --help)", "info", "--foo", "data.img")]
    [InlineData("unknown option: --foo (see ckdump info --help)", "info", "data.img", "--foo")]
    [InlineData("unknown option: --foo (see ckdump info --help)", "info", "--foo")]
    [InlineData("unknown option: --foo (see ckdump save --help)", "save", "--foo=bar")]
    [InlineData("unknown option: -x (see ckdump prepare --help)", "prepare", "-x", "a", "--size", "8G")]
    public void WhatIsUnknownIsNamed(string expected, params string[] args)
    {
        CkdumpRun.Bad(2, ["ckdump: " + expected], args);
    }

    [Fact]
    public void AFileMayBeNamedLikeAnOption()
    {
        CkdumpRun.Bad(1, ["--foo: ", "No such file"], "info", "--", "--foo");
    }
}
