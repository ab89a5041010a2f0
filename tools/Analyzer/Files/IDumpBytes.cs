using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Files;

/// <summary>The bytes of a dump, by their offsets in the dump, however the file holds them.</summary>
public interface IDumpBytes : IDisposable
{
    /// <summary>Path of the file.</summary>
    string Path { get; }

    /// <summary>Length of the file, bytes.</summary>
    long FileLengthBytes { get; }

    /// <summary>Length of the dump, bytes.</summary>
    long LengthBytes { get; }

    /// <summary>What ends the file before the dump is whole, or null; offsets are those of the file.</summary>
    FileProblem? Problem { get; }

    /// <summary>
    /// Fills the destination from an offset. Bytes past the end, or that the medium does not give, come as zeros, with
    /// <see cref="Status.MemoryUnreadable"/>.
    /// </summary>
    Status Read(ulong offsetBytes, Span<byte> destination);

    /// <summary>Where a byte of the dump lies in the file; the file's end for one that lies nowhere.</summary>
    long PlaceOf(long offsetBytes);
}
