using System;
using System.Linq;
using System.Text;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Capture.Input;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Kdump;

/// <summary>Kdump-compressed dumps of a made-up crash, read back by the analyzer.</summary>
public sealed class KdumpDumpTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Compressor.Zlib, 1, true)]
    [InlineData(Compressor.Zlib, 5, true)]
    [InlineData(Compressor.None, 1, true)]
    [InlineData(Compressor.Auto, 3, true)]
    [InlineData(Compressor.Auto, 1, false)]
    [InlineData(Compressor.Zlib, 1, false)]
    [InlineData(Compressor.Zlib, 3, false)]
    public void EveryPageThatIsKeptIsInTheDump(Compressor compressor, int slots, bool canReadBack)
    {
        var run = new KdumpRun(31, compressor, slots, canReadBack: canReadBack);
        Assert.Equal((Status.Ok, Status.Ok), (run.Prepared, run.Result.Status));
        using KdumpVmcore vmcore = Open(run);
        Assert.False(vmcore.IsIncomplete);
        Assert.Equal(31, vmcore.Header.DumpLevel);
        Assert.Contains("OSRELEASE=test", Encoding.ASCII.GetString(VmcoreInfoText.Read(vmcore).Fields.Text));
        ulong[] kept = [.. KdumpRun.KeptPages()];
        Assert.Equal((ulong)kept.Length, vmcore.KeptPages);
        byte[] page = new byte[Limits.PageBytes];
        byte[] expected = new byte[Limits.PageBytes];
        foreach (ulong pfn in kept)
        {
            Assert.Equal(PageState.Kept, vmcore.StateOf(pfn));
            Assert.Null(vmcore.ReadPage(pfn, page));
            run.Pages.Memory.Read(pfn * Limits.PageBytes, expected);
            Assert.True(page.AsSpan().SequenceEqual(expected), $"page {pfn:x} differs");
        }
        Assert.Equal(PageState.Excluded, vmcore.StateOf(0x50000));
        // What was written is the file, without holes.
        Assert.Empty(run.Medium.Holes);
    }

    [Fact]
    public void CpusDoNotChangeTheDump()
    {
        byte[] one = Bytes(new KdumpRun(slots: 1));
        Assert.Equal(one, Bytes(new KdumpRun(slots: 2)));
        Assert.Equal(one, Bytes(new KdumpRun(slots: 7)));
    }

    [Fact]
    public void ASinkThatCannotGoBackGetsTheSameDump()
    {
        Assert.Equal(Bytes(new KdumpRun()), Bytes(new KdumpRun(canReadBack: false)));
        Assert.Equal(Bytes(new KdumpRun(level: 0)), Bytes(new KdumpRun(level: 0, canReadBack: false)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(24)]
    [InlineData(100)]
    public void WhatIsFoundOnceIsTheSame(int units) =>
        Assert.Equal(Bytes(new KdumpRun(foundUnits: units)), Bytes(new KdumpRun()));

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(24)]
    [InlineData(100)]
    public void HowFinelyUnitsAreSummarisedDoesNotChangeTheDump(int units) =>
        Assert.Equal(Bytes(new KdumpRun(units: 24)), Bytes(new KdumpRun(units: units)));

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(95)]
    public void ADumpThatIsCutHoldsWhatMattersMost(int percent)
    {
        var whole = new KdumpRun();
        ulong front = FrontLayout.DataPositionBytes;
        ulong data = whole.Medium.Facts.LengthBytes - front;
        ulong capacity = (front + (data * (ulong)percent / 100)) & ~4095UL;
        var run = new KdumpRun(capacityBytes: capacity);
        Assert.Equal((Status.DumpCut, Status.DumpCut), (run.Result.Status, run.Medium.Outcome));
        using KdumpVmcore vmcore = Open(run);
        Assert.True(vmcore.IsIncomplete);
        byte[] page = new byte[Limits.PageBytes];
        byte[] expected = new byte[Limits.PageBytes];
        int missing = 0;
        bool isTextMissing = false;
        foreach (ulong pfn in KdumpRun.KeptPages())
        {
            if (vmcore.StateOf(pfn) == PageState.Missing)
            {
                missing++;
                isTextMissing |= pfn is >= 0x1000 and < 0x1800;
                continue;
            }
            Assert.Null(vmcore.ReadPage(pfn, page));
            run.Pages.Memory.Read(pfn * Limits.PageBytes, expected);
            Assert.True(page.AsSpan().SequenceEqual(expected), $"page {pfn:x} differs");
        }
        Assert.NotEqual(0, missing);
        // The last page of memory is the kernel's own, and comes before the text.
        Assert.True(isTextMissing);
        Assert.Equal(PageState.Kept, vmcore.StateOf(0xBFFFF));
    }

    [Fact]
    public void ADumpThatDoesNotFitRaisesItsLevel()
    {
        var run = new KdumpRun(level: 0, capacityBytes: 16UL << 20);
        Assert.Equal(Status.Ok, run.Result.Status);
        Assert.Equal(16, run.Medium.Facts.DumpLevel);
        Assert.Contains(run.Lines, line => line.Contains("dump level raised from 0 to 16: the dump would not fit"));
        using KdumpVmcore vmcore = Open(run);
        Assert.Equal(16, vmcore.Header.DumpLevel);
    }

    [Fact]
    public void AnAreaThatDoesNotHoldTheTablesIsRefused()
    {
        var run = new KdumpRun(capacityBytes: 256 * 1024);
        Assert.Equal(Status.AreaTooSmall, run.Result.Status);
        Assert.Equal(0UL, run.Medium.PagesWritten);
    }

    [Theory]
    [InlineData(Compressor.Zlib, true)]
    [InlineData(Compressor.None, true)]
    [InlineData(Compressor.Zlib, false)]
    public void APageThatCannotBeReadBecomesZerosAndIsCounted(Compressor compressor, bool canReadBack)
    {
        var run = new KdumpRun(
            compressor: compressor,
            canReadBack: canReadBack,
            change: pages =>
            {
                pages.Memory.Unreadable.Add(0x1003);
                pages.Memory.Unreadable.Add(0xBFFFF);
            });
        Assert.Equal((Status.PagesLost, Status.PagesLost), (run.Result.Status, run.Medium.Outcome));
        Assert.Equal((2UL, 2UL), (run.Result.PagesLost, run.Medium.Facts.PagesMissing));
        using KdumpVmcore vmcore = Open(run);
        // What cannot go back had its header before this was known.
        Assert.Equal(canReadBack, vmcore.IsIncomplete);
        byte[] page = new byte[Limits.PageBytes];
        Assert.Null(vmcore.ReadPage(0x1003, page));
        Assert.Equal(new byte[Limits.PageBytes], page);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(30)]
    public void ASinkThatFailsEndsTheDump(int after)
    {
        var run = new KdumpRun(slots: 3, failAfter: after);
        Assert.Equal((Status.DeviceFailed, Status.DeviceFailed), (run.Result.Status, run.Medium.Outcome));
    }

    // A page in the middle of three, which have a whole number of descriptors: those across its edges go too. The slab
    // page's descriptor comes to those of other pages, which were written before.
    [Fact]
    public void DescriptorsThatCannotBeReadBackCostTheirPagesOnly()
    {
        const ulong Slab = 0x2200;
        const int Descriptors = 3 * Limits.PageBytes / KdumpLayout.DescriptorBytes;
        const ulong Unit = (Slab - 0x1000) / Descriptors;
        ulong front = FrontLayout.DescriptorPositionBytes;
        ulong bad = front + (((Unit * 3) + 1) * Limits.PageBytes);
        int failed = 0;
        var run = new KdumpRun(change: pages => pages.Slab(Slab), readsBack: position =>
        {
            failed += position == bad ? 1 : 0;
            return position == bad ? Status.RequestFailed : Status.Ok;
        });
        Assert.NotEqual(0, failed);
        Assert.Equal((Status.PagesLost, Status.PagesLost), (run.Result.Status, run.Medium.Outcome));
        Assert.Equal((ulong)(failed * Descriptors), run.Result.PagesLost);
        using KdumpVmcore vmcore = Open(run);
        Assert.True(vmcore.IsIncomplete);
        byte[] page = new byte[Limits.PageBytes];
        byte[] expected = new byte[Limits.PageBytes];
        ulong rank = 0;
        int missing = 0;
        foreach (ulong pfn in KdumpRun.KeptPages())
        {
            if (vmcore.StateOf(pfn) == PageState.Missing)
            {
                missing++;
                Assert.Equal(Unit, rank / Descriptors);
            }
            else
            {
                Assert.Null(vmcore.ReadPage(pfn, page));
                run.Pages.Memory.Read(pfn * Limits.PageBytes, expected);
                Assert.True(page.AsSpan().SequenceEqual(expected), $"page {pfn:x} differs");
            }
            rank++;
        }
        Assert.InRange(missing, 1, Descriptors - 1);
        Assert.Equal(PageState.Kept, vmcore.StateOf(Slab));
    }

    [Fact]
    public void ADeviceThatDiesWhileItIsReadBackEndsTheDump()
    {
        var run = new KdumpRun(readsBack: _ => Status.DeviceGone);
        Assert.Equal((Status.DeviceGone, Status.DeviceGone), (run.Result.Status, run.Medium.Outcome));
    }

    private static KdumpLayout FrontLayout => new(CrashedPagesEnd, 1024, (ulong)KdumpRun.KeptPages().Count());

    private const ulong CrashedPagesEnd = Filter.CrashedPages.MemoryBytes / Limits.PageBytes;

    private static byte[] Bytes(KdumpRun run) =>
        run.Medium.Bytes.AsSpan(0, (int)run.Medium.Facts.LengthBytes).ToArray();

    private KdumpVmcore Open(KdumpRun run)
    {
        string path = run.Save(_folder.PathOf("vmcore"));
        Assert.True(VmcoreFile.TryOpen(path, out VmcoreFile? file, out FileProblem? problem), problem?.ToString());
        return Assert.IsType<KdumpVmcore>(file);
    }
}
