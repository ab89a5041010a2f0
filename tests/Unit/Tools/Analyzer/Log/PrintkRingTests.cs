using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Analyzer.Log;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Log;

public sealed class PrintkRingTests
{
    private readonly SyntheticKernel _kernel = new();

    [Fact]
    public void Records_come_with_all_that_the_kernel_kept()
    {
        RingWriter ring = new(_kernel);
        ring.Add("Linux version 6.1.0", 0, level: 5, caller: 0);
        ring.Add("usb 1-1: new device", 1_234_567_890, level: 3, caller: 0x8000_0002);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        IReadOnlyList<LogRecord> records = opened.ReadLog();
        Assert.Equal(["Linux version 6.1.0", "usb 1-1: new device"], opened.ReadLogTexts());
        Assert.Equal((1UL, 1_234_567_890UL, 3, 0), Facts(records[1]));
        Assert.Equal([0U, 0x8000_0002U], records.Select(record => record.Caller));
        Assert.Null(opened.Damage.First);
    }

    [Fact]
    public void A_log_that_wrapped_many_times_holds_the_newest_records()
    {
        RingWriter ring = new(_kernel);
        List<string> written = [];
        Random random = new(11);
        for (int i = 0; i < 1000; i++)
        {
            string text = $"record {i} " + new string((char)('a' + (i % 26)), random.Next(200));
            written.Add(text);
            ring.Add(text, (ulong)i);
        }
        using OpenedKernel opened = new(_kernel.ToVmcore());
        IReadOnlyList<string> read = opened.ReadLogTexts();
        Assert.InRange(read.Count, 10, 64);
        Assert.Equal(written.TakeLast(read.Count), read);
        Assert.Equal(1000UL - (ulong)read.Count, opened.ReadLog()[0].Sequence);
        Assert.Null(opened.Damage.First);
    }

    [Fact]
    public void Short_records_fill_the_descriptors_before_the_text()
    {
        RingWriter ring = new(_kernel);
        for (int i = 0; i < 500; i++)
        {
            ring.Add($"{i}");
        }
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Equal(Enumerable.Range(436, 64).Select(i => $"{i}"), opened.ReadLogTexts());
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(3UL)]
    public void A_record_that_is_being_written_or_free_is_left_out(ulong state)
    {
        RingWriter ring = new(_kernel);
        ring.Add("one");
        ulong second = ring.Add("two");
        ring.Add("three");
        ring.SetState(second, state);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Equal(["one", "three"], opened.ReadLogTexts());
        Assert.Null(opened.Damage.First);
    }

    [Fact]
    public void A_committed_record_that_may_still_grow_is_read()
    {
        RingWriter ring = new(_kernel);
        ring.SetState(ring.Add("half a li"), 1);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Equal(["half a li"], opened.ReadLogTexts());
    }

    [Fact]
    public void A_descriptor_of_another_record_is_left_out()
    {
        RingWriter ring = new(_kernel);
        ring.Add("one");
        ulong second = ring.Add("two");
        _kernel.Write64(ring.Descriptor(second), (second + 64) | (2UL << 62));
        ring.Add("three");
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Equal(["one", "three"], opened.ReadLogTexts());
    }

    [Theory]
    [InlineData(1UL, 1UL)]
    [InlineData(3UL, 3UL)]
    public void A_record_without_text_is_left_out_as_makedumpfile_does(ulong begin, ulong next)
    {
        RingWriter ring = new(_kernel);
        ulong id = ring.Add("lost");
        ring.Add("kept");
        _kernel.Write64(ring.Descriptor(id) + 8, begin);
        _kernel.Write64(ring.Descriptor(id) + 16, next);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Equal(["kept"], opened.ReadLogTexts());
        Assert.Null(opened.Damage.First);
    }

    [Fact]
    public void A_block_that_ends_exactly_at_the_end_of_the_ring_is_read_there()
    {
        RingWriter ring = new(_kernel);
        ulong id = ring.Add("first place");
        string text = "last place";
        _kernel.Write64(ring.Text + 4096 - 24, id);
        _kernel.WriteText(ring.Text + 4096 - 16, text);
        _kernel.Write64(ring.Descriptor(id) + 8, 4096 - 24);
        _kernel.Write64(ring.Descriptor(id) + 16, 4096);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.StartsWith(text, Assert.Single(opened.ReadLogTexts()));
    }

    [Fact]
    public void A_text_length_beyond_its_block_is_cut()
    {
        RingWriter ring = new(_kernel);
        ulong id = ring.Add("12345678");
        ring.Add("next record");
        _kernel.At(ring.Info(id) + 16)[..2].Fill(0xFF);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Equal(["12345678", "next record"], opened.ReadLogTexts());
    }

    [Fact]
    public void Text_marked_as_that_of_another_record_is_shown_and_told()
    {
        RingWriter ring = new(_kernel);
        ulong id = ring.Add("whose?");
        _kernel.Write64(ring.Text, 42);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Equal(["whose?"], opened.ReadLogTexts());
        Assert.Equal((1, $"text of record {id} is marked as that of 42"), (opened.Damage.Count, opened.Damage.First));
    }

    [Fact]
    public void A_block_without_room_for_its_mark_is_damage()
    {
        RingWriter ring = new(_kernel);
        ulong id = ring.Add("one");
        ring.Add("two");
        _kernel.Write64(ring.Descriptor(id) + 16, 4);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Equal(["two"], opened.ReadLogTexts());
        Assert.Contains("too short", opened.Damage.First);
    }

    [Fact]
    public void A_tail_that_makes_a_cycle_costs_one_round()
    {
        RingWriter ring = new(_kernel);
        for (int i = 0; i < 10; i++)
        {
            ring.Add($"record {i}");
        }
        ring.SetTail(ring.Head + 1);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"record {i}"), opened.ReadLogTexts());
        Assert.Contains("in a ring of 64", opened.Damage.First);
    }

    [Fact]
    public void Blocks_that_all_claim_the_same_text_end_at_the_size_of_the_ring()
    {
        RingWriter ring = new(_kernel);
        for (int i = 0; i < 60; i++)
        {
            ulong id = ring.Add("x");
            _kernel.Write64(ring.Descriptor(id) + 8, 0);
            _kernel.Write64(ring.Descriptor(id) + 16, 4088);
            _kernel.At(ring.Info(id) + 16)[..2].Fill(0xFF);
        }
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.InRange(opened.ReadLog().Sum(record => record.Text.Length), 1, 4096);
        Assert.Contains("marked as that of", opened.Damage.First);
    }

    [Theory]
    [InlineData(0, 27U)]
    [InlineData(0, 0U)]
    [InlineData(48, 32U)]
    [InlineData(48, uint.MaxValue)]
    public void Absurd_sizes_are_a_problem(int at, uint bits)
    {
        RingWriter ring = new(_kernel);
        _kernel.Write32(ring.Ring + (ulong)at, bits);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Contains($"2^{bits}", opened.LogProblem());
    }

    [Fact]
    public void Descriptors_outside_the_vmcore_end_the_reading_in_time()
    {
        RingWriter ring = new(_kernel);
        _kernel.Write32(ring.Ring, 26);
        _kernel.Write64(ring.Ring + 8, 0xFFFF_C900_0000_0000);
        ring.SetTail((ring.Head - 60_000_000) & ~(3UL << 62));
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Empty(opened.ReadLogTexts());
        Assert.InRange(opened.Damage.Count, 1, 100_000);
    }

    [Theory]
    [InlineData("SIZE(prb_desc)")]
    [InlineData("OFFSET(printk_info.text_len)")]
    [InlineData("OFFSET(atomic_long_t.counter)")]
    public void A_missing_key_is_named(string key)
    {
        _ = new RingWriter(_kernel);
        _kernel.Forget(key);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Contains(key, opened.LogProblem());
    }

    [Theory]
    [InlineData("OFFSET(prb_desc.state_var)=20", "SIZE(prb_desc)")]
    [InlineData("OFFSET(printk_info.ts_nsec)=99999999", "OFFSET(printk_info.ts_nsec)")]
    [InlineData("SIZE(printk_ringbuffer)=8", "SIZE(printk_ringbuffer)")]
    public void Offsets_outside_their_structure_are_a_problem(string line, string key)
    {
        _ = new RingWriter(_kernel);
        _kernel.Info(line);
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Contains(key, opened.LogProblem());
    }

    [Fact]
    public void A_kernel_that_does_not_tell_callers_has_none()
    {
        RingWriter ring = new(_kernel);
        ring.Add("text", 7);
        _kernel.Forget("OFFSET(printk_info.caller_id)");
        using OpenedKernel opened = new(_kernel.ToVmcore());
        Assert.Null(Assert.Single(opened.ReadLog()).Caller);
    }

    private static (ulong Sequence, ulong Nanoseconds, int Level, int Facility) Facts(LogRecord record) =>
        (record.Sequence, record.Nanoseconds, record.Level, record.Facility);
}
