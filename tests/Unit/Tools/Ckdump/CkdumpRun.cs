using System;
using System.IO;
using System.Linq;
using CosmosKdump.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

/// <summary>One run of the command in this process: its exit code and what it wrote.</summary>
internal sealed class CkdumpRun
{
    private CkdumpRun(int exitCode, string output, string error)
    {
        ExitCode = exitCode;
        Output = output;
        Error = error;
    }

    public int ExitCode { get; }

    public string Output { get; }

    public string Error { get; }

    public static CkdumpRun Of(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = Program.Run(args, output, error);
        return new CkdumpRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command that must succeed without a word on stderr; returns its output.</summary>
    public static string Good(params string[] args)
    {
        CkdumpRun run = Of(args);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run.Output;
    }

    /// <summary>Runs a command that must end with exit code 3 and no word on stderr; returns its output.</summary>
    public static string Incomplete(params string[] args)
    {
        CkdumpRun run = Of(args);
        Assert.Equal((3, ""), (run.ExitCode, run.Error));
        return run.Output;
    }

    /// <summary>Runs a command that must fail with the given code and one line on stderr that holds all the texts.</summary>
    public static void Bad(int exitCode, string[] texts, params string[] args)
    {
        CkdumpRun run = Of(args);
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        string line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("ckdump: ", line);
        Assert.All(texts, text => Assert.Contains(text, line));
    }
}
