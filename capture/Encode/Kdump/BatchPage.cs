namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>A page on its way through the compressor.</summary>
public readonly struct BatchPage(ulong rank, ulong address)
{
    /// <summary>Its place among all pages of the dump: the index of its descriptor.</summary>
    public ulong Rank { get; } = rank;

    /// <summary>Physical address of its bytes.</summary>
    public ulong Address { get; } = address;
}
