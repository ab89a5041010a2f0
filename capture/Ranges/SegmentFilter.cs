using System;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Ranges;

/// <summary>
/// Decides which PT_LOADs are dumped. Every walk over the program headers uses a filter of its own from the first
/// one on, so that all walks decide alike.
/// </summary>
public struct SegmentFilter
{
    private ulong _dumpBytes;

    /// <summary>
    /// <see cref="Status.Ok"/> if the segment can be dumped, <see cref="Status.SegmentAbsurd"/> if it is empty, wraps,
    /// leaves the machine's physical space, or makes the dump larger than that space.
    /// </summary>
    public Status Judge<TMemory>(ref TMemory memory, in ProgramHeader segment)
        where TMemory : struct, IPhysicalMemory
    {
        ulong end = Math.Min(memory.PhysicalEnd, Limits.PhysicalEnd);
        if (segment.MemoryBytes == 0
            || !IsPhysical(segment.Offset, segment.MemoryBytes, end)
            || !IsPhysical(segment.PhysicalAddress, segment.MemoryBytes, end))
        {
            return Status.SegmentAbsurd;
        }
        PhysicalRange source = PhysicalRange.Covering(segment.Offset, segment.MemoryBytes);
        if (source.End - source.Start > Limits.PhysicalEnd - _dumpBytes)
        {
            return Status.SegmentAbsurd;
        }
        _dumpBytes += source.End - source.Start;
        return Status.Ok;
    }

    private static bool IsPhysical(ulong address, ulong lengthBytes, ulong end) =>
        address < end && lengthBytes <= end - address;
}
