using System;
using System.Collections.Generic;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Checks;

/// <summary>All checks of a vmcore.</summary>
public static class VmcoreChecks
{
    private const int ReadBytes = 1 << 20;

    /// <summary>
    /// Checks structure, label, pages, notes, VMCOREINFO and log, without reading all memory. A file that cannot be
    /// opened as a vmcore is one failed check.
    /// </summary>
    public static IReadOnlyList<CheckResult> Run(string path)
    {
        if (!CrashedKernel.TryOpen(path, out CrashedKernel? kernel, out FileProblem? problem))
        {
            return [new CheckResult("ELF headers", false, problem.What, problem.OffsetBytes)];
        }
        using (kernel)
        {
            return
            [
                .. StructureChecks.Run(kernel.Vmcore),
                .. AreaChecks.Run(kernel),
                .. KernelChecks.Run(kernel),
            ];
        }
    }

    /// <summary>
    /// Reads every byte up to the end of the vmcore, to find what the medium does not give; tells the bytes read and
    /// their total as it goes.
    /// </summary>
    public static CheckResult ReadAll(string path, Action<ulong, ulong> progress)
    {
        const string Name = "medium";
        if (!VmcoreFile.TryOpen(path, out VmcoreFile? vmcore, out FileProblem? problem))
        {
            return new CheckResult(Name, false, problem.What, problem.OffsetBytes);
        }
        using (vmcore)
        {
            byte[] buffer = new byte[ReadBytes];
            ulong end = Math.Min(vmcore.LengthBytes, (ulong)vmcore.Bytes.LengthBytes);
            for (ulong at = 0; at < end; at += ReadBytes)
            {
                progress(at, end);
                int length = (int)Math.Min(ReadBytes, end - at);
                if (vmcore.Bytes.Read(at, buffer.AsSpan(0, length)) != Status.Ok)
                {
                    return CheckResult.Failed(Name, $"{length} bytes from here cannot all be read", at);
                }
            }
            return CheckResult.Ok(Name, $"{end} bytes read");
        }
    }
}
