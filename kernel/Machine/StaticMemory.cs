using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;

namespace CosmosKdump.Kernel.Machine;

/// <summary>
/// Every page-aligned buffer of the kernel, laid out at compile time in the image's static pages. There is no heap:
/// what is not listed here does not exist. Every byte costs time too: kexec's purgatory
/// checks a SHA-256 of the whole image, this memory included, between the panic and our first instruction.
/// </summary>
internal static class StaticMemory
{
    internal const int PageTablePages = 32;
    internal const int LabelBytes = 4 * 4096;

    /// <summary>What the largest driver needs; each checks it against its own RegionBytes.</summary>
    internal const int DeviceBytes = 160 * 1024;

    /// <summary>The range table and the VMCOREINFO text.</summary>
    internal const int RangeBytes = 44 * 1024;

    /// <summary>Working memory of one CPU's compressor, whichever it is (KernelCodec checks it).</summary>
    internal const int CodecBytes = 72 * 1024;

    /// <summary>A batch of pages in the compressor (SingleCompressor.BufferBytes).</summary>
    internal const int BatchBytes = 72 * 1024;

    /// <summary>A block of page structs, where they lie, counts of pages, pages under way.</summary>
    internal const int FilterBytes = 16 * 1024;

    /// <summary>Window of the page descriptors.</summary>
    internal const int TableBytes = 48 * 1024;

    /// <summary>Compressed pages on their way to the disk, in two halves.</summary>
    internal const int DataBytes = 128 * 1024;

    private const int PageTablesOffset = 0;
    private const int LowMemoryOffset = PageTablesOffset + (PageTablePages * 4096);
    private const int StagingOffset = LowMemoryOffset + Limits.LowMemoryBytes;
    private const int LabelOffset = StagingOffset + Limits.StagingBytes;
    private const int DeviceOffset = LabelOffset + LabelBytes;
    private const int RangeOffset = DeviceOffset + DeviceBytes;

    private const int CodecOffset = RangeOffset + RangeBytes;

    private const int BatchOffset = CodecOffset + CodecBytes;
    private const int KindsOffset = BatchOffset + BatchBytes;
    private const int FilterOffset = KindsOffset + FilterUnit.Pages;
    private const int TableOffset = FilterOffset + FilterBytes;
    private const int DataOffset = TableOffset + TableBytes;

    private const int TotalBytes = DataOffset + DataBytes;

    /// <summary>The linker reserved exactly what this file lays out (StaticPagesBytes in Kernel.targets).</summary>
    internal static bool IsReserved => Image.StaticPagesEnd() - Image.StaticPages() == TotalBytes;

    internal static DmaRegion PageTables => Region(PageTablesOffset, PageTablePages * 4096);

    /// <summary>Our copy of the low 640 KiB, where the loader made none.</summary>
    internal static DmaRegion LowMemory => Region(LowMemoryOffset, Limits.LowMemoryBytes);

    internal static DmaRegion Staging => Region(StagingOffset, Limits.StagingBytes);

    /// <summary>The dump area's label, the table of failed writes, a page of zeros (AreaSink).</summary>
    internal static DmaRegion Label => Region(LabelOffset, LabelBytes);

    /// <summary>Queues and tables of the one block device in use.</summary>
    internal static DmaRegion Device => Region(DeviceOffset, DeviceBytes);

    /// <summary>The compressor of the CPU that we were started on.</summary>
    internal static DmaRegion Codec => Region(CodecOffset, CodecBytes);

    /// <summary>A batch of pages in the compressor.</summary>
    internal static DmaRegion Batch => Region(BatchOffset, BatchBytes);

    /// <summary>Kinds of pages, a byte each.</summary>
    internal static DmaRegion Kinds => Region(KindsOffset, FilterUnit.Pages);

    /// <summary>Small tables of the filter.</summary>
    internal static DmaRegion Filter => Region(FilterOffset, FilterBytes);

    /// <summary>Window of the page descriptors.</summary>
    internal static DmaRegion Table => Region(TableOffset, TableBytes);

    /// <summary>Compressed pages on their way to the disk.</summary>
    internal static DmaRegion Data => Region(DataOffset, DataBytes);

    internal static DmaRegion Ranges => Region(RangeOffset, RangeBytes);

    private static DmaRegion Region(int offset, int length) => new(Image.StaticPages() + (ulong)offset, length);
}
