using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>
/// What happens at a processor exception: memory is mapped on demand, probing reads go on, an NMI is counted; anything
/// else is reported and ends the current step, or, outside any step, the capture by the failure action.
/// </summary>
internal static unsafe class Exceptions
{
    private const int NonMaskable = 2;
    private const int InvalidOpcode = 6;
    private const int DoubleFault = 8;
    private const int PageFault = 14;
    private const int MachineCheck = 18;
    private const int LastResortDepth = 2;

    private static bool _reporting;
    private static bool _reportingBriefly;
    private static int _fullReports;
    private static int _endings;
    private static int _reports;

    /// <summary>Exceptions that are reported with registers and backtrace; later ones have one line each.</summary>
    internal const int MaximumReports = 16;

    /// <summary>NMIs that came and were ignored.</summary>
    internal static uint NonMaskableInterrupts { get; private set; }

    /// <summary>Exceptions that ended a step.</summary>
    internal static int Reports => _reports;

    /// <summary>The next exceptions are reported in full, whatever went before.</summary>
    internal static void ReportInFullAgain() => _fullReports = 0;

    /// <summary>Loads the IDT and lets machine checks come as exceptions.</summary>
    internal static void Install()
    {
        Cpu.LoadIdt();
        MachineChecks.Enable();
    }

    [RuntimeExport("exception_entry")]
    private static void Handle(ExceptionFrame* frame)
    {
        // The frame lies on the stack of the stub that called us, until it returns through it.
        ulong vector = frame->Vector;
        if (vector == NonMaskable)
        {
            NonMaskableInterrupts++;
            return;
        }
        ulong faultAddress = Cpu.ReadCr2();
        bool notPresent = (frame->ErrorCode & 1) == 0;
        if (vector == PageFault && notPresent && PageTables.TryMapOnDemand(faultAddress))
        {
            return;
        }
        if (vector == MachineCheck && MachineChecks.Clear())
        {
            return;
        }
        if (frame->Rip >= ProbeBegin() && frame->Rip < ProbeEnd())
        {
            frame->Rip = ProbeFault();
            return;
        }
        Report(frame, faultAddress);
        EndStep(frame);
    }

    // A fault of the report itself gets the line that needs least; one of that line nothing.
    private static void Report(ExceptionFrame* frame, ulong faultAddress)
    {
        if (!_reporting && _fullReports < MaximumReports)
        {
            _reporting = true;
            _reports++;
            _fullReports++;
            FaultReport.Write(in *frame, faultAddress, frame->Rip == RaiseCheckFault());
            _reporting = false;
        }
        else if (!_reportingBriefly)
        {
            _reportingBriefly = true;
            _reports++;
            FaultReport.WriteBrief(in *frame);
            _reportingBriefly = false;
        }
    }

    private static void EndStep(ExceptionFrame* frame)
    {
        _reporting = false;
        _reportingBriefly = false;
        ulong recovery = *StepTop();
        if (recovery == 0)
        {
            // The way out may be what faults: then the shortest one is left.
            if (++_endings >= LastResortDepth)
            {
                Cpu.TripleFault();
            }
            Log.Write("ckdump: an exception outside any step: on to the failure action\n"u8);
            Power.Act(Power.FailureAction);
            return;
        }
        frame->Rdi = recovery;
        frame->Rsi = (ulong)Status.StepFaulted;
        frame->Rsp = recovery;
        frame->Rip = StepResume();
        frame->Rflags = 2;
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_step_top")]
    private static extern ulong* StepTop();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_step_resume")]
    private static extern ulong StepResume();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_probe_copy_begin")]
    private static extern ulong ProbeBegin();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_probe_copy_end")]
    private static extern ulong ProbeEnd();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_probe_copy_fault")]
    private static extern ulong ProbeFault();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_raise_check_fault")]
    private static extern ulong RaiseCheckFault();
}
