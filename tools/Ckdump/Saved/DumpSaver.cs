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

    /// <summary>Saves a dump; returns the path of its vmcore. <paramref name="keep"/>: the area stays as it is.</summary>
    public string Save(UnsavedDump dump, bool keep)
    {
        string name = dump.IsWhole ? "vmcore" : "vmcore-incomplete";
        string uuid = AreaUuidText.Of(dump.Label.Uuid);
        if (!keep && FindSaved(dump, uuid) is string before)
        {
            error.WriteLine($"ckdump: {dump.Area.Path}: was saved already");
            dump.MarkSaved();
            return Path.Combine(before, name);
        }
        CrashDirectory directory = CrashDirectory.Make(_directory, host, dump.Label);
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
        return Path.Combine(directory.Final, name);
    }

    // Power may have failed between the directory's name and the label.
    private string? FindSaved(UnsavedDump dump, string uuid) => SavedDump.List(_directory)
        .Where(each => each.Dump.Area == uuid && each.Dump.Sequence == dump.Label.Sequence
            && each.Dump.CrashTime == dump.Label.CrashTimeSeconds)
        .Select(each => each.Directory)
        .FirstOrDefault();

    private void Fill(CrashDirectory directory, UnsavedDump dump, string name, string uuid)
    {
        string vmcore = Path.Combine(directory.Scratch, name);
        long start = Stopwatch.GetTimestamp();
        DumpCopy.Run(dump.Area, dump.Label, dump.IsWhole, vmcore, directory.Parents, retention.MakeRoom, error);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        string shownAs = Path.Combine(directory.Final, name);
        DumpNotes notes = DumpNotes.Write(directory.Scratch, vmcore, shownAs, Head(dump, uuid, seconds));
        new SavedDump
        {
            Area = uuid,
            Sequence = dump.Label.Sequence,
            CrashTime = dump.Label.CrashTimeSeconds,
            SavedAt = DateTimeOffset.UtcNow,
            LengthBytes = dump.Label.DumpLengthBytes,
            IsComplete = dump.IsWhole,
            Release = notes.Release,
            Panic = notes.Panic,
        }.Write(directory.Scratch);
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
