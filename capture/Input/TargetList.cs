using System.Runtime.CompilerServices;

namespace CosmosKdump.Capture.Input;

/// <summary>Room for <see cref="Limits.Targets"/> targets.</summary>
[InlineArray(Limits.Targets)]
public struct TargetList
{
    private TargetSpec _first;
}
