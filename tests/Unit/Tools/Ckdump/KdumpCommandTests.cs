using System;
using System.Linq;
using System.Text.Json;
using CosmosKdump.Capture.Input;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

/// <summary>info, verify and log on kdump-compressed and flattened dumps.</summary>
public sealed class KdumpCommandTests : IDisposable
{
    private readonly InspectFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Info_tells_format_level_and_pages()
    {
        string output = CkdumpRun.Good("info", _fixture.Write(Builder().Exclude(0x2000_0000, 3).Build()));
        string[] expected =
        [
            "type          kdump-compressed dump, ",
            "format        version 6, compressor lzo\n",
            "dump level    31 (without zero, cache, private cache, user, free pages)\n",
            "pages         128 kept, 3 excluded\n",
            "kernel        6.1.0-56-cloud-amd64\n",
            "panic         Kernel panic - not syncing: sysrq triggered crash\n",
            "memory        524.0 KiB in 2 ranges\n",
        ];
        Assert.All(expected, line => Assert.Contains(line, output));
        Assert.DoesNotContain("incomplete", output);
    }

    [Fact]
    public void Info_tells_what_an_incomplete_dump_lacks()
    {
        string path = _fixture.Write(new KdumpBuilder
        {
            Notes = _fixture.Kernel.ToBuilder().Notes,
            WrittenPages = 120,
        }.Memory(SyntheticKernel.Physical, _fixture.Kernel.Memory).Build());
        Assert.Contains("incomplete    cut short by its writer, 8 pages missing\n", CkdumpRun.Good("info", path));
        Assert.Contains("8 not written", CkdumpRun.Of("verify", path).Error);
    }

    [Fact]
    public void Info_has_it_all_as_JSON()
    {
        byte[] dump = Builder().Build();
        string path = _fixture.Write(KdumpBuilder.Flatten(dump, KdumpBuilder.Shuffled(2, dump.Length)));
        using JsonDocument json = JsonDocument.Parse(CkdumpRun.Good("info", "--json", path));
        JsonElement root = json.RootElement;
        JsonElement kdump = root.GetProperty("kdump");
        Assert.Equal(("kdump", true), (root.GetProperty("format").GetString(), root.GetProperty("flattened").GetBoolean()));
        Assert.Equal(("lzo", 31, 128), (kdump.GetProperty("compressor").GetString(),
            kdump.GetProperty("dumpLevel").GetInt32(), kdump.GetProperty("keptPages").GetInt32()));
        Assert.Equal("0x12000000", root.GetProperty("memory").GetProperty("segments")[0].GetProperty("physical").GetString());
    }

    [Fact]
    public void Ranges_are_those_of_memory() => Assert.Contains(
        "0x0000000012000000 0x0000000012080000 512.0 KiB\n",
        CkdumpRun.Good("info", "--ranges", _fixture.Write(Builder().Build())));

    [Fact]
    public void Verify_passes_line_by_line()
    {
        string[] lines = CkdumpRun.Good("verify", "--read", _fixture.Write(Builder().Build())).TrimEnd().Split('\n');
        Assert.Equal(11, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("ok      ", line));
    }

    [Fact]
    public void Verify_fails_with_file_and_offset()
    {
        KdumpBuilder builder = Builder();
        byte[] file = builder.Build();
        file[builder.DescriptorsAt + 24 + 9] = 0x7F;
        string path = _fixture.Write(file);
        CkdumpRun run = CkdumpRun.Of("verify", path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{path}: at offset {builder.DescriptorsAt + 24} (0x", run.Error);
        Assert.Contains("page descriptors: 1 cannot be true", run.Error);
    }

    [Fact]
    public void The_log_is_the_one_of_the_ELF_vmcore()
    {
        string expected = CkdumpRun.Good("log", _fixture.Vmcore());
        foreach (Compressor compressor in (Compressor[])[Compressor.None, Compressor.Lzo, Compressor.Zlib, Compressor.Zstd])
        {
            byte[] dump = KdumpBuilder.Of(_fixture.Kernel, compressor).Build();
            Assert.Equal(expected, CkdumpRun.Good("log", _fixture.Write(dump)));
            Assert.Equal(expected, CkdumpRun.Good("log", _fixture.Write(
                KdumpBuilder.Flatten(dump, KdumpBuilder.Shuffled(3, dump.Length).Reverse()))));
        }
    }

    private KdumpBuilder Builder() => KdumpBuilder.Of(_fixture.Kernel, Compressor.Lzo);

    [Theory]
    [InlineData(1, "ends at offset")]
    [InlineData(5000, "ends at offset")]
    [InlineData(-1, "at least")]
    public void A_truncated_dump_is_told_by_info_and_verify(int cutBytes, string expected)
    {
        KdumpBuilder builder = KdumpBuilder.Of(_fixture.Kernel, Compressor.None);
        byte[] file = builder.Build();
        int length = cutBytes > 0 ? file.Length - cutBytes : builder.DataAt - 24;
        string path = _fixture.Write(file[..length]);
        string line = Assert.Single(
            CkdumpRun.Good("info", path).Split('\n'), each => each.StartsWith("cut short", StringComparison.Ordinal));
        Assert.Contains(expected, line);
        Assert.Contains($"ends at offset {length}, ", line);
        CkdumpRun run = CkdumpRun.Of("verify", path);
        Assert.Contains("failed  file length", run.Output);
        Assert.Contains($"{path}: at offset {length} (0x", run.Error);
        if (cutBytes > 0)
        {
            Assert.Contains($"{cutBytes} bytes are missing", line);
            Assert.Contains($"file length: ends at {length}, {cutBytes} bytes of pages are missing", run.Error);
        }
    }

    [Fact]
    public void A_damaged_offset_tells_nothing_of_the_length()
    {
        KdumpBuilder builder = Builder();
        byte[] file = builder.Build();
        file[builder.DescriptorsAt + 24 + 6] = 0x7F;
        string path = _fixture.Write(file);
        Assert.DoesNotContain("cut short", CkdumpRun.Good("info", path));
        string output = CkdumpRun.Of("verify", path).Output;
        Assert.Matches($"ok      file length +{file.Length} bytes, {file.Length} needed\n", output);
        Assert.Contains("1 past the end of the file", output);
    }
}
