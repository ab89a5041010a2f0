using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Analyzer.Log;
using CosmosKdump.Ckdump.Inspect;

namespace CosmosKdump.Ckdump.Saved;

/// <summary>What lies beside a saved vmcore: the crashed kernel's messages, and a report.</summary>
internal sealed class DumpNotes
{
    /// <summary>Name of the file with the messages, as kdump calls it.</summary>
    public const string MessagesName = "vmcore-dmesg.txt";

    /// <summary>Name of the report.</summary>
    public const string ReportName = "report.txt";

    /// <summary>Release of the crashed kernel, or null.</summary>
    public string? Release { get; private init; }

    /// <summary>The panic line, or else what led to the crash, or null.</summary>
    public string? Panic { get; private init; }

    /// <summary>
    /// Reads a vmcore and writes both files into <paramref name="directory"/>, durably. <paramref name="head"/>: lines
    /// that the report begins with; <paramref name="shownAs"/>: what the vmcore will be called. A dump that cannot be read
    /// leaves the reason in their place.
    /// </summary>
    public static DumpNotes Write(string directory, string vmcore, string shownAs, IEnumerable<(string Name, string Value)> head)
    {
        StringWriter messages = new() { NewLine = "\n" };
        StringWriter report = new() { NewLine = "\n" };
        foreach ((string name, string value) in head)
        {
            InfoText.Line(report, name, value);
        }
        DumpNotes notes = Read(vmcore, shownAs, messages, report);
        WriteDurably(Path.Combine(directory, MessagesName), messages.ToString());
        WriteDurably(Path.Combine(directory, ReportName), report.ToString());
        return notes;
    }

    private static DumpNotes Read(string vmcore, string shownAs, TextWriter messages, TextWriter report)
    {
        try
        {
            if (!CrashedKernel.TryOpen(vmcore, out CrashedKernel? kernel, out FileProblem? problem))
            {
                InfoText.Line(report, "problem", $"the dump cannot be read: {problem.What}");
                messages.WriteLine($"(the dump cannot be read: {problem.What})");
                return new DumpNotes();
            }
            using (kernel)
            {
                VmcoreFacts facts = VmcoreFacts.Collect(kernel);
                InfoText.Write(report, facts, shownAs);
                WriteMessages(kernel, messages);
                return new DumpNotes
                {
                    Release = kernel.Release ?? kernel.Name?.Release,
                    Panic = facts.Crash.Panic ?? facts.Crash.Cause,
                };
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // The dump is copied, and must not be lost over a note about it.
            InfoText.Line(report, "problem", $"the dump cannot be read: {failure.Message}");
            messages.WriteLine($"(the dump cannot be read: {failure.Message})");
            return new DumpNotes();
        }
    }

    private static void WriteMessages(CrashedKernel kernel, TextWriter messages)
    {
        if (!kernel.TryOpenLog(out KernelLog? log, out FileProblem? problem))
        {
            messages.WriteLine($"(the messages cannot be read: {problem.What})");
            return;
        }
        LogDamage damage = new();
        StringBuilder line = new();
        foreach (LogRecord record in log.Read(damage))
        {
            line.Clear();
            LogText.Append(line, LogText.TimePrefix(record.Nanoseconds), record.Text);
            messages.Write(line);
        }
        if (damage.Count != 0)
        {
            messages.WriteLine($"(damaged in {damage.Count} places, the first: {damage.First})");
        }
    }

    /// <summary>Makes a text file that was not there, for its owner alone, durably.</summary>
    internal static void WriteDurably(string path, string text)
    {
        using FileStream file = new(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }
}
