using System;
using System.Linq;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Bare;

namespace CosmosKdump.Tests.EndToEnd.Shell;

/// <summary>Somebody at the monitor's prompt on a serial console.</summary>
public sealed class Prompt
{
    private readonly SerialConsole _console;
    private int _commands;

    /// <summary>Waits until the monitor is open.</summary>
    public Prompt(SerialConsole console)
    {
        _console = console;
        console.WaitFor("ckdump: monitor; ", BareTest.Limit);
    }

    /// <summary>Types a command, waits until it is done, and returns the lines that it wrote.</summary>
    public string[] Run(string command)
    {
        // A line that is no command, and known by its number, ends the output of the one before it.
        string mark = $"end{++_commands}";
        _console.Type(command);
        _console.Type(mark);
        Regex answer = new($"^no such command: {mark};");
        _console.WaitFor(answer, BareTest.Limit);
        string[] lines = [.. _console.Lines.Select(line => line.Text.TrimEnd('\r'))];
        int begin = Array.FindLastIndex(lines, line => line == $"ckdump> {command}");
        int end = Array.FindLastIndex(lines, line => line == $"ckdump> {mark}");
        return begin < 0 || end < begin
            ? throw _console.Missing($"the prompt did not show \"{command}\"")
            : lines[(begin + 1)..end];
    }
}
