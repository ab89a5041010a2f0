using CosmosKdump.Capture;

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

    private const int PageTablesOffset = 0;
    private const int LowMemoryOffset = PageTablesOffset + (PageTablePages * 4096);
    private const int StagingOffset = LowMemoryOffset + Limits.LowMemoryBytes;
    private const int LabelOffset = StagingOffset + Limits.StagingBytes;
    private const int DeviceOffset = LabelOffset + LabelBytes;
    private const int RangeOffset = DeviceOffset + DeviceBytes;

    private const int CodecOffset = RangeOffset + RangeBytes;

    private const int TotalBytes = CodecOffset + CodecBytes;

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

    internal static DmaRegion Ranges => Region(RangeOffset, RangeBytes);

    private static DmaRegion Region(int offset, int length) => new(Image.StaticPages() + (ulong)offset, length);
}
