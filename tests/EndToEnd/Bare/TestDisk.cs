using System;
using System.Diagnostics;
using System.IO;
using System.Security.Cryptography;
using System.Threading;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Lab;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Bare;

/// <summary>
/// A disk image full of noise, so that every write to it shows, with or without a dump area's label at its end.
/// </summary>
public sealed class TestDisk : IDisposable
{
    private const ulong Seed = 0xD15C;

    private TestDisk(int sizeMiB)
    {
        LengthBytes = (long)sizeMiB << 20;
        Path = System.IO.Path.Combine(Directory.CreateDirectory(Repository.Runs).FullName, $"disk-{Guid.NewGuid():N}.raw");
        Uuid = AreaUuid.Read(Guid.NewGuid().ToByteArray());
        File.WriteAllBytes(Path, SeededPages.Make((int)(LengthBytes / SharedMemory.PageBytes), Seed));
    }

    /// <summary>Path of the raw image.</summary>
    public string Path { get; }

    /// <summary>Length, bytes.</summary>
    public long LengthBytes { get; }

    /// <summary>UUID of its dump area, if it has one.</summary>
    public AreaUuid Uuid { get; }

    /// <summary>The UUID as text.</summary>
    public string UuidText => AreaUuidText.Of(Uuid);

    /// <summary>An NVMe disk on this image.</summary>
    public GuestDisk Nvme => new() { ImagePath = Path };

    /// <summary>A virtio-blk disk on this image.</summary>
    public GuestDisk Virtio => new() { ImagePath = Path, Interface = DiskInterface.VirtioModern };

    /// <summary>A SATA disk on this image.</summary>
    public GuestDisk Ahci => new() { ImagePath = Path, Interface = DiskInterface.Ahci };

    /// <summary>A SCSI disk on virtio-scsi on this image.</summary>
    public GuestDisk Scsi => new() { ImagePath = Path, Interface = DiskInterface.VirtioScsi };

    /// <summary>A disk without a label.</summary>
    public static TestDisk Foreign(int sizeMiB = 16) => new(sizeMiB);

    /// <summary>A disk that is a dump area as a whole.</summary>
    public static TestDisk Prepared(int sizeMiB = 16)
    {
        TestDisk disk = new(sizeMiB);
        disk.Prepare(0, disk.LengthBytes);
        return disk;
    }

    /// <summary>A disk that is a dump area with a dump that nobody saved yet.</summary>
    public static TestDisk WithDump(int sizeMiB = 16)
    {
        TestDisk disk = Prepared(sizeMiB);
        AreaLabel label = disk.ReadLabel();
        label.State = AreaState.Complete;
        label.Format = DumpFormat.Elf;
        label.DumpLengthBytes = 1 << 20;
        label.Sequence = 7;
        byte[] header = new byte[SharedMemory.PageBytes];
        CrashedMemory.Header().ToBytes().CopyTo(header, 0);
        label.HeaderBytes = (ulong)header.Length;
        label.HeaderChecksum = Crc32C.Of(header);
        disk.Write(0, header);
        disk.WriteLabel(0, disk.LengthBytes, label);
        return disk;
    }

    /// <summary>Writes.</summary>
    public void Write(long at, ReadOnlySpan<byte> bytes)
    {
        using FileStream file = new(Path, FileMode.Open, FileAccess.Write);
        file.Position = at;
        file.Write(bytes);
    }

    /// <summary>Reads.</summary>
    public byte[] Read(long at, int count)
    {
        using FileStream file = new(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = at;
        byte[] bytes = new byte[count];
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Makes a part of the disk a dump area, as <c>ckdump prepare</c> does.</summary>
    public void Prepare(long areaAt, long areaBytes)
    {
        Write(areaAt, new byte[AreaLabel.BlankBytes]);
        WriteLabel(areaAt, areaBytes, AreaLabel.Create(Uuid, (ulong)areaBytes));
    }

    /// <summary>Writes the label of a part of the disk.</summary>
    public void WriteLabel(long areaAt, long areaBytes, in AreaLabel label)
    {
        byte[] page = new byte[AreaLabel.Bytes];
        Assert.Equal(Status.Ok, label.Encode(page));
        Write(areaAt + areaBytes - page.Length, page);
    }

    /// <summary>The label of the whole disk, which must be valid.</summary>
    public AreaLabel ReadLabel() => ReadLabel(0, LengthBytes);

    /// <summary>The label of a part of the disk, which must be valid.</summary>
    public AreaLabel ReadLabel(long areaAt, long areaBytes)
    {
        byte[] page = Read(areaAt + areaBytes - AreaLabel.Bytes, AreaLabel.Bytes);
        Assert.Equal(Status.Ok, AreaLabel.Decode(page, (ulong)areaBytes, out AreaLabel label));
        return label;
    }

    /// <summary>The hash of the whole disk.</summary>
    public string Hash() => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path)));

    /// <summary>The head of the vmcore at the start of the disk.</summary>
    public VmcoreHeader Vmcore() => VmcoreHeader.Read(Path);

    /// <summary>Waits until the first bytes of a dump are on the disk.</summary>
    public void WaitForDump()
    {
        long start = Stopwatch.GetTimestamp();
        while (!Read(0, 4).AsSpan().SequenceEqual("\u007fELF"u8))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < BareTest.Limit, "the dump did not begin");
            Thread.Sleep(10);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => File.Delete(Path);
}
