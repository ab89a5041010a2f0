using System;
using System.Collections.Generic;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Guests;

/// <summary>A guest: what it is made of, what it loads, and how it crashes.</summary>
public sealed record GuestOptions
{
    /// <summary>Name of its run; the folder under <c>artifacts/lab</c> starts with it.</summary>
    public string Name { get; init; } = "guest";

    /// <summary>The Linux that crashes.</summary>
    public KernelSeries Kernel { get; init; } = KernelSeries.Linux61;

    /// <summary>Memory, MiB. It may exceed the host's: untouched pages cost nothing.</summary>
    public int MemoryMiB { get; init; } = 1024;

    /// <summary>
    /// The host holds all of the memory from the start. Otherwise a page that the guest never touched is the host's one
    /// page of zeros, and quicker to write to a disk than any other.
    /// </summary>
    public bool Preallocated { get; init; }

    /// <summary>Virtual CPUs.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>Machine type.</summary>
    public GuestMachine Machine { get; init; } = GuestMachine.Pc;

    /// <summary>QEMU's CPU model with its features: <c>max</c>, <c>max,-la57</c>, <c>qemu64</c>.</summary>
    public string CpuModel { get; init; } = "max";

    /// <summary>Value of <c>crashkernel=</c>; empty: none. For two, separate them by a space.</summary>
    public string CrashKernel { get; init; } = "4M";

    /// <summary>More arguments of the crashing Linux, such as <c>no5lvl</c>.</summary>
    public string KernelArguments { get; init; } = "";

    /// <summary>Disks, in the order in which they sit on the bus.</summary>
    public IReadOnlyList<GuestDisk> Disks { get; init; } = [];

    /// <summary>A second serial port on a Unix socket that QEMU listens on; empty: none.</summary>
    public string SecondSerialSocket { get; init; } = "";

    /// <summary>More arguments of QEMU.</summary>
    public IReadOnlyList<string> QemuArguments { get; init; } = [];

    /// <summary>More modules of the guest's kernel, such as <c>ext4</c>; those built in are there anyway.</summary>
    public IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>More programs of the host that the guest has in <c>/bin</c>, with their libraries.</summary>
    public IReadOnlyList<string> Programs { get; init; } = [];

    /// <summary>The capture kernel; null: the guest loads none.</summary>
    public CaptureKernel? Capture { get; init; }

    /// <summary>Shell commands of the guest before it loads the capture kernel.</summary>
    public string BeforeLoad { get; init; } = "";

    /// <summary>Shell commands of the guest after the load, before it is ready to crash.</summary>
    public string BeforeCrash { get; init; } = "";

    /// <summary>How it crashes.</summary>
    public CrashKind Crash { get; init; } = CrashKind.SysRq;

    /// <summary>The CPU that crashes (not for an NMI).</summary>
    public int CrashCpu { get; init; }

    /// <summary>A reset starts the machine anew, as it does a real one; otherwise it ends QEMU.</summary>
    public bool Reboots { get; init; }

    /// <summary>Time from start to ready.</summary>
    public TimeSpan BootLimit { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Keeps disk images when the guest is disposed of.</summary>
    public bool KeepDisks { get; init; }
}
