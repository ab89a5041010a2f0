using System.Runtime.CompilerServices;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Block;

/// <summary>Sixty-four writes in place.</summary>
[InlineArray(Count)]
internal struct BlockWrites64
{
    /// <summary>Number of elements.</summary>
    public const int Count = 64;

    private BlockWrite _first;
}
