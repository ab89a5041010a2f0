using System;
using System.IO;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Guests;

/// <summary>Runs <c>artifacts/ckdump</c>, the host tool, as a user would.</summary>
public static class CkdumpTool
{
    private static readonly TimeSpan UsualLimit = TimeSpan.FromMinutes(10);

    /// <summary>Where it lies.</summary>
    public static string Path
    {
        get
        {
            string path = System.IO.Path.Combine(Repository.Artifacts, "ckdump");
            return File.Exists(path) ? path : throw new LabException($"{path} is missing: run ./build.sh build");
        }
    }

    /// <summary>Runs it; returns its exit code and output.</summary>
    public static HostCommand.Outcome Run(params string[] arguments) => Run(UsualLimit, arguments);

    /// <summary>Runs it with a limit of its own; returns its exit code and output.</summary>
    public static HostCommand.Outcome Run(TimeSpan limit, params string[] arguments) =>
        HostCommand.Run(Path, arguments, limit);

    /// <summary>Runs it; it must succeed; returns its output.</summary>
    public static string Output(params string[] arguments)
    {
        HostCommand.Outcome outcome = Run(arguments);
        return outcome.ExitCode == 0 ? outcome.Output : throw HostCommand.Failure("ckdump", arguments, outcome);
    }
}
