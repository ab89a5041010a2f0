namespace CosmosKdump.Capture.Stacks;

/// <summary>Where the kernel's code lies, virtual addresses.</summary>
internal readonly struct KernelText(ulong start, ulong end)
{
    // Where the end is not known: kernels of distributions have less than half of this.
    private const ulong UsualBytes = 32 << 20;

    private readonly ulong _start = start;
    private readonly ulong _end = end > start ? end : start + UsualBytes;

    /// <summary>The address may be one of code.</summary>
    public bool Contains(ulong address) => _start != 0 && address >= _start && address < _end;
}
