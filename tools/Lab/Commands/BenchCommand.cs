using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using CosmosKdump.CommandLine;
using CosmosKdump.Lab.Bench;
using CosmosKdump.Lab.Bench.Report;
using CosmosKdump.Lab.Build;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Commands;

/// <summary><c>bench</c>: measures ours and stock kdump side by side.</summary>
public static class BenchCommand
{
    private static IEnumerable<string> Words => Enum.GetNames<BenchPart>().Select(name => name.ToLowerInvariant());

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Option<int> runs = NumberOption.Of("--runs", "most rounds", 3, 1, 1000);
        Option<int> minutes = NumberOption.Of(
            "--minutes", "no round begins that would end later than this after the start; the first always does", 40, 0);
        Option<bool> quick = new("--quick")
        {
            Description = "1 GiB and 16 GiB guests only, and no search for stock kdump's smallest reservation",
        };
        Option<string[]> only = new("--only")
        {
            Description = "parts: disks (full dumps, disks, reservations), dumps (level 31, 1 GiB guest), filter "
                + "(level 31, 16 and 64 GiB), convert and save (on the host), network (TCP); default: all",
            HelpName = "PART,…",
            DefaultValueFactory = _ => [],
        };
        Command command = new(
            "bench",
            "Measure ours and stock kdump in turn on the same guests, in rounds; report into artifacts/bench/, which is "
            + "written anew after each part of a round. Exit code 1 if a promise is not kept or a measurement failed.")
        {
            runs, minutes, quick, only,
        };
        only.Validators.Add(result =>
        {
            foreach (string word in result.Tokens.SelectMany(token => token.Value.Split(',')))
            {
                if (!IsPart(word))
                {
                    result.AddError($"--only: '{word}' is none of {string.Join(", ", Words)}");
                }
            }
        });
        HelpWithExamples.Set(command,
            "./build.sh bench --quick --runs 1",
            "./build.sh bench --only dumps,filter");
        command.SetAction(parsed =>
        {
            Progress progress = new();
            GuestSetup.Guests(progress, KernelSeries.Linux61);
            SolutionBuild.Run(progress);
            string folder = Path.Combine(Repository.Artifacts, "bench");
            string[] words = [.. parsed.GetValue(only)!.SelectMany(word => word.Split(','))];
            BenchPlan plan = new()
            {
                Runs = parsed.GetValue(runs),
                LimitMinutes = parsed.GetValue(minutes),
                IsQuick = parsed.GetValue(quick),
                Parts = Parts(words),
            };
            BenchResult result = BenchRun.Run(plan, progress, partial => BenchReport.Write(partial, folder));
            Console.Out.WriteLine(BenchReport.Write(result, folder));
            Console.Out.WriteLine($"Written: {folder}/bench.md, bench.json, bench.html");
            if (Targets.AreMet(result))
            {
                return 0;
            }
            Console.Error.WriteLine(
                $"lab: {result.Failures.Count} measurements failed; promises that are not kept: {Targets.NotKept(result)}");
            return 1;
        });
        return command;
    }

    private static bool IsPart(string word) => Words.Contains(word, StringComparer.OrdinalIgnoreCase);

    // The order of the enumeration is that of the report.
    private static BenchPart[] Parts(string[] words) => words.Length == 0
        ? Enum.GetValues<BenchPart>()
        : [.. Enum.GetValues<BenchPart>().Where(part => words.Contains($"{part}", StringComparer.OrdinalIgnoreCase))];
}
