using System;
using System.Buffers.Binary;

namespace CosmosKdump.ImageCheck.Packing;

/// <summary>kdump.bzimage: the sectors with the boot header, then head and packed payload.</summary>
public static class PackedBzImage
{
    // Documentation/arch/x86/boot.rst: syssize counts 16-byte units of the protected-mode part.
    private const int SystemSizeAt = 0x1F4;
    private const int UnitBytes = 16;

    /// <summary>The file's bytes, of the linked setup sectors and what <see cref="PackedImage.Pack"/> made.</summary>
    public static byte[] Make(byte[] setup, byte[] shipped)
    {
        byte[] image = [.. setup, .. shipped];
        BinaryPrimitives.WriteInt32LittleEndian(
            image.AsSpan(SystemSizeAt), (shipped.Length + UnitBytes - 1) / UnitBytes);
        return image;
    }
}
