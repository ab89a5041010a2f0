namespace CosmosKdump.Capture.Area;

/// <summary>A part of a file that lies on a disk in one piece.</summary>
public readonly struct FileExtent(ulong fileBytes, ulong diskBytes, ulong lengthBytes)
{
    /// <summary>Offset in the file.</summary>
    public ulong FileBytes { get; } = fileBytes;

    /// <summary>Offset on the disk.</summary>
    public ulong DiskBytes { get; } = diskBytes;

    /// <summary>Length.</summary>
    public ulong LengthBytes { get; } = lengthBytes;
}
