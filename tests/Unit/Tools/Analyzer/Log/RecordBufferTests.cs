using System.Linq;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Log;

public sealed class RecordBufferTests
{
    private readonly SyntheticKernel _kernel = new();

    [Theory]
    [InlineData("printk_log")]
    [InlineData("log")]
    public void Records_are_read_under_both_names_of_the_structure(string structure)
    {
        RecordBufferWriter buffer = new(_kernel, structure: structure);
        buffer.Add(buffer.Add(0, "first", 5), "second", 9_000, level: 2);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Equal(["first", "second"], opened.ReadLogTexts());
        Assert.Equal((9_000UL, 2), (opened.ReadLog()[1].Nanoseconds, opened.ReadLog()[1].Level));
        Assert.Null(opened.Damage.First);
    }

    [Fact]
    public void A_buffer_that_wrapped_begins_at_the_oldest_record()
    {
        RecordBufferWriter buffer = new(_kernel);
        uint end = buffer.Add(buffer.Add(3000, "oldest"), "older");
        buffer.Wrap(end);
        buffer.Add(buffer.Add(0, "newer"), "newest");
        buffer.SetFirst(3000);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Equal(["oldest", "older", "newer", "newest"], opened.ReadLogTexts());
        Assert.Null(opened.Damage.First);
    }

    [Fact]
    public void Records_that_never_reach_the_end_stop_after_one_round()
    {
        RecordBufferWriter buffer = new(_kernel);
        buffer.Wrap(buffer.Add(buffer.Add(0, "a"), "b"));
        buffer.SetNext(4000);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Equal(["a", "b"], opened.ReadLogTexts());
        Assert.Contains("does not lead to its end", opened.Damage.First);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(5000)]
    public void A_length_that_cannot_be_ends_the_reading(int length)
    {
        RecordBufferWriter buffer = new(_kernel);
        uint second = buffer.Add(0, "good");
        buffer.Add(second, "bad");
        buffer.SetLength(second, (ushort)length);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Equal(["good"], opened.ReadLogTexts());
        Assert.Contains($"record at {second} of the log buffer has a length of {length}", opened.Damage.First);
    }

    [Fact]
    public void A_text_longer_than_its_record_is_cut_and_told()
    {
        RecordBufferWriter buffer = new(_kernel);
        buffer.Add(0, "12345678");
        _kernel.At(buffer.Buffer + 10)[..2].Fill(0xFF);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Equal(["12345678"], opened.ReadLogTexts());
        Assert.Contains("65535 bytes of text in 8", opened.Damage.First);
    }

    [Fact]
    public void An_empty_log_is_empty()
    {
        _ = new RecordBufferWriter(_kernel);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Empty(opened.ReadLog());
        Assert.Null(opened.Damage.First);
    }

    [Fact]
    public void Indexes_outside_the_buffer_are_a_problem()
    {
        RecordBufferWriter buffer = new(_kernel);
        buffer.SetFirst(70_000);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Contains("used from 70000", opened.LogProblem());
    }

    [Theory]
    [InlineData("OFFSET(printk_log.len)", "OFFSET(printk_log.len)")]
    [InlineData("SYMBOL(log_next_idx)", "its variables are not in VMCOREINFO")]
    [InlineData("SYMBOL(log_buf)", "neither SYMBOL(prb) nor SYMBOL(log_buf)")]
    public void A_missing_key_is_told(string key, string what)
    {
        _ = new RecordBufferWriter(_kernel);
        _kernel.Forget(key);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Contains(what, opened.LogProblem());
    }
}
