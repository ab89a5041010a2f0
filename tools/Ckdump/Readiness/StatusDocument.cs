using System.Collections.Generic;
using CosmosKdump.Ckdump.Load;
using CosmosKdump.Ckdump.Machine;
using CosmosKdump.Ckdump.Saved;

namespace CosmosKdump.Ckdump.Readiness;

/// <summary>What <c>ckdump status</c> tells; its JSON document has these names.</summary>
public sealed record StatusDocument
{
    /// <summary>A crash now would be captured, as far as can be seen.</summary>
    public required bool IsReady { get; init; }

    /// <summary>A capture kernel is loaded; null: this kernel does not tell.</summary>
    public required bool? IsLoaded { get; init; }

    /// <summary>What was loaded by this program, or null.</summary>
    public required LoadState? Load { get; init; }

    /// <summary>Bytes that <c>crashkernel=</c> reserved.</summary>
    public required ulong? ReservationBytes { get; init; }

    /// <summary>Release of the running kernel.</summary>
    public required string? KernelRelease { get; init; }

    /// <summary>Memory of the machine, bytes.</summary>
    public required ulong MemoryBytes { get; init; }

    /// <summary>CPUs that are online.</summary>
    public required int Cpus { get; init; }

    /// <summary>What encrypts the memory, so that dumps are refused; null: nothing.</summary>
    public required string? MemoryEncryption { get; init; }

    /// <summary>The machine's watchdogs.</summary>
    public required IReadOnlyList<MachineWatchdog> Watchdogs { get; init; }

    /// <summary>Path of the configuration.</summary>
    public required string Configuration { get; init; }

    /// <summary>Targets in their order.</summary>
    public required IReadOnlyList<StatusTarget> Targets { get; init; }

    /// <summary>Directory of the saved dumps.</summary>
    public required string Directory { get; init; }

    /// <summary>The newest saved dumps, the newest first.</summary>
    public required IReadOnlyList<StatusDump> Dumps { get; init; }

    /// <summary>What is wrong, and what to do.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }
}
