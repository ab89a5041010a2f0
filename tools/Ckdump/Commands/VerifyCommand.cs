using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Checks;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Inspect;
using CosmosKdump.CommandLine;

namespace CosmosKdump.Ckdump.Commands;

/// <summary><c>ckdump verify</c>: says whether a vmcore is whole.</summary>
public static class VerifyCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var path = new Argument<string>("VMCORE") { Description = VmcoreArgument.Description };
        var read = new Option<bool>("--read") { Description = "Also read every byte and decompress every page, to find errors of the medium" };
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var command = new Command(
            "verify",
            "Checks a vmcore: structure, label, every page accounted for, notes, VMCOREINFO and the kernel log. "
            + "Exit code 1 if a check fails.")
        {
            path, read, json,
        };
        HelpWithExamples.Set(command,
            "ckdump verify /dev/nvme0n1p3                   # before the dump is saved",
            "ckdump verify --read /var/crash/2026-11-20-20-56-47/vmcore",
            "ckdump verify --json vmcore | jq '.checks[] | select(.ok | not)'");
        command.SetAction(parsed =>
        {
            string file = parsed.GetRequiredValue(path);
            TextWriter output = parsed.InvocationConfiguration.Output;
            List<CheckResult> results = Check(file);
            if (parsed.GetValue(read))
            {
                TerminalProgress.Run(parsed.InvocationConfiguration.Error, "reading", progress =>
                    results.Add(VmcoreChecks.ReadAll(file, progress.Report)));
            }
            if (parsed.GetValue(json))
            {
                WriteJson(output, file, results);
            }
            else
            {
                WriteText(output, results);
            }
            return Close(file, results, parsed.InvocationConfiguration.Error);
        });
        return command;
    }

    // What is no dump, or cannot be read on this host, is no dump that fails a check.
    private static List<CheckResult> Check(string file)
    {
        using CrashedKernel kernel = VmcoreArgument.Open(file);
        return [.. VmcoreChecks.Run(kernel)];
    }

    private static void WriteText(TextWriter output, IReadOnlyList<CheckResult> results)
    {
        int width = results.Max(result => result.Name.Length);
        foreach (CheckResult result in results)
        {
            output.WriteLine($"{(result.IsOk ? "ok    " : "failed")}  {result.Name.PadRight(width)}  {result.Detail}");
        }
    }

    private static void WriteJson(TextWriter output, string file, IReadOnlyList<CheckResult> results) =>
        JsonOutput.Write(output, json =>
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteBoolean("ok", results.All(result => result.IsOk));
            json.WriteStartArray("checks");
            foreach (CheckResult result in results)
            {
                json.WriteStartObject();
                json.WriteString("name", result.Name);
                json.WriteBoolean("ok", result.IsOk);
                json.WriteString("detail", result.Detail);
                json.WriteCount("offsetBytes", result.OffsetBytes);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });

    private static int Close(string file, IReadOnlyList<CheckResult> results, TextWriter error)
    {
        CheckResult? first = results.FirstOrDefault(result => !result.IsOk);
        if (first is null)
        {
            return ExitCode.Ok;
        }
        int count = results.Count(result => !result.IsOk);
        string what = $"{first.Name}: {first.Detail}{(count > 1 ? $" ({count} of {results.Count} checks failed)" : "")}";
        throw first.OffsetBytes is long offset ? new ToolException(file, offset, what) : new ToolException(file, what);
    }
}
