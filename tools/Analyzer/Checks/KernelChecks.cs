using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Analyzer.Log;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Checks;

/// <summary>Whether what the crashed kernel left can be read and fits together.</summary>
internal static class KernelChecks
{
    /// <summary>All checks of the content.</summary>
    public static IEnumerable<CheckResult> Run(CrashedKernel kernel)
    {
        yield return Notes(kernel);
        yield return Info(kernel.Info);
        yield return Memory(kernel);
        yield return Log(kernel);
    }

    private static CheckResult Notes(CrashedKernel kernel)
    {
        const string Name = "notes";
        VmcoreFile vmcore = kernel.Vmcore;
        if (vmcore.NoteProblem is FileProblem problem)
        {
            return new CheckResult(Name, false, problem.What, problem.OffsetBytes);
        }
        VmcoreNote[] cpus = [.. vmcore.Notes.Where(note => note.IsCpu)];
        VmcoreNote? odd = cpus.FirstOrDefault(note => note.LengthBytes != CpuRegisters.Bytes);
        return odd is not null
            ? CheckResult.Failed(Name,
                $"NT_PRSTATUS of {odd.LengthBytes} bytes, not {CpuRegisters.Bytes} as on x86-64",
                (ulong)vmcore.Bytes.PlaceOf((long)odd.OffsetBytes))
            : cpus.Length == 0 ? CheckResult.Failed(Name, $"{vmcore.Notes.Count} notes, none of a CPU")
            : CheckResult.Ok(Name, $"{vmcore.Notes.Count} notes, {cpus.Length} of CPUs");
    }

    private static CheckResult Info(VmcoreInfoText info)
    {
        const string Name = "VMCOREINFO";
        if (info.Problem is FileProblem problem)
        {
            return new CheckResult(Name, false, problem.What, problem.OffsetBytes);
        }
        List<KeyValuePair<string, string>> lines = [.. info.Lines];
        string? twice = lines.GroupBy(line => line.Key).FirstOrDefault(group => group.Distinct().Count() > 1)?.Key;
        string? wrong = string.IsNullOrEmpty(info.TextOf("OSRELEASE"u8)) ? "no OSRELEASE"
            : info.TextOf("PAGESIZE"u8) != "4096" ? $"PAGESIZE={info.TextOf("PAGESIZE"u8)}, not 4096"
            : info.Fields.TryGetSymbol("swapper_pg_dir"u8, out _) != Status.Ok ? "no SYMBOL(swapper_pg_dir)"
            : info.Fields.TryGetSymbol("init_uts_ns"u8, out _) != Status.Ok ? "no SYMBOL(init_uts_ns)"
            : twice is not null ? $"{twice} has two values"
            : null;
        return wrong is null
            ? CheckResult.Ok(Name, $"{lines.Count} keys, release {info.TextOf("OSRELEASE"u8)}")
            : CheckResult.Failed(Name, wrong);
    }

    // The release in memory is reached by phys_base: it shows that addresses lead to the right bytes.
    private static CheckResult Memory(CrashedKernel kernel)
    {
        const string Name = "kernel memory";
        return kernel.NameStatus == Status.VmcoreInfoIncomplete
            ? CheckResult.Failed(Name, "VMCOREINFO does not tell where init_uts_ns is")
            : kernel.Name is null ? CheckResult.Failed(Name, "init_uts_ns is not in the vmcore")
            : kernel.Name.Release != kernel.Release
                ? CheckResult.Failed(Name, $"init_uts_ns has another release than VMCOREINFO ({kernel.Release})")
            : CheckResult.Ok(Name, $"init_uts_ns has the release of VMCOREINFO; host {kernel.Name.NodeName}");
    }

    private static CheckResult Log(CrashedKernel kernel)
    {
        const string Name = "kernel log";
        if (!kernel.TryOpenLog(out KernelLog? log, out FileProblem? problem))
        {
            return new CheckResult(Name, false, problem.What, problem.OffsetBytes);
        }
        LogDamage damage = new();
        long records = log.Read(damage).LongCount();
        return damage.Count > 0
            ? CheckResult.Failed(Name, $"{records} records, {damage.Count} damaged: {damage.First}")
            : records == 0 ? CheckResult.Failed(Name, "no records")
            : CheckResult.Ok(Name, $"{records} records");
    }
}
