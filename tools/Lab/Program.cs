using System;
using System.CommandLine;
using System.CommandLine.Help;
using System.IO;
using CosmosKdump.CommandLine;
using CosmosKdump.Lab.Commands;

namespace CosmosKdump.Lab;

/// <summary>Entry point.</summary>
public static class Program
{
    /// <summary>Runs the command line; exit code 0 ok, 1 failed, 2 usage.</summary>
    public static int Main(string[] args)
    {
        // Users reach the lab through build.sh, so that is the name that help shows.
        Command root = new("./build.sh", "Builds CosmosKdump, crashes real Linux kernels in QEMU, and measures.")
        {
            new HelpOption(),
            DemoCommand.Create(),
            TestCommand.Create(),
            BuildCommand.Create(),
            DebCommand.Create(),
            BenchCommand.Create(),
            RunCommand.Create(),
        };
        HelpWithExamples.Install(root,
            "./build.sh demo                     # everything once: a crash, its capture, and what the dump tells",
            "./build.sh run --memory 2048 --keep # one guest of your own, and its dump");
        ParseResult parsed = root.Parse(args);
        if (CommandLineError.Find(parsed, args, "./build.sh") is string wrong)
        {
            Console.Error.WriteLine($"build.sh: {wrong}");
            return 2;
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception error) when (error is LabException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"lab: {error.Message}");
            return 1;
        }
    }
}
