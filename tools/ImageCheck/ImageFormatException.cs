using System;

namespace CosmosKdump.ImageCheck;

/// <summary>A file is not what it claims to be. The message names the file and the offset.</summary>
public sealed class ImageFormatException : Exception
{
    /// <summary>Creates the exception for a place in a file.</summary>
    public ImageFormatException(string file, long offsetBytes, string what)
        : base($"{file}: offset 0x{offsetBytes:x}: {what}")
    {
    }

    /// <summary>Creates the exception for a whole file.</summary>
    public ImageFormatException(string file, string what)
        : base($"{file}: {what}")
    {
    }
}
