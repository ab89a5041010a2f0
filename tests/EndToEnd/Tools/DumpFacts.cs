using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace CosmosKdump.Tests.EndToEnd.Tools;

/// <summary>What drgn found in a dump (<c>dump_facts.py</c>).</summary>
public sealed record DumpFacts
{
    /// <summary><c>uname -r</c>.</summary>
    [JsonPropertyName("release")]
    public required string Release { get; init; }

    /// <summary><c>uname -m</c>.</summary>
    [JsonPropertyName("machine")]
    public required string Machine { get; init; }

    /// <summary>The task that crashed.</summary>
    [JsonPropertyName("pid")]
    public required int Pid { get; init; }

    /// <summary>Its name.</summary>
    [JsonPropertyName("command")]
    public required string Command { get; init; }

    /// <summary>The kernel's own note of the CPU that crashed.</summary>
    [JsonPropertyName("crashing_cpu")]
    public required int CrashingCpu { get; init; }

    /// <summary>CPUs online.</summary>
    [JsonPropertyName("online_cpus")]
    public required int OnlineCpus { get; init; }

    /// <summary>Process leaders by PID.</summary>
    [JsonPropertyName("tasks")]
    public required Dictionary<int, string> Tasks { get; init; }

    /// <summary>The crashed kernel's command line.</summary>
    [JsonPropertyName("command_line")]
    public required string CommandLine { get; init; }

    /// <summary>The crashed task's backtrace by ORC, innermost first; null: drgn cannot unwind this kernel.</summary>
    [JsonPropertyName("frames")]
    public IReadOnlyList<string>? Frames { get; init; }

    /// <summary>
    /// The stack that the crashing CPU's registers point into: <c>task</c>, <c>NMI</c> or <c>unknown</c>.
    /// </summary>
    [JsonPropertyName("stack")]
    public required string Stack { get; init; }

    /// <summary>Functions that addresses on that stack return to, innermost first.</summary>
    [JsonPropertyName("return_addresses")]
    public required IReadOnlyList<string> ReturnAddresses { get; init; }

    /// <summary>The kernel's log.</summary>
    [JsonPropertyName("log")]
    public required string Log { get; init; }
}
