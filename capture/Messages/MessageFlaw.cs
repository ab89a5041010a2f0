namespace CosmosKdump.Capture.Messages;

/// <summary>What was wrong where the log was read on: with two numbers, by which it can be told.</summary>
public enum MessageFlaw : byte
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>The oldest record, and the newest, are too far apart for the ring.</summary>
    RingAbsurd,
    /// <summary>The descriptor of a record cannot be read.</summary>
    DescriptorUnreadable,
    /// <summary>Too many of them in a row: the log ends here.</summary>
    DescriptorsUnreadable,
    /// <summary>The info of a record cannot be read.</summary>
    InfoUnreadable,
    /// <summary>The text block of a record is shorter than its head.</summary>
    BlockTooShort,
    /// <summary>The head of a record's text block cannot be read.</summary>
    BlockUnreadable,
    /// <summary>The text of a record is marked as that of another one, the second number.</summary>
    OtherOwner,
    /// <summary>The records have more text than the ring holds: the log ends here.</summary>
    TooMuchText,
    /// <summary>A record of the buffer, told by its place, does not lead to the buffer's end: the log ends here.</summary>
    NoEnd,
    /// <summary>A record of the buffer cannot be read: the log ends here.</summary>
    RecordUnreadable,
    /// <summary>A record of the buffer has an impossible length, the second number: the log ends here.</summary>
    BadLength,
    /// <summary>A record of the buffer claims more text, the second number, than it has room for.</summary>
    TextCut,
}
