using System;
using System.Buffers.Binary;
using System.IO;
using CosmosKdump.Lab;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Tests.EndToEnd.Files;

/// <summary>A disk with a file system in a partition, and noise around it.</summary>
internal sealed class FileDisk : IDisposable
{
    private const long MiB = 1 << 20;
    private const int SectorBytes = 512;

    /// <summary>Makes the disk; <paramref name="isLogical"/>: the partition is a logical one of an MBR, else of a GPT.</summary>
    public FileDisk(FileSystemKind kind, int sizeMiB, bool isLogical)
    {
        string folder = Directory.CreateDirectory(Repository.Runs).FullName;
        Path = System.IO.Path.Combine(folder, $"disk-{Guid.NewGuid():N}.raw");
        string volume = Path + ".volume";
        AptPackages.Ensure(new Progress(), "e2fsprogs", "xfsprogs", "fdisk");
        using (FileStream file = File.Create(volume))
        {
            file.SetLength(sizeMiB * MiB);
        }
        string[] options = kind == FileSystemKind.Ext4 ? ["-q", "-F", "-b", "4096", volume] : ["-q", "-f", volume];
        HostCommand.Output(kind == FileSystemKind.Ext4 ? "mkfs.ext4" : "mkfs.xfs", options);
        using (FileStream file = File.Create(Path))
        {
            file.SetLength((sizeMiB + 4) * MiB);
        }
        FirstByte = 2 * MiB;
        long sectors = sizeMiB * MiB / SectorBytes;
        string table = isLogical
            ? $"label: dos\nstart=2048, type=f\nstart={FirstByte / SectorBytes}, size={sectors}, type=83\n"
            : $"label: gpt\nstart={FirstByte / SectorBytes}, size={sectors}\n";
        HostCommand.Output("sh", "-c", "printf '%s' \"$1\" | sfdisk -q \"$2\"", "table", table, Path);
        HostCommand.Output("dd", $"if={volume}", $"of={Path}", "bs=1M", $"seek={FirstByte / MiB}", "conv=notrunc,sparse", "status=none");
        File.Delete(volume);
        byte[] noise = new byte[512 * 1024];
        new Random(4).NextBytes(noise);
        Write((2 * MiB) - noise.Length, noise);
    }

    /// <summary>Path of the raw image.</summary>
    public string Path { get; }

    /// <summary>Where the partition begins.</summary>
    public long FirstByte { get; }

    /// <summary>Changes bytes of the image.</summary>
    public void Write(long offset, byte[] bytes)
    {
        // Others have it open too: QEMU, and the watch for its first bytes.
        using FileStream file = new(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = offset;
        file.Write(bytes);
    }

    /// <summary>The first difference of a copy to the disk as it is, outside of a map's extents; -1: none.</summary>
    public long FirstDifferenceOutside(string before, byte[] map)
    {
        byte[] inside = new byte[(new FileInfo(Path).Length + 4095) / 4096];
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(map.AsSpan(20));
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = map.AsSpan(128 + (24 * i));
            ulong first = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]) / 4096;
            ulong pages = BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]) / 4096;
            inside.AsSpan((int)first, (int)pages).Fill(1);
        }
        using FileStream old = File.OpenRead(before);
        using FileStream now = File.OpenRead(Path);
        byte[] oldPage = new byte[4096];
        byte[] nowPage = new byte[4096];
        for (int page = 0; page < inside.Length; page++)
        {
            int length = old.ReadAtLeast(oldPage, 4096, throwOnEndOfStream: false);
            _ = now.ReadAtLeast(nowPage, 4096, throwOnEndOfStream: false);
            if (inside[page] == 0 && !oldPage.AsSpan(0, length).SequenceEqual(nowPage.AsSpan(0, length)))
            {
                return page * 4096L;
            }
        }
        return -1;
    }

    public void Dispose() => File.Delete(Path);
}
