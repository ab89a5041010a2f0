using System.CommandLine;
using System.Linq;
using CosmosKdump.CommandLine;
using CosmosKdump.Lab.Guests;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab;

public class WordOptionTests
{
    private readonly Option<DiskInterface> _disk = WordOption.Of<DiskInterface>("--disk", "interface of the disk");

    [Theory]
    [InlineData("", DiskInterface.Nvme)]
    [InlineData("--disk VirtioLegacy", DiskInterface.VirtioLegacy)]
    [InlineData("--disk virtiomodern", DiskInterface.VirtioModern)]
    public void Words_count_in_any_case_and_the_first_is_the_default(string line, DiskInterface value)
    {
        ParseResult parsed = Parse(line);

        Assert.Empty(parsed.Errors);
        Assert.Equal(value, parsed.GetValue(_disk));
    }

    [Theory]
    [InlineData("foo")]
    [InlineData("3")]
    public void Another_word_is_told_the_allowed_ones(string word) => Assert.Equal(
        $"--disk: '{word}' is none of Nvme, VirtioModern, VirtioTransitional, VirtioLegacy, Ahci, VirtioScsi, VirtioScsiLegacy, VirtioMmio, VirtioScsiMmio",
        Parse($"--disk {word}").Errors.Single().Message);

    private ParseResult Parse(string line) => new RootCommand { _disk }.Parse(line);
}
