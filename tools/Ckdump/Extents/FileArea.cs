using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Extents;

/// <summary>Makes a file of a file system a dump area: with written blocks, stamps, a label, and a lock on its place.</summary>
public static class FileArea
{
    private const int ZeroBytes = 4 << 20;
    private const long FlushBytes = 256 << 20;
    private const uint NoDefragmentation = 0x2000;

    /// <summary>
    /// Prepares a file that is open for writing; its blocks are written where they never were. Afterwards it is immutable,
    /// and the capture kernel's own check of it on the disk was good; a <see cref="ToolException"/> otherwise.
    /// </summary>
    public static void Prepare(AreaFile file, in AreaLabel label, bool isNew, TextWriter error)
    {
        FileSystemCheck.Require(file);
        if (isNew || !IsWritten(file))
        {
            // A disk that the capture kernel cannot reach is refused before gigabytes are written to it.
            _ = AreaMap.Locate(file, unwritten: true);
            TerminalProgress.Run(error, "writing zeros", progress => WriteZeros(file, progress));
        }
        FileCalls.AddAttributes(file.Handle, NoDefragmentation);
        DiskExtents place = WriteEmpty(file, label);
        uint flags = FileCalls.FlagsOf(file.Handle);
        FileCalls.SetFlags(file.Handle, file.Path, flags | FileCalls.Immutable);
        try
        {
            Confirm(file, label, place);
        }
        catch
        {
            FileCalls.SetFlags(file.Handle, file.Path, flags);
            throw;
        }
    }

    /// <summary>Makes the area empty: zeros at its start, then the stamps, durably, and then the label.</summary>
    public static DiskExtents WriteEmpty(AreaFile file, in AreaLabel label)
    {
        DiskExtents place = AreaMap.Locate(file);
        RandomAccess.Write(file.Handle, new byte[Math.Min(AreaLabel.BlankBytes, file.LabelOffsetBytes)], 0);
        byte[] page = new byte[AreaStamp.Bytes];
        foreach (FileExtent extent in place.Extents)
        {
            foreach (ulong at in StampsOf(extent, label.AreaBytes))
            {
                new AreaStamp(label.Uuid, at, extent.DiskBytes + (at - extent.FileBytes)).Encode(page);
                RandomAccess.Write(file.Handle, page, (long)at);
            }
        }
        file.WriteLabel(label);
        return place;
    }

    /// <summary>Offsets in the file of the stamps of an extent, as the capture kernel looks for them.</summary>
    public static IEnumerable<ulong> StampsOf(FileExtent extent, ulong areaBytes)
    {
        ulong end = Math.Min(extent.FileBytes + extent.LengthBytes, areaBytes - AreaLabel.Bytes);
        ulong at = extent.FileBytes;
        while (at < end)
        {
            yield return at;
            at += AreaStamp.Bytes;
            at = at < end ? AreaStamp.Next(at, end, areaBytes) : end;
        }
    }

    private static void Confirm(AreaFile file, in AreaLabel label, DiskExtents place)
    {
        if (!AreaMap.Locate(file).Extents.Select(Numbers).SequenceEqual(place.Extents.Select(Numbers)))
        {
            throw new ToolException(file.Path, "the file system moved it while it was prepared", "try again");
        }
        _ = AreaMap.Encode(file, label.Uuid, place, out Status status);
        if (status != Status.Ok)
        {
            throw new ToolException(file.Path,
                $"the disk {place.Name} does not hold at the file's place what was written there: {RawView.Text(status)}");
        }
    }

    private static (ulong, ulong, ulong) Numbers(FileExtent extent) =>
        (extent.FileBytes, extent.DiskBytes, extent.LengthBytes);

    private static bool IsWritten(AreaFile file)
    {
        IReadOnlyList<MappedExtent>? mapped = FileCalls.ExtentsOf(file.Handle, file.Path, file.LengthBytes);
        ulong bytes = 0;
        foreach (MappedExtent extent in mapped ?? [])
        {
            bytes += (extent.Flags & ExtentCheck.Unwritten) == 0 ? extent.LengthBytes : 0;
        }
        return bytes >= (ulong)file.LengthBytes;
    }

    // Blocks that were only allocated read as zeros, whatever the capture kernel writes to them below the file system.
    private static void WriteZeros(AreaFile file, TerminalProgress progress)
    {
        byte[] zeros = new byte[ZeroBytes];
        for (long at = 0; at < file.LengthBytes; at += ZeroBytes)
        {
            int length = (int)Math.Min(ZeroBytes, file.LengthBytes - at);
            RandomAccess.Write(file.Handle, zeros.AsSpan(0, length), at);
            if ((at + ZeroBytes) % FlushBytes == 0)
            {
                RandomAccess.FlushToDisk(file.Handle);
            }
            progress.Report((ulong)(at + length), (ulong)file.LengthBytes);
        }
        RandomAccess.FlushToDisk(file.Handle);
    }
}
