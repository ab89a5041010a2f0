using System;
using System.CommandLine;
using System.IO;
using CosmosKdump.Lab.Bench;
using CosmosKdump.Lab.Build;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Commands;

/// <summary><c>bench</c>: measures ours and stock kdump side by side.</summary>
public static class BenchCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Option<int> runs = new("--runs") { Description = "runs of each case", DefaultValueFactory = _ => 3 };
        Option<bool> quick = new("--quick")
        {
            Description = "1 GiB guest only, and no search for stock kdump's smallest reservation",
        };
        Command command = new(
            "bench",
            "Measure ours and stock kdump in turn on the same guests; report into artifacts/bench/. Exit code 1 if a "
            + "promise is not kept or a measurement failed.")
        {
            runs, quick,
        };
        command.SetAction(parsed =>
        {
            Progress progress = new();
            GuestSetup.Guests(progress, KernelSeries.Linux61);
            SolutionBuild.Run(progress);
            string folder = Path.Combine(Repository.Artifacts, "bench");
            BenchResult result = BenchRun.Run(
                Math.Max(1, parsed.GetValue(runs)), parsed.GetValue(quick), progress,
                partial => BenchReport.Write(partial, folder));
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
}
