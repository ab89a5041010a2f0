using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Input;

public class NoteSurveyTests
{
    private const string Header = "header at=0x1000000\n";

    private readonly byte[] _info = new byte[256];
    private string[] _lines = [];

    private NoteSummary Survey(CrashImage image)
    {
        var memory = new FakeMemory(image.Memory);
        var console = new FakeConsole();
        Assert.Equal(Status.Ok, ElfCoreHeader.Open(ref memory, ref console, image.HeaderAddress, 0, out ElfCoreHeader header));
        LowMemory low = default;
        NoteSummary summary = NoteSurvey.Run(ref memory, ref console, in header, in low, _info);
        _lines = console.Lines;
        return summary;
    }

    private NoteSummary Survey(string text) => Survey(CrashImage.Parse(Header + text));

    [Fact]
    public void NotesEndAtTheFirstEmptyName()
    {
        NoteSummary summary = Survey("""
            NOTE offset=0x2000000 memsz=0x400
            NOTE offset=0x2001000 memsz=0x400
            note at=0x2000000 name=CORE type=1 size=336
            note at=0x2000000 name=LINUX type=0x202 size=5
            info at=0x2001000 OSRELEASE=6.1.0|CRASHTIME=7
            """);
        Assert.Equal(2u, summary.Segments);
        Assert.Equal(1u, summary.Cpus);
        Assert.Equal(0u, summary.EmptySegments);
        Assert.Equal(356ul + 28 + (24 + 28), summary.LengthBytes);
        Assert.Equal("OSRELEASE=6.1.0\nCRASHTIME=7\n", Encoding.ASCII.GetString(_info, 0, summary.VmcoreInfoBytes));
        Assert.Empty(_lines);
    }

    [Fact]
    public void CpusThatDidNotAnswerHaveNoNotes()
    {
        CrashImage image = CrashImage.Parse(Header + "NOTE offset=0x2000000 memsz=0x400");
        image.Memory.Place(0x2000000, new byte[0x400]);
        NoteSummary summary = Survey(image);
        Assert.Equal(1u, summary.EmptySegments);
        Assert.Equal(0ul, summary.LengthBytes);
    }

    [Fact]
    public void AMissingVmcoreinfoIsTold()
    {
        NoteSummary summary = Survey("LOAD offset=0x100000 memsz=0x1000");
        Assert.Equal(0u, summary.Segments);
        Assert.Equal(0, summary.VmcoreInfoBytes);
        Assert.Equal("ckdump: E109 no VMCOREINFO note: the dump goes on without it", Assert.Single(_lines));
    }

    [Fact]
    public void ANoteThatReachesPastItsSegmentIsCut()
    {
        NoteSummary summary = Survey("""
            NOTE offset=0x2000000 memsz=0x1a0
            note at=0x2000000 name=CORE type=1 size=336
            note at=0x2000000 name=CORE type=1 size=336
            """);
        Assert.Equal(1u, summary.Cpus);
        Assert.Equal(356ul, summary.LengthBytes);
        Assert.Equal(
            "ckdump: E108 note malformed: program header 0, note at 0x2000164, offset 356 (its later notes are cut)",
            _lines[0]);
    }

    [Theory]
    [InlineData(0xFFFFFFFFu, 0u)]
    [InlineData(5u, 0xFFFFFFFFu)]
    [InlineData(0xFFFFFFFDu, 0xFFFFFFFDu)]
    [InlineData(0x80000000u, 0x80000000u)]
    public void AbsurdLengthsDoNotWrap(uint nameBytes, uint descriptionBytes)
    {
        CrashImage image = CrashImage.Parse(Header + "NOTE offset=0x2000000 memsz=0x1000");
        byte[] note = new byte[12];
        System.BitConverter.TryWriteBytes(note, nameBytes);
        System.BitConverter.TryWriteBytes(System.MemoryExtensions.AsSpan(note, 4), descriptionBytes);
        image.Memory.Place(0x2000000, note);
        Assert.Equal(0ul, Survey(image).LengthBytes);
        Assert.Contains("E108", _lines[0]);
    }

    [Fact]
    public void ASegmentOfAbsurdLengthIsReadOnlyAsFarAsItIsTrusted()
    {
        NoteSummary summary = Survey("""
            NOTE offset=0x2000000 memsz=0xffffffffffff
            ram at=0x2000000 size=0x1000
            note at=0x2000000 name=CORE type=1 size=336
            """);
        Assert.Equal(356ul, summary.LengthBytes);
        Assert.Contains("E108", _lines[0]);
    }

    [Fact]
    public void EndlessTinyNotesAreBounded()
    {
        // Each note names itself with one byte and describes nothing: 16 bytes that never end.
        CrashImage image = CrashImage.Parse(Header + "NOTE offset=0x2000000 memsz=0x100000");
        byte[] notes = new byte[0x100000];
        for (int i = 0; i < notes.Length; i += 16)
        {
            notes[i] = 1;
        }
        image.Memory.Place(0x2000000, notes);
        Assert.Equal(16ul * Limits.NotesPerSegment, Survey(image).LengthBytes);
        Assert.Contains("E111", _lines[0]);
    }

    [Theory]
    [InlineData("NOTE offset=0x90000000000 memsz=0x400\nram at=0 size=0x1000", "E200")]
    [InlineData("NOTE offset=0x10000000000000 memsz=0x400", "E201")]
    [InlineData("NOTE offset=0xffffffffffffff00 memsz=0x400", "E201")]
    public void NotesOutsideMemoryAreTold(string text, string expected)
    {
        CrashImage image = CrashImage.Parse(Header + text.Replace("memsz=0x400", "memsz=0x20000000000"));
        Assert.Equal(0ul, Survey(image).LengthBytes);
        Assert.Contains(expected, _lines[0]);
    }

    [Fact]
    public void ManyBadSegmentsAreToldOnceEachThenCounted()
    {
        var text = new StringBuilder();
        for (int i = 0; i < 20; i++)
        {
            text.Append("NOTE offset=0x2000000 memsz=0x10\n");
        }
        text.Append("note at=0x2000000 name=CORE type=1 size=336");
        Survey(text.ToString());
        Assert.Equal(Limits.ReportLines + 2, _lines.Length);
        Assert.Equal("ckdump: E108 note malformed: 12 more like these", _lines[^2]);
    }

    [Fact]
    public void AVmcoreinfoThatDoesNotFitIsCutAfterAWholeLine()
    {
        NoteSummary summary = Survey(
            "NOTE offset=0x2000000 memsz=0x1000\ninfo at=0x2000000 OSRELEASE=6.1.0|LONG=" + new string('x', 300));
        Assert.Equal("OSRELEASE=6.1.0\n", Encoding.ASCII.GetString(_info, 0, summary.VmcoreInfoBytes));
        Assert.Contains("cut to 16", _lines[0]);
    }

    [Fact]
    public void NotesInLowMemoryAreReadFromItsCopy()
    {
        CrashImage image = CrashImage.Parse(Header + """
            NOTE offset=0x3000 memsz=0x400
            note at=0x8003000 name=CORE type=1 size=336
            """);
        var memory = new FakeMemory(image.Memory);
        var console = new FakeConsole();
        ElfCoreHeader.Open(ref memory, ref console, image.HeaderAddress, 0, out ElfCoreHeader header);
        LowMemory low = default;
        low.CopyAddress = 0x8000000;
        Assert.Equal(1u, NoteSurvey.Run(ref memory, ref console, in header, in low, _info).Cpus);
    }
}
