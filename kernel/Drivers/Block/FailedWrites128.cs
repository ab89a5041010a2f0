using System.Runtime.CompilerServices;

namespace CosmosKdump.Kernel.Drivers.Block;

/// <summary>One hundred and twenty-eight failures in place: twice the requests in flight.</summary>
[InlineArray(Count)]
internal struct FailedWrites128
{
    /// <summary>Number of elements.</summary>
    public const int Count = 2 * RequestSlots.Most;

    private FailedWrite _first;
}
