using System;

namespace CosmosKdump.Capture;

/// <summary>
/// CRC-32 as GPT headers use it (UEFI 2.10, 5.3.2; ITU-T V.42): reflected polynomial 0xEDB88320. Half a byte at a time,
/// for it only sees partition tables.
/// </summary>
public static class Crc32
{
    private static ReadOnlySpan<uint> Table =>
    [
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    ];

    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of what <paramref name="checksum"/> covers, followed by <paramref name="bytes"/>.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> table = Table;
        uint crc = ~checksum;
        for (int i = 0; i < bytes.Length; i++)
        {
            crc ^= bytes[i];
            crc = table[(int)(crc & 15)] ^ (crc >> 4);
            crc = table[(int)(crc & 15)] ^ (crc >> 4);
        }
        return ~crc;
    }
}
