using System;
using System.Collections.Generic;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Block;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Block;

/// <summary>What tests do with a disk, whatever its controller.</summary>
internal static class DiskRuns
{
    /// <summary>Writes the whole medium in pieces, and drains.</summary>
    public static Status WriteAll<TUnit>(ref Disk<TUnit> disk, uint blocksPerWrite, Func<ulong, uint, BlockWrite> write)
        where TUnit : struct, IDiskUnit
    {
        for (ulong block = 0; block < disk.BlockCount; block += blocksPerWrite)
        {
            Status status = disk.Submit(write(block, blocksPerWrite));
            if (status != Status.Ok)
            {
                return status;
            }
        }
        return disk.Drain();
    }

    /// <summary>Takes all writes that failed.</summary>
    public static List<(ulong Block, Status Why)> Failures<TUnit>(ref Disk<TUnit> disk)
        where TUnit : struct, IDiskUnit
    {
        List<(ulong Block, Status Why)> failures = [];
        while (disk.TryTakeFailure(out BlockWrite write, out Status why))
        {
            failures.Add((write.Block, why));
        }
        return failures;
    }
}
