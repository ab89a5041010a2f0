using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Encode.Elf;

/// <summary>
/// Where everything lies in the vmcore, as in Linux's /proc/vmcore (fs/proc/vmcore.c): the ELF header and program
/// headers, on the next page the merged notes, on the next page the segments.
/// </summary>
public struct VmcoreLayout
{
    /// <summary>The vmcore is ELF64 rather than ELF32.</summary>
    public bool Is64 { get; private set; }

    /// <summary>Program headers of the vmcore, the merged PT_NOTE included.</summary>
    public uint ProgramHeaderCount { get; private set; }

    /// <summary>PT_LOADs among them.</summary>
    public uint SegmentCount { get; private set; }

    /// <summary>
    /// There are more program headers than e_phnum can tell: their number stands in a section header behind them
    /// (gABI chapter 4, PN_XNUM).
    /// </summary>
    public readonly bool HasSectionHeader => ProgramHeaderCount >= ElfFileHeader.CountInSection;

    /// <summary>ELF header, program headers and section header, bytes, not rounded.</summary>
    public readonly ulong HeaderBytes => TableEndBytes
        + (HasSectionHeader ? (ulong)ElfFileHeader.SectionBytesOf(Is64) : 0);

    /// <summary>End of the program headers, where the section header stands if there is one.</summary>
    public readonly ulong TableEndBytes => (ulong)ElfFileHeader.BytesOf(Is64)
        + ((ulong)ProgramHeaderCount * (ulong)ProgramHeader.BytesOf(Is64));

    /// <summary>Position of the merged notes.</summary>
    public readonly ulong NotePositionBytes => RoundUp(HeaderBytes);

    /// <summary>Length of the merged notes, bytes, not rounded.</summary>
    public ulong NoteBytes { get; private set; }

    /// <summary>Position of the first segment.</summary>
    public readonly ulong SegmentPositionBytes => NotePositionBytes + RoundUp(NoteBytes);

    /// <summary>Bytes of all segments in whole pages.</summary>
    public ulong SegmentBytes { get; private set; }

    /// <summary>Length of the vmcore, bytes, whole pages.</summary>
    public readonly ulong LengthBytes => SegmentPositionBytes + SegmentBytes;

    /// <summary>
    /// Lays out a vmcore. An ELF32 header makes an ELF32 vmcore, unless a segment would begin above 4 GiB in it, which
    /// ELF32 cannot tell: then it is ELF64. <see cref="Status.NoSegments"/> if there is nothing to dump.
    /// </summary>
    public static Status Measure<TMemory>(
        ref TMemory memory,
        in ElfCoreHeader header,
        ulong noteBytes,
        out VmcoreLayout layout)
        where TMemory : struct, IPhysicalMemory
    {
        layout = default;
        layout.Is64 = header.Is64;
        layout.NoteBytes = noteBytes;
        layout.ProgramHeaderCount = 1;
        ulong lastPosition = 0;
        var cursor = new SegmentCursor(in header, 0);
        while (cursor.MoveNext(ref memory))
        {
            layout.ProgramHeaderCount++;
            if (cursor.LengthBytes != 0)
            {
                layout.SegmentCount++;
                lastPosition = cursor.Header.Offset;
            }
        }
        layout.SegmentBytes = cursor.EndBytes;
        layout.Is64 |= layout.SegmentPositionBytes + lastPosition > uint.MaxValue;
        return layout.SegmentCount == 0 ? Status.NoSegments : Status.Ok;
    }

    /// <summary>The same vmcore with more notes, behind its own.</summary>
    public readonly VmcoreLayout With(uint noteBytes)
    {
        VmcoreLayout layout = this;
        layout.NoteBytes += noteBytes;
        return layout;
    }

    /// <summary>
    /// The same vmcore with other PT_LOADs. <paramref name="programHeaders"/>: all of them, the merged PT_NOTE
    /// included; <paramref name="lastPositionBytes"/>: where the last one begins, behind the first.
    /// </summary>
    public readonly VmcoreLayout With(
        uint programHeaders, uint segments, ulong segmentBytes, ulong lastPositionBytes)
    {
        VmcoreLayout layout = this;
        layout.ProgramHeaderCount = programHeaders;
        layout.SegmentCount = segments;
        layout.SegmentBytes = segmentBytes;
        layout.Is64 |= layout.SegmentPositionBytes + lastPositionBytes > uint.MaxValue;
        return layout;
    }

    private static ulong RoundUp(ulong bytes) => (bytes + Limits.PageBytes - 1) & ~(Limits.PageBytes - 1UL);
}
