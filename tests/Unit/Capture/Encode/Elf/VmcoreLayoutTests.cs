using System;
using System.Buffers.Binary;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Elf;

public class VmcoreLayoutTests
{
    [Fact]
    public void AnElf32HeaderMakesAnElf32Vmcore()
    {
        var run = new CaptureRun(CrashImage.Parse("""
            header at=0x3ff00000 class=32
            NOTE offset=0x2000000 memsz=0x400
            LOAD offset=0x1e000000 vaddr=0x9e000000 paddr=0x1e000000 memsz=0x2e00000
            LOAD offset=0x3ef61000 vaddr=0x1000 paddr=0x1000 memsz=0x9ec00
            LOAD offset=0x100000 vaddr=0x100000 paddr=0x100000 memsz=0x3ff00000
            note at=0x2000000 name=CORE type=1 size=336
            """));
        Assert.Equal(Status.Ok, run.Result.Status);
        Assert.Equal(
            """
            class=32 machine=3 phoff=52 shoff=0 phentsize=32 phnum=4 shnum=0
            NOTE offset=1000 vaddr=0 paddr=0 filesz=164 memsz=164 flags=0 align=4
            LOAD offset=2000 vaddr=9e000000 paddr=1e000000 filesz=2e00000 memsz=2e00000 flags=7 align=0
            LOAD offset=2e02000 vaddr=1000 paddr=1000 filesz=9ec00 memsz=9ec00 flags=7 align=0
            LOAD offset=2ea1000 vaddr=100000 paddr=100000 filesz=3ff00000 memsz=3ff00000 flags=7 align=0

            """,
            VmcoreText.Of(run.Record));
    }

    [Fact]
    public void AnElf32HeaderOfMoreThan4GiBMakesAnElf64Vmcore()
    {
        var run = new CaptureRun(CrashImage.Parse("""
            header at=0x3ff00000 class=32
            LOAD offset=0x1e000000 vaddr=0x9e000000 paddr=0x1e000000 memsz=0x2e00000
            LOAD offset=0x1000 vaddr=0x1000 paddr=0x1000 memsz=0xbffff000
            LOAD offset=0xc0000000 vaddr=0xc0000000 paddr=0xc0000000 memsz=0x3f000000
            LOAD offset=0xff000000 vaddr=0xff000000 paddr=0xff000000 memsz=0xfff000
            """));
        Assert.Equal(
            """
            class=64 machine=62 phoff=64 shoff=0 phentsize=56 phnum=5 shnum=0
            NOTE offset=1000 vaddr=0 paddr=0 filesz=0 memsz=0 flags=0 align=4
            LOAD offset=1000 vaddr=9e000000 paddr=1e000000 filesz=2e00000 memsz=2e00000 flags=7 align=0
            LOAD offset=2e01000 vaddr=1000 paddr=1000 filesz=bffff000 memsz=bffff000 flags=7 align=0
            LOAD offset=c2e00000 vaddr=c0000000 paddr=c0000000 filesz=3f000000 memsz=3f000000 flags=7 align=0
            LOAD offset=101e00000 vaddr=ff000000 paddr=ff000000 filesz=fff000 memsz=fff000 flags=7 align=0

            """,
            VmcoreText.Of(run.Record));
        Assert.Contains(run.Lines, line => line.Contains("the vmcore is ELF64"));
    }

    [Fact]
    public void UnalignedSegmentsKeepTheirPlaceInThePage()
    {
        var run = new CaptureRun(CrashImage.Parse("""
            header at=0x3ff00000
            LOAD offset=0x100800 vaddr=0xffff888000100800 paddr=0x100800 memsz=0x1000
            LOAD offset=0x200000 vaddr=0xffff888000200000 paddr=0x200000 memsz=0x1001
            """));
        Assert.Equal(
            """
            class=64 machine=62 phoff=64 shoff=0 phentsize=56 phnum=3 shnum=0
            NOTE offset=1000 vaddr=0 paddr=0 filesz=0 memsz=0 flags=0 align=4
            LOAD offset=1800 vaddr=ffff888000100800 paddr=100800 filesz=1000 memsz=1000 flags=7 align=0
            LOAD offset=3000 vaddr=ffff888000200000 paddr=200000 filesz=1001 memsz=1001 flags=7 align=0

            """,
            VmcoreText.Of(run.Record));
        Assert.Equal(0x5000ul, run.Result.Bytes);
        Assert.Equal(MemoryImage.PatternAt(0x100000), run.Record.Read(0x1000, 1)[0]);
    }

    [Fact]
    public void AbsurdSegmentsAreLeftOutAndOtherTypesAreKept()
    {
        var run = new CaptureRun(CrashImage.Parse("""
            header at=0x3ff00000
            LOAD offset=0x100000 paddr=0xfffffffffffff000 memsz=0x2000
            NULL offset=0x5 vaddr=0x6
            LOAD offset=0x200000 paddr=0x200000 memsz=0x1000 filesz=0x2000
            0x6474e551 flags=6
            NOTE offset=0x2000000 memsz=0x400
            note at=0x2000000 name=CORE type=1 size=336
            """));
        Assert.Equal(
            """
            class=64 machine=62 phoff=64 shoff=0 phentsize=56 phnum=4 shnum=0
            NOTE offset=1000 vaddr=0 paddr=0 filesz=164 memsz=164 flags=0 align=4
            NULL offset=5 vaddr=6 paddr=0 filesz=0 memsz=0 flags=0 align=0
            LOAD offset=2000 vaddr=0 paddr=200000 filesz=1000 memsz=1000 flags=7 align=0
            6474e551 offset=0 vaddr=0 paddr=0 filesz=0 memsz=0 flags=6 align=0

            """,
            VmcoreText.Of(run.Record));
    }

    [Theory]
    [InlineData("")]
    [InlineData("LOAD offset=0x100000 paddr=0x100000 memsz=0")]
    public void AHeaderWithoutMemoryIsNoDump(string segments)
    {
        var run = new CaptureRun(CrashImage.Parse("header at=0x3ff00000\nNULL offset=0\n" + segments));
        Assert.Equal(Status.NoSegments, run.Prepared);
        Assert.Contains(run.Lines, line => line.StartsWith("ckdump: E105", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(64, 0xFFFD, false)]
    [InlineData(64, 0xFFFE, true)]
    [InlineData(64, 70_000, true)]
    [InlineData(32, 0xFFFE, true)]
    [InlineData(32, 70_000, true)]
    public void MoreProgramHeadersThanFitAreCountedInASectionHeader(int elfClass, int segments, bool isExtended)
    {
        var text = new StringBuilder($"header at=0x10000000 class={elfClass}\nram at=0 size=0xf0000000\n");
        for (int i = 0; i < segments; i++)
        {
            text.Append($"LOAD offset={i * 8192} vaddr={i} paddr={i * 8192} memsz=4096\n");
        }
        var run = new CaptureRun(CrashImage.Parse(text.ToString()));
        Assert.Equal(Status.Ok, run.Result.Status);
        int entryBytes = elfClass == 64 ? 56 : 32;
        int headerBytes = elfClass == 64 ? 64 : 52;
        int tableEnd = headerBytes + ((segments + 1) * entryBytes);
        int sectionBytes = elfClass == 64 ? 64 : 40;
        byte[] bytes = run.Record.Read(0, (tableEnd + sectionBytes + 4095) & ~4095);
        string first = VmcoreText.HeaderOf(bytes);
        Assert.Equal(
            isExtended
                ? $"phoff={headerBytes} shoff={tableEnd} phentsize={entryBytes} phnum=65535 shnum=1"
                : $"phoff={headerBytes} shoff=0 phentsize={entryBytes} phnum={segments + 1} shnum=0",
            first[first.IndexOf("phoff", StringComparison.Ordinal)..]);
        byte[] section = bytes[tableEnd..(tableEnd + sectionBytes)];
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(section.AsSpan(elfClass == 64 ? 44 : 28));
        Assert.Equal(isExtended ? (uint)segments + 1 : 0, count);
        ulong dataStart = ((ulong)(tableEnd + (isExtended ? sectionBytes : 0)) + 4095) & ~4095ul;
        byte[] last = bytes[(tableEnd - entryBytes)..tableEnd];
        byte[] expected = CrashImage.Entry(
            elfClass == 64, 1, 7, [dataStart + ((ulong)(segments - 1) * 4096), (ulong)segments - 1,
                (ulong)(segments - 1) * 8192, 4096, 4096, 0]);
        Assert.Equal(expected, last);
        Assert.Equal(dataStart + ((ulong)segments * 4096), run.Result.Bytes);
        Assert.Equal(MemoryImage.PatternAt((ulong)(segments - 1) * 8192), run.Record.Read(run.Result.Bytes - 4096, 1)[0]);
    }
}
