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
    /// <summary>Marks a file that holds nothing but an incomplete dump.</summary>
    public static void WriteIncomplete(FileStream file, DumpFormat format, byte dumpLevel, ulong pagesLost, Status why)
    {
        AreaLabel label = AreaLabel.Create(AreaFile.NewUuid(), 0);
        label.State = AreaState.Incomplete;
        label.DumpLengthBytes = ((ulong)file.Length + Limits.PageBytes - 1) & ~(Limits.PageBytes - 1UL);
        label.Format = format;
        label.DumpLevel = dumpLevel;
        label.PagesWritten = label.DumpLengthBytes / Limits.PageBytes;
        label.PagesLost = pagesLost;
        label.Outcome = why;
        Write(file.SafeFileHandle, label);
    }

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
