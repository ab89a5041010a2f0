using System.Globalization;
using System.Linq;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture;

public class CapturePipelineTests
{
    // What kexec-tools makes on a guest of 1 GiB: two CPUs, VMCOREINFO, the kernel's text, low memory in a backup.
    private const string Kexec = """
        header at=0x3ef60000
        NOTE offset=0x3dc15300 memsz=0x164 filesz=0x164
        NOTE offset=0x3dd15300 memsz=0x164 filesz=0x164
        NOTE offset=0x2f00000 memsz=0x1024
        LOAD offset=0x1e000000 vaddr=0xffffffff9e000000 paddr=0x1e000000 memsz=0x2e00000
        LOAD offset=0x3ef61000 vaddr=0xffff888000001000 paddr=0x1000 memsz=0x9ec00
        LOAD offset=0x100000 vaddr=0xffff888000100000 paddr=0x100000 memsz=0x3eb00000
        LOAD offset=0x3f000000 vaddr=0xffff88803f000000 paddr=0x3f000000 memsz=0xfde000
        note at=0x3dc15300 name=CORE type=1 size=336
        note at=0x3dd15300 name=CORE type=1 size=336
        info at=0x2f00000 OSRELEASE=6.1.0-21-cloud-amd64|PAGESIZE=4096|CRASHTIME=1718000000
        """;

    [Fact]
    public void TheVmcoreIsLaidOutAsLinuxLaysOutProcVmcore()
    {
        var run = new CaptureRun(CrashImage.Parse(Kexec));
        Assert.Equal(Status.Ok, run.Result.Status);
        // Notes: 2 * (12 + 8 + 336) and 12 + 12 + 68 of text.
        Assert.Equal(
            """
            class=64 machine=62 phoff=64 shoff=0 phentsize=56 phnum=5 shnum=0
            NOTE offset=1000 vaddr=0 paddr=0 filesz=324 memsz=324 flags=0 align=4
            LOAD offset=2000 vaddr=ffffffff9e000000 paddr=1e000000 filesz=2e00000 memsz=2e00000 flags=7 align=0
            LOAD offset=2e02000 vaddr=ffff888000001000 paddr=1000 filesz=9ec00 memsz=9ec00 flags=7 align=0
            LOAD offset=2ea1000 vaddr=ffff888000100000 paddr=100000 filesz=3eb00000 memsz=3eb00000 flags=7 align=0
            LOAD offset=419a1000 vaddr=ffff88803f000000 paddr=3f000000 filesz=fde000 memsz=fde000 flags=7 align=0

            """,
            VmcoreText.Of(run.Record));
        Assert.Equal(0x4297f000ul, run.Result.Bytes);
        Assert.Equal(run.Result.Bytes / 4096, run.Result.PagesWritten);
        Assert.Equal(["begin", "finish Ok"], run.Record.Calls);
        Assert.Equal(run.Result.Bytes, run.Record.Facts.LengthBytes);
        Assert.Equal(1718000000ul, run.Record.Facts.CrashTimeSeconds);
    }

    [Fact]
    public void EverySegmentHoldsTheBytesOfItsSource()
    {
        CrashImage image = CrashImage.Parse(Kexec);
        var run = new CaptureRun(image);
        foreach ((ulong position, ulong source) in new[]
        {
            (0x2000ul, 0x1e000000ul), (0x2e01ffful, 0x20dffffful), (0x2e02000ul, 0x3ef61000ul),
            (0x2ea1000ul, 0x100000ul), (0x419a1000ul, 0x3f000000ul), (0x4297f000ul - 1, 0x3ffddffful),
        })
        {
            Assert.Equal(MemoryImage.PatternAt(source), run.Record.Read(position, 1)[0]);
        }
        // Everything but headers and notes comes from where it lies.
        Assert.Single(run.Record.Done, piece => piece.Bytes != null);
    }

    [Fact]
    public void NotesAreJoinedAndTheRestOfTheirPageIsZero()
    {
        var run = new CaptureRun(CrashImage.Parse(Kexec));
        byte[] notes = run.Record.Read(0x1000, 0x1000);
        byte[] core = [5, 0, 0, 0, 0x50, 1, 0, 0, 1, 0, 0, 0, (byte)'C', (byte)'O', (byte)'R', (byte)'E', 0, 0, 0, 0, 1];
        Assert.Equal(core, notes[..21]);
        Assert.Equal(core, notes[356..377]);
        Assert.Equal("VMCOREINFO"u8.ToArray(), notes[724..734]);
        Assert.All(notes[0x324..], b => Assert.Equal(0, b));
    }

    [Fact]
    public void TheSinkIsToldTheChecksumOfHeadersAndNotesBeforeTheFirstByte()
    {
        var run = new CaptureRun(CrashImage.Parse(Kexec));
        Assert.Equal(0x2000ul, run.Record.Facts.HeaderBytes);
        Assert.Equal(Crc32C.Of(run.Record.Read(0, 0x2000)), run.Record.Facts.HeaderChecksum);
    }

    [Fact]
    public void TheChecksumGoesOverEveryPieceOfHeadersThatDoNotFitTheStagingBuffer()
    {
        var text = new StringBuilder("header at=0x3ff00000\n");
        for (int i = 0; i < 2000; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"LOAD offset=0x{i + 16:x}000 paddr=0x{i + 16:x}000 memsz=0x1000\n");
        }
        var run = new CaptureRun(CrashImage.Parse(text.ToString()));
        Assert.True(run.Record.Facts.HeaderBytes > Limits.StagingBytes);
        Assert.Equal(
            Crc32C.Of(run.Record.Read(0, (int)run.Record.Facts.HeaderBytes)), run.Record.Facts.HeaderChecksum);
    }

    [Fact]
    public void AStickingTargetLeavesTheTurnToTheNext()
    {
        var run = new CaptureRun(CrashImage.Parse(Kexec), 0, record => record.FailAfterBytes = 1 << 20);
        Assert.Equal(Status.DeviceFailed, run.Result.Status);
        Assert.Equal(["begin", "finish DeviceFailed"], run.Record.Calls);
        Assert.True(run.Result.Bytes <= 1 << 20);
    }

    [Fact]
    public void TheNextTargetGetsTheWholeDump()
    {
        CrashImage image = CrashImage.Parse(Kexec);
        var alone = new CaptureRun(image);
        var second = new CaptureRun(image, 0, record => record.FailAfterBytes = 1 << 20, _ => { });
        Assert.Equal(Status.Ok, second.Result.Status);
        Assert.Equal(alone.Result.Bytes, second.Result.Bytes);
        Assert.Equal(alone.Record.Read(0, 0x3000), second.Record.Read(0, 0x3000));
    }

    [Fact]
    public void ATargetThatCannotBeginIsNotWrittenTo()
    {
        var run = new CaptureRun(CrashImage.Parse(Kexec), 0, record => record.BeginStatus = Status.AreaTooSmall);
        Assert.Equal(Status.AreaTooSmall, run.Result.Status);
        Assert.Equal(["begin"], run.Record.Calls);
        Assert.Equal(0ul, run.Result.Bytes);
    }

    [Fact]
    public void LostPagesMakeTheDumpIncompleteButNotFailed()
    {
        var run = new CaptureRun(CrashImage.Parse(Kexec), 0, record => record.Lost = 3);
        Assert.Equal(Status.PagesLost, run.Result.Status);
        Assert.Equal(3ul, run.Result.PagesLost);
        Assert.Equal(["begin", "finish PagesLost"], run.Record.Calls);
    }

    [Fact]
    public void ADumpThatIsNotDurableIsNotADump()
    {
        var run = new CaptureRun(CrashImage.Parse(Kexec), 0, record => record.FinishStatus = Status.DeviceTimeout);
        Assert.Equal(Status.DeviceTimeout, run.Result.Status);
    }

    [Fact]
    public void ProgressIsToldOnceASecondAndAtTheEnd()
    {
        var run = new CaptureRun(CrashImage.Parse(Kexec));
        string[] progress = run.Lines.Where(line => line.Contains(" %  ")).ToArray();
        // The clock steps by 0.1 s for each of the pieces, which grow from 16 KiB to 64 MiB.
        Assert.InRange(progress.Length, 2, 6);
        Assert.EndsWith("/s", progress[0]);
        Assert.StartsWith("ckdump: 100 %  1.0 GiB  ", progress[^1]);
    }

    [Fact]
    public void ThePlanIsTold()
    {
        var run = new CaptureRun(CrashImage.Parse(Kexec));
        Assert.Equal("ckdump: crashed kernel 6.1.0-21-cloud-amd64, CPUs that answered: 2", run.Lines[0]);
        Assert.Equal("ckdump: vmcore of 1.0 GiB, 4 segments, low memory saved by the loader", run.Lines[1]);
    }
}
