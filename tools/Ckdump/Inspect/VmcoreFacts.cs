using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
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

    /// <summary>Bytes of physical memory that the crashed kernel had, each counted once.</summary>
    public required ulong MemoryBytes { get; init; }

    /// <summary>Number of physical ranges, those that touch counted as one.</summary>
    public required long RangeCount { get; init; }

    /// <summary>Which pages a kdump-compressed dump kept; null for other formats.</summary>
    public required KdumpFacts? Kdump { get; init; }

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
        (ulong bytes, long ranges) = Measure(kernel.Vmcore);
        return new VmcoreFacts
        {
            Kernel = kernel,
            Crash = crash,
            LogProblem = problem,
            MemoryBytes = bytes,
            RangeCount = ranges,
            Kdump = kernel.Vmcore is KdumpVmcore kdump ? KdumpFacts.Collect(kdump) : null,
        };
    }

    private static (ulong Bytes, long Ranges) Measure(VmcoreFile vmcore)
    {
        ulong bytes = 0;
        long count = 0;
        ulong end = 0;
        foreach (AddressRange range in vmcore.PhysicalRanges)
        {
            bytes += range.LengthBytes;
            count += count == 0 || range.Start != end ? 1 : 0;
            end = range.End;
        }
        return (bytes, count);
    }
}
