using System;
using System.IO;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench;

/// <summary>
/// The disk image that all captures of a guest size share. Every byte of it was written beforehand, so that no side
/// pays for the file's growth.
/// </summary>
public sealed class BenchDisk : IDisposable
{
    private const int HeadBytes = 4096;

    /// <summary>Writes an image that is large enough for a guest's dump.</summary>
    public BenchDisk(int memoryMiB, string folder)
    {
        Directory.CreateDirectory(folder);
        Path = System.IO.Path.Combine(folder, $"disk-{memoryMiB}.raw");
        byte[] zeros = new byte[1 << 20];
        using FileStream file = new(Path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        for (int i = 0; i < memoryMiB + (memoryMiB / 16) + 64; i++)
        {
            file.Write(zeros);
        }
        file.Flush(flushToDisk: true);
    }

    /// <summary>Path of the raw image.</summary>
    public string Path { get; }

    /// <summary>
    /// The disk for the next capture: its head is zero again, so that the first byte is seen, and nothing waits to be
    /// written back.
    /// </summary>
    public GuestDisk Next(bool prepared)
    {
        using FileStream file = new(Path, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Write(new byte[HeadBytes]);
        file.Flush(flushToDisk: true);
        return new GuestDisk { Medium = DiskMedium.Written, ImagePath = Path, Prepared = prepared };
    }

    /// <summary>Deletes the image.</summary>
    public void Dispose() => File.Delete(Path);
}
