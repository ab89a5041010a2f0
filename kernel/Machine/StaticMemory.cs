using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode;
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
    internal const int LabelBytes = 5 * 4096;

    /// <summary>What the largest driver needs; each checks it against its own RegionBytes.</summary>
    internal const int DeviceBytes = 160 * 1024;

    /// <summary>The range table and the VMCOREINFO text.</summary>
    internal const int RangeBytes = 44 * 1024;

    /// <summary>Working memory of one CPU's compressor, whichever it is (KernelCodec checks it).</summary>
    internal const int CodecBytes = 72 * 1024;

    /// <summary>A block of page structs, where they lie, counts of pages, pages under way.</summary>
    internal const int FilterBytes = 16 * 1024;

    /// <summary>The extent map of a file that is the dump area (ExtentMap.MaxBytes).</summary>
    internal const int MapBytes = 24 * 1024;

    /// <summary>Window of the page descriptors.</summary>
    internal const int TableBytes = 48 * 1024;

    /// <summary>Compressed pages on their way to the disk, in two halves.</summary>
    internal const int DataBytes = 384 * 1024;

    /// <summary>What lies in the units of memory, 8 bytes each.</summary>
    internal const int UnitBytes = FilterBuffers.MostUnits * 8;

    private const int PageTablesOffset = 0;
    private const int LowMemoryOffset = PageTablesOffset + (PageTablePages * 4096);
    private const int StagingOffset = LowMemoryOffset + Limits.LowMemoryBytes;
    private const int LabelOffset = StagingOffset + Limits.StagingBytes;
    private const int DeviceOffset = LabelOffset + LabelBytes;
    private const int RangeOffset = DeviceOffset + DeviceBytes;

    private const int CodecOffset = RangeOffset + RangeBytes;

    private const int KindsOffset = CodecOffset + CodecBytes;
    private const int FilterOffset = KindsOffset + FilterUnit.Pages;
    private const int TableOffset = FilterOffset + FilterBytes;
    private const int DataOffset = TableOffset + TableBytes;

    private const int UnitOffset = DataOffset + DataBytes;

    private const int MapOffset = UnitOffset + UnitBytes;

    private const int TotalBytes = MapOffset + MapBytes;

    // What nobody needs cleared: it costs no time at the entry.
    private const int FurtherCodecOffset = 0;
    private const int PageOffset = FurtherCodecOffset + ((Limits.Cpus - 1) * CodecBytes);
    private const int SlotOffset = PageOffset + (Limits.Cpus * Limits.PageBytes);
    private const int SlotControlOffset = SlotOffset + (Limits.BatchSlots * PageBatch.OutputBytes);
    private const int WorkBytes = SlotControlOffset + 4096;

    /// <summary>
    /// The linker reserved exactly what this file lays out (StaticPagesBytes and WorkPagesBytes in Kernel.targets,
    /// FURTHER_CPUS in layout.inc).
    /// </summary>
    internal static bool IsReserved =>
        Image.StaticPagesEnd() - Image.StaticPages() == TotalBytes
        && Image.WorkPagesEnd() - Image.WorkPages() == WorkBytes
        && Image.CpuPagesEnd() - Image.CpuPages() == (Limits.Cpus - 1) * Smp.CpuBlock.Stride;

    internal static DmaRegion PageTables => Region(PageTablesOffset, PageTablePages * 4096);

    /// <summary>Our copy of the low 640 KiB, where the loader made none.</summary>
    internal static DmaRegion LowMemory => Region(LowMemoryOffset, Limits.LowMemoryBytes);

    internal static DmaRegion Staging => Region(StagingOffset, Limits.StagingBytes);

    /// <summary>The dump area's label, the table of failed writes, a page of zeros (AreaSink).</summary>
    internal static DmaRegion Label => Region(LabelOffset, LabelBytes);

    /// <summary>Queues and tables of the one block device in use.</summary>
    internal static DmaRegion Device => Region(DeviceOffset, DeviceBytes);

    /// <summary>State of the batches of pages that are compressed.</summary>
    internal static DmaRegion SlotControl => Work(SlotControlOffset, 4096);

    /// <summary>Kinds of pages, a byte each.</summary>
    internal static DmaRegion Kinds => Region(KindsOffset, FilterUnit.Pages);

    /// <summary>Small tables of the filter.</summary>
    internal static DmaRegion Filter => Region(FilterOffset, FilterBytes);

    /// <summary>Window of the page descriptors.</summary>
    internal static DmaRegion Table => Region(TableOffset, TableBytes);

    /// <summary>Compressed pages on their way to the disk.</summary>
    internal static DmaRegion Data => Region(DataOffset, DataBytes);

    /// <summary>What lies in the units of memory.</summary>
    internal static DmaRegion Units => Region(UnitOffset, UnitBytes);

    /// <summary>The extent map.</summary>
    internal static DmaRegion Map => Region(MapOffset, MapBytes);

    internal static DmaRegion Ranges => Region(RangeOffset, RangeBytes);

    /// <summary>Working memory of a CPU's compressor; CPU 0 is the one that we were started on.</summary>
    internal static DmaRegion Codec(int cpu) => cpu == 0
        ? Region(CodecOffset, CodecBytes)
        : Work(FurtherCodecOffset + ((cpu - 1) * CodecBytes), CodecBytes);

    /// <summary>A page of a CPU's own.</summary>
    internal static DmaRegion Page(int cpu) => Work(PageOffset + (cpu * Limits.PageBytes), Limits.PageBytes);

    /// <summary>Output of a batch of pages.</summary>
    internal static DmaRegion Slot(int slot) => Work(SlotOffset + (slot * PageBatch.OutputBytes), PageBatch.OutputBytes);

    private static DmaRegion Work(int offset, int length) => new(Image.WorkPages() + (ulong)offset, length);

    private static DmaRegion Region(int offset, int length) => new(Image.StaticPages() + (ulong)offset, length);
}
