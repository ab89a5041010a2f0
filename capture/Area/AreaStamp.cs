using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Area;

/// <summary>
/// A page that says where it belongs: pages of an empty area that is a file hold stamps, so that the capture kernel can
/// tell, before it writes, whether the blocks are still the file's. Layout: <c>docs/dump-area.md</c>.
/// </summary>
public readonly struct AreaStamp(in AreaUuid uuid, ulong fileBytes, ulong diskBytes)
{
    /// <summary>Bytes of a stamp: one page.</summary>
    public const int Bytes = Limits.PageBytes;

    private const ulong LeastIntervalBytes = 16 << 20;
    private const int MostIntervals = 512;
    private const int UuidAt = 16;
    private const int FileAt = 32;
    private const int DiskAt = 40;
    private const int ChecksumAt = Bytes - 4;

    /// <summary>The first 16 bytes of every stamp.</summary>
    public static ReadOnlySpan<byte> Magic => "CosmosKdump page"u8;

    /// <summary>The area.</summary>
    public AreaUuid Uuid { get; } = uuid;

    /// <summary>Offset in the file.</summary>
    public ulong FileBytes { get; } = fileBytes;

    /// <summary>Offset on the disk.</summary>
    public ulong DiskBytes { get; } = diskBytes;

    /// <summary>
    /// Distance of stamps in an area: 16 MiB, or more, so that there are no more than 512. Besides, each extent has one
    /// on its first and on its last page.
    /// </summary>
    public static ulong IntervalBytes(ulong areaBytes)
    {
        ulong interval = LeastIntervalBytes;
        while (areaBytes / interval > MostIntervals)
        {
            interval *= 2;
        }
        return interval;
    }

    /// <summary>
    /// The next page with a stamp at or behind an offset in the file, in the extent that ends at
    /// <paramref name="endBytes"/>, which the offset is below.
    /// </summary>
    public static ulong Next(ulong fromBytes, ulong endBytes, ulong areaBytes)
    {
        ulong interval = IntervalBytes(areaBytes);
        ulong next = (fromBytes + interval - 1) / interval * interval;
        ulong last = endBytes - Bytes;
        return next < last ? next : last;
    }

    /// <summary>Writes the stamp to the first 4096 bytes.</summary>
    public void Encode(Span<byte> destination)
    {
        Span<byte> page = destination[..Bytes];
        page.Clear();
        Magic.CopyTo(page);
        Uuid.Write(page[UuidAt..]);
        BinaryPrimitives.WriteUInt64LittleEndian(page[FileAt..], FileBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(page[DiskAt..], DiskBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(page[ChecksumAt..], Crc32C.Of(page[..ChecksumAt]));
    }

    /// <summary>Whether a page of 4096 bytes is this stamp.</summary>
    public bool IsOn(ReadOnlySpan<byte> page) =>
        page.StartsWith(Magic)
        && AreaUuid.Same(AreaUuid.Read(page[UuidAt..]), Uuid)
        && BinaryPrimitives.ReadUInt64LittleEndian(page[FileAt..]) == FileBytes
        && BinaryPrimitives.ReadUInt64LittleEndian(page[DiskAt..]) == DiskBytes
        && BinaryPrimitives.ReadUInt32LittleEndian(page[ChecksumAt..]) == Crc32C.Of(page[..ChecksumAt]);
}
