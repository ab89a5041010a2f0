using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;

namespace CosmosKdump.Capture.Filter;

/// <summary>Where the crashed kernel's image lies in physical memory.</summary>
public struct KernelImage
{
    private const ulong Base = 0xFFFF_FFFF_8000_0000;
    private const ulong LargestBytes = 1UL << 30;

    // VMCOREINFO tells where the image begins, and not where it ends.
    private const ulong MostBytes = 64 << 20;

    /// <summary>The image from its text on; empty if VMCOREINFO does not tell.</summary>
    public PhysicalRange All { get; private set; }

    /// <summary>The text.</summary>
    public PhysicalRange Text { get; private set; }

    /// <summary>
    /// Finds the image by <c>_stext</c>, and the end of its text by the page tables: what follows is not executable.
    /// </summary>
    public static KernelImage Find<TMemory>(
        scoped ref TMemory memory, scoped ref KernelPaging paging, scoped in VmcoreInfo info)
        where TMemory : struct, IPhysicalMemory
    {
        KernelImage image = default;
        if (info.TryGetSymbol("_stext"u8, out ulong text) != Status.Ok
            || info.TryGetConstant("phys_base"u8, out ulong physicalBase) != Status.Ok
            || text < Base || text - Base >= LargestBytes)
        {
            return image;
        }
        ulong start = (text - Base + physicalBase) & ~(Limits.PageBytes - 1UL);
        if (start >= Limits.PhysicalEnd - MostBytes)
        {
            return image;
        }
        image.All = new PhysicalRange(start, start + MostBytes);
        ulong done = 0;
        while (done < MostBytes
            && paging.Translate(ref memory, text + done, out ulong physical, out ulong length) == Status.Ok
            && paging.IsExecutable && physical - done == start)
        {
            done += length;
        }
        image.Text = new PhysicalRange(start, start + (done < MostBytes ? done : MostBytes));
        return image;
    }
}
