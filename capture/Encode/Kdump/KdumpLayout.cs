namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>
/// Where everything lies in a kdump-compressed dump (makedumpfile's IMPLEMENTATION, "kdump-compressed format"): the
/// header, the sub header and the notes, two bitmaps, a descriptor for each page, the pages.
/// </summary>
public readonly struct KdumpLayout
{
    /// <summary>Bytes of a page descriptor.</summary>
    public const int DescriptorBytes = 24;

    /// <summary>Lays out a dump.</summary>
    /// <param name="endPfn">One past the last page number.</param>
    /// <param name="noteBytes">Bytes of all notes.</param>
    /// <param name="pages">Pages that the dump holds.</param>
    public KdumpLayout(ulong endPfn, ulong noteBytes, ulong pages)
    {
        EndPfn = endPfn;
        NoteBytes = noteBytes;
        Pages = pages;
    }

    /// <summary>One past the last page number: max_mapnr.</summary>
    public ulong EndPfn { get; }

    /// <summary>Bytes of all notes.</summary>
    public ulong NoteBytes { get; }

    /// <summary>Pages that the dump holds.</summary>
    public ulong Pages { get; }

    /// <summary>Position of the notes, behind the sub header in the same block.</summary>
    public static ulong NotePositionBytes => Limits.PageBytes + KdumpHeader.SubHeaderBytes;

    /// <summary>Blocks of the sub header and the notes.</summary>
    public ulong SubHeaderBlocks => Blocks(KdumpHeader.SubHeaderBytes + NoteBytes);

    /// <summary>Blocks of both bitmaps.</summary>
    public ulong BitmapBlocks => 2 * Filter.FilterUnit.Count(EndPfn);

    /// <summary>Position of the first bitmap: end of header and notes.</summary>
    public ulong BitmapPositionBytes => (1 + SubHeaderBlocks) * Limits.PageBytes;

    /// <summary>Position of the page descriptors.</summary>
    public ulong DescriptorPositionBytes => BitmapPositionBytes + (BitmapBlocks * Limits.PageBytes);

    /// <summary>Position of the pages' data: the first is the page of zeros that all such pages share.</summary>
    public ulong DataPositionBytes =>
        DescriptorPositionBytes + (Blocks(Pages * DescriptorBytes) * Limits.PageBytes);

    /// <summary>Length of the dump if no page shrinks.</summary>
    public ulong LongestBytes => DataPositionBytes + ((Pages + 1) * Limits.PageBytes);

    private static ulong Blocks(ulong bytes) => (bytes + Limits.PageBytes - 1) / Limits.PageBytes;
}
