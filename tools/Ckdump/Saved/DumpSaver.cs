using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Config;

namespace CosmosKdump.Ckdump.Saved;

/// <summary>
/// Moves a dump out of its area to a directory of its own, with the messages and a report: copied, made durable, named,
/// and only then is the area marked as free. Interrupted anywhere, it begins anew, or finds that it was done.
/// </summary>
public sealed class DumpSaver(DumpConfig config, string host, Retention retention, TextWriter error)
{
    private readonly string _directory = Path.GetFullPath(config.Directory);

    /// <summary>Saves a dump. <paramref name="keep"/>: the area stays as it is.</summary>
    public SavedFile Save(UnsavedDump dump, bool keep)
    {
        string uuid = AreaUuidText.Of(dump.Label.Uuid);
        if (!keep && dump.MayBeSaved && FindSaved(dump, uuid) is SavedFile before)
        {
            error.WriteLine($"ckdump: {dump.Area.Path}: was saved already");
            dump.MarkSaved();
            return before;
        }
        if (!keep)
        {
            dump.RequireItself();
        }
        string name = SavedDump.VmcoreName(dump.IsWhole);
        using (CrashDirectory directory = CrashDirectory.Make(_directory, host, dump.Label))
        {
            try
            {
                Fill(directory, dump, name, uuid);
                directory.Complete();
            }
            catch
            {
                Discard(directory);
                throw;
            }
            if (!keep)
            {
                dump.MarkSaved();
            }
            retention.Trim(directory.Final);
            if (config.Hook is not null)
            {
                Hook.Run(config.Hook, directory.Final, config.HookLimit, error);
            }
            return new SavedFile(Path.Combine(directory.Final, name), dump.IsWhole);
        }
    }

    // Power may have failed between the directory's name and the label. A note alone is no dump.
    private SavedFile? FindSaved(UnsavedDump dump, string uuid) => SavedDump.List(_directory)
        .Where(each => each.Dump.Area == uuid && each.Dump.Sequence == dump.Label.Sequence
            && each.Dump.CrashTime == dump.Label.CrashTimeSeconds && each.Dump.LengthBytes == dump.Label.DumpLengthBytes
            && each.Dump.HasVmcore(each.Directory))
        .Select(each => (SavedFile?)new SavedFile(
            Path.Combine(each.Directory, SavedDump.VmcoreName(each.Dump.IsComplete)), each.Dump.IsComplete))
        .FirstOrDefault();

    private void Fill(CrashDirectory directory, UnsavedDump dump, string name, string uuid)
    {
        long triedBytes = (long)DumpCopy.TriedBytes(dump.Label);
        retention.MakeRoom(triedBytes, () => SparseCopy.Measure(dump.Area, triedBytes));
        string vmcore = Path.Combine(directory.Scratch, name);
        long start = Stopwatch.GetTimestamp();
        DumpCopy.Run(dump.Area, dump.Label, dump.IsWhole, vmcore, directory.Parents, error);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        string shownAs = Path.Combine(directory.Final, name);
        DumpNotes notes = DumpNotes.Write(directory.Scratch, vmcore, shownAs, Head(dump, uuid, seconds));
        SavedDump saved = new()
        {
            Area = uuid,
            Sequence = dump.Label.Sequence,
            CrashTime = dump.Label.CrashTimeSeconds,
            SavedAt = DateTimeOffset.UtcNow,
            LengthBytes = dump.Label.DumpLengthBytes,
            IsComplete = dump.IsWhole,
            Release = notes.Release,
            Panic = notes.Panic,
        };
        saved.Write(directory.Scratch);
        if (!saved.HasVmcore(directory.Scratch))
        {
            throw new ToolException(vmcore, "was changed while it was made", "the area keeps the dump");
        }
    }

    private static IEnumerable<(string Name, string Value)> Head(UnsavedDump dump, string uuid, double seconds)
    {
        string header = dump.HasHeader ? "" : "; the headers are not those that the label describes";
        yield return ("dump", $"{AreaText.Completeness(dump.Label)}{header}");
        yield return ("crashed", AreaText.Time(dump.Label.CrashTimeSeconds));
        yield return ("level", dump.Label.DumpLevel.ToString(CultureInfo.InvariantCulture));
        yield return ("pages", $"{dump.Label.PagesWritten} written, {dump.Label.PagesLost} lost");
        yield return ("saved", string.Create(CultureInfo.InvariantCulture,
            $"{DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm:ss} UTC from {dump.Area.Path} ({uuid}), "
            + $"{ByteSize.Format((long)dump.Label.DumpLengthBytes)} in {seconds:F1} s"));
    }

    private static void Discard(CrashDirectory directory)
    {
        if (Directory.Exists(directory.Scratch))
        {
            Directory.Delete(directory.Scratch, recursive: true);
        }
        directory.Parents.RemoveEmpty();
    }
}
