using System;
using System.Buffers.Binary;
using CosmosKdump.ImageCheck;
using CosmosKdump.ImageCheck.Elf;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.ImageCheck;

public class EntryCheckTests
{
    private const int Multiboot = 0x40;
    private const int Note = 0x100;

    [Fact]
    public void The_entry_must_be_the_64_bit_entry_of_the_boot_protocol() => Spoiled.Only(
        Spoiled.Elf(i => i.Entry = i.Function("late", 0xC3)), FindingKind.Entry, "the 64-bit entry");

    [Fact]
    public void The_entry_must_be_code() => Spoiled.Some(
        Spoiled.Elf(i => i.Entry = TinyImage.Data), FindingKind.Entry, "e_entry is not in code");

    [Fact]
    public void A_missing_multiboot2_header_is_caught() => Spoiled.Only(
        Spoiled.Elf(i => i.Body[Multiboot] ^= 1), FindingKind.Entry, "no multiboot2 header");

    [Fact]
    public void A_wrong_multiboot2_checksum_is_caught() => Spoiled.Only(
        Spoiled.Elf(i => i.Body[Multiboot + 12] ^= 1), FindingKind.Entry, "offset 0x1040: wrong checksum");

    [Theory]
    [InlineData(8)]
    [InlineData(0x100000)]
    public void A_multiboot2_header_of_an_impossible_length_is_caught(int length) => Spoiled.Only(
        Spoiled.Elf(i => WriteHeaderLength(i, length)), FindingKind.Entry, $"length {(uint)length} cannot be");

    [Fact]
    public void A_multiboot2_header_without_an_end_tag_is_caught() => Spoiled.Only(
        Spoiled.Elf(i => WriteHeaderLength(i, 32)), FindingKind.Entry, "no end tag");

    [Fact]
    public void A_multiboot2_header_without_an_entry_address_is_caught() => Spoiled.Only(
        Spoiled.Elf(i => i.Body[Multiboot + 16] = 7), FindingKind.Entry, "no entry address tag");

    [Theory]
    [InlineData(4)]
    [InlineData(100)]
    public void A_multiboot2_tag_of_an_impossible_size_is_caught(byte size) => Spoiled.Only(
        Spoiled.Elf(i => i.Body[Multiboot + 20] = size), FindingKind.Entry, $"tag 3 has the size {size}");

    [Fact]
    public void A_multiboot2_entry_outside_code_is_caught() => Spoiled.Only(
        Spoiled.Elf(i => Write(i, Multiboot + 24, (uint)TinyImage.Data)), FindingKind.Entry, "the entry is not in code");

    [Fact]
    public void A_pvh_entry_outside_code_is_caught() => Spoiled.Only(
        Spoiled.Elf(i => Write(i, Note + 16, 0)), FindingKind.Entry, "PVH note: the entry is not in code");

    [Theory]
    [InlineData(Note + 8)] // type
    [InlineData(Note + 12)] // name
    [InlineData(Note)] // length of the name
    public void A_missing_pvh_note_is_caught(int at) => Spoiled.Only(
        Spoiled.Elf(i => i.Body[at]++), FindingKind.Entry, "no PVH note");

    [Fact]
    public void A_pvh_note_outside_of_note_segments_is_not_found_by_loaders() => Spoiled.Only(
        Spoiled.Elf(i => i.Segments.RemoveAll(s => s.Type == ElfNumbers.SegmentNote)), FindingKind.Entry, "no PVH note");

    private static void WriteHeaderLength(TinyImage image, int length)
    {
        Write(image, Multiboot + 8, (uint)length);
        Write(image, Multiboot + 12, unchecked(0u - 0xE85250D6u - (uint)length));
    }

    private static void Write(TinyImage image, int at, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(image.Body.AsSpan(at), value);
}
