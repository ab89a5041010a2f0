using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.ImageCheck;
using CosmosKdump.ImageCheck.Elf;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.ImageCheck;

public class ShippedCheckTests
{
    [Fact]
    public void The_same_image_as_a_shared_object_is_well() => Assert.Empty(Find(_ => { }));

    [Fact]
    public void An_executable_that_kexec_does_not_move_is_caught() => Spoiled.Only(
        Find(bytes => bytes[16] = 2), FindingKind.Shipped, "e_type is 2");

    [Fact]
    public void Another_entry_is_caught() => Spoiled.Some(
        Find(bytes => bytes[24] ^= 4), FindingKind.Shipped, "e_entry is");

    [Fact]
    public void A_changed_byte_of_the_head_is_caught() => Spoiled.Only(
        Find(bytes => bytes[TinyImage.BodyOffset + 0xFF0] ^= 1),
        FindingKind.Shipped, "differs from the checked image at 0x100ff0");

    [Fact]
    public void A_damaged_payload_is_caught() => Spoiled.Only(
        Find(bytes => bytes[Payload + 8] ^= 1), FindingKind.Shipped, "does not unpack: the payload's checksum is wrong");

    [Fact]
    public void The_payload_of_another_image_is_caught() => Spoiled.Only(
        Find(_ => { }, image => image.Body[0x2345] ^= 1),
        FindingKind.Shipped, "differs from the checked image at 0x102345");

    [Fact]
    public void A_payload_without_memory_behind_it_is_caught() => Spoiled.Only(
        Find(bytes => bytes[FirstSegment(bytes) + ElfNumbers.SegmentBytes + 41] ^= 0x10),
        FindingKind.Shipped, "segment at 0x101000 has another place");

    [Fact]
    public void A_segment_with_other_rights_is_caught() => Spoiled.Some(
        Find(bytes => bytes[FirstSegment(bytes) + 4] |= 2), FindingKind.Shipped, "segment at 0x100000 has another place");

    [Fact]
    public void A_missing_segment_is_caught() => Spoiled.Some(
        Find(bytes => bytes[FirstSegment(bytes)] = 0), FindingKind.Shipped, "1 segments are loaded");

    [Fact]
    public void A_missing_note_is_caught() => Spoiled.Some(
        Find(bytes => bytes[FirstSegment(bytes) + (2 * ElfNumbers.SegmentBytes)] = 0), FindingKind.Entry, "no PVH note");

    private const int Payload = TinyImage.BodyOffset + (int)TinyImage.TextSize;

    // e_phoff (System V ABI, "ELF Header").
    private static int FirstSegment(byte[] bytes) => (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(32));

    private static IReadOnlyList<Finding> Find(Action<byte[]> spoil, Action<TinyImage>? change = null)
    {
        var image = new TinyImage();
        byte[] shipped = image.ShippedBytes();
        spoil(shipped);
        change?.Invoke(image);
        return ImageChecker.Run(new CheckSubject(image.Elf(), new CpuPolicy())
        {
            Shipped = ElfImage.Parse(new CosmosKdump.ImageCheck.ImageFile("shipped.elf", shipped)),
        });
    }
}
