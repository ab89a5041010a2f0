using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;
using CosmosKdump.Kernel.Boot;
using CosmosKdump.Kernel.Drivers.Iommu;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Drivers.Watchdog;
using CosmosKdump.Kernel.Drivers.Virtio;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Kernel.Report;
using CosmosKdump.Kernel.Targets;

namespace CosmosKdump.Kernel;

/// <summary>The kernel from entry to end, top to bottom. Parts that touch what may be broken run as steps.</summary>
internal static unsafe class KernelMain
{
    private static CommandLineBuffer _commandLine;
    private static BootOptions _options;
    private static BootInfo _boot;
    private static int _stoppedDevices;
    private static OldMemory _memory;
    private static LogConsole _console;

    [RuntimeExport("kernel_main")]
    private static void Run(ulong kind, ulong information)
    {
        Span<byte> commandLine = _commandLine;
        _boot = BootInfo.Read(kind, information, commandLine);
        Exceptions.Install();
        if (Step.Run(&CpuEncryption.LookForEncryptedGuest, 0) == Status.MemoryEncrypted)
        {
            Refuse();
        }
        PageTables.Install();
        Clock.Calibrate();
        SaveLowMemory();

        ReadOptions();
        Power.FailureAction = _options.FailureAction;
        Monitor.Use(&Shell.Shell.Run);
        AcpiTables.Use(_options.AcpiRsdp != 0 ? _options.AcpiRsdp : _boot.AcpiRootPointer);
        Status quiet = Step.Run(&StopOldDevices, 0);
        _ = Step.Run(&StopTranslation, 0);
        _ = Step.Run(&WatchProgress, 0);
        _ = Step.Run(&StartConsoles, 0);
        Banner.WriteDevices(quiet, _stoppedDevices);
        if (_options.SelfTest)
        {
            SelfTest.Run(_options.Cpus);
        }

        CapturePlan plan = default;
        CaptureRun.Use(ref plan);
        CaptureRun.Overwrite = _options.Overwrite;
        CaptureRun.Cpus = _options.Cpus;
        if (_boot.InitrdBytes != 0)
        {
            _ = Step.Run(&ReadMap, 0);
        }
        NetworkTarget.Settings = _options.Ip;
        NetworkTarget.CommandLine = new HeldBuffer(new DmaBuffer(commandLine, 0));
        Status status = Step.Run(&Prepare, 0);
        CaptureRun.PlanStatus = status;
        if (status == Status.Ok)
        {
            status = TryTargets();
        }
        CaptureRun.Outcome = status;
        _ = Step.Run(&CrashReport.Write, 0);
        FinalReport.Write(status);
        bool isFailure = !DumpOutcome.IsDumpOrSent(status);
        EndAction action = isFailure ? _options.FailureAction : _options.FinalAction;
        FinalReport.WriteAction(action, isFailure);
        Power.Act(action);
    }

    /// <summary>
    /// Ends where even our own memory is encrypted, by what can be done on the crashed kernel's page tables: without
    /// ACPI, which they need not map, and without the monitor. Does not return.
    /// </summary>
    private static void Refuse()
    {
        Clock.Calibrate();
        ReadOptions();
        AcpiTables.Use(AcpiTables.None);
        Log.AttachLastResort();
        FinalReport.Write(Status.MemoryEncrypted);
        FinalReport.WriteAction(_options.FailureAction, isFailure: true);
        Power.Act(_options.FailureAction == EndAction.Shell ? EndAction.Halt : _options.FailureAction);
    }

    /// <summary>Copies the low 640 KiB, before anything could touch them; the plan decides whether it is needed.</summary>
    private static void SaveLowMemory()
    {
        _ = _memory.Read(0, StaticMemory.LowMemory.Bytes(0, Limits.LowMemoryBytes));
    }

    /// <summary>
    /// Should the parser fault, what it had read so far stays, and elfcorehdr=, which loaders append, is read alone.
    /// </summary>
    private static void ReadOptions()
    {
        _options = BootOptions.Default;
        if (Step.Run(&ParseFrom, 0) != Status.Ok)
        {
            ReadOnlySpan<byte> text = ((Span<byte>)_commandLine)[.._boot.CommandLineLength];
            int last = text.LastIndexOf("elfcorehdr="u8);
            BootOptions read = _options;
            _ = last < 0 ? Status.NoElfCoreHeader : Step.Run(&ParseFrom, (ulong)last);
            read.HasElfCoreHeader = _options.HasElfCoreHeader;
            read.ElfCoreHeaderAddress = _options.ElfCoreHeaderAddress;
            read.ElfCoreHeaderSize = _options.ElfCoreHeaderSize;
            read.TargetCount = Math.Max(1, Math.Min(read.TargetCount, Limits.Targets));
            _options = read;
        }
    }

    private static Status ParseFrom(ulong offset)
    {
        Span<byte> commandLine = _commandLine;
        ReadOnlySpan<byte> text = commandLine[(int)offset.._boot.CommandLineLength];
        BootOptionsParser.Parse(text, ref _console, out _options);
        BuildScope.Apply(ref _console, ref _options);
        return Status.Ok;
    }

    private static Status StartConsoles(ulong unused)
    {
        Consoles.Start(in _options);
        Banner.Write(in _boot);
        return Status.Ok;
    }

    /// <summary>Ends DMA that the old kernel started.</summary>
    private static Status StopOldDevices(ulong unused)
    {
        PciBuses.Discover();
        _stoppedDevices = PciControl.DisableAllBusMastering();
        Span<byte> commandLine = _commandLine;
        _stoppedDevices += VirtioMmio.Discover(commandLine[.._boot.CommandLineLength]);
        return Status.Ok;
    }

    private static Status StopTranslation(ulong unused)
    {
        Iommus.StopAll();
        return Status.Ok;
    }

    /// <summary>Feeds the watchdogs that the old kernel armed, from now on as long as there is progress.</summary>
    private static Status WatchProgress(ulong unused)
    {
        // First: a fault while others are looked for leaves those that were found fed.
        CaptureProgress.Use(&Watchdogs.Feed);
        Watchdogs.Find();
        Watchdogs.Feed();
        return Status.Ok;
    }

    private static Status ReadMap(ulong unused) => AreaMap.Read(_boot.InitrdAddress, _boot.InitrdBytes);

    private static Status Prepare(ulong unused)
    {
        int rangeBytes = Limits.Ranges * Unsafe.SizeOf<PhysicalRange>();
        Span<PhysicalRange> ranges =
            MemoryMarshal.Cast<byte, PhysicalRange>(StaticMemory.Ranges.Bytes(0, rangeBytes));
        Span<byte> vmcoreInfo = StaticMemory.Ranges.Bytes(rangeBytes, Limits.VmcoreInfoBytes);
        Status status = CapturePipeline.Prepare(
            ref _memory,
            ref _console,
            in _options,
            ranges,
            vmcoreInfo,
            StaticMemory.LowMemory.Address,
            out CapturePlan plan);
        CaptureRun.Plan = plan;
        return status == Status.Ok
            ? MemoryEncryption.Check(
                ref _memory, ref _console, in plan.Header, in plan.Low, in plan.Info, CpuEncryption.AddressBit)
            : status;
    }

    /// <summary>
    /// The first target that works wins. A dump that was cut because its target was full, or that went out without a
    /// receiver's confirmation, counts when nothing better follows.
    /// </summary>
    private static Status TryTargets()
    {
        Status result = Status.NoTargetWorked;
        for (int i = 0; i < _options.TargetCount; i++)
        {
            Status status = Step.Run(&TryTarget, (ulong)i);
            if (status == Status.StepFaulted)
            {
                Quiesce.AfterFault();
            }
            TargetTurns.Add(in _options.Targets[i], status);
            if (DumpOutcome.IsEnough(status))
            {
                return status;
            }
            bool isBetter = DumpOutcome.Rank(status) > DumpOutcome.Rank(result);
            if (isBetter || _options.TargetCount == 1)
            {
                result = status;
            }
        }
        return result;
    }

    private static Status TryTarget(ulong index)
    {
        CaptureProgress.Made();
        return TargetRunner.Try(in _options.Targets[(int)index]);
    }

    [InlineArray(Limits.CommandLineBytes)]
    private struct CommandLineBuffer
    {
        private byte _first;
    }
}
