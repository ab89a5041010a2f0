using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Ranges;

public class SegmentSurveyTests
{
    private string[] _lines = [];

    private string Survey(string text, int room = 16)
    {
        CrashImage image = CrashImage.Parse("header at=0x1000000000\n" + text);
        var memory = new FakeMemory(image.Memory);
        var console = new FakeConsole();
        Assert.Equal(Status.Ok, ElfCoreHeader.Open(ref memory, ref console, image.HeaderAddress, 0, out ElfCoreHeader header));
        var table = new RangeTable(new PhysicalRange[room]);
        SegmentSurvey.Run(ref memory, ref console, in header, ref table);
        _lines = console.Lines;
        var ranges = new StringBuilder();
        foreach (PhysicalRange range in table.Ranges)
        {
            ranges.Append(System.FormattableString.Invariant($"{range.Start:x}-{range.End:x} "));
        }
        return ranges.ToString().Trim();
    }

    [Fact]
    public void KernelTextInsideAnotherSegmentIsNoOverlap()
    {
        Assert.Equal("1000-a0000 100000-40000000", Survey("""
            LOAD offset=0x1e000000 vaddr=0xffffffff9e000000 paddr=0x1e000000 memsz=0x2e00000
            LOAD offset=0x3ef61000 vaddr=0xffff888000001000 paddr=0x1000 memsz=0x9ec00
            LOAD offset=0x100000 vaddr=0xffff888000100000 paddr=0x100000 memsz=0x3ff00000
            """));
        Assert.Empty(_lines);
    }

    [Fact]
    public void KernelTextOfAnElf32HeaderIsNoOverlap()
    {
        Assert.Equal("1000-40000000", Survey("""
            header at=0x3ff00000 class=32
            LOAD offset=0x1e000000 vaddr=0x9e000000 paddr=0x1e000000 memsz=0x2e00000
            LOAD offset=0x1000 vaddr=0x1000 paddr=0x1000 memsz=0x3ffff000
            """));
        Assert.Empty(_lines);
    }

    [Fact]
    public void KernelTextThatNoSegmentHoldsCounts()
    {
        Assert.Equal("100000-200000 1e000000-1e001000", Survey("""
            LOAD offset=0x1e000000 vaddr=0xffffffff9e000000 paddr=0x1e000000 memsz=0x1000
            LOAD offset=0x100000 paddr=0x100000 memsz=0x100000
            """));
    }

    [Fact]
    public void OverlapsAreTold()
    {
        Assert.Equal("100000-300000", Survey("""
            LOAD offset=0x100000 paddr=0x100000 memsz=0x180000
            LOAD offset=0x200000 paddr=0x200000 memsz=0x100000
            """));
        Assert.Equal(
            "ckdump: E107 segments overlap: program header 1, p_paddr 0x200000 p_offset 0x200000 p_memsz 0x100000 (dumped)",
            Assert.Single(_lines));
    }

    [Fact]
    public void DisorderIsTold()
    {
        Assert.Equal("100000-200000 300000-400000", Survey("""
            LOAD offset=0x300000 paddr=0x300000 memsz=0x100000
            LOAD offset=0x100000 paddr=0x100000 memsz=0x100000
            """));
        Assert.Contains("E114 segments not in order: program header 1", Assert.Single(_lines));
    }

    [Theory]
    [InlineData("LOAD offset=0x100800 paddr=0x100800 memsz=0x100000", "100000-201000")]
    [InlineData("LOAD offset=0x100000 paddr=0x100800 memsz=0x800", "100000-101000")]
    public void AnUnalignedStartIsTold(string text, string expected)
    {
        Assert.Equal(expected, Survey(text));
        Assert.Contains("E113 segment not page-aligned: program header 0", Assert.Single(_lines));
    }

    [Theory]
    [InlineData("paddr=0x100000 offset=0x100000 memsz=0")]
    [InlineData("paddr=0xfffffffffffff000 offset=0x100000 memsz=0x2000")]
    [InlineData("paddr=0x100000 offset=0xfffffffffffff000 memsz=0x2000")]
    [InlineData("paddr=0xffffffffff000 offset=0x100000 memsz=0x2000")]
    [InlineData("paddr=0x10000000000000 offset=0x100000 memsz=0x1000")]
    [InlineData("paddr=0x100000 offset=0x100000 memsz=0xffffffffffffffff")]
    public void AnAbsurdSegmentIsToldAndDropped(string segment)
    {
        Assert.Equal("300000-301000", Survey($"""
            ram at=0 size=0x10000000
            LOAD {segment}
            LOAD offset=0x300000 paddr=0x300000 memsz=0x1000
            """));
        Assert.Contains("E106", Assert.Single(_lines));
        Assert.EndsWith("(not dumped)", _lines[0]);
    }

    [Fact]
    public void SegmentsThatTogetherExceedPhysicalMemoryAreDropped()
    {
        string huge = "LOAD offset=0x1000 paddr=0x1000 memsz=0xb000000000000\n";
        Survey(huge + huge + "LOAD offset=0x1000 paddr=0x1000 memsz=0x1000");
        Assert.Contains("E106", _lines[0]);
        Assert.Contains("program header 1", _lines[0]);
    }

    [Fact]
    public void ManyBadSegmentsAreToldUpToALimitThenCounted()
    {
        var text = new StringBuilder();
        for (int i = 0; i < 100; i++)
        {
            text.Append("LOAD offset=0x100000 paddr=0x100000 memsz=0\n");
        }
        Survey(text.ToString());
        Assert.Equal(Limits.ReportLines + 1, _lines.Length);
        Assert.Equal("ckdump: E106 segment with an impossible address or length: 92 more like these", _lines[^1]);
    }

    [Fact]
    public void MoreRangesThanTheTableHoldsAreTold()
    {
        Assert.Equal("100000-101000 200000-201000", Survey("""
            LOAD offset=0x100000 paddr=0x100000 memsz=0x1000
            LOAD offset=0x200000 paddr=0x200000 memsz=0x1000
            LOAD offset=0x300000 paddr=0x300000 memsz=0x1000
            """, room: 2));
        Assert.Contains("E111", Assert.Single(_lines));
        Assert.EndsWith("(dumped, not in the range table)", _lines[0]);
    }
}
