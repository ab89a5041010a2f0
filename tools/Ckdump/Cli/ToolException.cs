using System;

namespace CosmosKdump.Ckdump.Cli;

/// <summary>
/// Ends a command with one line on stderr: the file, the offset where there is one, what is wrong, what to do.
/// </summary>
public sealed class ToolException : Exception
{
    /// <summary>An error that concerns no file.</summary>
    public ToolException(string message)
        : base(message)
    {
    }

    /// <summary>An error that concerns a file: "FILE: WHAT; ADVICE".</summary>
    public ToolException(string file, string what, string? advice = null)
        : base(Compose(file, null, what, advice))
    {
    }

    /// <summary>An error at a byte offset of a file: "FILE: at offset N (0xN): WHAT; ADVICE".</summary>
    public ToolException(string file, long offsetBytes, string what, string? advice = null)
        : base(Compose(file, offsetBytes, what, advice))
    {
    }

    private ToolException(string message, int exitCode)
        : base(message)
    {
        ExitCode = exitCode;
    }

    /// <summary>Exit code of the command, 1 unless it says otherwise.</summary>
    public int ExitCode { get; } = Cli.ExitCode.Failed;

    /// <summary>An error in the command line that the parser could not see; exit code 2.</summary>
    public static ToolException Usage(string what) => new(what, Cli.ExitCode.Usage);

    /// <summary>A dump that is kept in a file, and is incomplete; exit code 3.</summary>
    public static ToolException Incomplete(string file, long? offsetBytes, string what, string? advice = null) =>
        new(Compose(file, offsetBytes, what, advice), Cli.ExitCode.Incomplete);

    private static string Compose(string file, long? offsetBytes, string what, string? advice)
    {
        string at = offsetBytes is long offset ? $" at offset {offset} (0x{offset:x}):" : "";
        return $"{file}:{at} {what}{(advice is null ? "" : "; " + advice)}";
    }
}
