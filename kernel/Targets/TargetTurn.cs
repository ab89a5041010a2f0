using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Kernel.Targets;

/// <summary>A target that had its turn.</summary>
internal struct TargetTurn
{
    internal TargetSpec Spec;
    internal Status Status;
}
