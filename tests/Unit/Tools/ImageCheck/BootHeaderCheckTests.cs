using System;
using System.Linq;
using CosmosKdump.ImageCheck;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.ImageCheck;

public class BootHeaderCheckTests
{
    [Fact]
    public void A_good_pair_of_images_has_no_findings() => Assert.Empty(Spoiled.BzImage(_ => { }));

    [Theory]
    [InlineData(0x1FE, 0x00, "boot_flag at 0x1fe")]
    [InlineData(0x202, 0x00, "header at 0x202")]
    [InlineData(0x206, 0x0C, "version at 0x206 is 0x20c, must be 0x20f")]
    [InlineData(0x211, 0x80, "loadflags at 0x211")]
    [InlineData(0x236, 0x03, "xloadflags at 0x236 is 0x3, must be 0x63")]
    [InlineData(0x234, 0x00, "relocatable_kernel at 0x234")]
    [InlineData(0x239, 0x00, "cmdline_size at 0x238 is 0xff, must be at least 2047")]
    [InlineData(0x25A, 0x20, "pref_address at 0x258")]
    [InlineData(0x230, 0x03, "kernel_alignment at 0x230")]
    [InlineData(0x1F4, 0x01, "syssize is")]
    public void A_wrong_field_is_caught(int offset, byte value, string text) => Spoiled.Only(
        Spoiled.BzImage(b => b[offset] = value), FindingKind.BootHeader, text);

    [Theory]
    [InlineData(0x7FFF)]
    [InlineData(0x8000 + 0x10000)]
    public void An_init_size_that_does_not_fit_the_memory_of_the_elf_image_is_caught(int size) => Spoiled.Only(
        Spoiled.BzImage(b => BitConverter.TryWriteBytes(b.AsSpan(0x260), size)),
        FindingKind.Size, $"init_size is {size}, but the ELF image needs 32768");

    [Fact]
    public void A_kernel_that_differs_from_the_elf_image_is_caught() => Spoiled.Only(
        Spoiled.BzImage(b => b[1024 + 0x200] ^= 1), FindingKind.BootHeader, "section .text differs");

    [Fact]
    public void A_kernel_cut_short_is_caught()
    {
        byte[] bytes = new TinyImage().BzImageBytes()[..^16];
        var subject = new CheckSubject(new TinyImage().Elf(), new CpuPolicy()) { BzImage = new ImageFile("b", bytes) };
        Assert.Contains(ImageChecker.Run(subject), f => f.Text.Contains("does not unpack: packed length"));
    }

    [Fact]
    public void A_kernel_damaged_where_it_is_packed_is_caught() => Spoiled.Only(
        Spoiled.BzImage(b => b[1024 + (int)TinyImage.TextSize + 8] ^= 1),
        FindingKind.BootHeader, "does not unpack: the payload's checksum is wrong");

    [Fact]
    public void More_setup_sectors_than_the_file_has_are_caught() => Spoiled.Only(
        Spoiled.BzImage(b => b[0x1F1] = 255), FindingKind.BootHeader, "no room for the kernel");

    [Fact]
    public void A_file_too_short_for_a_boot_header_is_caught()
    {
        var subject = new CheckSubject(new TinyImage().Elf(), new CpuPolicy())
        {
            BzImage = new ImageFile("b", new byte[0x200]),
        };
        Assert.Contains("hold no boot header", ImageChecker.Run(subject).Single().Text);
    }
}
