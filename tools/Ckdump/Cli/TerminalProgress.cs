using System;
using System.IO;
using Spectre.Console;

namespace CosmosKdump.Ckdump.Cli;

/// <summary>A progress bar on a terminal, and nothing anywhere else.</summary>
public sealed class TerminalProgress
{
    private readonly ProgressTask? _task;
    private readonly IAnsiConsole? _console;
    private readonly TextWriter _error;

    private TerminalProgress(TextWriter error, IAnsiConsole? console, ProgressTask? task)
    {
        _error = error;
        _console = console;
        _task = task;
    }

    /// <summary>Runs work that reports its progress in bytes; the bar goes to stderr.</summary>
    public static void Run(TextWriter error, string what, Action<TerminalProgress> work)
    {
        if (!ReferenceEquals(error, Console.Error) || Console.IsErrorRedirected)
        {
            work(new TerminalProgress(error, null, null));
            return;
        }
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        console.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new TransferSpeedColumn(),
                new RemainingTimeColumn())
            .Start(context =>
                work(new TerminalProgress(error, console, context.AddTask(Markup.Escape(what), maxValue: 1))));
    }

    /// <summary>Says how far the work is.</summary>
    public void Report(ulong doneBytes, ulong totalBytes)
    {
        if (_task is not null)
        {
            _task.MaxValue = Math.Max(1, totalBytes);
            _task.Value = doneBytes;
        }
    }

    /// <summary>Writes a line to stderr, above the bar where there is one.</summary>
    public void WriteLine(string text)
    {
        if (_console is not null)
        {
            _console.WriteLine(text);
        }
        else
        {
            _error.WriteLine(text);
        }
    }
}
