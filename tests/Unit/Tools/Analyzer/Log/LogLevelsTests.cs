using System.Linq;
using CosmosKdump.Analyzer.Log;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Log;

public sealed class LogLevelsTests
{
    [Theory]
    [InlineData("err", "3")]
    [InlineData("emerg,debug", "0 7")]
    [InlineData("crit+", "0 1 2")]
    [InlineData("+notice", "5 6 7")]
    [InlineData("err, alert+", "0 1 3")]
    public void A_list_names_levels(string list, string expected) =>
        Assert.Equal(expected, string.Join(' ', LogLevels.Parse(list)!.Order()));

    [Theory]
    [InlineData("")]
    [InlineData("error")]
    [InlineData("err,,warn")]
    [InlineData("3")]
    public void Other_words_are_no_levels(string list) => Assert.Null(LogLevels.Parse(list));
}
