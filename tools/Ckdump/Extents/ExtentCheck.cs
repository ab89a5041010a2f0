using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Extents;

/// <summary>
/// What a file system says of a file's extents, as far as the capture kernel, which writes below the file system, may rely
/// on it. Anything else is refused with its reason.
/// </summary>
public static class ExtentCheck
{
    /// <summary>FIEMAP_EXTENT_UNWRITTEN: allocated, and reads as zeros whatever is on the disk.</summary>
    public const uint Unwritten = 0x800;

    // Linux, Documentation/filesystems/fiemap.rst. FIEMAP_EXTENT_LAST (1) and _MERGED (0x1000) say nothing against it.
    private const uint Harmless = 0x1001;

    private static readonly (uint Flag, string What)[] Reasons =
    [
        (0x004, "was not given blocks yet (delayed allocation)"),
        (0x200, "lies among metadata (inline data)"),
        (0x400, "shares a block with other files' tails"),
        (0x080, "is encrypted by the file system"),
        (0x008, "is encoded (compressed or encrypted)"),
        (0x2000, "is shared with another file (a reflink or snapshot)"),
        (0x002, "lies where the file system does not say"),
        (0x100, "does not lie on whole blocks"),
        (Unwritten, "is allocated, but not written: it would read as zeros after the dump"),
    ];

    /// <summary>
    /// The extents on the file system's device, those that follow each other there put together; what cannot be a dump area
    /// is a <see cref="ToolException"/>.
    /// </summary>
    public static FileExtent[] Require(string path, IEnumerable<MappedExtent> mapped, long lengthBytes)
    {
        var found = new List<FileExtent>();
        ulong length = (ulong)lengthBytes;
        ulong at = 0;
        foreach (MappedExtent extent in mapped.TakeWhile(each => each.FileBytes < length))
        {
            if (extent.FileBytes != at)
            {
                throw Refusal(path, at, extent.FileBytes < at ? "lies in two places" : "is a hole");
            }
            if ((extent.Flags & ~Harmless) != 0)
            {
                throw Refusal(path, at, Reason(extent.Flags));
            }
            // The file system may have allocated more than the file is long.
            ulong part = extent.LengthBytes < length - at ? extent.LengthBytes : length - at;
            Add(found, new FileExtent(at, extent.DeviceBytes, part));
            at += part;
        }
        if (at < length)
        {
            throw Refusal(path, at, "is a hole");
        }
        FileExtent uneven = found.FirstOrDefault(each => each.LengthBytes % Limits.PageBytes != 0);
        return uneven.LengthBytes == 0 ? [.. found]
            : throw Refusal(path, uneven.FileBytes, $"is a piece of {uneven.LengthBytes} bytes, not of whole pages: "
                + "the file system has blocks of less than 4096 bytes");
    }

    private static string Reason(uint flags) =>
        Reasons.Where(each => (flags & each.Flag) != 0).Select(each => each.What).FirstOrDefault()
        ?? $"has a property that is not known here (FIEMAP flags 0x{flags:x})";

    private static void Add(List<FileExtent> found, FileExtent extent)
    {
        if (found.Count > 0 && found[^1].DiskBytes + found[^1].LengthBytes == extent.DiskBytes)
        {
            FileExtent last = found[^1];
            found[^1] = new FileExtent(last.FileBytes, last.DiskBytes, last.LengthBytes + extent.LengthBytes);
        }
        else
        {
            found.Add(extent);
        }
    }

    private static ToolException Refusal(string path, ulong atBytes, string what) =>
        new(path, (long)atBytes, what, "the capture kernel cannot write it");
}
