using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Files;

public sealed class VmcoreFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reads_physical_memory_of_either_class(bool is64)
    {
        byte[] low = Pattern(1, 0x9EC00);
        byte[] high = Pattern(2, 0x20000);
        using ElfVmcore vmcore = Open(new VmcoreBuilder { Is64 = is64 }
            .Cpu(1, 2, 3).Segment(0x1000, low).Segment(0x100000, high).Build());
        byte[] read = new byte[0x5000];
        Assert.Equal(Status.Ok, vmcore.ReadPhysical(0x1003, read));
        Assert.Equal(low[3..(3 + read.Length)], read);
        Assert.Equal(Status.Ok, vmcore.ReadPhysical(0x11F000, read.AsSpan(0, 0x1000)));
        Assert.Equal(high[0x1F000..], read[..0x1000]);
        Assert.Equal(is64, vmcore.Elf.Is64);
    }

    [Fact]
    public void Memory_that_is_not_there_reads_as_zeros_between_what_is()
    {
        using ElfVmcore vmcore = Open(new VmcoreBuilder()
            .Segment(0x1000, Filled(0x1000)).Segment(0x3000, Filled(0x1000)).Build());
        byte[] read = Filled(0x4000);
        Assert.Equal(Status.MemoryUnreadable, vmcore.ReadPhysical(0x800, read));
        Assert.Equal(Enumerable.Repeat((byte)0, 0x800), read[..0x800]);
        Assert.Equal(Filled(0x1000), read[0x800..0x1800]);
        Assert.Equal(new byte[0x1000], read[0x1800..0x2800]);
        Assert.Equal(Filled(0x1000), read[0x2800..0x3800]);
        Assert.Equal(new byte[0x800], read[0x3800..]);
    }

    [Fact]
    public void A_page_is_absent_excluded_kept_or_missing()
    {
        byte[] file = new VmcoreBuilder().Segment(0x1800, Filled(0x1800)).Segment(0x9000, Filled(0x3000)).Build();
        // As makedumpfile -E writes a segment whose last page it leaves out; the file is cut in the one before.
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(64 + (2 * 56) + 32), 0x2000);
        using ElfVmcore vmcore = Open(file[..^0x1800]);
        PageState[] expected =
        [
            PageState.Absent, PageState.Kept, PageState.Kept, PageState.Absent, PageState.Kept, PageState.Missing,
            PageState.Excluded, PageState.Absent,
        ];
        Assert.Equal(expected, ((ulong[])[0, 1, 2, 3, 9, 10, 11, 12]).Select(vmcore.StateOf));
        Assert.Equal(0x4800UL, vmcore.PhysicalRanges.Aggregate(0UL, (sum, range) => sum + range.LengthBytes));
    }

    [Fact]
    public void The_end_of_all_addresses_is_no_obstacle()
    {
        using ElfVmcore vmcore = Open(new VmcoreBuilder().Segment(0x1000, Filled(0x1000)).Build());
        Assert.Equal(Status.MemoryUnreadable, vmcore.ReadPhysical(ulong.MaxValue - 3, new byte[64]));
        Assert.Equal(Status.MemoryUnreadable, vmcore.ReadPhysical(0, new byte[64]));
    }

    [Fact]
    public void The_copy_that_survived_a_truncation_is_read()
    {
        byte[] image = Pattern(3, 0x2000);
        byte[] all = new byte[0x10000];
        image.CopyTo(all, 0x8000);
        byte[] file = new VmcoreBuilder()
            .Segment(0x108000, image, 0xFFFF_FFFF_8100_0000).Segment(0x100000, all, 0xFFFF_8880_0010_0000).Build();
        using ElfVmcore vmcore = Open(file[..^0xC000]);
        byte[] read = new byte[0x2000];
        Assert.Equal(Status.Ok, vmcore.ReadPhysical(0x108000, read));
        Assert.Equal(image, read);
        Assert.Equal(Status.MemoryUnreadable, vmcore.ReadPhysical(0x10A000, read));
    }

    [Fact]
    public void More_program_headers_than_sixteen_bits_count()
    {
        VmcoreBuilder builder = new();
        for (ulong i = 0; i < 66_000; i++)
        {
            builder.Segment(0x100000 + (i * 0x2000), [(byte)i, (byte)(i >> 8)]);
        }
        using ElfVmcore vmcore = Open(builder.Build());
        Assert.Equal(66_000, vmcore.Segments.Count);
        byte[] read = new byte[2];
        Assert.Equal(Status.Ok, vmcore.ReadPhysical(0x100000 + (65_999 * 0x2000), read));
        Assert.Equal(65_999 & 0xFFFF, BinaryPrimitives.ReadUInt16LittleEndian(read));
    }

    [Fact]
    public void A_dump_area_is_opened_like_the_vmcore_at_its_start()
    {
        byte[] dump = new SyntheticKernel().ToVmcore();
        byte[] area = AreaBytes(dump, AreaState.Complete);
        using ElfVmcore vmcore = Open(area);
        Assert.Equal(Status.Ok, vmcore.Area?.Status);
        Assert.Equal(AreaState.Complete, vmcore.Area?.Label.State);
        Assert.Equal((ulong)dump.Length, vmcore.LengthBytes);
        Assert.Equal(3, vmcore.Notes.Count);
    }

    [Fact]
    public void A_prepared_area_without_a_dump_says_so()
    {
        byte[] area = AreaBytes([], AreaState.Prepared);
        Assert.Contains("holds no dump (state prepared)", Problem(area).What);
        Assert.Null(Problem(area).OffsetBytes);
    }

    [Fact]
    public void What_this_host_lacks_for_the_dump_of_an_area_is_told()
    {
        // A missing library comes the same way: as a problem with advice.
        FileProblem problem = Problem(AreaBytes([.. "DISKDUMP"u8, .. new byte[4088]], AreaState.Complete));
        Assert.Contains("diskdump", problem.What);
        Assert.NotNull(problem.Advice);
    }

    [Fact]
    public void Other_files_are_named_for_what_they_are()
    {
        byte[] elf = new SyntheticKernel().ToVmcore();
        byte[] program = [.. elf];
        program[16] = 2;
        byte[] bigEndian = [.. elf];
        bigEndian[5] = 2;
        Assert.Equal("the file is empty", Problem([]).ToString());
        Assert.Contains("ends within the kdump headers", Problem("KDUMP   xxxx"u8.ToArray()).What);
        Assert.Contains("ends within the flattened header", Problem("makedumpfile\0\0\0\0"u8.ToArray()).What);
        Assert.Contains("a dump of diskdump", Problem("DISKDUMPxxxx"u8.ToArray()).What);
        Assert.Contains("begins with zeros", Problem(new byte[8192]).What);
        Assert.Contains("neither an ELF nor a kdump header", Problem("#!/bin/sh\n"u8.ToArray()).What);
        Assert.Equal("not an ELF core file", Problem(program).ToString());
        Assert.Equal(5, Problem(bigEndian).OffsetBytes);
    }

    [Theory]
    [InlineData(40, "ends within the ELF header")]
    [InlineData(100, "reach past the end of the file")]
    public void A_header_that_is_cut_short_is_told_with_the_end(int length, string what)
    {
        FileProblem problem = Problem(new SyntheticKernel().ToVmcore()[..length]);
        Assert.Contains(what, problem.What);
        Assert.Equal(length, problem.OffsetBytes);
    }

    [Fact]
    public void An_absurd_count_of_program_headers_is_refused()
    {
        byte[] file = new SyntheticKernel().ToVmcore();
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), 0xFFFF);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(40), 0x1000);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(0x1000 + 44), uint.MaxValue);
        Assert.Contains("4294967295 program headers", Problem(file).What);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(40), ulong.MaxValue - 5);
        Assert.Contains("section header 0", Problem(file).What);
    }

    [Fact]
    public void What_is_no_file_is_a_problem_and_no_wait()
    {
        string pipe = _folder.PathOf("pipe");
        using (System.Diagnostics.Process make = System.Diagnostics.Process.Start("mkfifo", pipe))
        {
            make.WaitForExit();
        }
        Assert.Contains("cannot be read at any offset", ProblemOf(pipe).What);
        Assert.Contains("No such file", ProblemOf(_folder.PathOf("missing")).What);
        Assert.Equal("is a directory", ProblemOf(_folder.Root).What);
        Assert.Equal("the file is empty", ProblemOf("/dev/null").What);
    }

    [Fact]
    public void Notes_before_a_bad_one_are_kept()
    {
        VmcoreBuilder builder = new VmcoreBuilder().Cpu(7, 1, 2).Segment(0x1000, Filled(0x1000));
        int second = builder.Notes.Length;
        byte[] file = builder.Cpu(8, 1, 2).Build();
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(VmcoreBuilder.Page + second + 4), 0x7FFF_FFFF);
        using ElfVmcore vmcore = Open(file);
        Assert.Single(vmcore.Notes);
        Assert.Equal(VmcoreBuilder.Page + second, vmcore.NoteProblem?.OffsetBytes);
    }

    internal static byte[] AreaBytes(byte[] dump, AreaState state, Action<LabelEdit>? edit = null)
    {
        byte[] area = new byte[dump.Length + (1 << 16)];
        dump.CopyTo(area, 0);
        LabelEdit values = new() { Label = AreaLabel.Create(new AreaUuid(0x1122, 3), (ulong)area.Length) };
        values.Label.State = state;
        if (state != AreaState.Prepared)
        {
            values.Label.Format = DumpFormat.Elf;
            values.Label.CrashTimeSeconds = SyntheticKernel.CrashTime;
            values.Label.DumpLengthBytes = (ulong)dump.Length;
            values.Label.PagesWritten = (ulong)dump.Length / 4096;
            values.Label.HeaderBytes = HeaderBytesOf(dump);
            values.Label.HeaderChecksum = Crc32C.Of(dump.AsSpan(0, (int)values.Label.HeaderBytes));
        }
        edit?.Invoke(values);
        Assert.Equal(Status.Ok, values.Label.Encode(area.AsSpan(area.Length - AreaLabel.Bytes)));
        return area;
    }

    private ElfVmcore Open(byte[] bytes)
    {
        Assert.True(VmcoreFile.TryOpen(Write(bytes), out VmcoreFile? vmcore, out FileProblem? problem), problem?.ToString());
        return Assert.IsType<ElfVmcore>(vmcore);
    }

    private FileProblem Problem(byte[] bytes) => ProblemOf(Write(bytes));

    private static FileProblem ProblemOf(string path)
    {
        Assert.False(VmcoreFile.TryOpen(path, out _, out FileProblem? problem));
        return problem;
    }

    private string Write(byte[] bytes)
    {
        string path = _folder.PathOf("vmcore");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    // Offset of the first PT_LOAD of an ELF64 vmcore, which follows the PT_NOTE.
    private static ulong HeaderBytesOf(byte[] dump) =>
        dump[4] == 2 ? BinaryPrimitives.ReadUInt64LittleEndian(dump.AsSpan(64 + 56 + 8)) : 0;

    private static byte[] Filled(int length) => [.. Enumerable.Repeat((byte)0xA5, length)];

    private static byte[] Pattern(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A label that a test changes before it is written.</summary>
    internal sealed class LabelEdit
    {
        public AreaLabel Label;
    }
}
