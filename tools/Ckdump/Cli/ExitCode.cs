namespace CosmosKdump.Ckdump.Cli;

/// <summary>Exit codes of every command.</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>The command line was right, the work failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The dump was saved or received, and is incomplete.</summary>
    public const int Incomplete = 3;
}
