using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;

namespace CosmosKdump.Analyzer.Files;

/// <summary>Headers and notes at the start of a dump area, which the label has a checksum of (docs/dump-area.md).</summary>
public static class DumpHeader
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>
    /// The file begins with the headers and notes of the dump that the label describes; true also if the label has no
    /// checksum of them.
    /// </summary>
    public static bool Matches(IDumpBytes file, in AreaLabel label)
    {
        byte[] buffer = new byte[PieceBytes];
        uint checksum = 0;
        for (ulong at = 0; at < label.HeaderBytes; at += PieceBytes)
        {
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(PieceBytes, label.HeaderBytes - at));
            if (file.Read(at, piece) != Status.Ok)
            {
                return false;
            }
            checksum = Crc32C.Append(checksum, piece);
        }
        return label.HeaderBytes == 0 || checksum == label.HeaderChecksum;
    }

    /// <summary>The first bytes are those of a dump in a format that the capture kernel writes.</summary>
    public static bool IsDump(ReadOnlySpan<byte> start) => FileSignature.IsDump(start);

    /// <summary>
    /// The file begins with what a capture leaves: a dump's magic, or zeros. Something that used the disk later does
    /// not look like this.
    /// </summary>
    public static bool LooksLikeOne(IDumpBytes file)
    {
        byte[] page = new byte[Limits.PageBytes];
        _ = file.Read(0, page);
        return FileSignature.IsDump(page) || page.AsSpan().IndexOfAnyExcept((byte)0) < 0;
    }
}
