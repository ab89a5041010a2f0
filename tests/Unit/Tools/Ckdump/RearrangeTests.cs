using System;
using System.IO;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

/// <summary><c>ckdump convert --flatten</c> and <c>--rearrange</c>.</summary>
public sealed class RearrangeTests : IDisposable
{
    private readonly InspectFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    private string Flat => _fixture.Folder.PathOf("flat");

    private string Plain => _fixture.Folder.PathOf("plain");

    [Fact]
    public void A_flattened_conversion_is_the_plain_one_in_records()
    {
        string vmcore = _fixture.Vmcore();
        string direct = _fixture.Folder.PathOf("direct");
        Assert.Equal(0, CkdumpRun.Of("convert", "-c", "zlib", vmcore, "-o", direct).ExitCode);
        Assert.Equal(0, CkdumpRun.Of("convert", "-c", "zlib", "--flatten", vmcore, "-o", Flat).ExitCode);
        Assert.StartsWith("makedumpfile\0", File.ReadAllText(Flat));
        Assert.Matches($@"^{Plain}: [0-9.]+ KiB in [0-9.]+ s\n$", CkdumpRun.Good("convert", "--rearrange", Flat, "-o", Plain));
        AssertSame(direct, Plain);
        // The other way round, without encoding anything.
        string again = _fixture.Folder.PathOf("again");
        CkdumpRun.Good("convert", "-R", "-F", Plain, "-o", again);
        File.Delete(Plain);
        CkdumpRun.Good("convert", "-R", again, "-o", Plain);
        AssertSame(direct, Plain);
    }

    [Fact]
    public void An_ELF_vmcore_comes_back_byte_for_byte()
    {
        string vmcore = _fixture.Vmcore();
        CkdumpRun.Good("convert", "-R", "-F", vmcore, "-o", Flat);
        CkdumpRun.Good("convert", "-R", Flat, "-o", Plain);
        AssertSame(vmcore, Plain);
    }

    [Theory]
    [InlineData(16, "without an end mark")]
    [InlineData(8, "without an end mark")]
    [InlineData(3000, "before the end of a record")]
    public void What_has_no_end_mark_is_kept_and_marked(int less, string what)
    {
        string direct = _fixture.Folder.PathOf("direct");
        Assert.Equal(0, CkdumpRun.Of("convert", "-c", "none", _fixture.Vmcore(), "-o", direct).ExitCode);
        CkdumpRun.Good("convert", "-R", "-F", direct, "-o", Flat);
        byte[] flat = File.ReadAllBytes(Flat);
        string cut = _fixture.Write(flat[..^less]);
        CkdumpRun.Bad(
            3, [$"{cut}: at offset", what, $"kept as {Plain}.incomplete"], "convert", "-R", cut, "-o", Plain);
        Assert.False(File.Exists(Plain));
        Assert.True(VmcoreFile.TryOpen(Plain + ".incomplete", out VmcoreFile? vmcore, out FileProblem? problem), problem?.ToString());
        using (vmcore)
        {
            Assert.True(Assert.IsType<KdumpVmcore>(vmcore).IsIncomplete);
        }
        byte[] expected = File.ReadAllBytes(direct);
        byte[] kept = File.ReadAllBytes(Plain + ".incomplete");
        expected[424] |= 8;
        int there = expected.Length - Math.Max(0, less - 16);
        Assert.True(kept.AsSpan(0, there).SequenceEqual(expected.AsSpan(0, there)));
        Assert.Contains("incomplete", CkdumpRun.Of("info", Plain + ".incomplete").Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_record_that_cannot_be_is_told()
    {
        CkdumpRun.Good("convert", "-R", "-F", _fixture.Vmcore(), "-o", Flat);
        byte[] flat = File.ReadAllBytes(Flat);
        flat[4096] = 0x80;
        CkdumpRun.Bad(1, ["at offset 4096", "flattened record of"], "convert", "-R", _fixture.Write(flat), "-o", Plain);
        Assert.False(File.Exists(Plain) || File.Exists(Plain + ".incomplete"));
    }

    [Fact]
    public void What_is_not_flattened_is_told() =>
        CkdumpRun.Bad(1, ["not a flattened dump", "--flatten"], "convert", "-R", _fixture.Vmcore(), "-o", Plain);

    [Fact]
    public void What_is_no_dump_is_not_flattened()
    {
        string text = _fixture.Folder.Make("text", 100, 0, "hello"u8);
        CkdumpRun.Bad(1, ["text: not a vmcore"], "convert", "-R", "-F", text, "-o", Flat);
        Assert.False(File.Exists(Flat));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("plain.incomplete")]
    public void Nothing_is_overwritten(string existing)
    {
        CkdumpRun.Good("convert", "-R", "-F", _fixture.Vmcore(), "-o", Flat);
        string path = _fixture.Folder.Make(existing, 5);
        CkdumpRun.Bad(1, [$"{path}: exists already"], "convert", "-R", Flat, "-o", Plain);
        Assert.Equal(5, new FileInfo(path).Length);
    }

    [Theory]
    [InlineData("--dump-level: --rearrange leaves the pages as they are", "-R", "-d", "1")]
    [InlineData("--compress: --rearrange leaves the pages as they are", "-R", "-F", "-c", "lzo")]
    [InlineData("--threads: --rearrange leaves the pages as they are", "-R", "-j", "2")]
    public void Rearranging_takes_no_other_option(string expected, params string[] options) =>
        CkdumpRun.Bad(2, [expected], ["convert", .. options, _fixture.Vmcore(), "-o", Plain]);

    [Theory]
    [InlineData]
    [InlineData("-R")]
    public void Standard_output_takes_only_what_is_flattened(params string[] options) =>
        CkdumpRun.Bad(2, ["only with --flatten"], ["convert", .. options, _fixture.Vmcore(), "-o", "-"]);

    [Fact]
    public void Standard_input_gives_only_what_is_flattened() =>
        CkdumpRun.Bad(2, ["VMCORE -: standard input cannot go back, and gives a dump only with --rearrange"],
            ["convert", "-", "-o", Plain]);

    private static void AssertSame(string expected, string actual) =>
        Assert.True(File.ReadAllBytes(expected).AsSpan().SequenceEqual(File.ReadAllBytes(actual)), "the files differ");
}
