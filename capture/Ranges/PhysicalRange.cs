namespace CosmosKdump.Capture.Ranges;

/// <summary>A half-open range of physical memory in whole pages.</summary>
public readonly struct PhysicalRange(ulong start, ulong end)
{
    /// <summary>First byte, a multiple of the page size.</summary>
    public ulong Start { get; } = start;

    /// <summary>One past the last byte, a multiple of the page size.</summary>
    public ulong End { get; } = end;

    /// <summary>Pages in the range.</summary>
    public ulong Pages => (End - Start) / Limits.PageBytes;

    /// <summary>The whole pages that hold <paramref name="lengthBytes"/> bytes from <paramref name="address"/>.</summary>
    public static PhysicalRange Covering(ulong address, ulong lengthBytes)
    {
        const ulong Mask = Limits.PageBytes - 1;
        return new PhysicalRange(address & ~Mask, (address + lengthBytes + Mask) & ~Mask);
    }
}
