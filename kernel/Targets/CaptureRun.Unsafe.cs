using System;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Kernel.Compress;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Kernel.Machine.Smp;

namespace CosmosKdump.Kernel.Targets;

/// <summary>The one capture of this boot: its plan, and how its runs into targets went.</summary>
internal static unsafe class CaptureRun
{
    private static void* _plan;
    private static bool _hasResult;

    /// <summary>An area whose dump was not saved may be overwritten.</summary>
    internal static bool Overwrite { get; set; }

    /// <summary>Most CPUs that compress; 0: all.</summary>
    internal static int Cpus { get; set; }

    /// <summary>How the best run went: a whole dump, or else one that was cut, or else one that was not confirmed.</summary>
    internal static CaptureResult Result { get; private set; }

    /// <summary>Whether there is a plan, or why there is none.</summary>
    internal static Status PlanStatus { get; set; }

    /// <summary>How the capture ended, all targets considered.</summary>
    internal static Status Outcome { get; set; }

    /// <summary>The plan; valid after <see cref="Use"/>.</summary>
    // KernelMain's frame holds the plan and never returns.
    internal static ref CapturePlan Plan => ref Unsafe.AsRef<CapturePlan>(_plan);

    /// <summary>Sets the plan, which lives as long as the kernel.</summary>
    internal static void Use(ref CapturePlan plan) => _plan = Unsafe.AsPointer(ref plan);

    /// <summary>What comes now is no fallback of what went before.</summary>
    internal static void Forget()
    {
        _hasResult = false;
        TargetTurns.Clear();
    }

    /// <summary>Writes the dump into an opened sink.</summary>
    internal static Status Into(TargetSink sink)
    {
        OldMemory memory = default;
        KernelClock clock = default;
        LogConsole console = default;
        DmaBuffer staging = StaticMemory.Staging.AsBuffer();
        KernelPageCompressor compressor = Compressor(ref console);
        KdumpBuffers buffers = KdumpMemory.Buffers;
        CaptureResult result = CapturePipeline.Run(
            ref memory, ref sink, ref clock, ref console, ref compressor, in Plan, in buffers, in staging);
        bool isBetter = !_hasResult || DumpOutcome.Rank(result.Status) > DumpOutcome.Rank(Result.Status);
        if (DumpOutcome.IsDumpOrSent(result.Status) && isBetter)
        {
            Result = result;
            _hasResult = true;
        }
        return result.Status;
    }

    /// <summary>Other CPUs are brought up only for a format that needs them.</summary>
    private static KernelPageCompressor Compressor(ref LogConsole console)
    {
        if (Plan.Facts.Format != DumpFormat.Kdump)
        {
            return default;
        }
        Status status = KernelPageCompressor.Create(Plan.Kdump.Compressor, Cpus, out KernelPageCompressor compressor);
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = status == Status.Ok ? ReportLine.Begin(buffer) : ReportLine.Begin(buffer, status);
        line.Add("CPUs that compress: "u8);
        line.AddDecimal((ulong)Processors.Count);
        ReportLine.Write(ref console, in line);
        return compressor;
    }
}
