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
        CkdumpRun.Bad(2, ["a command is missing: prepare, load, unload, status, save, receive, ", "(see ckdump --help)"]);
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

    [Theory]
    [InlineData("--dump-level: 'foo' is not a number from 0 to 31 (see ckdump convert --help)", "convert", "-d", "foo", "v", "-o", "o")]
    [InlineData("--dump-level: '32' is not a number from 0 to 31 (see ckdump convert --help)", "convert", "--dump-level=32", "v", "-o", "o")]
    [InlineData("--threads: '0' is not a number from 1 to 256", "convert", "-j", "0", "v", "-o", "o")]
    [InlineData("--baud: '115200n8' is not a number from 1 to 4000000", "receive", "--baud", "115200n8", "v", "-o", "o")]
    [InlineData("--timeout: '-1' is not a number from 1 to 604800", "receive", "--timeout", "-1", "v", "-o", "o")]
    [InlineData("info: VMCORE is missing (see ckdump info --help)", "info")]
    [InlineData("convert: VMCORE and --output FILE are missing (see ckdump convert --help)", "convert")]
    [InlineData("receive: --output FILE is missing (see ckdump receive --help)", "receive", "/dev/ttyS0")]
    public void AWrongValueIsToldInTheWordsOfTheHelp(string expected, params string[] args)
    {
        CkdumpRun run = CkdumpRun.Of(args);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("ckdump: " + expected, run.Error);
        Assert.DoesNotContain("System.", run.Error);
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
