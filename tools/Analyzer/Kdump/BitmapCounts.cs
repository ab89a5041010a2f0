using System;
using System.Numerics;

namespace CosmosKdump.Analyzer.Kdump;

/// <summary>What the two bitmaps of a dump say, and whether they fit together.</summary>
/// <param name="MemoryPages">Pages of memory that the crashed kernel had.</param>
/// <param name="KeptPages">Those that the filter kept.</param>
/// <param name="KeptNowhere">Pages kept though they are no memory.</param>
/// <param name="FirstNowhere">The first of them.</param>
/// <param name="BehindEnd">Bits set behind the highest page.</param>
public sealed record BitmapCounts(
    ulong MemoryPages, ulong KeptPages, ulong KeptNowhere, ulong FirstNowhere, ulong BehindEnd)
{
    /// <summary>Pages that the filter left out.</summary>
    public ulong ExcludedPages => MemoryPages - (KeptPages - KeptNowhere);

    /// <summary>Goes through both bitmaps once.</summary>
    public static BitmapCounts Of(KdumpVmcore vmcore)
    {
        ulong memory = 0;
        ulong kept = 0;
        ulong nowhere = 0;
        ulong first = 0;
        ulong behind = 0;
        for (ulong pfn = 0; pfn < vmcore.Header.PageCount; pfn += 64)
        {
            ulong inMemory = vmcore.MemoryMap.WordAt(pfn);
            ulong inDump = vmcore.KeptMap.WordAt(pfn);
            if ((inMemory | inDump) == 0)
            {
                continue;
            }
            ulong rest = vmcore.Header.PageCount - pfn;
            ulong counted = rest >= 64 ? ulong.MaxValue : (1UL << (int)rest) - 1;
            behind += Count((inMemory | inDump) & ~counted);
            ulong odd = inDump & ~inMemory & counted;
            first = nowhere == 0 && odd != 0 ? pfn + (ulong)BitOperations.TrailingZeroCount(odd) : first;
            nowhere += Count(odd);
            memory += Count(inMemory & counted);
            kept += Count(inDump & counted);
        }
        return new BitmapCounts(memory, kept, nowhere, first, behind);
    }

    private static ulong Count(ulong word) => (ulong)BitOperations.PopCount(word);
}
