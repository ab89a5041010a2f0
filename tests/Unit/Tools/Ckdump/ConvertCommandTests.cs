using System;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Capture.Input;
using CosmosKdump.Ckdump.Convert;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

public sealed class ConvertCommandTests : IDisposable
{
    private readonly InspectFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    private string Target => _fixture.Folder.PathOf("out");

    [Theory]
    [InlineData("none", KdumpFlags.None)]
    [InlineData("zlib", KdumpFlags.Zlib)]
    public void Every_page_of_an_ELF_vmcore_is_in_the_dump(string compressor, KdumpFlags flag)
    {
        CkdumpRun run = CkdumpRun.Of("convert", "-c", compressor, "-j", "2", _fixture.Vmcore(), "-o", Target);
        Assert.Equal(0, run.ExitCode);
        Assert.Matches($@"^{Target}: [0-9.]+ KiB in [0-9.]+ s\n$", run.Output);
        Assert.DoesNotContain("raised", run.Error);
        // A dump holds all secrets of a machine.
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(Target).UnixFileMode);
        using KdumpVmcore dump = Open(Target);
        Assert.Equal((flag, 0), (dump.Header.Flags & KdumpFlags.Compressors, dump.Header.DumpLevel));
        byte[] memory = new byte[_fixture.Kernel.Memory.Length];
        Assert.Equal(Status.Ok, dump.ReadPhysical(SyntheticKernel.Physical, memory));
        Assert.True(memory.AsSpan().SequenceEqual(_fixture.Kernel.Memory));
        Assert.All(CkdumpRun.Good("verify", "--read", Target).TrimEnd().Split('\n'), line => Assert.StartsWith("ok ", line));
    }

    [Theory]
    [InlineData("0", "ckdump: dump level raised from 0 to 1: the dump has level 1, and what it left out cannot come back\n")]
    [InlineData("1", null)]
    [InlineData(null, null)]
    public void The_level_is_at_least_the_one_of_the_dump(string? level, string? told)
    {
        string path = _fixture.Write(new KdumpBuilder { Level = 1, Notes = _fixture.Kernel.ToBuilder().Notes }
            .Memory(SyntheticKernel.Physical, _fixture.Kernel.Memory).Build());
        string[] wish = level is null ? [] : ["-d", level];
        CkdumpRun run = CkdumpRun.Of(["convert", .. wish, path, "-o", Target]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(told is not null, run.Error.Contains("raised"));
        Assert.Contains(told ?? "", run.Error);
        using KdumpVmcore dump = Open(Target);
        Assert.Equal(1, dump.Header.DumpLevel);
        Assert.Contains("at least", CkdumpRun.Good("convert", "--help"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void An_ELF_dump_holds_every_page_of_a_kdump_compressed_one(int level)
    {
        string path = _fixture.Write(new KdumpBuilder { Level = level, Notes = _fixture.Kernel.ToBuilder().Notes }
            .Memory(SyntheticKernel.Physical, _fixture.Kernel.Memory).Build());
        Assert.Equal(0, CkdumpRun.Of("convert", "--format", "elf", path, "-o", Target).ExitCode);
        // Zeros at the end of memory are left out at level 1, and read as zeros.
        MustBeMemory(isWhole: level == 0).Dispose();
        Assert.All(CkdumpRun.Good("verify", "--read", Target).TrimEnd().Split('\n'), line => Assert.StartsWith("ok ", line));
    }

    [Fact]
    public void A_filtered_ELF_dump_tells_its_level()
    {
        string filtered = _fixture.Folder.PathOf("filtered");
        Assert.Equal(0, CkdumpRun.Of("convert", "-f", "elf", "-d", "1", _fixture.Vmcore(), "-o", filtered).ExitCode);
        Assert.Matches(@"dump level +1\n", CkdumpRun.Good("info", filtered));
        CkdumpRun run = CkdumpRun.Of("convert", "-d", "0", filtered, "-o", Target);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("raised from 0 to 1: the dump has level 1", run.Error);
        using KdumpVmcore dump = Open(Target);
        Assert.Equal(1, dump.Header.DumpLevel);
        string again = _fixture.Folder.PathOf("again");
        Assert.Equal(0, CkdumpRun.Of("convert", "-f", "elf", filtered, "-o", again).ExitCode);
        Assert.Matches(@"dump level +1\n", CkdumpRun.Good("info", again));
        CkdumpRun.Good("verify", "--read", again);
    }

    [Fact]
    public void A_flattened_ELF_dump_is_the_plain_one()
    {
        string flat = _fixture.Folder.PathOf("flat");
        string plain = _fixture.Folder.PathOf("plain");
        string source = _fixture.Vmcore();
        Assert.Equal(0, CkdumpRun.Of("convert", "-F", "-f", "elf", source, "-o", flat).ExitCode);
        Assert.Equal(0, CkdumpRun.Of("convert", "-R", flat, "-o", plain).ExitCode);
        Assert.Equal(0, CkdumpRun.Of("convert", "-f", "elf", source, "-o", Target).ExitCode);
        Assert.Equal(File.ReadAllBytes(Target), File.ReadAllBytes(plain));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("31")]
    public void An_ELF_dump_of_an_ELF_one_keeps_the_virtual_addresses(string level)
    {
        string source = _fixture.Vmcore();
        Assert.Equal(0, CkdumpRun.Of("convert", "-f", "elf", "-d", level, source, "-o", Target).ExitCode);
        using ElfVmcore made = MustBeMemory();
        Assert.True(VmcoreFile.TryOpen(source, out VmcoreFile? opened, out _));
        using ElfVmcore original = Assert.IsType<ElfVmcore>(opened);
        Assert.Equal(
            original.Segments.Select(s => (s.VirtualAddress, s.PhysicalAddress, s.MemoryBytes)),
            made.Segments.Select(s => (s.VirtualAddress, s.PhysicalAddress, s.MemoryBytes)));
    }

    private ElfVmcore MustBeMemory(bool isWhole = true)
    {
        Assert.True(VmcoreFile.TryOpen(Target, out VmcoreFile? opened, out FileProblem? problem), problem?.ToString());
        ElfVmcore dump = Assert.IsType<ElfVmcore>(opened);
        byte[] memory = new byte[_fixture.Kernel.Memory.Length];
        Status status = dump.ReadPhysical(SyntheticKernel.Physical, memory);
        Assert.True(status == Status.Ok || !isWhole);
        Assert.True(memory.AsSpan().SequenceEqual(_fixture.Kernel.Memory));
        return dump;
    }

    [Theory]
    [InlineData("--dump-level: '32' is not a number from 0 to 31", "-d", "32")]
    [InlineData("--dump-level: '300' is not a number from 0 to 31", "-d", "300")]
    [InlineData("--dump-level: '-1' is not a number from 0 to 31", "-d", "-1")]
    [InlineData("--format: raw is neither elf nor kdump", "-f", "raw")]
    [InlineData("--compress: the pages of an ELF dump are not compressed", "-f", "elf", "-c", "zlib")]
    [InlineData("--threads: '0' is not a number from 1 to 256", "-j", "0")]
    public void Numbers_out_of_range_are_a_usage_error(string expected, params string[] options) =>
        Fails(2, expected, [.. options, _fixture.Vmcore()]);

    [Fact]
    public void What_is_no_dump_is_told() =>
        Fails(1, "text: not a vmcore", [_fixture.Folder.Make("text", 100, 0, "hello"u8)]);

    [Theory]
    [InlineData("kdump", "")]
    [InlineData("elf", ".incomplete")]
    public void An_incomplete_dump_stays_one(string format, string suffix)
    {
        byte[] cut = File.ReadAllBytes(_fixture.Vmcore());
        string path = _fixture.Write(cut[..^(3 * Limits.PageBytes)]);
        CkdumpRun run = CkdumpRun.Of("convert", "-f", format, path, "-o", Target);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains($"{path}: INCOMPLETE: it ends {3 * Limits.PageBytes} bytes too early", run.Error);
        Assert.Contains($"kept as {Target}{suffix}", run.Error);
        Assert.Equal(suffix == "", File.Exists(Target));
        Assert.True(File.Exists(Target + suffix));
        Assert.NotEqual(0, CkdumpRun.Of("verify", Target + suffix).ExitCode);
        if (format == "elf")
        {
            MustBeMarked(0);
        }
        if (format == "kdump")
        {
            using KdumpVmcore dump = Open(Target);
            Assert.True(dump.IsIncomplete);
            string again = _fixture.Folder.PathOf("again");
            Assert.Equal(3, CkdumpRun.Of("convert", Target, "-o", again).ExitCode);
            using KdumpVmcore second = Open(again);
            Assert.True(second.IsIncomplete);
        }
    }

    [Theory]
    [InlineData("kdump", "")]
    [InlineData("kdump", "", "-F")]
    [InlineData("elf", ".incomplete")]
    [InlineData("elf", ".incomplete", "-F")]
    public void A_page_that_cannot_be_read_is_a_lost_page(string format, string suffix, params string[] options)
    {
        var builder = new KdumpBuilder { Level = 0, Notes = _fixture.Kernel.ToBuilder().Notes };
        byte[] dump = builder.Memory(SyntheticKernel.Physical, _fixture.Kernel.Memory).Build();
        int at = builder.DescriptorsAt;
        while (BitConverter.ToUInt32(dump, at + 12) == 0)
        {
            at += PageDescriptor.Bytes;
        }
        dump.AsSpan((int)BitConverter.ToInt64(dump, at), 8).Fill(0xFF);
        string path = _fixture.Write(dump);
        CkdumpRun run = CkdumpRun.Of(["convert", "-d", "0", "-f", format, .. options, path, "-o", Target]);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains($"{path}: INCOMPLETE: 1 pages cannot be read", run.Error);
        Assert.Contains($"kept as {Target}{suffix}", run.Error);
        Assert.Equal(suffix == "", File.Exists(Target));
        Assert.True(File.Exists(Target + suffix));
        if (format == "kdump")
        {
            using KdumpVmcore made = Open(Target);
            Assert.True(made.IsIncomplete);
        }
        else if (options.Length == 0)
        {
            MustBeMarked(1);
        }
        // What is kept under the other name is neither overwritten nor found out about after the work.
        CkdumpRun again = CkdumpRun.Of(["convert", "-d", "0", "-f", format, .. options, path, "-o", Target]);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains($"{Target}{suffix}: exists already", again.Error);
        Assert.Equal(suffix == "", File.Exists(Target));
    }

    [Theory]
    [InlineData("-d", "1")]
    [InlineData("-R")]
    public void An_output_without_a_name_is_an_error(params string[] options)
    {
        string path = _fixture.Write(_fixture.Kernel.ToBuilder().Build());
        CkdumpRun run = CkdumpRun.Of(["convert", .. options, path, "-o", ""]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the name of the output is empty", run.Error);
    }

    private void MustBeMarked(ulong pagesLost)
    {
        Assert.True(VmcoreFile.TryOpen(Target + ".incomplete", out VmcoreFile? vmcore, out _));
        using (vmcore)
        {
            Assert.IsType<ElfVmcore>(vmcore);
            Assert.True(vmcore.Area is { HasLabel: true });
            Assert.Equal((AreaState.Incomplete, pagesLost), (vmcore.Area.Label.State, vmcore.Area.Label.PagesLost));
        }
    }

    [Theory]
    [InlineData("kdump")]
    [InlineData("elf")]
    public void Memory_far_beyond_a_small_dump_is_told(string format)
    {
        byte[] bytes = File.ReadAllBytes(_fixture.Vmcore());
        int at = (int)BitConverter.ToInt64(bytes, 32) + ((BitConverter.ToUInt16(bytes, 56) - 1) * 56);
        Assert.Equal(1, BitConverter.ToInt32(bytes, at));
        long length = BitConverter.ToInt64(bytes, at + 40);
        BitConverter.TryWriteBytes(bytes.AsSpan(at + 24), (1L << 46) - length);
        string path = _fixture.Write(bytes);
        Fails(1, $"{path}: at offset 0 (0x0): memory up to 0x400000000000: a table of it would be larger than the dump",
            ["-f", format, path]);
    }

    [Theory]
    [InlineData(1L << 50)]
    [InlineData(long.MaxValue)]
    public void Memory_that_no_machine_has_is_told(long memoryBytes)
    {
        byte[] bytes = File.ReadAllBytes(_fixture.Vmcore());
        long table = BitConverter.ToInt64(bytes, 32);
        int count = BitConverter.ToUInt16(bytes, 56);
        int at = (int)table + ((count - 1) * 56);
        Assert.Equal(1, BitConverter.ToInt32(bytes, at));
        BitConverter.TryWriteBytes(bytes.AsSpan(at + 40), memoryBytes);
        string path = _fixture.Write(bytes);
        CkdumpRun run = CkdumpRun.Of("convert", "-d", "0", path, "-o", Target);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{path}: ", run.Error);
        Assert.DoesNotContain("Exception", run.Error);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public void A_core_image_takes_more_segments_than_the_header_counts()
    {
        Assert.True(VmcoreFile.TryOpen(_fixture.Vmcore(), out VmcoreFile? vmcore, out _));
        using (vmcore)
        {
            var segment = new ProgramHeader { Type = ProgramHeader.TypeLoad, MemoryBytes = Limits.PageBytes };
            var memory = new DumpMemory(vmcore, new CoreImage(vmcore, [.. Enumerable.Repeat(segment, 70_000)]));
            var console = new FakeConsole();
            Assert.Equal(
                Status.Ok, ElfCoreHeader.Open(ref memory, ref console, CoreImage.Address, 0, out ElfCoreHeader header));
            Assert.Equal(70_001U, header.Count);
        }
    }

    [Fact]
    public void Nothing_is_overwritten()
    {
        File.WriteAllText(Target, "mine");
        CkdumpRun.Bad(1, [$"{Target}: exists already"], "convert", _fixture.Vmcore(), "-o", Target);
        Assert.Equal("mine", File.ReadAllText(Target));
    }

    private void Fails(int exitCode, string expected, string[] args)
    {
        string[] before = Directory.GetFileSystemEntries(_fixture.Folder.Root);
        CkdumpRun.Bad(exitCode, [expected], ["convert", .. args, "-o", Target]);
        Assert.Equal(before.Order(), Directory.GetFileSystemEntries(_fixture.Folder.Root).Order());
    }

    private static KdumpVmcore Open(string path)
    {
        Assert.True(VmcoreFile.TryOpen(path, out VmcoreFile? vmcore, out FileProblem? problem), problem?.ToString());
        return Assert.IsType<KdumpVmcore>(vmcore);
    }
}
