using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Area;

/// <summary>
/// The label of a dump area: the last 4096 bytes of it. Layout: <c>docs/dump-area.md</c>.
/// </summary>
public struct AreaLabel
{
    /// <summary>Bytes of the label, and its distance from the end of the area.</summary>
    public const int Bytes = 4096;

    /// <summary>The version that is written, and the only one that is read.</summary>
    public const uint CurrentVersion = 1;

    /// <summary>
    /// Bytes at the start of an area that are zero while it holds no dump: where partition tables and file systems
    /// leave their marks, and the capture kernel looks for them.
    /// </summary>
    public const int BlankBytes = 1 << 20;

    /// <summary>Smallest area: one page of data, and the label.</summary>
    public const ulong MinimumAreaBytes = 2 * Bytes;

    private const int VersionAt = 16;
    private const int StateAt = 20;
    private const int UuidAt = 24;
    private const int AreaBytesAt = 40;
    private const int SequenceAt = 48;
    private const int CrashTimeAt = 56;
    private const int LengthAt = 64;
    private const int PagesWrittenAt = 72;
    private const int PagesLostAt = 80;
    private const int FormatAt = 88;
    private const int LevelAt = 89;
    private const int OutcomeAt = 90;
    private const int HeaderChecksumAt = 92;
    private const int HeaderBytesAt = 96;
    private const int PlaceAt = 104;
    private const int ChecksumAt = Bytes - 4;

    /// <summary>The first 16 bytes of every label.</summary>
    public static ReadOnlySpan<byte> Magic => "CosmosKdump area"u8;

    /// <summary>The area's identity.</summary>
    public AreaUuid Uuid;

    /// <summary>Bytes of the whole area, the label included.</summary>
    public ulong AreaBytes;

    /// <summary>State.</summary>
    public AreaState State;

    /// <summary>Grows by one with every change of the label; 1 when the area is new.</summary>
    public ulong Sequence;

    /// <summary>Crash time of the dump, seconds since 1970, 0 if unknown.</summary>
    public ulong CrashTimeSeconds;

    /// <summary>Length of the dump, bytes from the start of the area; 0 without a dump.</summary>
    public ulong DumpLengthBytes;

    /// <summary>Pages of the dump that were written.</summary>
    public ulong PagesWritten;

    /// <summary>
    /// Pages of the dump that could not be written: zeros, or what was there before where the medium failed; and pages
    /// of memory that could not be read.
    /// </summary>
    public ulong PagesLost;

    /// <summary>Format of the dump.</summary>
    public DumpFormat Format;

    /// <summary>Dump level, 0 to 31.</summary>
    public byte DumpLevel;

    /// <summary>Why the dump is incomplete; <see cref="Status.Ok"/> otherwise.</summary>
    public Status Outcome;

    /// <summary>
    /// Bytes of the dump before its first segment, whole pages: ELF header, program headers and notes. 0 if there is
    /// no checksum of them.
    /// </summary>
    public ulong HeaderBytes;

    /// <summary>CRC-32C of the first <see cref="HeaderBytes"/> of the dump: whose dump lies there.</summary>
    public uint HeaderChecksum;

    /// <summary>The area is a file of a file system: while it is empty, it has stamps (<see cref="AreaStamp"/>).</summary>
    public bool IsFile;

    /// <summary>Bytes that a dump may take in an area of this size.</summary>
    public readonly ulong CapacityBytes => CapacityOf(AreaBytes);

    /// <summary>The area holds a dump, whole or not, that was not saved yet.</summary>
    public readonly bool HoldsUnsavedDump => State is AreaState.Writing or AreaState.Complete or AreaState.Incomplete;

    /// <summary>Bytes that a dump may take in an area of <paramref name="areaBytes"/>: whole pages before the label.</summary>
    public static ulong CapacityOf(ulong areaBytes) =>
        areaBytes < MinimumAreaBytes ? 0 : (areaBytes - Bytes) & ~(ulong)(Limits.PageBytes - 1);

    /// <summary>Makes the label of a new area.</summary>
    public static AreaLabel Create(in AreaUuid uuid, ulong areaBytes) => new()
    {
        Uuid = uuid,
        AreaBytes = areaBytes,
        State = AreaState.Prepared,
        Sequence = 1,
    };

    /// <summary>Makes the label of the same area without a dump, as it is after the dump was saved.</summary>
    public readonly AreaLabel Emptied()
    {
        AreaLabel label = Create(Uuid, AreaBytes);
        label.Sequence = Sequence + 1;
        label.IsFile = IsFile;
        return label;
    }

    /// <summary>Writes the label to the first 4096 bytes; <see cref="Status.BufferTooSmall"/> if there are fewer.</summary>
    public readonly Status Encode(Span<byte> destination)
    {
        if (destination.Length < Bytes)
        {
            return Status.BufferTooSmall;
        }
        Span<byte> page = destination[..Bytes];
        page.Clear();
        Magic.CopyTo(page);
        BinaryPrimitives.WriteUInt32LittleEndian(page[VersionAt..], CurrentVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(page[StateAt..], (uint)State);
        Uuid.Write(page[UuidAt..]);
        BinaryPrimitives.WriteUInt64LittleEndian(page[AreaBytesAt..], AreaBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(page[SequenceAt..], Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(page[CrashTimeAt..], CrashTimeSeconds);
        BinaryPrimitives.WriteUInt64LittleEndian(page[LengthAt..], DumpLengthBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(page[PagesWrittenAt..], PagesWritten);
        BinaryPrimitives.WriteUInt64LittleEndian(page[PagesLostAt..], PagesLost);
        page[FormatAt] = (byte)Format;
        page[LevelAt] = DumpLevel;
        BinaryPrimitives.WriteUInt16LittleEndian(page[OutcomeAt..], (ushort)Outcome);
        BinaryPrimitives.WriteUInt32LittleEndian(page[HeaderChecksumAt..], HeaderChecksum);
        BinaryPrimitives.WriteUInt64LittleEndian(page[HeaderBytesAt..], HeaderBytes);
        page[PlaceAt] = (byte)(IsFile ? 1 : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(page[ChecksumAt..], Crc32C.Of(page[..ChecksumAt]));
        return Status.Ok;
    }

    /// <summary>
    /// Reads a label from the last 4096 bytes of an area of <paramref name="areaBytes"/>. Errors:
    /// <see cref="Status.NoLabel"/>, <see cref="Status.LabelVersion"/>, <see cref="Status.LabelCorrupt"/> and
    /// <see cref="Status.LabelWrongSize"/>; with the last one, <paramref name="label"/> is what was read.
    /// </summary>
    public static Status Decode(ReadOnlySpan<byte> source, ulong areaBytes, out AreaLabel label)
    {
        label = default;
        if (source.Length < Bytes)
        {
            return Status.BufferTooSmall;
        }
        ReadOnlySpan<byte> page = source[..Bytes];
        if (!page.StartsWith(Magic))
        {
            return Status.NoLabel;
        }
        if (BinaryPrimitives.ReadUInt32LittleEndian(page[VersionAt..]) != CurrentVersion)
        {
            return Status.LabelVersion;
        }
        if (BinaryPrimitives.ReadUInt32LittleEndian(page[ChecksumAt..]) != Crc32C.Of(page[..ChecksumAt]))
        {
            return Status.LabelCorrupt;
        }
        label.State = (AreaState)BinaryPrimitives.ReadUInt32LittleEndian(page[StateAt..]);
        label.Uuid = AreaUuid.Read(page[UuidAt..]);
        label.AreaBytes = BinaryPrimitives.ReadUInt64LittleEndian(page[AreaBytesAt..]);
        label.Sequence = BinaryPrimitives.ReadUInt64LittleEndian(page[SequenceAt..]);
        label.CrashTimeSeconds = BinaryPrimitives.ReadUInt64LittleEndian(page[CrashTimeAt..]);
        label.DumpLengthBytes = BinaryPrimitives.ReadUInt64LittleEndian(page[LengthAt..]);
        label.PagesWritten = BinaryPrimitives.ReadUInt64LittleEndian(page[PagesWrittenAt..]);
        label.PagesLost = BinaryPrimitives.ReadUInt64LittleEndian(page[PagesLostAt..]);
        label.Format = (DumpFormat)page[FormatAt];
        label.DumpLevel = page[LevelAt];
        label.Outcome = (Status)BinaryPrimitives.ReadUInt16LittleEndian(page[OutcomeAt..]);
        label.HeaderChecksum = BinaryPrimitives.ReadUInt32LittleEndian(page[HeaderChecksumAt..]);
        label.HeaderBytes = BinaryPrimitives.ReadUInt64LittleEndian(page[HeaderBytesAt..]);
        label.IsFile = page[PlaceAt] == 1;
        if (label.AreaBytes != areaBytes)
        {
            return Status.LabelWrongSize;
        }
        return label.IsConsistent ? Status.Ok : Status.LabelCorrupt;
    }

    private readonly bool IsConsistent =>
        State is >= AreaState.Prepared and <= AreaState.Incomplete
        && Format is DumpFormat.None or DumpFormat.Elf or DumpFormat.Kdump
        && DumpLevel <= 31
        && DumpLengthBytes <= CapacityBytes
        && HeaderBytes <= DumpLengthBytes
        && HeaderBytes % Limits.PageBytes == 0
        && !Uuid.IsNil;
}
