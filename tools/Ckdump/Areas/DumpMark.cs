using System.IO;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>
/// Marks the file of an incomplete dump: a label behind it, as behind a dump area that just holds it. So the file tells
/// what it lacks wherever it goes; crash, gdb and readelf do not look there.
/// </summary>
public static class DumpMark
{
    /// <summary>Writes the mark behind the dump, durably. The state and counts are those of <paramref name="label"/>.</summary>
    public static void Write(SafeFileHandle file, in AreaLabel label)
    {
        AreaLabel mark = label;
        ulong end = (label.DumpLengthBytes + Limits.PageBytes - 1) & ~(Limits.PageBytes - 1UL);
        mark.AreaBytes = end + AreaLabel.Bytes;
        byte[] page = new byte[AreaLabel.Bytes];
        mark.Encode(page);
        RandomAccess.Write(file, page, (long)end);
        RandomAccess.FlushToDisk(file);
    }
}
