using System;
using System.Linq;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Demo;

/// <summary>Debian's <c>crash</c>.</summary>
public static class CrashUtility
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Opens a dump, runs commands, and returns what they print.</summary>
    public static string Run(string vmlinux, string dump, params string[] commands)
    {
        string[] arguments = ["-s", "--no_scroll", vmlinux, dump];
        string input = string.Concat(commands.Append("quit").Select(command => command + "\n"));
        HostCommand.Outcome outcome = HostCommand.Run("crash", arguments, Limit, input);
        return outcome.ExitCode == 0 ? outcome.Output.Trim() : throw HostCommand.Failure("crash", arguments, outcome);
    }
}
