using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Checks;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Capture.Input;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Files;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Checks;

public sealed class KdumpChecksTests : IDisposable
{
    private static readonly ulong FirstPfn = SyntheticKernel.Physical / KdumpBuilder.Page;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Compressor.None)]
    [InlineData(Compressor.Lzo)]
    [InlineData(Compressor.Zlib)]
    [InlineData(Compressor.Zstd)]
    public void A_whole_dump_passes_every_check(Compressor compressor) =>
        Assert.Equal("", Failures(Builder(compressor).Build()));

    [Fact]
    public void A_flattened_dump_passes_every_check()
    {
        byte[] dump = Builder().Build();
        Assert.Equal("", Failures(KdumpBuilder.Flatten(dump, KdumpBuilder.Shuffled(5, dump.Length))));
        string failures = Failures(KdumpBuilder.Flatten(dump, [(0, dump.Length)], hasEnd: false));
        Assert.Contains("file length: the flattened dump ends without an end mark", failures);
    }

    [Fact]
    public void An_area_with_a_dump_passes_unless_its_label_says_another_format()
    {
        byte[] dump = Padded(Builder().Build());
        Assert.Equal("", Failures(VmcoreFileTests.AreaBytes(
            dump, AreaState.Complete, edit => edit.Label.Format = DumpFormat.Kdump)));
        Assert.Contains("format Elf, but a dump in format Kdump", Failures(
            VmcoreFileTests.AreaBytes(dump, AreaState.Complete)));
    }

    [Fact]
    public void Every_page_is_accounted_for()
    {
        CheckResult pages = Run(Builder().Exclude(0x2_0000_0000, 7).Build()).Single(result => result.Name == "pages");
        Assert.Equal((true, "135 of memory: 128 in the dump, 7 excluded"), (pages.IsOk, pages.Detail));
    }

    [Fact]
    public void A_page_kept_where_no_memory_is_is_told()
    {
        KdumpBuilder builder = Builder();
        byte[] file = builder.Build();
        file[builder.BitmapAt + (int)(FirstPfn / 8)] = 0xFB;
        CheckResult bitmaps = Run(file).Single(result => result.Name == "bitmaps");
        Assert.Contains($"1 kept where there is no memory, the first is page {FirstPfn + 2}", bitmaps.Detail);
        Assert.Equal(builder.KeptBitmapAt + (int)(FirstPfn / 8), bitmaps.OffsetBytes);
    }

    [Fact]
    public void Bits_behind_the_last_page_are_told()
    {
        KdumpBuilder builder = Builder();
        byte[] file = builder.Build();
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(4096 + 96), FirstPfn + 127);
        Assert.Contains("bits behind the last page", Failures(file));
    }

    [Fact]
    public void Pages_that_overlap_are_told_and_shared_ones_are_not()
    {
        KdumpBuilder builder = Builder();
        byte[] file = builder.Build();
        Assert.Matches("[1-9][0-9]* pages share", Run(file).Single(result => result.Name == "places in file").Detail);
        Span<byte> second = file.AsSpan(builder.DescriptorsAt + PageDescriptor.Bytes);
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(second);
        BinaryPrimitives.WriteUInt64LittleEndian(second, offset + 1);
        CheckResult places = Run(file).Single(result => result.Name == "places in file");
        Assert.Equal((false, "two pages overlap, which are not the same"), (places.IsOk, places.Detail));
    }

    [Fact]
    public void A_bad_descriptor_is_told_with_its_offset()
    {
        KdumpBuilder builder = Builder();
        byte[] file = builder.Build();
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(builder.DescriptorsAt + 24 + 8), 5000);
        CheckResult bad = Run(file).Single(result => result.Name == "page descriptors");
        Assert.Equal((false, (long?)builder.DescriptorsAt + 24), (bad.IsOk, bad.OffsetBytes));
        Assert.Contains($"1 cannot be true, the first: page {FirstPfn + 1} has 5000 bytes", bad.Detail);
        Assert.Contains("1 missing", Failures(file));
    }

    [Fact]
    public void An_incomplete_dump_is_told_with_what_is_missing()
    {
        string failures = Failures(Builder(written: 100).Build());
        Assert.Contains("pages: 128 of memory: 100 in the dump, 0 excluded, 28 missing: 28 not written", failures);
        KdumpBuilder builder = Builder();
        byte[] marked = builder.Build();
        marked[424] |= (byte)KdumpFlags.Incomplete;
        Assert.Contains("the header says that the dump is incomplete", Failures(marked));
    }

    [Fact]
    public void A_dump_cut_short_is_told_with_what_is_missing()
    {
        KdumpBuilder builder = Builder(Compressor.None);
        byte[] file = builder.Build();
        string failures = Failures(file[..(file.Length - (2 * KdumpBuilder.Page))]);
        Assert.Contains("2 past the end of the file", failures);
        Assert.Contains("the page descriptors alone end at", Failures(file[..(builder.DescriptorsAt + 50)]));
    }

    [Theory]
    [InlineData(4096 + 8, 32, "dump level 32")]
    [InlineData(424, 0x100, "status 0x100")]
    [InlineData(460, 0, "0 CPUs")]
    [InlineData(4096 + 36, 1, "VMCOREINFO lies past the end")]
    [InlineData(4096 + 32, 5000, "VMCOREINFO lies outside the notes")]
    [InlineData(4096 + 60, 1, "notes lie past the end")]
    [InlineData(4096 + 68, -1, "erase information lies past the end")]
    public void Headers_that_do_not_fit_are_told(int at, int value, string what)
    {
        byte[] file = Builder().Build();
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        Assert.Contains(what, Failures(file));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reading_all_decompresses_every_page(bool isFlattened)
    {
        KdumpBuilder builder = Builder();
        byte[] dump = builder.Build();
        CheckResult good = ReadAll(dump, isFlattened);
        Assert.Equal((true, "128 pages read and decompressed"), (good.IsOk, good.Detail));
        dump.AsSpan(dump.Length - 20, 10).Fill(0xFF);
        CheckResult bad = ReadAll(dump, isFlattened);
        Assert.False(bad.IsOk);
        Assert.Contains("1 pages cannot be read, the first found: page", bad.Detail);
        int inFile = isFlattened ? 4096 + 16 : 0;
        Assert.InRange(bad.OffsetBytes ?? 0, builder.DataAt + inFile, dump.Length + inFile);
    }

    private static KdumpBuilder Builder(Compressor compressor = Compressor.Zlib, int written = int.MaxValue)
    {
        SyntheticKernel kernel = new();
        RingWriter ring = new(kernel);
        ring.Add("Linux version");
        ring.Add("Kernel panic - not syncing: test", 1_000_000_000);
        // Something in the last page, so that it is not one of the zero pages.
        kernel.Memory.AsSpan(^4096..).Fill(0x77);
        kernel.Memory[^1] = 1;
        return new KdumpBuilder
        {
            Compressor = compressor,
            Notes = kernel.ToBuilder().Notes,
            WrittenPages = written,
        }.Memory(SyntheticKernel.Physical, kernel.Memory);
    }

    private static byte[] Padded(byte[] dump) =>
        [.. dump, .. new byte[(KdumpBuilder.Page - (dump.Length % KdumpBuilder.Page)) % KdumpBuilder.Page]];

    private CheckResult ReadAll(byte[] dump, bool isFlattened)
    {
        string path = _folder.PathOf("vmcore");
        File.WriteAllBytes(path, isFlattened ? KdumpBuilder.Flatten(dump, [(0, dump.Length)]) : dump);
        return VmcoreChecks.ReadAll(path, (done, total) => Assert.InRange(done, 0UL, total));
    }

    private string Failures(byte[] file) => string.Join(
        '\n', Run(file).Where(result => !result.IsOk).Select(result => $"{result.Name}: {result.Detail}"));

    private CheckResult[] Run(byte[] file)
    {
        string path = _folder.PathOf("vmcore");
        File.WriteAllBytes(path, file);
        return [.. VmcoreChecks.Run(path)];
    }
}
