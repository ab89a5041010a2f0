using System;
using System.Buffers.Binary;
using CosmosKdump.Capture.Encode.Kdump;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>
/// The flag in the header of a kdump-compressed dump that says that the dump was not finished. Readers such as crash
/// then expect pages to be missing.
/// </summary>
public static class KdumpMark
{
    /// <summary>Bytes of a header that <see cref="TrySet"/> needs.</summary>
    public const int HeaderBytes = KdumpHeader.StatusAt + sizeof(uint);

    /// <summary>Sets the flag in a header; false if it is none, or has the flag.</summary>
    public static bool TrySet(Span<byte> header)
    {
        if (!header.StartsWith("KDUMP   "u8) || header.Length < HeaderBytes)
        {
            return false;
        }
        Span<byte> at = header[KdumpHeader.StatusAt..];
        uint status = BinaryPrimitives.ReadUInt32LittleEndian(at);
        BinaryPrimitives.WriteUInt32LittleEndian(at, status | KdumpHeader.Incomplete);
        return (status & KdumpHeader.Incomplete) == 0;
    }

    /// <summary>Takes the flag away again from a header that <see cref="TrySet"/> set it in.</summary>
    public static void Clear(Span<byte> header)
    {
        Span<byte> at = header[KdumpHeader.StatusAt..];
        BinaryPrimitives.WriteUInt32LittleEndian(
            at, BinaryPrimitives.ReadUInt32LittleEndian(at) & ~KdumpHeader.Incomplete);
    }
}
