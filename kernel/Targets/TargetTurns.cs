using System.Runtime.CompilerServices;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Kernel.Targets;

/// <summary>The targets that had their turn, and how each ended.</summary>
internal static class TargetTurns
{
    private static Turns _turns;

    /// <summary>Number of them.</summary>
    internal static int Count { get; private set; }

    /// <summary>Forgets all.</summary>
    internal static void Clear() => Count = 0;

    /// <summary>Adds one; beyond the limit none.</summary>
    internal static void Add(in TargetSpec spec, Status status)
    {
        if (Count < Limits.Targets)
        {
            _turns[Count].Spec = spec;
            _turns[Count].Status = status;
            Count++;
        }
    }

    /// <summary>One of them, in their order.</summary>
    internal static TargetTurn At(int index) => _turns[index];

    [InlineArray(Limits.Targets)]
    private struct Turns
    {
        private TargetTurn _first;
    }
}
