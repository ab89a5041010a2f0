using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Kernel.Targets;

namespace CosmosKdump.Kernel.Report;

/// <summary>The crashed kernel, looked into by the addresses that it used itself.</summary>
internal static class CrashedKernel
{
    /// <summary>
    /// Opens its memory. <see cref="CaptureRun.PlanStatus"/> where there is no crashed kernel,
    /// <see cref="Status.NoVmcoreInfo"/>, <see cref="Status.VmcoreInfoIncomplete"/>.
    /// </summary>
    internal static Status Open(out PagedMemory<OldMemory> memory)
    {
        memory = default;
        if (CaptureRun.PlanStatus != Status.Ok)
        {
            return CaptureRun.PlanStatus;
        }
        if (CaptureRun.Plan.Info.Text.Length == 0)
        {
            return Status.NoVmcoreInfo;
        }
        Status status = KernelPaging.Open(in CaptureRun.Plan.Info, out KernelPaging paging);
        memory = new PagedMemory<OldMemory>(default, paging);
        return status;
    }
}
