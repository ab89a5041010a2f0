using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Targets;

/// <summary>Lays the buffers of a kdump-compressed dump out in static memory.</summary>
internal static class KdumpMemory
{
    private const int RunsAt = PageScan.BlockBytes;
    private const int Slots = Limits.BatchSlots;

    /// <summary>The buffers.</summary>
    internal static KdumpBuffers Buffers
    {
        get
        {
            int runBytes = FilterBuffers.MaxRuns * Unsafe.SizeOf<PageStructRun>();
            int countBytes = PageCensus.Kinds * sizeof(ulong);
            int pageBytes = Slots * PageBatch.MaxPages * Unsafe.SizeOf<BatchPage>();
            DmaRegion small = StaticMemory.Filter;
            var filter = new FilterBuffers(
                MemoryMarshal.Cast<byte, PageKind>(StaticMemory.Kinds.Bytes(0, FilterUnit.Pages)),
                small.Bytes(0, PageScan.BlockBytes),
                MemoryMarshal.Cast<byte, PageStructRun>(small.Bytes(RunsAt, runBytes)),
                MemoryMarshal.Cast<byte, ulong>(small.Bytes(RunsAt + runBytes, countBytes)),
                MemoryMarshal.Cast<byte, UnitSummary>(StaticMemory.Units.Bytes(0, StaticMemory.UnitBytes)));
            return new KdumpBuffers(
                filter,
                StaticMemory.Table.AsBuffer(),
                StaticMemory.Data.AsBuffer(),
                MemoryMarshal.Cast<byte, BatchPage>(small.Bytes(RunsAt + runBytes + countBytes, pageBytes)));
        }
    }
}
