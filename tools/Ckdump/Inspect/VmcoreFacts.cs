using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Analyzer.Log;
using CosmosKdump.Analyzer.Memory;

namespace CosmosKdump.Ckdump.Inspect;

/// <summary>What <c>ckdump info</c> tells, in one place for text and JSON.</summary>
internal sealed class VmcoreFacts
{
    /// <summary>The crashed kernel.</summary>
    public required CrashedKernel Kernel { get; init; }

    /// <summary>Lines of the log that tell what happened; empty if it could not be read.</summary>
    public required CrashLines Crash { get; init; }

    /// <summary>What is wrong with the log, or null.</summary>
    public required string? LogProblem { get; init; }

    /// <summary>Bytes of physical memory in the vmcore, each counted once.</summary>
    public ulong MemoryBytes => Kernel.Vmcore.PhysicalRanges.Aggregate(0UL, (sum, range) => sum + Length(range));

    /// <summary>Number of physical ranges, those that touch counted as one.</summary>
    public int RangeCount
    {
        get
        {
            int count = 0;
            ulong end = 0;
            foreach (FileRange range in Kernel.Vmcore.PhysicalRanges)
            {
                count += count == 0 || range.Start != end ? 1 : 0;
                end = range.End;
            }
            return count;
        }
    }

    /// <summary>Collects them; goes through the log once.</summary>
    public static VmcoreFacts Collect(CrashedKernel kernel)
    {
        CrashLines crash = new();
        string? problem;
        if (kernel.TryOpenLog(out KernelLog? log, out FileProblem? logProblem))
        {
            LogDamage damage = new();
            foreach (LogRecord record in log.Read(damage))
            {
                crash.Add(record);
            }
            problem = damage.Count == 0 ? null : $"{damage.Count} records damaged, the first: {damage.First}";
        }
        else
        {
            problem = logProblem.ToString();
        }
        return new VmcoreFacts { Kernel = kernel, Crash = crash, LogProblem = problem };
    }

    private static ulong Length(FileRange range) => range.End - range.Start;
}
