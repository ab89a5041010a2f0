namespace CosmosKdump.Lab.Guests;

/// <summary>A guest's Linux died by itself before the lab asked it to crash.</summary>
public sealed class GuestBootException : LabException
{
    /// <summary>An error with the line that told of it and the transcript that shows it.</summary>
    public GuestBootException(string firstLine, string transcriptPath)
        : base($"the guest's Linux died before it was ready: {firstLine}; transcript {transcriptPath}") =>
        FirstLine = firstLine;

    /// <summary>The console's line that told of it.</summary>
    public string FirstLine { get; }
}
