using System;
using System.IO;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench;

/// <summary>
/// A disk image that captures share, one after the other. Every byte of it was written beforehand, so that no side
/// pays for the file's growth.
/// </summary>
public sealed class BenchDisk : IDisposable
{
    private const int HeadBytes = 4096;

    /// <summary>Writes an image.</summary>
    public BenchDisk(string name, int sizeMiB, string folder)
    {
        Directory.CreateDirectory(folder);
        Path = System.IO.Path.Combine(folder, $"disk-{name}.raw");
        byte[] zeros = new byte[1 << 20];
        using FileStream file = new(Path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        for (int i = 0; i < sizeMiB; i++)
        {
            file.Write(zeros);
        }
        file.Flush(flushToDisk: true);
    }

    /// <summary>An image that is large enough for a full dump of a guest.</summary>
    public static BenchDisk ForMemory(int memoryMiB, string folder) => new(
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{memoryMiB}"),
        memoryMiB + (memoryMiB / 16) + 64, folder);

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
