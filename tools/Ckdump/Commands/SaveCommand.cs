using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using Microsoft.Win32.SafeHandles;

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
            "Copies the vmcore out of a dump area and marks the area as free. Never overwrites a file.")
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
            IReadOnlyList<string> paths = path is not null ? [path] : FindUnsaved(parsed.InvocationConfiguration.Output);
            if (paths.Count > 1 && file is not null)
            {
                string all = string.Join(", ", paths);
                throw ToolException.Usage($"--output: there are {paths.Count} dumps ({all}): name one");
            }
            foreach (string each in paths)
            {
                Save(each, file, parsed.GetValue(directory)!, parsed.GetValue(keep), parsed.GetValue(json),
                    parsed.InvocationConfiguration);
            }
            return ExitCode.Ok;
        });
        return command;
    }

    private static string[] FindUnsaved(TextWriter output)
    {
        IReadOnlyList<(string Path, AreaLabel Label)> areas = AreaScan.Find();
        if (areas.Count == 0)
        {
            throw new ToolException("/sys/class/block", "no dump area on this machine's disks",
                "name one, or run as root, or make one with ckdump prepare");
        }
        string[] unsaved = [.. areas.Where(area => area.Label.HoldsUnsavedDump).Select(area => area.Path)];
        if (unsaved.Length == 0)
        {
            output.WriteLine($"nothing to save: {string.Join(", ", areas.Select(area => area.Path))} hold no new dump");
        }
        return unsaved;
    }

    private static void Save(
        string path, string? file, string directory, bool keep, bool asJson, InvocationConfiguration streams)
    {
        using AreaFile area = AreaFile.Open(path, write: !keep);
        AreaLabel label = area.RequireLabel();
        if (!label.HoldsUnsavedDump)
        {
            throw new ToolException(path, area.LabelOffsetBytes, "the dump area holds no dump to save");
        }
        string target = file ?? PathIn(directory, label);
        Copy(area, target, (long)label.DumpLengthBytes, streams.Error);
        if (!keep)
        {
            area.WriteEmpty(label.Emptied());
        }
        Report(streams.Output, path, target, label, asJson);
    }

    private static void Copy(AreaFile area, string target, long lengthBytes, TextWriter error)
    {
        OutputFile.RequireMissing(target);
        using SafeFileHandle handle = Posix.Create(target);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => File.Delete(target));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => File.Delete(target));
        try
        {
            TerminalProgress.Run(error, "saving", progress =>
                SparseCopy.Run(
                    area, handle, target, lengthBytes, done => progress.Report((ulong)done, (ulong)lengthBytes)));
            OutputFile.SyncDirectoryOf(target);
        }
        catch
        {
            File.Delete(target);
            throw;
        }
    }

    // As kdump does it: DIR/TIME/vmcore, or vmcore-incomplete.
    private static string PathIn(string directory, in AreaLabel label)
    {
        DateTimeOffset time = label.CrashTimeSeconds is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds((long)label.CrashTimeSeconds)
            : DateTimeOffset.UtcNow;
        string name = time.ToString("yyyy-MM-dd-HH-mm-ss", CultureInfo.InvariantCulture);
        string file = label.State == AreaState.Complete ? "vmcore" : "vmcore-incomplete";
        string folder = Path.Combine(directory, name);
        for (int number = 2; Posix.KindOf(Path.Combine(folder, file), out _) != FileKind.Missing; number++)
        {
            folder = Path.Combine(directory, $"{name}-{number}");
        }
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, file);
    }

    private static void Report(TextWriter output, string path, string target, in AreaLabel label, bool asJson)
    {
        if (asJson)
        {
            output.WriteLine(JsonSerializer.Serialize(new
            {
                area = path,
                file = target,
                state = AreaText.State(label.State),
                lengthBytes = label.DumpLengthBytes,
                crashTime = label.CrashTimeSeconds,
                pagesWritten = label.PagesWritten,
                pagesLost = label.PagesLost,
                outcome = (int)label.Outcome,
            }));
            return;
        }
        string size = ByteSize.Format((long)label.DumpLengthBytes);
        output.WriteLine($"{target}: {size}, crash of {AreaText.Time(label.CrashTimeSeconds)}, {Describe(label)}");
    }

    private static string Describe(in AreaLabel label) => label.State switch
    {
        AreaState.Complete => "complete",
        AreaState.Writing => "INCOMPLETE: the capture did not end (power lost, or the disk vanished)",
        _ => $"INCOMPLETE: {AreaText.Outcome(label.Outcome)} ({label.PagesWritten} pages written, {label.PagesLost} lost)",
    };
}
