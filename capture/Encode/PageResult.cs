namespace CosmosKdump.Capture.Encode;

/// <summary>One page of a compressed batch.</summary>
public readonly struct PageResult(PageForm form, ushort lengthBytes)
{
    /// <summary>How it came out.</summary>
    public PageForm Form { get; } = form;

    /// <summary>Its bytes in the batch, 0 to 4096.</summary>
    public ushort LengthBytes { get; } = lengthBytes;
}
