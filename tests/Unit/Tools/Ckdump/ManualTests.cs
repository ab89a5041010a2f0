using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CosmosKdump.Tests.Unit.House;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

/// <summary>The manual has what <c>--help</c> has.</summary>
public partial class ManualTests
{
    private static readonly string Manual = File.ReadAllText(Path.Combine(Repository.Root, "tools/Ckdump/Package/ckdump.8"))
        .Replace("\\-", "-");

    [Fact]
    public void EveryCommandHasItsSection()
    {
        string help = CkdumpRun.Good("--help").Split("\nCommands:\n")[1].Split("\n\n")[0];
        string[] commands = [.. Commands().Matches(help).Select(each => each.Groups[1].Value)];
        Assert.Contains("prepare", commands);
        Assert.All(commands, command => Assert.Contains($"\n.SS {command}\n", Manual));
    }

    [Theory]
    [InlineData("prepare", "--discard-dump")]
    [InlineData("load", "--wait")]
    [InlineData("unload", null)]
    [InlineData("status", "--config")]
    [InlineData("save", "--config")]
    [InlineData("receive", "--listen")]
    [InlineData("info", "--ranges")]
    [InlineData("verify", "--read")]
    [InlineData("log", "--ctime")]
    [InlineData("convert", "--flatten")]
    [InlineData("map", "--output")]
    public void ASectionHasTheOptionsOfItsCommandAndNoOthers(string command, string? known)
    {
        string section = Manual.Split($"\n.SS {command}\n")[1].Split("\n.S")[0];
        string help = CkdumpRun.Good(command, "--help").Split("\nOptions:\n").ElementAtOrDefault(1) ?? "";
        string[] options = [.. Offered().Matches(help).Select(each => each.Groups[1].Value).Where(each => each != "--help").Order(StringComparer.Ordinal)];
        string[] described = [.. Described().Matches(section).Select(each => each.Groups[1].Value).Order(StringComparer.Ordinal)];
        Assert.Equal(options, described);
        Assert.True(known is null || described.Contains(known));
    }

    [GeneratedRegex(@"(?m)^  ([a-z]+) ")]
    private static partial Regex Commands();

    [GeneratedRegex(@"(?m)^  (?:-\w, )?(--[a-z-]+)")]
    private static partial Regex Offered();

    [GeneratedRegex(@"(?m)^\.TP\n\.BI? ""?(?:-\w, )?(--[a-z-]+)")]
    private static partial Regex Described();
}
