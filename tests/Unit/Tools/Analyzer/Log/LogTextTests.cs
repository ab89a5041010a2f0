using System.Text;
using CosmosKdump.Analyzer.Log;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Log;

public sealed class LogTextTests
{
    [Theory]
    [InlineData(0UL, "[    0.000000] ")]
    [InlineData(4_115_955_813UL, "[    4.115955] ")]
    [InlineData(123_456_000_000_999UL, "[123456.000000] ")]
    [InlineData(ulong.MaxValue, "[18446744073.709551] ")]
    public void Time_is_seconds_with_six_digits_that_are_not_rounded(ulong nanoseconds, string expected) =>
        Assert.Equal(expected, LogText.TimePrefix(nanoseconds));

    [Theory]
    [InlineData(0U, "[      T0] ")]
    [InlineData(101U, "[    T101] ")]
    [InlineData(0x8000_0003U, "[      C3] ")]
    [InlineData(123_456_789U, "[T123456789] ")]
    public void Caller_is_a_thread_or_a_CPU(uint caller, string expected) =>
        Assert.Equal(expected, LogText.CallerPrefix(caller));

    // The expected lines are what makedumpfile 1.7.2 --dump-dmesg writes for the same records.
    [Theory]
    [InlineData("plain", "[    1.000000] plain\n")]
    [InlineData("", "[    1.000000] \n")]
    [InlineData("one\ntwo\n", "[    1.000000] one\n               two\n               \n")]
    [InlineData("tab\there \\ end", "[    1.000000] tab\there \\ end\n")]
    [InlineData("\u001b[1m\u007f", "[    1.000000] \\x1b[1m\\x7f\n")]
    [InlineData("high é", "[    1.000000] high \\xffffffc3\\xffffffa9\n")]
    public void Text_is_written_as_makedumpfile_writes_it(string text, string expected)
    {
        StringBuilder output = new();
        LogText.Append(output, LogText.TimePrefix(1_000_000_000), Encoding.UTF8.GetBytes(text));
        Assert.Equal(expected, output.ToString());
    }
}
