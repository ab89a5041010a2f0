using System;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode.Elf;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using CosmosKdump.Tests.Unit.Capture.Filter;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Elf;

/// <summary>ELF vmcores of a dump level of a made-up crash, read back by the analyzer.</summary>
public sealed class ElfDumpTests : IDisposable
{
    private const ulong End = CrashedPages.MemoryBytes / Limits.PageBytes;
    private const ulong Unit = 0x8000;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LongRunsOfExcludedPagesAreLeftOutAndShortOnesWritten()
    {
        var run = new ElfRun(16, pages =>
        {
            ElfRun.Free(pages, 0x4000, 0x4100);
            ElfRun.Free(pages, 0x5001, 0x5100);
            ElfRun.Free(pages, 0x20000, End - 0x200);
            ElfRun.Fill(pages, 0x3F00, 0x5200);
        });
        Assert.Equal(Status.Ok, run.Result.Status);
        using ElfVmcore vmcore = Open(run);
        Assert.Equal(
            [
                "0 4000000 4100000",
                "4100000 1bf00000 bbd00000",
                "bfe00000 200000 200000",
            ],
            vmcore.Segments.Select(s => $"{s.PhysicalAddress:x} {s.FileBytes:x} {s.MemoryBytes:x}"));
        Assert.All(vmcore.Segments, s => Assert.Equal(0xFFFF_8880_0000_0000 + s.PhysicalAddress, s.VirtualAddress));
        Assert.Equal((PageState.Kept, PageState.Excluded), (vmcore.StateOf(0x3FFF), vmcore.StateOf(0x4000)));
        Assert.Equal((PageState.Excluded, PageState.Kept), (vmcore.StateOf(0x40FF), vmcore.StateOf(0x4100)));
        MustBeMemory(run, vmcore, 0x3F00, 0x4000);
        MustBeMemory(run, vmcore, 0x4100, 0x5200);
        Assert.Contains(run.Lines, line => line.Contains("; level 16 keeps "));
        Assert.Equal((16, DumpFormat.Elf), (run.Medium.Facts.DumpLevel, run.Medium.Facts.Format));
        Assert.Equal(run.Medium.EndBytes, run.Medium.Facts.LengthBytes);
    }

    [Fact]
    public void WhatIsExcludedAtTheStartAndTheEndOfASegmentIsNotInTheFile()
    {
        var run = new ElfRun(16, pages =>
        {
            ElfRun.Free(pages, 0, 0x400);
            ElfRun.Free(pages, End - 4, End);
        });
        using ElfVmcore vmcore = Open(run);
        Assert.Equal(
            ["0 0 400000 0", "400000 bfbfc000 bfc00000 2000"],
            vmcore.Segments.Select(s => $"{s.PhysicalAddress:x} {s.FileBytes:x} {s.MemoryBytes:x} {s.Offset:x}"));
    }

    [Fact]
    public void LongRunsOfZerosAreLeftOutAcrossUnits()
    {
        // Of memory that holds something but there.
        ulong[][] zeros = [[0x3000, 0x30FF], [0x4001, 0x4101], [Unit - 200, Unit + 55], [(2 * Unit) - 1, (2 * Unit) + 255]];
        var run = new ElfRun(1, pages =>
        {
            ulong at = 0x2000;
            foreach (ulong[] range in zeros)
            {
                ElfRun.Fill(pages, at, range[0]);
                at = range[1];
            }
            ElfRun.Fill(pages, at, 3 * Unit);
        });
        using ElfVmcore vmcore = Open(run);
        Assert.Equal(
            [(PageState.Kept, PageState.Kept), (PageState.Excluded, PageState.Excluded), (PageState.Kept, PageState.Kept),
                (PageState.Excluded, PageState.Excluded)],
            zeros.Select(range => (vmcore.StateOf(range[0]), vmcore.StateOf(range[1] - 1))));
        foreach (ulong[] range in zeros)
        {
            MustBeMemory(run, vmcore, range[0] - 2, range[0]);
            MustBeMemory(run, vmcore, range[1], range[1] + 2);
        }
        Assert.Equal(PageState.Excluded, vmcore.StateOf(4 * Unit));
    }

    [Fact]
    public void PoisonedPagesAreZerosInShortRuns()
    {
        ulong[] bad = [0x4010, 0x5003, 0x5004, 0x6000];
        var run = new ElfRun(16, pages =>
        {
            ElfRun.Fill(pages, 0x4000, 0x6100);
            ElfRun.Free(pages, 0x4000, 0x4080);
            ElfRun.Free(pages, 0x20000, End - 1);
            // The page structs themselves tell, in a block of free pages and among the kernel's.
            Array.ForEach(bad, pages.Poison);
            pages.Offline(0x6010);
        });
        Assert.Equal(Status.Ok, run.Result.Status);
        using ElfVmcore vmcore = Open(run);
        byte[] page = new byte[Limits.PageBytes];
        foreach (ulong pfn in bad.Append(0x6010UL))
        {
            Assert.False(run.Medium.Touches(pfn), $"page {pfn:x} was touched");
            Assert.Equal(PageState.Kept, vmcore.StateOf(pfn));
            Assert.Equal(Status.Ok, vmcore.ReadPhysical(pfn * Limits.PageBytes, page));
            Assert.Equal(new byte[Limits.PageBytes], page);
            Assert.True(run.Medium.Touches(pfn - 1) || bad.Contains(pfn - 1));
        }
        MustBeMemory(run, vmcore, 0x4011, 0x4080);
        MustBeMemory(run, vmcore, 0x5005, 0x6000);
    }

    [Fact]
    public void ADumpThatDoesNotFitRaisesItsLevelStepByStep()
    {
        var run = new ElfRun(0, HalfFree, capacityBytes: 2UL << 30);
        Assert.Equal((Status.Ok, 16), (run.Result.Status, run.Medium.Facts.DumpLevel));
        Assert.Contains(run.Lines, line => line.Contains("dump level raised from 0 to 16: the dump would not fit"));
        run = new ElfRun(2, HalfFree, capacityBytes: 512UL << 20);
        Assert.Equal((Status.Ok, 19), (run.Result.Status, run.Medium.Facts.DumpLevel));
    }

    [Fact]
    public void ADumpThatFitsAtNoLevelIsCut()
    {
        const ulong Capacity = 64UL << 20;
        var run = new ElfRun(16, pages => ElfRun.Fill(pages, 0, Unit), capacityBytes: Capacity);
        Assert.Equal((Status.DumpCut, Status.DumpCut), (run.Result.Status, run.Medium.Outcome));
        Assert.Equal((Capacity, 31), (run.Medium.Facts.LengthBytes, run.Medium.Facts.DumpLevel));
        Assert.Equal(Capacity, run.Medium.EndBytes);
        using ElfVmcore vmcore = Open(run);
        Assert.Equal((PageState.Kept, PageState.Missing), (vmcore.StateOf(0x3000), vmcore.StateOf(0x5000)));
        MustBeMemory(run, vmcore, 0x3000, 0x3100);
    }

    [Theory]
    [InlineData(31, ulong.MaxValue, Status.Ok)]
    [InlineData(16, ulong.MaxValue, Status.Ok)]
    [InlineData(0, 1UL << 30, Status.AreaTooSmall)]
    public void WithoutPageStructsAllPagesAreDumped(byte level, ulong capacity, Status expected)
    {
        var run = new ElfRun(level, pages => pages.Info = "OSRELEASE=test\n"u8.ToArray(), capacity);
        Assert.Equal(expected, run.Result.Status);
        Assert.Contains(run.Lines, line => line.EndsWith("nothing can be left out: all pages are dumped"));
        Assert.Equal(0, run.Medium.Facts.DumpLevel);
        Assert.Equal(expected == Status.Ok ? CrashedPages.MemoryBytes + 0x2000 : 0, run.Medium.EndBytes);
    }

    [Fact]
    public void WithoutPageStructsASmallAreaGetsWhatFits()
    {
        var run = new ElfRun(31, pages =>
        {
            pages.Info = "OSRELEASE=test\n"u8.ToArray();
            ElfRun.Fill(pages, 0, Unit);
        }, 64UL << 20);
        Assert.Equal(Status.DumpCut, run.Result.Status);
        Assert.Equal(64UL << 20, run.Medium.EndBytes);
    }

    [Fact]
    public void PageStructsOfExcludedPagesAreLeftOutOnRequest()
    {
        using ElfVmcore with = Open(new ElfRun(31, HalfFree));
        using ElfVmcore without = Open(new ElfRun(31, HalfFree, hasIdle: false), "without");
        // Those of the free half: more than 256 pages of them.
        ulong idle = (CrashedPages.StructsAt / Limits.PageBytes) + 0x2800;
        ElfRunStates(with, idle, PageState.Kept);
        ElfRunStates(without, idle, PageState.Excluded);
    }

    [Fact]
    public void ALevelThatLeavesNothingOutMakesTheSameFileWithItsNote()
    {
        var whole = new ElfRun(0, _ => { });
        var filtered = new ElfRun(8, _ => { });
        Assert.Equal(whole.Medium.EndBytes, filtered.Medium.EndBytes);
        byte[] expected = Headers(whole);
        Span<byte> entry = expected.AsSpan(ElfFileHeader.Bytes64, ProgramHeader.Bytes64);
        ProgramHeader notes = ProgramHeader.Read(entry, is64: true);
        Assert.Equal(ProgramHeader.TypeNote, notes.Type);
        LevelNote.Write(
            expected.AsSpan((int)(notes.Offset + notes.FileBytes)), new DumpLevel(8), whole.Medium.Facts.LengthBytes);
        notes.FileBytes += LevelNote.Bytes;
        notes.MemoryBytes += LevelNote.Bytes;
        notes.Write(entry, is64: true);
        Assert.Equal(expected, Headers(filtered));
    }

    private static byte[] Headers(ElfRun run) => run.Medium.Chunks.First().Bytes!;

    private static void HalfFree(CrashedPages pages)
    {
        ElfRun.Fill(pages, 0x1000, 0x8000);
        ElfRun.Fill(pages, 0x10000, 0x13000);
        ElfRun.Free(pages, 0x60000, End);
    }

    private static void ElfRunStates(ElfVmcore vmcore, ulong pfn, PageState state) =>
        Assert.Equal((state, state), (vmcore.StateOf(pfn), vmcore.StateOf(pfn + 1)));

    private static void MustBeMemory(ElfRun run, ElfVmcore vmcore, ulong first, ulong end)
    {
        byte[] page = new byte[Limits.PageBytes];
        byte[] expected = new byte[Limits.PageBytes];
        for (ulong pfn = first; pfn < end; pfn++)
        {
            Assert.Equal(Status.Ok, vmcore.ReadPhysical(pfn * Limits.PageBytes, page));
            run.Pages.Memory.Read(pfn * Limits.PageBytes, expected);
            Assert.True(page.AsSpan().SequenceEqual(expected), $"page {pfn:x} differs");
        }
    }

    private ElfVmcore Open(ElfRun run, string name = "vmcore")
    {
        string path = run.Save(_folder.PathOf(name));
        Assert.True(VmcoreFile.TryOpen(path, out VmcoreFile? file, out FileProblem? problem), problem?.ToString());
        return Assert.IsType<ElfVmcore>(file);
    }
}
