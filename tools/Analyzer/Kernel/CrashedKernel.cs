using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Log;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Kernel;

/// <summary>A crashed kernel as its vmcore shows it: where every analysis begins.</summary>
public sealed class CrashedKernel : IDisposable
{
    private CrashedKernel(VmcoreFile vmcore)
    {
        Vmcore = vmcore;
        Info = VmcoreInfoText.Read(vmcore);
        Memory = new KernelMemory(vmcore, Info);
        NameStatus = KernelName.Read(Memory, Info, out KernelName? name);
        Name = name;
        Cpus = [.. vmcore.Notes.Where(note => note.IsCpu).Select(note => ReadCpu(vmcore, note)).OfType<CpuRegisters>()];
    }

    /// <summary>The vmcore.</summary>
    public VmcoreFile Vmcore { get; }

    /// <summary>VMCOREINFO.</summary>
    public VmcoreInfoText Info { get; }

    /// <summary>Virtual memory.</summary>
    public KernelMemory Memory { get; }

    /// <summary>Registers of each CPU that answered at the crash, in the order of the notes.</summary>
    public IReadOnlyList<CpuRegisters> Cpus { get; }

    /// <summary>Host name, release and version from memory, null if <see cref="NameStatus"/> tells why not.</summary>
    public KernelName? Name { get; }

    /// <summary>Whether <see cref="Name"/> could be read.</summary>
    public Status NameStatus { get; }

    /// <summary>Kernel release of VMCOREINFO, null if it is missing.</summary>
    public string? Release => Info.TextOf("OSRELEASE"u8);

    /// <summary>Crash time, seconds since 1970, from VMCOREINFO or the dump area's label; null if unknown.</summary>
    public ulong? CrashTimeSeconds
    {
        get
        {
            string? text = Info.TextOf("CRASHTIME"u8);
            if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seconds) && seconds > 0)
            {
                return seconds;
            }
            bool hasLabel = Vmcore.Area is { HasLabel: true, Label.CrashTimeSeconds: > 0 };
            return hasLabel ? Vmcore.Area!.Label.CrashTimeSeconds : null;
        }
    }

    /// <summary>Opens a vmcore or a dump area.</summary>
    public static bool TryOpen(
        string path,
        [NotNullWhen(true)] out CrashedKernel? kernel,
        [NotNullWhen(false)] out FileProblem? problem)
    {
        kernel = VmcoreFile.TryOpen(path, out VmcoreFile? vmcore, out problem) ? new CrashedKernel(vmcore) : null;
        return kernel is not null;
    }

    /// <summary>Finds the kernel log.</summary>
    public bool TryOpenLog([NotNullWhen(true)] out KernelLog? log, [NotNullWhen(false)] out FileProblem? problem) =>
        KernelLog.TryOpen(Memory, Info, out log, out problem);

    /// <inheritdoc/>
    public void Dispose() => Vmcore.Dispose();

    private static CpuRegisters? ReadCpu(VmcoreFile vmcore, VmcoreNote note)
    {
        _ = CpuRegisters.Read(vmcore, note, out CpuRegisters? registers);
        return registers;
    }
}
