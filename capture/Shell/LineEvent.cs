namespace CosmosKdump.Capture.Shell;

/// <summary>What a key did to the line that is typed.</summary>
public enum LineEvent : byte
{
    /// <summary>It goes on.</summary>
    None = 0,
    /// <summary>It is complete.</summary>
    Line,
    /// <summary>It was given up (^C).</summary>
    Cancelled,
}
