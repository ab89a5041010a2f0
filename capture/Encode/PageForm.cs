namespace CosmosKdump.Capture.Encode;

/// <summary>How a page of a batch came out.</summary>
public enum PageForm : byte
{
    /// <summary>Compressed; its bytes are in the batch.</summary>
    Compressed = 0,
    /// <summary>As it is, for it does not shrink; its bytes are in the batch.</summary>
    Raw = 1,
    /// <summary>All zeros; it has no bytes in the batch.</summary>
    Zero = 2,
    /// <summary>
    /// One word over and over, not zero: the word is in the batch, and behind it the compressed page, or nothing.
    /// </summary>
    Repeated = 4,
    /// <summary>It could not be read; it has no bytes in the batch.</summary>
    Unreadable = 3,
}
