using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Threading.Tasks;

namespace CosmosKdump.Ckdump.Load;

/// <summary>Runs a program that says a line or two, for a bounded time.</summary>
public static class BoundedProgram
{
    /// <summary>
    /// Runs it; returns what is wrong in one line, or nothing. One that has not ended and closed its output within the
    /// limit is killed, with all that it has started.
    /// </summary>
    public static string Run(string program, IEnumerable<string> arguments, TimeSpan limit)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            long began = Stopwatch.GetTimestamp();
            // Not by turns: a program that hangs closes neither of them.
            Task<string> errors = process.StandardError.ReadToEndAsync();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            TimeSpan Left() => limit > Stopwatch.GetElapsedTime(began) ? limit - Stopwatch.GetElapsedTime(began) : TimeSpan.Zero;
            if (!Task.WaitAll([errors, output], Left()) || !process.WaitForExit(Left()))
            {
                process.Kill(entireProcessTree: true);
                return $"{program} did not end within {limit.TotalSeconds:0.#} s";
            }
            string[] lines = (errors.Result + output.Result)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return process.ExitCode == 0 ? ""
                : lines.Length != 0 ? string.Join("; ", lines)
                : $"{program}: exit code {process.ExitCode}";
        }
        catch (Win32Exception failure)
        {
            return $"{program}: {failure.Message}";
        }
    }
}
