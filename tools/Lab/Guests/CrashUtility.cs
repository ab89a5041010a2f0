using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Guests;

/// <summary>Debian's <c>crash</c>: opens a dump once, asks everything, and keeps each command's answer apart.</summary>
public static class CrashUtility
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Runs commands; returns their answers in the same order.</summary>
    public static string[] Ask(string vmlinux, string dump, IEnumerable<string> options, params string[] commands)
    {
        string folder = Directory.CreateTempSubdirectory("ckdump-crash-").FullName;
        try
        {
            string[] answers = [.. commands.Select((_, i) => Path.Combine(folder, $"answer{i}"))];
            StringBuilder script = new("set scroll off\n");
            for (int i = 0; i < commands.Length; i++)
            {
                script.Append($"{commands[i]} > {answers[i]}\n");
            }
            script.Append("exit\n");
            string input = Path.Combine(folder, "commands");
            File.WriteAllText(input, script.ToString());
            string[] arguments = ["-s", .. options, "-i", input, vmlinux, dump];
            HostCommand.Outcome outcome = HostCommand.Run("crash", arguments, Limit);
            return outcome.ExitCode == 0
                ? [.. answers.Select(File.ReadAllText)]
                : throw HostCommand.Failure("crash", arguments, outcome);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
