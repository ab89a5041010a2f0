using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Config;
using CosmosKdump.Ckdump.Inspect;
using CosmosKdump.Ckdump.Load;
using CosmosKdump.Ckdump.Machine;
using CosmosKdump.Ckdump.Saved;
using CosmosKdump.CommandLine;

namespace CosmosKdump.Ckdump.Commands;

/// <summary><c>ckdump save</c>: moves the vmcore out of a dump area, and makes the area ready for the next.</summary>
public static class SaveCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var area = new Argument<string?>("AREA")
        {
            Description = "Disk, partition or image file (default: the areas of this machine)",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = new Option<string?>("--output", "-o") { Description = "File to make", HelpName = "FILE" };
        var directory = new Option<string?>("--directory", "-C")
        {
            Description = $"Directory for HOST-DATE/vmcore (default: the configuration's path, or {DumpConfig.DefaultDirectory})",
            HelpName = "DIR",
        };
        Option<string?> config = ConfigOption.Create();
        var keep = new Option<bool>("--keep") { Description = "Do not mark the area as free" };
        Option<int> wait = WaitOption.Create();
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var command = new Command(
            "save",
            "Moves the vmcore out of a dump area, to HOST-DATE/vmcore with vmcore-dmesg.txt and report.txt beside it, or to a "
            + "file of its own, and marks the area as free. Never overwrites a file. An incomplete dump is called "
            + "vmcore-incomplete or FILE.incomplete, and marked so that info and verify tell what it lacks. The "
            + "configuration says how many dumps are kept. Exit code 3 if a dump is incomplete.")
        {
            area, output, directory, config, keep, wait, json,
        };
        HelpWithExamples.Set(command,
            "ckdump save                            # after a crash, done at boot: all areas of this machine, to /var/crash",
            "ckdump save /dev/nvme0n1p3 -o vmcore",
            "ckdump save --keep disk.img -o vmcore  # leaves the area as it is");
        command.SetAction(parsed =>
        {
            string? path = parsed.GetValue(area);
            string? file = parsed.GetValue(output);
            string? folder = parsed.GetValue(directory);
            if (file == "-")
            {
                throw ToolException.Usage("--output: a dump is saved to a file, not to standard output: "
                    + "ckdump convert -F AREA -o - writes to a pipe");
            }
            if (file is not null && folder is not null)
            {
                throw ToolException.Usage("--output and --directory: give one of them");
            }
            DumpConfig settings = ConfigOption.Read(parsed, config);
            // A directory of the command line is no business of the configuration's keep and hook.
            settings = folder is null ? settings : new DumpConfig { File = settings.File, Directory = folder };
            InvocationConfiguration streams = parsed.InvocationConfiguration;
            TimeSpan limit = WaitOption.Read(parsed, wait);
            bool isMissing = path is null && limit > TimeSpan.Zero
                && WaitOption.ForAreas(settings, limit, streams.Error).Count != 0;
            IReadOnlyList<string> paths = path is not null ? [path] : FindUnsaved(settings, streams);
            if (file is null && paths.Count != 0)
            {
                RequireMounted(settings.Directory, limit);
            }
            if (paths.Count > 1 && file is not null)
            {
                string all = string.Join(", ", paths);
                throw ToolException.Usage($"--output: there are {paths.Count} dumps ({all}): name one");
            }
            // One for all areas: what this run has saved stays.
            Retention retention = Retention.Of(settings, streams.Error);
            int code = SaveAll(
                paths,
                each => Save(each, file, settings, retention, parsed.GetValue(keep), parsed.GetValue(json), streams),
                streams.Error);
            // A target that did not come may hold a dump.
            return isMissing ? ExitCode.Failed : code;
        });
        return command;
    }

    /// <summary>No area was found; without privileges disks cannot be read.</summary>
    public static ToolException NoArea(bool isPrivileged) => new(
        $"no dump area on this machine's disks; name one, {(isPrivileged ? "" : "or run as root, ")}or make one with ckdump prepare");

    // The area is marked as free when its dump is in the directory: that of an empty mount point would hide it, or fill
    // another disk.
    private static void RequireMounted(string directory, TimeSpan limit)
    {
        MountPoints mounts = new(ThisMachine.Root);
        _ = BootWait.Until<string>(limit, () => mounts.MissingFor(directory) is string point ? [point] : []);
        mounts.RequireFor(directory);
    }

    // One area that cannot be saved does not keep the dumps of the others where they are.
    private static int SaveAll(IReadOnlyList<string> paths, Func<string, bool> save, TextWriter error)
    {
        bool isWhole = true;
        bool isFailed = false;
        foreach (string path in paths)
        {
            try
            {
                isWhole &= save(path);
            }
            catch (Exception failure) when (
                paths.Count > 1 && failure is ToolException or IOException or UnauthorizedAccessException)
            {
                error.WriteLine("ckdump: " + failure.Message);
                isFailed = true;
            }
        }
        return isFailed ? ExitCode.Failed : isWhole ? ExitCode.Ok : ExitCode.Incomplete;
    }

    private static string[] FindUnsaved(DumpConfig config, InvocationConfiguration streams)
    {
        // An area may be in a file, which no scan of disks finds.
        IEnumerable<(string Path, AreaLabel? Label)> named = config.Targets
            .Where(target => target.Kind is ConfigTargetKind.Raw or ConfigTargetKind.File)
            .Select(target => (Path: target.Text, Label: AreaLookup.Read(target.Text, out _)))
            .Where(area => area.Label is not null);
        IReadOnlyList<(string Path, AreaLabel Label)> areas =
            [.. AreaScan.Find().Concat(named.Select(area => (area.Path, area.Label!.Value)))];
        if (areas.Count == 0 && !Environment.IsPrivilegedProcess)
        {
            throw NoArea(isPrivileged: false);
        }
        // One area may be found by its disk and by its name; a copy of one may hold another dump, or none.
        string[] unsaved =
        [
            .. areas.Where(area => area.Label.HoldsUnsavedDump)
                .DistinctBy(area => (AreaUuidText.Of(area.Label.Uuid), area.Label.Sequence, area.Label.CrashTimeSeconds))
                .Select(area => area.Path),
        ];
        if (unsaved.Length == 0)
        {
            streams.Output.WriteLine(areas.Count == 0
                ? "nothing to save: " + NoArea(isPrivileged: true).Message
                : $"nothing to save: {string.Join(", ", areas.Select(area => area.Path).Distinct())} hold no new dump");
        }
        return unsaved;
    }

    /// <summary>Saves one dump; false: it is incomplete.</summary>
    private static bool Save(
        string path, string? file, DumpConfig config, Retention retention, bool keep, bool asJson, InvocationConfiguration streams)
    {
        using UnsavedDump dump = UnsavedDump.Open(path, keep);
        SavedFile saved = file is null
            ? new DumpSaver(config, new MachineFacts(ThisMachine.Root).HostName, retention, streams.Error).Save(dump, keep)
            : SaveFile(dump, file, keep, streams.Error);
        Report(streams.Output, path, saved.Path, dump.Label, dump.HasHeader || saved.IsWhole, asJson);
        return saved.IsWhole;
    }

    private static SavedFile SaveFile(UnsavedDump dump, string file, bool keep, TextWriter error)
    {
        if (!keep)
        {
            dump.RequireItself();
        }
        string incomplete = OutputFile.IncompleteName(file);
        OutputFile.RequireMissing(file);
        OutputFile.RequireMissing(incomplete);
        string target = dump.IsWhole ? file : incomplete;
        DumpCopy.Run(dump.Area, dump.Label, dump.IsWhole, target, OutputFolder.None, error);
        if (!keep)
        {
            dump.MarkSaved();
        }
        return new SavedFile(target, dump.IsWhole);
    }

    private static void Report(
        TextWriter output, string path, string target, in AreaLabel label, bool hasHeader, bool asJson)
    {
        if (asJson)
        {
            WriteJson(output, path, target, label, hasHeader);
            return;
        }
        string size = ByteSize.Format((long)label.DumpLengthBytes);
        string header = hasHeader ? "" : ", INCOMPLETE: the headers are not those that the label describes";
        output.WriteLine(
            $"{target}: {size}, crash of {AreaText.Time(label.CrashTimeSeconds)}, {AreaText.Completeness(label)}{header}");
    }

    private static void WriteJson(TextWriter output, string path, string target, AreaLabel label, bool hasHeader) =>
        JsonOutput.Write(output, json =>
        {
            json.WriteStartObject();
            json.WriteString("area", path);
            json.WriteString("file", target);
            json.WriteString("state", AreaText.State(label.State));
            json.WriteBoolean("headersIntact", hasHeader);
            json.WriteNumber("lengthBytes", label.DumpLengthBytes);
            json.WriteNumber("crashTime", label.CrashTimeSeconds);
            json.WriteNumber("pagesWritten", label.PagesWritten);
            json.WriteNumber("pagesLost", label.PagesLost);
            json.WriteNumber("outcome", (int)label.Outcome);
            json.WriteEndObject();
        });
}
