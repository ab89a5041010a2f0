using System;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Capture.Encode.Kdump;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Stream;

/// <summary>Kdump-compressed dumps over a serial line.</summary>
public sealed class SerialKdumpTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatArrivesIsWhatADiskWouldHold(bool isTwoWay)
    {
        var line = new KdumpLine(isTwoWay);
        var run = new KdumpRun(canReadBack: false, second: line);
        Assert.Equal(isTwoWay ? Status.Ok : Status.NotConfirmed, run.Result.Status);
        AssertWhole(line);
        Assert.Equal(0, line.Receiver.DamagedFrames);
        // A frame costs 40 bytes and a lone descriptor 24; the dump is no longer than that on the line.
        Assert.InRange(line.Line.BytesSent, 1, (long)(run.Medium.Facts.LengthBytes * 105 / 100));
    }

    [Fact]
    public void TheReceiverLearnsOfPagesThatCouldNotBeRead()
    {
        var line = new KdumpLine();
        var run = new KdumpRun(
            canReadBack: false, second: line, change: pages => pages.Memory.Unreadable.Add(0x1003));
        Assert.Equal(Status.PagesLost, run.Result.Status);
        Assert.Equal((1UL, 0UL, 1UL), (run.Result.PagesLost, line.PagesLost, line.Receiver.PagesLost));
        Assert.False(line.Receiver.IsWhole);
    }

    [Theory]
    [InlineData(1, 20_000)]
    [InlineData(2, 5_000)]
    [InlineData(3, 2_000)]
    public void ABadLineCostsTimeButNoData(int seed, int oneIn)
    {
        var line = new KdumpLine();
        line.Line.Faults = new Random(seed);
        line.Line.OneIn = oneIn;
        var run = new KdumpRun(canReadBack: false, second: line);
        Assert.Equal(Status.Ok, run.Result.Status);
        Assert.True(line.Receiver.DamagedFrames > 0);
        Assert.Equal(0UL, line.PagesLost);
        AssertWhole(line);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(99)]
    public void ALineThatIsCutLeavesADumpThatHoldsWhatCameFirst(int percent)
    {
        var whole = new KdumpLine();
        Assert.Equal(Status.Ok, new KdumpRun(canReadBack: false, second: whole).Result.Status);
        var line = new KdumpLine();
        line.Line.BytesUntilStuck = whole.Line.BytesSent * percent / 100;
        var run = new KdumpRun(canReadBack: false, second: line);
        Assert.Equal(Status.ChannelStuck, run.Result.Status);
        line.Receiver.End();
        Assert.False(line.Receiver.HasEnded);

        string path = _folder.PathOf("vmcore");
        File.WriteAllBytes(path, line.Output.ToArray());
        Assert.True(VmcoreFile.TryOpen(path, out VmcoreFile? file, out FileProblem? problem), problem?.ToString());
        using KdumpVmcore vmcore = Assert.IsType<KdumpVmcore>(file);
        Assert.True(vmcore.IsIncomplete);
        byte[] page = new byte[Limits.PageBytes];
        byte[] expected = new byte[Limits.PageBytes];
        ulong[] kept = [.. KdumpRun.KeptPages()];
        int there = 0;
        foreach (ulong pfn in kept.Where(pfn => percent > 1 && vmcore.StateOf(pfn) == PageState.Kept))
        {
            // A page that is there is right: none has a descriptor before its data.
            Assert.Null(vmcore.ReadPage(pfn, page));
            run.Pages.Memory.Read(pfn * Limits.PageBytes, expected);
            Assert.True(page.AsSpan().SequenceEqual(expected), $"page {pfn:x} differs");
            there++;
        }
        Assert.InRange(there, 0, kept.Length - 1);
        if (percent >= 30)
        {
            // The last page of memory is the kernel's own, and comes before the text.
            Assert.Equal(PageState.Kept, vmcore.StateOf(0xBFFFF));
            Assert.NotEqual(0, there);
        }
    }

    [Fact]
    public void WhatAOneWayLineLostLeavesTheDumpMarked()
    {
        var line = new KdumpLine(isTwoWay: false);
        line.Line.Faults = new Random(4);
        line.Line.OneIn = 20_000;
        Assert.Equal(Status.NotConfirmed, new KdumpRun(canReadBack: false, second: line).Result.Status);
        line.Receiver.End();
        Assert.True(line.Receiver.HasEnded);
        Assert.NotEmpty(line.Receiver.Missing);
        Assert.Equal(8, line.Output.ToArray()[424] & 8);
    }

    private static void AssertWhole(KdumpLine line)
    {
        byte[] onDisk = Bytes(new KdumpRun());
        Assert.True(line.Receiver.IsVerified);
        Assert.True(line.Output.ToArray().AsSpan().SequenceEqual(onDisk), "it differs from a disk's");
        Assert.Equal(0, onDisk[424] & 8);
    }

    private static byte[] Bytes(KdumpRun run) =>
        run.Medium.Bytes.AsSpan(0, (int)run.Medium.Facts.LengthBytes).ToArray();
}
