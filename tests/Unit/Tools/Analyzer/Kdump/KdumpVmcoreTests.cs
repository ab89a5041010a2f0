using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Kdump;

public sealed class KdumpVmcoreTests : IDisposable
{
    private const int Page = KdumpBuilder.Page;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Compressor.None, 6)]
    [InlineData(Compressor.Zlib, 6)]
    [InlineData(Compressor.Lzo, 6)]
    [InlineData(Compressor.Zstd, 6)]
    [InlineData(Compressor.Lzo, 5)]
    [InlineData(Compressor.Zlib, 4)]
    [InlineData(Compressor.Zstd, 3)]
    [InlineData(Compressor.Zlib, 2)]
    [InlineData(Compressor.Lzo, 1)]
    public void Every_page_is_what_was_dumped(Compressor compressor, int version)
    {
        byte[] low = Mixed(1, 9);
        byte[] high = Mixed(2, 40);
        using KdumpVmcore vmcore = Open(new KdumpBuilder { Compressor = compressor, Version = version }
            .Memory(0x1000, low).Memory(0x900_0000, high).Exclude(0x900_0000 + (ulong)high.Length, 5).Build());
        byte[] read = new byte[low.Length];
        Assert.Equal(Status.Ok, vmcore.ReadPhysical(0x1000, read));
        Assert.Equal(low, read);
        read = new byte[high.Length - 4000];
        Assert.Equal(Status.Ok, vmcore.ReadPhysical(0x900_0000 + 3000, read));
        Assert.Equal(high[3000..(3000 + read.Length)], read);
        Assert.Equal(49UL, vmcore.KeptPages);
        Assert.Equal(
            [new AddressRange(0x1000, 0xA000), new AddressRange(0x900_0000, 0x902_D000)], vmcore.PhysicalRanges);
    }

    [Fact]
    public void A_page_is_absent_excluded_kept_or_missing()
    {
        using KdumpVmcore vmcore = Open(new KdumpBuilder { WrittenPages = 3 }
            .Memory(0x1000, Mixed(1, 2)).Exclude(0x3000, 2).Memory(0x5000, Mixed(2, 2)).Build());
        PageState[] expected =
        [
            PageState.Absent, PageState.Kept, PageState.Kept, PageState.Excluded, PageState.Excluded, PageState.Kept,
            PageState.Missing, PageState.Absent,
        ];
        Assert.Equal(expected, Enumerable.Range(0, 8).Select(pfn => vmcore.StateOf((ulong)pfn)));
        Assert.Equal(PageState.Absent, vmcore.StateOf(ulong.MaxValue));
        Assert.True(vmcore.IsIncomplete);
    }

    [Fact]
    public void What_is_not_in_the_dump_reads_as_zeros_between_what_is()
    {
        byte[] memory = Mixed(3, 3);
        using KdumpVmcore vmcore = Open(new KdumpBuilder().Memory(0x1000, memory).Exclude(0x2000).Build());
        byte[] read = [.. Enumerable.Repeat((byte)9, 5 * Page)];
        Assert.Equal(Status.MemoryUnreadable, vmcore.ReadPhysical(0, read));
        byte[] expected = [.. new byte[Page], .. memory[..Page], .. new byte[Page], .. memory[(2 * Page)..], .. new byte[Page]];
        Assert.Equal(expected, read);
        Assert.Equal(Status.MemoryUnreadable, vmcore.ReadPhysical(ulong.MaxValue - 3, new byte[64]));
    }

    [Fact]
    public void A_part_of_a_split_dump_has_its_pages()
    {
        byte[] memory = Mixed(4, 10);
        using KdumpVmcore vmcore = Open(new KdumpBuilder { Split = (5, 9) }.Memory(0x1000, memory).Build());
        byte[] read = new byte[4 * Page];
        Assert.Equal(Status.Ok, vmcore.ReadPhysical(0x5000, read));
        Assert.Equal(memory[(4 * Page)..(8 * Page)], read);
        Assert.Equal((PageState.Missing, PageState.Kept, PageState.Missing),
            (vmcore.StateOf(4), vmcore.StateOf(8), vmcore.StateOf(9)));
        Assert.Equal([5, 6, 7, 8], vmcore.Pages().Select(page => page.Pfn));
    }

    [Fact]
    public void The_kernel_is_found_by_the_sub_header_where_VMCOREINFO_has_no_phys_base()
    {
        SyntheticKernel kernel = new();
        kernel.Forget("NUMBER(phys_base)");
        using OpenedKernel opened = new(KdumpBuilder.Of(kernel).Build());
        Assert.Equal(SyntheticKernel.Release, opened.Kernel.Name?.Release);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(3)]
    public void Notes_and_VMCOREINFO_are_found(int version)
    {
        using OpenedKernel opened = new(KdumpBuilder.Of(new SyntheticKernel(), version: version).Build());
        Assert.Equal(SyntheticKernel.Release, opened.Kernel.Release);
        Assert.Equal(version >= 4 ? 2 : 0, opened.Kernel.Cpus.Count);
        Assert.Equal("testhost", opened.Kernel.Name?.NodeName);
    }

    [Theory]
    [InlineData(8, 7, 8, "version 7")]
    [InlineData(8, 0, 8, "version 0")]
    [InlineData(8, -1, 8, "version -1")]
    [InlineData(428, 8192, 428, "block size 8192")]
    [InlineData(428, 0, 428, "block size 0")]
    [InlineData(432, 0, 432, "sub header of 0 blocks")]
    [InlineData(432, -1, null, "ends within the bitmaps")]
    [InlineData(436, 0, 436, "too short for")]
    [InlineData(436, -1, null, "ends within the bitmaps")]
    [InlineData(4096 + 96, 0, 4096 + 96, "0 pages")]
    [InlineData(4096 + 96, 1 << 20, 436, "bitmaps of 2 blocks are too short for 1048576 pages")]
    [InlineData(4096 + 96 + 6, -1, 4096 + 96, "can be true")]
    public void Headers_that_cannot_be_true_are_refused(int at, int value, int? offset, string what)
    {
        byte[] file = new KdumpBuilder().Memory(0x1000, Mixed(5, 4)).Build();
        // Six bytes into a 64-bit number only its upper half changes.
        byte[] raw = BitConverter.GetBytes(value);
        raw.AsSpan(0, Math.Min(4, at == 4096 + 96 + 6 ? 2 : 4)).CopyTo(file.AsSpan(at));
        FileProblem problem = Problem(file);
        Assert.Contains(what, problem.What);
        Assert.Equal(offset ?? file.Length, problem.OffsetBytes);
    }

    [Fact]
    public void One_bitmap_for_both_is_read()
    {
        byte[] memory = Mixed(6, 4);
        KdumpBuilder builder = new KdumpBuilder { PageCount = Page * 8 * 2 }.Memory(0x1000, memory);
        byte[] file = builder.Build();
        // Of the four blocks the first two are the only bitmap; the descriptors stay behind all of them.
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(4096 + 96), (ulong)Page * 8 * 3);
        using KdumpVmcore vmcore = Open(file);
        Assert.False(vmcore.Header.HasTwoBitmaps);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(500)]
    [InlineData(5000)]
    [InlineData(9000)]
    public void Headers_cut_short_are_told_with_the_end(int length)
    {
        FileProblem problem = Problem(new KdumpBuilder().Memory(0x1000, Mixed(5, 4)).Build()[..length]);
        Assert.Contains("ends within the", problem.What);
        Assert.Equal(length, problem.OffsetBytes);
    }

    [Theory]
    [InlineData(0, 8UL, "among the headers")]
    [InlineData(0, ulong.MaxValue, "past the end of the dump")]
    [InlineData(0, 1UL << 40, "past the end of the dump")]
    [InlineData(8, 0UL, "has 0 bytes")]
    [InlineData(8, 5000UL, "has 5000 bytes")]
    [InlineData(12, 3UL, "has the flags 0x3")]
    [InlineData(12, 0x40UL, "has the flags 0x40")]
    [InlineData(12, 0UL, "is not compressed and has")]
    public void A_descriptor_that_cannot_be_true_spoils_its_page_only(int field, ulong value, string what)
    {
        byte[] memory = Text(3);
        KdumpBuilder builder = new KdumpBuilder().Memory(0x1000, memory);
        byte[] file = builder.Build();
        Span<byte> descriptor = file.AsSpan(builder.DescriptorsAt + PageDescriptor.Bytes + field);
        BitConverter.GetBytes(value).AsSpan(0, field == 0 ? 8 : 4).CopyTo(descriptor);
        using KdumpVmcore vmcore = Open(file);
        byte[] page = new byte[Page];
        FileProblem? problem = vmcore.ReadPage(2, page);
        Assert.Contains(what, problem?.What);
        Assert.Equal(builder.DescriptorsAt + PageDescriptor.Bytes, problem?.OffsetBytes);
        Assert.Null(vmcore.ReadPage(3, page));
        Assert.Equal(memory[(2 * Page)..], page);
    }

    [Theory]
    [InlineData(Compressor.Zlib)]
    [InlineData(Compressor.Lzo)]
    [InlineData(Compressor.Zstd)]
    public void Damaged_bytes_of_a_page_are_told_with_their_offset(Compressor compressor)
    {
        KdumpBuilder builder = new KdumpBuilder { Compressor = compressor }.Memory(0x1000, Text(2));
        byte[] file = builder.Build();
        file.AsSpan(builder.DataAt, 8).Fill(0xFF);
        using KdumpVmcore vmcore = Open(file);
        FileProblem? problem = vmcore.ReadPage(1, new byte[Page]);
        Assert.Equal((long?)builder.DataAt, problem?.OffsetBytes);
        Assert.Contains($"cannot be decompressed ({compressor.ToString().ToLowerInvariant()})", problem?.What);
        Assert.Null(vmcore.ReadPage(2, new byte[Page]));
    }

    [Fact]
    public void A_dump_cut_short_in_its_pages_has_those_before()
    {
        byte[] memory = Mixed(7, 20);
        KdumpBuilder builder = new KdumpBuilder { Compressor = Compressor.None }.Memory(0x1000, memory);
        byte[] file = builder.Build();
        using KdumpVmcore vmcore = Open(file[..(builder.DataAt + (5 * Page) + 100)]);
        byte[] read = new byte[Page];
        int kept = Enumerable.Range(1, 20).Count(pfn => vmcore.StateOf((ulong)pfn) == PageState.Kept);
        Assert.InRange(kept, 5, 19);
        Assert.Equal(kept, Enumerable.Range(1, 20).Count(pfn => vmcore.ReadPage((ulong)pfn, read) is null));
    }

    [Fact]
    public void A_descriptor_table_cut_short_leaves_missing_pages()
    {
        KdumpBuilder builder = new KdumpBuilder().Memory(0x1000, Mixed(8, 20));
        byte[] file = builder.Build()[..(builder.DescriptorsAt + 100)];
        using KdumpVmcore vmcore = Open(file);
        Assert.Equal(PageState.Missing, vmcore.StateOf(20));
        Assert.Equal(20, vmcore.Pages().Count());
    }

    private static byte[] Mixed(int seed, int pages)
    {
        byte[] bytes = Text(pages);
        Random random = new(seed);
        for (int page = 0; page < pages; page++)
        {
            Span<byte> span = bytes.AsSpan(page * Page, Page);
            switch (random.Next(3))
            {
                case 0:
                    random.NextBytes(span);
                    break;
                case 1:
                    span.Clear();
                    break;
            }
        }
        return bytes;
    }

    // Compresses well, and every page is different.
    private static byte[] Text(int pages) =>
        [.. Enumerable.Range(0, pages * Page).Select(i => (byte)(i % 16 == 0 ? i / Page : 'a' + (i % 23)))];

    private KdumpVmcore Open(byte[] bytes)
    {
        Assert.True(VmcoreFile.TryOpen(Write(bytes), out VmcoreFile? vmcore, out FileProblem? problem), problem?.ToString());
        return Assert.IsType<KdumpVmcore>(vmcore);
    }

    private FileProblem Problem(byte[] bytes)
    {
        Assert.False(VmcoreFile.TryOpen(Write(bytes), out _, out FileProblem? problem));
        return problem;
    }

    private string Write(byte[] bytes)
    {
        string path = _folder.PathOf("vmcore");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
