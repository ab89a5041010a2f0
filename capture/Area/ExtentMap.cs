using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Area;

/// <summary>
/// Where a file that is a dump area lies on its disk. <c>ckdump load</c> hands it to the capture kernel as the initrd.
/// Layout: <c>docs/dump-area.md</c>. The default is no map.
/// </summary>
public struct ExtentMap
{
    /// <summary>The version that is written, and the only one that is read.</summary>
    public const uint CurrentVersion = 1;

    /// <summary>Bytes of the longest map.</summary>
    public const int MaxBytes = HeaderBytes + (Limits.MapExtents * ExtentBytes) + ChecksumBytes;

    private const int HeaderBytes = 128;
    private const int ExtentBytes = 24;
    private const int ChecksumBytes = 4;
    private const int VersionAt = 16;
    private const int CountAt = 20;
    private const int UuidAt = 24;
    private const int AreaBytesAt = 40;
    private const int DiskBytesAt = 48;
    private const int TableAt = 56;
    private const int SignatureAt = 60;
    private const int GuidAt = 64;
    private const int VolumeUuidBytesAt = 80;
    private const int VolumeUuidAt = 88;
    private const int SectorBytes = 512;

    private HeldBuffer _bytes;

    /// <summary>The first 16 bytes of every map.</summary>
    public static ReadOnlySpan<byte> Magic => "CosmosKdump emap"u8;

    /// <summary>The area's identity.</summary>
    public AreaUuid Uuid { get; private set; }

    /// <summary>Bytes of the file.</summary>
    public ulong AreaBytes { get; private set; }

    /// <summary>The disk.</summary>
    public DiskIdentity Disk { get; private set; }

    /// <summary>
    /// UUID of the file system, in the order of its bytes on the disk: a file system that was made anew has another one.
    /// </summary>
    public AreaUuid VolumeUuid { get; private set; }

    /// <summary>Where it lies on the disk, in one sector.</summary>
    public ulong VolumeUuidBytes { get; private set; }

    /// <summary>Number of extents; 0: this is no map.</summary>
    public int Count { get; private set; }

    /// <summary>Whether bytes are meant as a map, whatever is wrong with them.</summary>
    public static bool IsMeant(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Magic);

    /// <summary>Bytes of a map with this many extents.</summary>
    public static int BytesOf(int extents) => HeaderBytes + (extents * ExtentBytes) + ChecksumBytes;

    /// <summary>
    /// Takes a map from a buffer, which never moves and stays as it is; what follows the map in it is ignored.
    /// <see cref="Status.MapMalformed"/>: a wrong checksum or version, or what cannot be: extents that are not whole pages
    /// and sectors, do not follow each other in the file, leave the disk, or share a part of it.
    /// </summary>
    public static Status Open(HeldBuffer buffer, out ExtentMap map)
    {
        map = default;
        ReadOnlySpan<byte> bytes = buffer.Bytes;
        if (bytes.Length < HeaderBytes || !IsMeant(bytes)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[VersionAt..]) != CurrentVersion)
        {
            return Status.MapMalformed;
        }
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[CountAt..]);
        if (count is 0 or > Limits.MapExtents || bytes.Length < BytesOf((int)count))
        {
            return Status.MapMalformed;
        }
        int summed = BytesOf((int)count) - ChecksumBytes;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[summed..]) != Crc32C.Of(bytes[..summed]))
        {
            return Status.MapMalformed;
        }
        var read = new ExtentMap
        {
            _bytes = buffer,
            Uuid = AreaUuid.Read(bytes[UuidAt..]),
            AreaBytes = BinaryPrimitives.ReadUInt64LittleEndian(bytes[AreaBytesAt..]),
            Disk = new DiskIdentity
            {
                DiskBytes = BinaryPrimitives.ReadUInt64LittleEndian(bytes[DiskBytesAt..]),
                Table = (TableKind)BinaryPrimitives.ReadUInt32LittleEndian(bytes[TableAt..]),
                MbrSignature = BinaryPrimitives.ReadUInt32LittleEndian(bytes[SignatureAt..]),
                DiskGuid = AreaUuid.Read(bytes[GuidAt..]),
            },
            VolumeUuidBytes = BinaryPrimitives.ReadUInt64LittleEndian(bytes[VolumeUuidBytesAt..]),
            VolumeUuid = AreaUuid.Read(bytes[VolumeUuidAt..]),
            Count = (int)count,
        };
        if (!read.IsConsistent())
        {
            return Status.MapMalformed;
        }
        map = read;
        return Status.Ok;
    }

    /// <summary>
    /// Writes a map; <see cref="Status.TooManyEntries"/> and <see cref="Status.BufferTooSmall"/> otherwise. Whether it can
    /// be true, <see cref="Open"/> tells.
    /// </summary>
    public static Status Encode(
        in AreaUuid uuid,
        in DiskIdentity disk,
        in AreaUuid volumeUuid,
        ulong volumeUuidBytes,
        ReadOnlySpan<FileExtent> extents,
        Span<byte> destination,
        out int bytes)
    {
        bytes = 0;
        if (extents.Length is 0 or > Limits.MapExtents)
        {
            return Status.TooManyEntries;
        }
        int length = BytesOf(extents.Length);
        if (destination.Length < length)
        {
            return Status.BufferTooSmall;
        }
        Span<byte> map = destination[..length];
        map.Clear();
        Magic.CopyTo(map);
        FileExtent last = extents[^1];
        BinaryPrimitives.WriteUInt32LittleEndian(map[VersionAt..], CurrentVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(map[CountAt..], (uint)extents.Length);
        uuid.Write(map[UuidAt..]);
        BinaryPrimitives.WriteUInt64LittleEndian(map[AreaBytesAt..], last.FileBytes + last.LengthBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(map[DiskBytesAt..], disk.DiskBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(map[TableAt..], (uint)disk.Table);
        BinaryPrimitives.WriteUInt32LittleEndian(map[SignatureAt..], disk.MbrSignature);
        disk.DiskGuid.Write(map[GuidAt..]);
        BinaryPrimitives.WriteUInt64LittleEndian(map[VolumeUuidBytesAt..], volumeUuidBytes);
        volumeUuid.Write(map[VolumeUuidAt..]);
        for (int i = 0; i < extents.Length; i++)
        {
            Span<byte> entry = map[(HeaderBytes + (i * ExtentBytes))..];
            BinaryPrimitives.WriteUInt64LittleEndian(entry, extents[i].FileBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], extents[i].DiskBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[16..], extents[i].LengthBytes);
        }
        int summed = length - ChecksumBytes;
        BinaryPrimitives.WriteUInt32LittleEndian(map[summed..], Crc32C.Of(map[..summed]));
        bytes = length;
        return Status.Ok;
    }

    /// <summary>An extent by its index, which is below <see cref="Count"/>.</summary>
    public readonly FileExtent Extent(int index)
    {
        ReadOnlySpan<byte> entry = _bytes.Bytes.Slice(HeaderBytes + (index * ExtentBytes), ExtentBytes);
        return new FileExtent(
            BinaryPrimitives.ReadUInt64LittleEndian(entry),
            BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]));
    }

    /// <summary>
    /// Where an offset in the file, which is below <see cref="AreaBytes"/>, lies on the disk, and how many bytes follow
    /// there in one piece.
    /// </summary>
    public readonly ulong Locate(ulong fileBytes, out ulong runBytes)
    {
        int low = 0;
        int high = Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (Extent(middle).FileBytes <= fileBytes)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }
        FileExtent extent = Extent(low);
        ulong inside = fileBytes - extent.FileBytes;
        runBytes = extent.LengthBytes - inside;
        return extent.DiskBytes + inside;
    }

    private readonly bool IsConsistent()
    {
        bool isPossible = !Uuid.IsNil && AreaBytes >= AreaLabel.MinimumAreaBytes && Disk.Table <= TableKind.Gpt
            && Disk.DiskBytes >= SectorBytes && VolumeUuidBytes <= Disk.DiskBytes - SectorBytes
            && VolumeUuidBytes % SectorBytes <= SectorBytes - AreaUuid.Bytes;
        ulong at = 0;
        for (int i = 0; i < Count && isPossible; i++)
        {
            FileExtent extent = Extent(i);
            isPossible = extent.FileBytes == at
                && extent.LengthBytes != 0
                && extent.LengthBytes % Limits.PageBytes == 0
                && extent.DiskBytes % SectorBytes == 0
                && extent.LengthBytes <= Disk.DiskBytes
                && extent.DiskBytes <= Disk.DiskBytes - extent.LengthBytes
                && extent.LengthBytes <= AreaBytes - at
                && !OverlapsOneBefore(i, in extent);
            at += extent.LengthBytes;
        }
        return isPossible && at == AreaBytes;
    }

    private readonly bool OverlapsOneBefore(int index, in FileExtent extent)
    {
        bool overlaps = false;
        for (int i = 0; i < index && !overlaps; i++)
        {
            FileExtent other = Extent(i);
            overlaps = other.DiskBytes < extent.DiskBytes + extent.LengthBytes
                && extent.DiskBytes < other.DiskBytes + other.LengthBytes;
        }
        return overlaps;
    }
}
