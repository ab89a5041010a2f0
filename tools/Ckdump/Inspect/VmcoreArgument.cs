using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Capture.Area;
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

    /// <summary>The label of a dump area that is prepared and holds no dump; null for anything else.</summary>
    public static AreaTail? EmptyArea(string path)
    {
        if (!FileBytes.TryOpen(path, out FileBytes? file, out _))
        {
            return null;
        }
        using (file)
        {
            return AreaTail.Read(file) is { HasLabel: true, Label.State: AreaState.Prepared } area ? area : null;
        }
    }

    /// <summary>A problem of the file as the end of the command.</summary>
    public static ToolException Failure(string path, FileProblem problem) => problem.OffsetBytes is long offset
        ? new ToolException(path, offset, problem.What, problem.Advice)
        : new ToolException(path, problem.What, problem.Advice);
}
