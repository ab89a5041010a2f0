using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>What tells that a dump lacks pages that it should hold.</summary>
public static class SourceLosses
{
    /// <summary>Why a dump is incomplete; null if nothing says that it is.</summary>
    public static string? Of(VmcoreFile vmcore)
    {
        if (vmcore.Area is { HasLabel: true } area && area.Label.State is AreaState.Writing or AreaState.Incomplete)
        {
            return AreaText.Completeness(area.Label);
        }
        if (vmcore.Bytes.Problem is FileProblem problem)
        {
            return $"INCOMPLETE: {problem.What}";
        }
        ulong needed = vmcore.NeededBytes;
        return needed > vmcore.LengthBytes ? $"INCOMPLETE: it ends {needed - vmcore.LengthBytes} bytes too early"
            : vmcore is KdumpVmcore { IsIncomplete: true } ? "INCOMPLETE: its header says so"
            : null;
    }
}
