using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Capture.Filter;

namespace CosmosKdump.Tests.Unit.Capture.Fakes;

/// <summary>Buffers for a kdump-compressed dump, at made-up physical addresses.</summary>
internal sealed class TestBuffers(int slots, int units = 4, int foundUnits = 0)
{
    public const ulong TableAddress = 0x7100_0000;
    public const ulong DataAddress = 0x7200_0000;

    private readonly PageKind[] _kinds = new PageKind[FilterUnit.Pages];
    private readonly byte[] _block = new byte[PageScan.BlockBytes];
    private readonly PageStructRun[] _runs = new PageStructRun[FilterBuffers.MaxRuns];
    private readonly ulong[] _counts = new ulong[PageCensus.Kinds];
    private readonly BatchPage[] _pages = new BatchPage[slots * PageBatch.MaxPages];
    private readonly UnitSummary[] _units = new UnitSummary[units];

    public byte[] Table { get; } = new byte[2 * DescriptorTable.SmallestBytes];

    public byte[] Data { get; } = new byte[8 * Limits.PageBytes];

    public KdumpBuffers Spans => new(
        new FilterBuffers(_kinds, _block, _runs, _counts, _units) { Found = new PageKind[foundUnits * FilterUnit.Pages] },
        new DmaBuffer(Table, TableAddress),
        new DmaBuffer(Data, DataAddress),
        _pages);
}
