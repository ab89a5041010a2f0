using System;
using System.CommandLine;
using System.IO;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Commands;
using CosmosKdump.CommandLine;

namespace CosmosKdump.Ckdump;

/// <summary>The command <c>ckdump</c>: its list of commands, and one rule for errors and exit codes.</summary>
public static class Program
{
    /// <summary>Runs the command line; exit code 0 ok, 1 failed, 2 usage, 3 incomplete dump.</summary>
    public static int Main(string[] args) => Run(args, new StandardOutput(Console.Out), Console.Error);

    /// <summary>Runs a command line with the given output streams; the same exit codes as <see cref="Main"/>.</summary>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        ParseResult parsed = CreateRoot().Parse(args);
        if (CommandLineError.Find(parsed, args, "ckdump") is string wrong)
        {
            error.WriteLine("ckdump: " + wrong);
            return ExitCode.Usage;
        }
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
        };
        try
        {
            return parsed.Invoke(configuration);
        }
        catch (ToolException failure)
        {
            error.WriteLine("ckdump: " + OneLine(failure.Message));
            return failure.ExitCode;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error.WriteLine("ckdump: " + OneLine(failure.Message));
            return ExitCode.Failed;
        }
    }

    private static RootCommand CreateRoot()
    {
        var root = new RootCommand(
            "Prepares, collects and inspects the crash dumps of CosmosKdump. "
            + "Exit codes: 0 done, 1 failed, 2 wrong command line; 3 of save, receive and convert: done, but the dump is "
            + "incomplete. info and log show what there is of such a dump and end with 0; verify ends with 1.");
        root.Subcommands.Add(PrepareCommand.Create());
        root.Subcommands.Add(LoadCommand.Create());
        root.Subcommands.Add(UnloadCommand.Create());
        root.Subcommands.Add(StatusCommand.Create());
        root.Subcommands.Add(SaveCommand.Create());
        root.Subcommands.Add(ReceiveCommand.Create());
        root.Subcommands.Add(InfoCommand.Create());
        root.Subcommands.Add(VerifyCommand.Create());
        root.Subcommands.Add(LogCommand.Create());
        root.Subcommands.Add(ConvertCommand.Create());
        root.Subcommands.Add(MapCommand.Create());
        HelpWithExamples.Install(root,
            "ckdump prepare /dev/nvme0n1p3          # make a partition the dump area",
            "ckdump save                            # after a crash: copy the dump to /var/crash",
            "ckdump receive /dev/ttyUSB0 -o vmcore  # a dump that comes over a serial line",
            "ckdump info vmcore                     # what crashed, when and why",
            "ckdump log vmcore                      # its kernel log");
        return root;
    }

    private static string OneLine(string text) => text.Replace('\n', ' ').Replace("\r", "");
}
