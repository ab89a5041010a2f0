using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;

namespace CosmosKdump.Ckdump.Saved;

/// <summary>Runs the program that the configuration has for new dumps, for a bounded time.</summary>
public static class Hook
{
    /// <summary>
    /// Runs a command of words with the directory as its last argument. Whatever comes of it is told in a line, and
    /// the dump stays saved.
    /// </summary>
    public static void Run(string command, string directory, TimeSpan limit, TextWriter error)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // What it writes is told, and is no part of the command's own output: its stdout is our stderr.
        string[] arguments = ["-c", "exec \"$@\" >&2", "sh", .. words, directory];
        ProcessStartInfo start = new("/bin/sh", arguments) { WorkingDirectory = "/" };
        try
        {
            using Process process = Process.Start(start)!;
            if (!process.WaitForExit(limit))
            {
                process.Kill(entireProcessTree: true);
                error.WriteLine($"ckdump: hook {words[0]}: ended after {limit.TotalSeconds:F0} s (hook_timeout)");
            }
            else if (process.ExitCode != 0)
            {
                error.WriteLine($"ckdump: hook {words[0]}: exit code {process.ExitCode}");
            }
        }
        catch (Win32Exception failure)
        {
            error.WriteLine($"ckdump: hook {words[0]}: {failure.Message}");
        }
    }
}
