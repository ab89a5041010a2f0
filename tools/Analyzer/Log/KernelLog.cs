using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Log;

/// <summary>
/// The kernel log of a vmcore, found by VMCOREINFO: the ring buffer of Linux 5.10 and later, or the record buffer of
/// 3.5 to 5.9.
/// </summary>
public sealed class KernelLog
{
    private readonly ILogSource _source;

    private KernelLog(ILogSource source)
    {
        _source = source;
    }

    /// <summary>Finds the log.</summary>
    public static bool TryOpen(
        KernelMemory memory,
        VmcoreInfoText info,
        [NotNullWhen(true)] out KernelLog? log,
        [NotNullWhen(false)] out FileProblem? problem)
    {
        log = null;
        ILogSource? source = null;
        if (!info.IsPresent)
        {
            problem = info.Problem ?? new FileProblem("VMCOREINFO is empty");
            problem = problem with { Advice = "without it the kernel log cannot be found" };
        }
        else if (info.Fields.TryGetSymbol("prb"u8, out ulong ring) == Status.Ok)
        {
            source = RingLog.Open(memory, info, ring, out problem);
        }
        else if (info.Fields.TryGetSymbol("log_buf"u8, out ulong buffer) == Status.Ok)
        {
            source = BufferLog.Open(memory, info, buffer, out problem);
        }
        else
        {
            problem = new FileProblem("VMCOREINFO names neither SYMBOL(prb) nor SYMBOL(log_buf)");
        }
        if (source is null)
        {
            problem ??= new FileProblem("the kernel log cannot be read");
            return false;
        }
        log = new KernelLog(source);
        problem = null;
        return true;
    }

    /// <summary>
    /// The records from the oldest to the newest, read one by one. Records that cannot be read are left out and noted
    /// in <paramref name="damage"/>.
    /// </summary>
    public IEnumerable<LogRecord> Read(LogDamage damage) => _source.Read(damage);
}
