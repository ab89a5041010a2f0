using System;
using System.Buffers.Binary;
using CosmosKdump.Lab;
using CosmosKdump.Lab.Setup;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab;

public class ElfFileTests
{
    [Fact]
    public void A_section_is_found_by_its_name()
    {
        ElfFile file = new(new SmallElf().With(".one", "first").With(".two", "second").ToArray());

        Assert.Equal("second"u8, file.Section(".two"));
        Assert.True(file.Section(".three").IsEmpty);
    }

    [Fact]
    public void Needed_libraries_are_named_in_order()
    {
        byte[] dynamic = new byte[48];
        Entry(dynamic, 0, tag: 1, value: 1);
        Entry(dynamic, 1, tag: 12, value: 1);
        Entry(dynamic, 2, tag: 1, value: 11);

        SmallElf elf = new SmallElf().With(".dynamic", dynamic).With(".dynstr", "\0libz.so.1\0libc.so.6\0");
        ElfFile file = new(elf.ToArray());

        Assert.Equal(["libz.so.1", "libc.so.6"], file.NeededLibraries);
    }

    [Fact]
    public void A_static_program_needs_no_library()
    {
        Assert.Empty(new ElfFile(new SmallElf().ToArray()).NeededLibraries);
    }

    [Theory]
    [InlineData("depends", "virtio,virtio_ring")]
    [InlineData("license", "GPL")]
    [InlineData("end", "")]
    public void Module_information_is_read_by_its_whole_key(string key, string value)
    {
        byte[] module = new SmallElf().With(".modinfo", "license=GPL\0depends=virtio,virtio_ring\0send=1\0").ToArray();

        Assert.Equal(value, new ElfFile(module).ModuleInfo(key));
    }

    [Fact]
    public void What_is_no_ELF_file_is_refused()
    {
        Assert.Throws<LabException>(() => new ElfFile("#!/bin/sh\n"u8.ToArray()));
        Assert.Throws<LabException>(() => new ElfFile(new byte[64]));
    }

    private static void Entry(byte[] table, int index, long tag, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(table.AsSpan(index * 16), tag);
        BinaryPrimitives.WriteInt64LittleEndian(table.AsSpan((index * 16) + 8), value);
    }
}
