using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Inspect;
using CosmosKdump.CommandLine;

namespace CosmosKdump.Ckdump.Commands;

/// <summary><c>ckdump save</c>: copies the vmcore out of a dump area, and makes the area ready for the next.</summary>
public static class SaveCommand
{
    private const string DefaultDirectory = "/var/crash";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var area = new Argument<string?>("AREA")
        {
            Description = "Disk, partition or image file (default: the areas of this machine)",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = new Option<string?>("--output", "-o") { Description = "File to make", HelpName = "FILE" };
        var directory = new Option<string>("--directory", "-C")
        {
            Description = "Directory for TIME/vmcore",
            HelpName = "DIR",
            DefaultValueFactory = _ => DefaultDirectory,
        };
        var keep = new Option<bool>("--keep") { Description = "Do not mark the area as free" };
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var command = new Command(
            "save",
            "Copies the vmcore out of a dump area and marks the area as free. Never overwrites a file. An incomplete "
            + "dump is saved as FILE.incomplete or TIME/vmcore-incomplete, marked so that info and verify tell what it "
            + "lacks. Exit code 3 if a dump is incomplete.")
        {
            area, output, directory, keep, json,
        };
        HelpWithExamples.Set(command,
            "ckdump save                            # after a crash: all areas of this machine, to /var/crash",
            "ckdump save /dev/nvme0n1p3 -o vmcore",
            "ckdump save --keep disk.img -o vmcore  # leaves the area as it is");
        command.SetAction(parsed =>
        {
            string? path = parsed.GetValue(area);
            string? file = parsed.GetValue(output);
            if (file == "-")
            {
                throw ToolException.Usage("--output: a dump is saved to a file, not to standard output: "
                    + "ckdump convert -F AREA -o - writes to a pipe");
            }
            IReadOnlyList<string> paths = path is not null ? [path] : FindUnsaved(parsed.InvocationConfiguration.Output);
            if (paths.Count > 1 && file is not null)
            {
                string all = string.Join(", ", paths);
                throw ToolException.Usage($"--output: there are {paths.Count} dumps ({all}): name one");
            }
            bool isWhole = true;
            foreach (string each in paths)
            {
                isWhole &= Save(each, file, parsed.GetValue(directory)!, parsed.GetValue(keep), parsed.GetValue(json),
                    parsed.InvocationConfiguration);
            }
            return isWhole ? ExitCode.Ok : ExitCode.Incomplete;
        });
        return command;
    }

    /// <summary>No area was found; without privileges disks cannot be read.</summary>
    public static ToolException NoArea(bool isPrivileged) => new(
        $"no dump area on this machine's disks; name one, {(isPrivileged ? "" : "or run as root, ")}or make one with ckdump prepare");

    private static string[] FindUnsaved(TextWriter output)
    {
        IReadOnlyList<(string Path, AreaLabel Label)> areas = AreaScan.Find();
        if (areas.Count == 0)
        {
            throw NoArea(Environment.IsPrivilegedProcess);
        }
        string[] unsaved = [.. areas.Where(area => area.Label.HoldsUnsavedDump).Select(area => area.Path)];
        if (unsaved.Length == 0)
        {
            output.WriteLine($"nothing to save: {string.Join(", ", areas.Select(area => area.Path))} hold no new dump");
        }
        return unsaved;
    }

    /// <summary>Saves one dump; false: it is incomplete.</summary>
    private static bool Save(
        string path, string? file, string directory, bool keep, bool asJson, InvocationConfiguration streams)
    {
        using AreaFile area = AreaFile.Open(path, write: !keep);
        AreaLabel label = area.RequireLabel();
        if (!label.HoldsUnsavedDump)
        {
            throw new ToolException(path, "the dump area holds no dump to save");
        }
        bool hasHeader = CheckHeader(path, label, keep);
        bool isWhole = hasHeader && label.State == AreaState.Complete;
        OutputFolder folder = OutputFolder.None;
        string target = file is null ? PathIn(directory, label, isWhole, out folder) : NameOf(file, isWhole);
        DumpCopy.Run(area, label, isWhole, target, folder, streams.Error);
        if (!keep)
        {
            area.WriteEmpty(label.Emptied());
        }
        Report(streams.Output, path, target, label, hasHeader, asJson);
        return isWhole;
    }

    /// <summary>
    /// Whether the headers are those of the dump. If they are not, and no incomplete capture explains it, something
    /// else has written there: what is left is copied only if the area stays as it is.
    /// </summary>
    private static bool CheckHeader(string path, in AreaLabel label, bool keep)
    {
        if (!FileBytes.TryOpen(path, out FileBytes? file, out FileProblem? problem))
        {
            throw VmcoreArgument.Failure(path, problem);
        }
        using (file)
        {
            bool isItself = DumpHeader.Matches(file, label);
            bool isExplained = label.State != AreaState.Complete && DumpHeader.LooksLikeOne(file);
            return isItself || keep || isExplained
                ? isItself
                : throw new ToolException(path, "something else was written over the dump that the label describes",
                    "nothing was changed; --keep saves what is left, prepare --force makes the area anew");
        }
    }

    private static string NameOf(string file, bool isWhole)
    {
        string incomplete = OutputFile.IncompleteName(file);
        OutputFile.RequireMissing(file);
        OutputFile.RequireMissing(incomplete);
        return isWhole ? file : incomplete;
    }

    // As kdump does it: DIR/TIME/vmcore, or vmcore-incomplete.
    private static string PathIn(string directory, in AreaLabel label, bool isWhole, out OutputFolder made)
    {
        DateTimeOffset time = label.CrashTimeSeconds is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds((long)label.CrashTimeSeconds)
            : DateTimeOffset.UtcNow;
        string name = time.ToString("yyyy-MM-dd-HH-mm-ss", CultureInfo.InvariantCulture);
        string file = isWhole ? "vmcore" : "vmcore-incomplete";
        string folder = Path.Combine(directory, name);
        for (int number = 2; Posix.KindOf(Path.Combine(folder, file), out _) != FileKind.Missing; number++)
        {
            folder = Path.Combine(directory, $"{name}-{number}");
        }
        made = OutputFolder.Make(folder, Posix.SyncDirectory);
        return Path.Combine(folder, file);
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
