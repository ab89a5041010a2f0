using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text;

namespace CosmosKdump.Lab.Setup;

/// <summary>Runs a program of the host, without a terminal and without input.</summary>
public static class HostCommand
{
    /// <summary>What a program left behind.</summary>
    /// <param name="ExitCode">Its exit code.</param>
    /// <param name="Output">Its standard output.</param>
    /// <param name="Errors">Its standard error.</param>
    public readonly record struct Outcome(int ExitCode, string Output, string Errors);

    /// <summary>Runs a program and gathers its output. It is killed at the time limit.</summary>
    public static Outcome Run(string program, IEnumerable<string> arguments, TimeSpan limit, string? input = null,
        string? folder = null)
    {
        using Process process = Start(program, arguments, folder);
        StringBuilder output = new();
        StringBuilder errors = new();
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (input != null)
        {
            process.StandardInput.Write(input);
        }
        process.StandardInput.Close();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            throw new LabException($"{program} took longer than {limit.TotalSeconds:F0} s\n{errors}");
        }
        process.WaitForExit();
        lock (output)
        {
            lock (errors)
            {
                return new Outcome(process.ExitCode, output.ToString(), errors.ToString());
            }
        }
    }

    /// <summary>Runs a program that must succeed; returns its standard output.</summary>
    public static string Output(string program, params string[] arguments)
    {
        Outcome outcome = Run(program, arguments, TimeSpan.FromMinutes(10));
        return outcome.ExitCode == 0 ? outcome.Output : throw Failure(program, arguments, outcome);
    }

    /// <summary>
    /// Runs a program whose output goes line by line to <paramref name="onLine"/>; returns its exit code.
    /// </summary>
    public static int Follow(string program, IEnumerable<string> arguments, string? folder, Action<string> onLine)
    {
        using Process process = Start(program, arguments, folder);
        process.OutputDataReceived += (_, line) => Pass(line.Data, onLine);
        process.ErrorDataReceived += (_, line) => Pass(line.Data, onLine);
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>The error for a program that failed.</summary>
    public static LabException Failure(string program, IEnumerable<string> arguments, Outcome outcome) =>
        new($"{program} {string.Join(' ', arguments)}: exit code {outcome.ExitCode}\n{outcome.Output}{outcome.Errors}"
            .TrimEnd());

    private static Process Start(string program, IEnumerable<string> arguments, string? folder)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        start.Environment["LC_ALL"] = "C.UTF-8";
        try
        {
            return Process.Start(start) ?? throw new LabException($"{program} did not start");
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new LabException($"{program}: {error.Message}", error);
        }
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line != null)
        {
            lock (text)
            {
                text.Append(line).Append('\n');
            }
        }
    }

    private static void Pass(string? line, Action<string> onLine)
    {
        if (line != null)
        {
            lock (onLine)
            {
                onLine(line);
            }
        }
    }
}
