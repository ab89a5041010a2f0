using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Inspect;

/// <summary>Opens the vmcore that a command was given, or ends the command with one line.</summary>
public static class VmcoreArgument
{
    /// <summary>Help text of the argument.</summary>
    public const string Description = "Vmcore (ELF, kdump-compressed, either flattened), or dump area: a file, a disk or a partition";

    /// <summary>Opens it.</summary>
    public static CrashedKernel Open(string path) =>
        CrashedKernel.TryOpen(path, out CrashedKernel? kernel, out FileProblem? problem)
            ? kernel
            : throw Failure(path, problem);

    /// <summary>A problem of the file as the end of the command.</summary>
    public static ToolException Failure(string path, FileProblem problem) => problem.OffsetBytes is long offset
        ? new ToolException(path, offset, problem.What, problem.Advice)
        : new ToolException(path, problem.What, problem.Advice);
}
