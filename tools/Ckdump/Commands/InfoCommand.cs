using System.CommandLine;
using System.IO;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Inspect;
using CosmosKdump.CommandLine;

namespace CosmosKdump.Ckdump.Commands;

/// <summary><c>ckdump info</c>: what a vmcore is, and what crashed.</summary>
public static class InfoCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var path = new Argument<string>("VMCORE") { Description = VmcoreArgument.Description };
        var ranges = new Option<bool>("--ranges") { Description = "List the memory ranges" };
        var keys = new Option<bool>("--vmcoreinfo") { Description = "Print the VMCOREINFO keys" };
        var json = new Option<bool>("--json") { Description = "Write everything as JSON" };
        var command = new Command("info", "Shows what a vmcore is, what crashed, when, and what it holds.")
        {
            path, ranges, keys, json,
        };
        HelpWithExamples.Set(command,
            "ckdump info /dev/nvme0n1p3                     # is there a dump, and of what?",
            "ckdump info --ranges vmcore",
            "ckdump info --json vmcore | jq -r .kernel.release");
        command.SetAction(parsed =>
        {
            string file = parsed.GetRequiredValue(path);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (!CrashedKernel.TryOpen(file, out CrashedKernel? opened, out FileProblem? problem))
            {
                AreaTail area = VmcoreArgument.EmptyArea(file) ?? throw VmcoreArgument.Failure(file, problem);
                WriteEmpty(output, file, area, parsed.GetValue(json));
                return ExitCode.Ok;
            }
            using CrashedKernel kernel = opened;
            VmcoreFacts facts = VmcoreFacts.Collect(kernel);
            if (parsed.GetValue(json))
            {
                InfoJson.Write(output, facts);
                return ExitCode.Ok;
            }
            InfoText.Write(output, facts);
            if (parsed.GetValue(ranges))
            {
                InfoText.WriteRanges(output, kernel);
            }
            if (parsed.GetValue(keys))
            {
                InfoText.WriteKeys(output, kernel);
            }
            return ExitCode.Ok;
        });
        return command;
    }

    private static void WriteEmpty(TextWriter output, string file, AreaTail area, bool asJson)
    {
        if (asJson)
        {
            InfoJson.WriteEmpty(output, file, area);
        }
        else
        {
            InfoText.WriteEmpty(output, file, area);
        }
    }
}
