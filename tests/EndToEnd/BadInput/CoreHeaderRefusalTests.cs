using System;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.BadInput;

/// <summary>An <c>elfcorehdr=</c> that leaves nothing to dump: a clear line, the failure action, an untouched disk.</summary>
public class CoreHeaderRefusalTests
{
    [Fact]
    public void No_elfcorehdr() => Refuses("", CrashedMemory.Header().ToBytes(), "E100 no elfcorehdr=");

    [Fact]
    public void A_value_that_is_no_number() =>
        Refuses("elfcorehdr=soon", CrashedMemory.Header().ToBytes(), "E101 bad option value: elfcorehdr=soon", "E100");

    [Fact]
    public void A_header_where_no_memory_is() =>
        Refuses("elfcorehdr=3G", CrashedMemory.Header().ToBytes(), "E102 not an ELF core header: elfcorehdr at 0xc0000000");

    [Fact]
    public void A_header_beyond_the_address_space() => Refuses(
        "elfcorehdr=0x10000000000000", CrashedMemory.Header().ToBytes(), "elfcorehdr at 0x10000000000000", "E201");

    [Fact]
    public void Noise_instead_of_a_header() =>
        Refuses(CrashedMemory.Argument, SeededPages.Make(1, 1), "E102 not an ELF core header: elfcorehdr at 0x2000000, offset 0");

    [Fact]
    public void A_header_shorter_than_the_command_line_allows() =>
        Refuses("elfcorehdr=63@32M", CrashedMemory.Header().ToBytes(), "E103 ELF core header cut short");

    [Fact]
    public void A_table_outside_the_header() =>
        Refuses("elfcorehdr=4K@32M", With(32, BitConverter.GetBytes(4096UL)), "E103 ELF core header cut short");

    [Fact]
    public void A_table_whose_entries_have_another_size() =>
        Refuses(CrashedMemory.Argument, With(54, BitConverter.GetBytes((ushort)8)), "E104 ELF core header malformed");

    [Fact]
    public void A_header_of_another_machine() =>
        Refuses(CrashedMemory.Argument, With(18, BitConverter.GetBytes((ushort)183)), "E104 ELF core header malformed");

    [Fact]
    public void A_header_without_segments() => Refuses(
        CrashedMemory.Argument,
        new CoreHeader().Notes(CrashedMemory.NotesAt, (ulong)CrashedMemory.Notes.Length).ToBytes(),
        "E105 no memory segments");

    [Fact]
    public void A_header_of_absurd_segments_only() => Refuses(
        CrashedMemory.Argument,
        new CoreHeader().Load(CrashedMemory.DataAt, 0).Load(1UL << 60, 4096).Load(4096, ulong.MaxValue).ToBytes(),
        "E106 segment with an impossible address or length: program header 0",
        "program header 1",
        "program header 2",
        "E105 no memory segments");

    private static byte[] With(int offset, byte[] field)
    {
        byte[] header = CrashedMemory.Header().ToBytes();
        field.CopyTo(header, offset);
        return header;
    }

    private static void Refuses(string argument, byte[] header, params string[] texts)
    {
        using TestDisk disk = TestDisk.Prepared();
        string before = disk.Hash();
        BareOptions options = new()
        {
            Arguments = argument,
            Memory = memory => CrashedMemory.Plant(memory, header),
            Disks = [disk.Nvme],
        };
        BareTest.Refuses(options, texts, "elfcorehdr");
        Assert.Equal(before, disk.Hash());
    }
}
