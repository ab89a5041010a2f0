using System;
using System.IO;
using System.Runtime.InteropServices;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Cli;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>Copies the dump of an area to a new file, durably; what it made is gone again if that fails.</summary>
public static class DumpCopy
{
    /// <summary>
    /// Copies. <paramref name="isWhole"/>: otherwise the file is marked (<see cref="DumpMark"/>), and only what was
    /// tried is copied, where the label knows how much that is. <paramref name="folder"/> was made for the file.
    /// </summary>
    public static void Run(
        AreaFile area, in AreaLabel label, bool isWhole, string target, OutputFolder folder, TextWriter error)
    {
        try
        {
            using SafeFileHandle handle = Posix.Create(target);
            Action remove = () =>
            {
                File.Delete(target);
                folder.RemoveEmpty();
            };
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => remove());
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => remove());
            try
            {
                AreaLabel dump = label;
                OutputFile.Fill(target, () => Fill(area, dump, isWhole, target, handle, error), "the area keeps the dump");
            }
            catch
            {
                File.Delete(target);
                throw;
            }
        }
        catch
        {
            folder.RemoveEmpty();
            throw;
        }
    }

    /// <summary>
    /// Bytes of the dump that may have been written. A dump is written from its start to its end, so what lies behind
    /// the pages that were tried is older than it. A label <c>writing</c> does not know how far the dump came.
    /// </summary>
    public static ulong TriedBytes(in AreaLabel label)
    {
        ulong pages = label.DumpLengthBytes / Limits.PageBytes;
        bool isKnown = label.State == AreaState.Incomplete
            && label.PagesWritten <= pages && label.PagesLost <= pages - label.PagesWritten;
        return isKnown ? (label.PagesWritten + label.PagesLost) * Limits.PageBytes : label.DumpLengthBytes;
    }

    private static void Fill(
        AreaFile area, in AreaLabel label, bool isWhole, string target, SafeFileHandle handle, TextWriter error)
    {
        long lengthBytes = (long)label.DumpLengthBytes;
        long triedBytes = (long)TriedBytes(label);
        TerminalProgress.Run(error, "saving", progress =>
            SparseCopy.Run(area, handle, target, triedBytes, lengthBytes,
                done => progress.Report((ulong)done, (ulong)triedBytes)));
        if (!isWhole)
        {
            DumpMark.Write(handle, label);
        }
        OutputFile.SyncDirectoryOf(target);
    }
}
