using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
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
            return [new CheckResult("headers", false, problem.What, problem.OffsetBytes)];
        }
        using (kernel)
        {
            return Run(kernel);
        }
    }

    /// <summary>The same checks of a vmcore that is open.</summary>
    public static IReadOnlyList<CheckResult> Run(CrashedKernel kernel)
    {
        IEnumerable<CheckResult> structure = kernel.Vmcore switch
        {
            KdumpVmcore kdump => KdumpChecks.Run(kdump),
            ElfVmcore elf => StructureChecks.Run(elf),
            _ => [],
        };
        return
        [
            .. structure.Select(result => InFile(result, kernel.Vmcore.Bytes)),
            .. AreaChecks.Run(kernel),
            .. KernelChecks.Run(kernel),
        ];
    }

    /// <summary>
    /// Reads every byte up to the end of an ELF vmcore, or every page of a kdump-compressed dump, which it
    /// decompresses; finds what the medium does not give, or what was damaged. Tells what is done and the total as it
    /// goes.
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
            if (vmcore is KdumpVmcore kdump)
            {
                return InFile(KdumpPages.Run(kdump, progress), vmcore.Bytes);
            }
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

    // Of a flattened dump the user sees the file.
    private static CheckResult InFile(CheckResult result, IDumpBytes bytes) => result.OffsetBytes is long offset
        ? result with { OffsetBytes = bytes.PlaceOf(offset) }
        : result;
}
