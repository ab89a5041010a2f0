using System;
using System.Collections.Generic;
using System.Text;
using CosmosKdump.ImageCheck;
using CosmosKdump.ImageCheck.Elf;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.ImageCheck;

public class ElfImageTests
{
    public static IEnumerable<object[]> Damaged =>
    [
        [Damage(b => b.AsSpan().Clear()), "not an ELF file"],
        [Encoding.ASCII.GetBytes("a text"), "not an ELF file"],
        [Array.Empty<byte>(), "not an ELF file"],
        [Damage(b => b[4] = 1), "not a little-endian ELF64"],
        [Damage(b => b[18] = 3), "not a little-endian ELF64"],
        [Damage(b => b[16] = 1), "e_type is 1"],
        [Damage(b => b[54] = 1), "e_phentsize"],
        [Damage(b => b[60] = 0), "no usable section headers"],
        [Damage(b => b[32] = 255, b => b[38] = 255), "past the end"],
        [Damage(b => b[47] = 255), "past the end"],
        [Damage(b => b[64 + 32 + 7] = 255), "p_filesz > p_memsz"],
        [new TinyImage().ElfBytes()[..100], "past the end"],
    ];

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_file_that_is_no_image_is_refused_with_its_name(byte[] bytes, string why)
    {
        var error = Assert.Throws<ImageFormatException>(() => ElfImage.Parse(new ImageFile("x.elf", bytes)));
        Assert.StartsWith("x.elf: offset 0x", error.Message);
        Assert.Contains(why, error.Message);
    }

    [Fact]
    public void An_image_is_read_as_it_was_written()
    {
        var tiny = new TinyImage();
        ulong f = tiny.Function("f", 0xC3);
        ElfImage elf = tiny.Elf();
        Assert.Equal(TinyImage.Base, elf.Start);
        Assert.Equal(TinyImage.End, elf.End);
        Assert.Equal(TinyImage.Base + 0x200, elf.Entry);
        Assert.Equal(f, elf.AddressOf("f"));
        Assert.Null(elf.AddressOf("g"));
        Assert.Equal(".bss", elf.SectionAt(TinyImage.Data + 0x1000)!.Name);
        Assert.Equal(tiny.Segments, elf.Segments);
        Assert.Equal(tiny.Relocations, elf.Relocations);
        Assert.Equal(tiny.Symbols, elf.Symbols);
    }

    private static byte[] Damage(params Action<byte[]>[] damage)
    {
        byte[] bytes = new TinyImage().ElfBytes();
        foreach (Action<byte[]> one in damage)
        {
            one(bytes);
        }
        return bytes;
    }
}
