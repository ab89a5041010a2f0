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
    public void A_changed_byte_of_code_is_caught() => Spoiled.Only(
        Find(bytes => bytes[TinyImage.BodyOffset + 0xFF0] ^= 1), FindingKind.Shipped, "segment 0 at 0x100000 has other bytes");

    [Fact]
    public void A_segment_with_other_rights_is_caught() => Spoiled.Some(
        Find(bytes => bytes[FirstSegment(bytes) + 4] |= 2), FindingKind.Shipped, "segment 0 at 0x100000 has another place");

    [Fact]
    public void A_missing_segment_is_caught() => Spoiled.Some(
        Find(bytes => bytes[FirstSegment(bytes)] = 0), FindingKind.Shipped, "segments are loaded");

    // e_phoff (System V ABI, "ELF Header").
    private static int FirstSegment(byte[] bytes) => (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(32));

    private static IReadOnlyList<Finding> Find(Action<byte[]> spoil)
    {
        var image = new TinyImage();
        byte[] shipped = image.ElfBytes();
        shipped[16] = 3;
        spoil(shipped);
        return ImageChecker.Run(new CheckSubject(image.Elf(), new CpuPolicy())
        {
            Shipped = ElfImage.Parse(new CosmosKdump.ImageCheck.ImageFile("shipped.elf", shipped)),
        });
    }
}
