using System;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Memory;

public sealed class KernelMemoryTests
{
    private const ulong Vmalloc4 = 0xFFFF_C900_0123_4000;
    private const ulong Vmalloc5 = 0xFFA0_0000_0123_4000;

    [Fact]
    public void The_image_is_found_by_phys_base()
    {
        SyntheticKernel kernel = new();
        ulong place = kernel.Take(4096);
        kernel.Write64(place + 8, 0x1122_3344_5566_7788);
        using OpenedKernel opened = new(kernel.ToVmcore());
        Assert.Equal(Status.Ok, opened.Kernel.Memory.ReadUInt64(place + 8, out ulong value));
        Assert.Equal(0x1122_3344_5566_7788UL, value);
        Assert.Equal(4, opened.Kernel.Memory.Levels);
    }

    [Theory]
    [InlineData(4, Vmalloc4)]
    [InlineData(5, Vmalloc5)]
    public void Small_pages_are_walked_with_four_and_five_levels(int levels, ulong address)
    {
        SyntheticKernel kernel = new(levels: levels);
        ulong first = kernel.Take(4096);
        ulong gap = kernel.Take(4096);
        ulong second = kernel.Take(4096);
        kernel.At(first)[..4096].Fill(1);
        kernel.At(gap)[..4096].Fill(9);
        kernel.At(second)[..4096].Fill(2);
        kernel.Map(address, SyntheticKernel.PhysicalOf(first));
        kernel.Map(address + 4096, SyntheticKernel.PhysicalOf(second));
        using OpenedKernel opened = new(kernel.ToVmcore());
        byte[] read = new byte[4096];
        Assert.Equal(levels, opened.Kernel.Memory.Levels);
        Assert.Equal(Status.Ok, opened.Kernel.Memory.Read(address + 0x800, read));
        Assert.Equal(Enumerable.Repeat((byte)1, 0x800).Concat(Enumerable.Repeat((byte)2, 0x800)), read);
    }

    [Theory]
    [InlineData(4, 2, 0xFFFF_8880_4020_0000UL, 0x1220_0000UL, 0x1F_1234UL)]
    [InlineData(4, 3, 0xFFFF_8880_4000_0000UL, 0x4000_0000UL, 0x3FFF_1234UL)]
    [InlineData(5, 2, 0xFF11_0000_4020_0000UL, 0x1220_0000UL, 0x1F_1234UL)]
    [InlineData(5, 3, 0xFF11_0000_4000_0000UL, 0x4000_0000UL, 0x3FFF_1234UL)]
    public void Large_pages_keep_the_address_within_them(int levels, int level, ulong start, ulong physical, ulong inside)
    {
        SyntheticKernel kernel = new(levels: levels);
        kernel.Map(start, physical, level);
        using OpenedKernel opened = new(kernel.ToVmcore());
        Assert.Equal(Status.Ok, opened.Kernel.Memory.Translate(start + inside, out ulong found));
        Assert.Equal(physical + inside, found);
    }

    [Fact]
    public void The_encryption_bit_is_no_part_of_an_address()
    {
        const ulong Mask = 1UL << 47;
        SyntheticKernel kernel = new();
        ulong page = kernel.Take(4096);
        kernel.Map(Vmalloc4, SyntheticKernel.PhysicalOf(page) | Mask);
        kernel.Info($"NUMBER(sme_mask)={Mask}");
        using OpenedKernel opened = new(kernel.ToVmcore());
        Assert.Equal(Status.Ok, opened.Kernel.Memory.Translate(Vmalloc4, out ulong found));
        Assert.Equal(SyntheticKernel.PhysicalOf(page), found);
    }

    [Theory]
    [InlineData(0xFFFF_C900_0999_9000UL)]
    [InlineData(0x0000_7F00_0000_0000UL)]
    [InlineData(0x0100_0000_0000_0000UL)]
    [InlineData(0UL)]
    public void What_is_not_mapped_has_no_address(ulong address)
    {
        SyntheticKernel kernel = new();
        kernel.Map(Vmalloc4, SyntheticKernel.PhysicalOf(kernel.Take(4096)));
        using OpenedKernel opened = new(kernel.ToVmcore());
        Assert.Equal(Status.AddressOutOfRange, opened.Kernel.Memory.Translate(address, out _));
        byte[] read = [1, 2, 3];
        Assert.Equal(Status.AddressOutOfRange, opened.Kernel.Memory.Read(address, read));
        Assert.Equal([0, 0, 0], read);
    }

    [Fact]
    public void A_page_that_the_vmcore_lacks_is_unreadable()
    {
        SyntheticKernel kernel = new();
        kernel.Map(Vmalloc4, 0x7700_0000);
        using OpenedKernel opened = new(kernel.ToVmcore());
        Assert.Equal(Status.MemoryUnreadable, opened.Kernel.Memory.ReadUInt64(Vmalloc4, out _));
    }

    [Fact]
    public void A_table_that_refers_to_itself_ends_after_its_levels()
    {
        SyntheticKernel kernel = new();
        ulong top = SyntheticKernel.PhysicalOf(kernel.TopTable);
        kernel.Write64(kernel.TopTable + (511 * 8), top | 0x63);
        using OpenedKernel opened = new(kernel.ToVmcore());
        Assert.Equal(Status.Ok, opened.Kernel.Memory.Translate(0xFFFF_FFFF_FFFF_F000, out ulong found));
        Assert.Equal(top, found);
    }

    [Fact]
    public void Without_page_tables_the_program_headers_serve()
    {
        const ulong Direct = 0xFFFF_8880_0500_0000;
        SyntheticKernel kernel = new();
        kernel.Forget("SYMBOL(swapper_pg_dir)");
        using OpenedKernel opened = new(kernel.ToBuilder().Segment(0x0500_0000, [5, 6, 7, 8], Direct).Build());
        byte[] read = new byte[4];
        Assert.Equal(0, opened.Kernel.Memory.Levels);
        Assert.Equal(Status.Ok, opened.Kernel.Memory.Read(Direct, read));
        Assert.Equal([5, 6, 7, 8], read);
    }

    [Fact]
    public void Without_phys_base_the_text_segment_serves()
    {
        SyntheticKernel kernel = new();
        kernel.Forget("NUMBER(phys_base)");
        VmcoreBuilder builder = new VmcoreBuilder()
            .Info($"SYMBOL(swapper_pg_dir)={kernel.TopTable:x}\n")
            .Segment(SyntheticKernel.Physical, kernel.Memory, SyntheticKernel.Image);
        using OpenedKernel opened = new(builder.Build());
        Assert.Equal(Status.Ok, opened.Kernel.Memory.Translate(SyntheticKernel.Image + 0x1234, out ulong found));
        Assert.Equal(SyntheticKernel.Physical + 0x1234, found);
        Assert.Equal(4, opened.Kernel.Memory.Levels);
    }
}
