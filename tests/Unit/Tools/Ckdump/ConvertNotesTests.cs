using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Capture.Encode.Elf;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

/// <summary>What a conversion makes of a dump's notes, and of its level.</summary>
public sealed class ConvertNotesTests : IDisposable
{
    // NT_VMCOREDD, which Linux puts before all other notes (fs/proc/vmcore.c).
    private const uint DeviceDump = 0x700;

    private readonly InspectFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    private string Target => _fixture.Folder.PathOf("out");

    [Theory]
    [InlineData("kdump", 5 << 20, 1)]
    [InlineData("elf", 5 << 20, 1)]
    [InlineData("kdump", 64, 9000)]
    [InlineData("elf", 64, 9000)]
    public void Long_and_many_notes_stay(string format, int bytes, int count)
    {
        VmcoreBuilder builder = new();
        byte[] description = new byte[bytes];
        new Random(3).NextBytes(description);
        for (int i = 0; i < count; i++)
        {
            builder.Note("LINUX", DeviceDump, description);
        }
        string path = _fixture.Write(WithKernel(builder).Build());
        CkdumpRun run = CkdumpRun.Of("convert", "-f", format, path, "-o", Target);
        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain("note", run.Error);
        using VmcoreFile source = Open(path);
        using VmcoreFile made = Open(Target);
        Assert.Equal(source.Notes.Select(note => (note.Name, note.Type, note.LengthBytes)),
            made.Notes.Select(note => (note.Name, note.Type, note.LengthBytes)));
        byte[] copy = new byte[bytes];
        Assert.Equal(CosmosKdump.Capture.Status.Ok, made.Bytes.Read(made.Notes[count - 1].OffsetBytes, copy));
        Assert.Equal(description, copy);
    }

    [Fact]
    public void Notes_that_are_cut_make_the_dump_incomplete()
    {
        byte[] longest = new byte[50 << 20];
        string path = _fixture.Write(WithKernel(new VmcoreBuilder().Note("LINUX", DeviceDump, longest)).Build());
        CkdumpRun run = CkdumpRun.Of("convert", path, "-o", Target);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("of its notes are cut", run.Error);
        using KdumpVmcore made = Assert.IsType<KdumpVmcore>(Open(Target));
        Assert.True(made.IsIncomplete);
    }

    // Without page structs the filter itself leaves out no more than zeros.
    [Theory]
    [InlineData("kdump")]
    [InlineData("elf")]
    public void The_level_of_the_source_stays_where_page_structs_are_not_understood(string format)
    {
        string path = _fixture.Write(new KdumpBuilder { Level = 30, Notes = _fixture.Kernel.ToBuilder().Notes }
            .Memory(SyntheticKernel.Physical, _fixture.Kernel.Memory).Exclude(SyntheticKernel.Physical + (1 << 30), 600).Build());
        CkdumpRun run = CkdumpRun.Of("convert", "-d", "1", "-f", format, path, "-o", Target);
        Assert.True(run.ExitCode == 0, run.Error);
        using VmcoreFile made = Open(Target);
        Assert.Equal((byte)31, made.DumpLevel);
        Assert.Matches(@"dump level +31\b", CkdumpRun.Good("info", Target));
        Assert.Contains("\"dumpLevel\": 31", CkdumpRun.Good("info", "--json", Target));
    }

    [Fact]
    public void An_unknown_level_stays_unknown()
    {
        byte[] zeros = new byte[4 << 20];
        VmcoreBuilder builder = _fixture.Kernel.ToBuilder().Segment(1 << 30, zeros);
        string filtered = _fixture.Folder.PathOf("filtered");
        Assert.Equal(0, CkdumpRun.Of("convert", "-f", "elf", "-d", "1", _fixture.Write(builder.Build()), "-o", filtered).ExitCode);
        byte[] bytes = File.ReadAllBytes(filtered);
        // As of another program: no note that we know.
        NoteOf(bytes)[8] ^= 1;
        string other = _fixture.Write(bytes);
        Assert.Matches("dump level +unknown", CkdumpRun.Good("info", other));
        Assert.Equal(0, CkdumpRun.Of("convert", "-f", "elf", "-d", "0", other, "-o", Target).ExitCode);
        Assert.Matches("dump level +unknown", CkdumpRun.Good("info", Target));
    }

    [Theory]
    [InlineData(0, 0x1FF, 31)] // More than there are levels.
    [InlineData(8, 0x7777, null)] // Another length: copied from another dump.
    [InlineData(0, 0, null)]
    public void A_note_is_not_believed_blindly(int at, ulong number, int? level)
    {
        string filtered = _fixture.Folder.PathOf("filtered");
        Assert.Equal(0, CkdumpRun.Of("convert", "-f", "elf", "-d", "1", _fixture.Vmcore(), "-o", filtered).ExitCode);
        byte[] bytes = File.ReadAllBytes(filtered);
        BinaryPrimitives.WriteUInt64LittleEndian(NoteOf(bytes)[(Note.HeaderBytes + 8 + at)..], number);
        using VmcoreFile dump = Open(_fixture.Write(bytes));
        Assert.Equal((byte?)level, dump.DumpLevel);
    }

    [Fact]
    public void The_highest_of_several_notes_counts()
    {
        byte[] plain = WithKernel(new VmcoreBuilder()).Build();
        byte[] low = new byte[LevelNote.Bytes];
        byte[] high = new byte[LevelNote.Bytes];
        LevelNote.Write(low, new DumpLevel(2), (ulong)plain.Length);
        LevelNote.Write(high, new DumpLevel(17), (ulong)plain.Length);
        byte[] dump = WithKernel(new VmcoreBuilder()
            .Note("CKLEVEL", LevelNote.Type, low.AsSpan(^LevelNote.DescriptionBytes..))
            .Note("CKLEVEL", LevelNote.Type, high.AsSpan(^LevelNote.DescriptionBytes..))
            .Note("CKLEVEL", LevelNote.Type, new byte[4])).Build();
        Assert.Equal(plain.Length, dump.Length);
        using VmcoreFile vmcore = Open(_fixture.Write(dump));
        Assert.Equal((byte)19, vmcore.DumpLevel);
    }

    private static Span<byte> NoteOf(byte[] file)
    {
        int at = file.AsSpan().IndexOf(LevelNote.Name) - Note.HeaderBytes;
        Assert.True(at > 0);
        return file.AsSpan(at, LevelNote.Bytes);
    }

    private VmcoreBuilder WithKernel(VmcoreBuilder builder)
    {
        byte[] info = [];
        using VmcoreFile kernel = Open(_fixture.Vmcore());
        foreach (VmcoreNote note in kernel.Notes)
        {
            info = new byte[note.LengthBytes];
            _ = kernel.Bytes.Read(note.OffsetBytes, info);
            builder.Note(note.Name, note.Type, info);
        }
        return builder.Segment(SyntheticKernel.Physical, _fixture.Kernel.Memory);
    }

    private static VmcoreFile Open(string path)
    {
        Assert.True(VmcoreFile.TryOpen(path, out VmcoreFile? vmcore, out FileProblem? problem), problem?.ToString());
        return vmcore;
    }
}
