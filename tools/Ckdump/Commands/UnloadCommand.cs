using System.CommandLine;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Load;
using CosmosKdump.Ckdump.Machine;
using CosmosKdump.CommandLine;

namespace CosmosKdump.Ckdump.Commands;

/// <summary><c>ckdump unload</c>: takes the capture kernel away again.</summary>
public static class UnloadCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("unload", "Unloads the capture kernel: a crash then leaves no dump.");
        HelpWithExamples.Set(command, "ckdump unload");
        command.SetAction(parsed =>
        {
            LoadCommand.RequireRoot("unload");
            bool wasLoaded = new MachineFacts(ThisMachine.Root).IsLoaded ?? false;
            if (wasLoaded)
            {
                Kexec.Unload();
            }
            LoadState.Remove(ThisMachine.Root);
            parsed.InvocationConfiguration.Output.WriteLine(wasLoaded ? "unloaded" : "nothing was loaded");
            return ExitCode.Ok;
        });
        return command;
    }
}
