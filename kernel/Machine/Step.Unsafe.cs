using System.Runtime;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>
/// Runs a part of the work with a recovery point: a processor exception inside it ends the step with
/// <see cref="Status.StepFaulted"/>, after the report, instead of the whole capture. Steps may nest.
/// </summary>
internal static unsafe class Step
{
    internal static Status Run(delegate*<ulong, Status> step, ulong argument) =>
        (Status)(ushort)RunStep(step, argument);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "run_step")]
    private static extern ulong RunStep(delegate*<ulong, Status> step, ulong argument);
}
