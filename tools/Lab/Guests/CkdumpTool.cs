using System;
using System.IO;
using System.Linq;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Guests;

/// <summary>Runs the host tool <c>ckdump</c> as a user would.</summary>
public static class CkdumpTool
{
    /// <summary>Runs it; returns its exit code and output.</summary>
    public static HostCommand.Outcome Run(params string[] arguments) =>
        HostCommand.Run("dotnet", [Library(), .. arguments], TimeSpan.FromMinutes(10));

    /// <summary>Runs it; it must succeed; returns its output.</summary>
    public static string Output(params string[] arguments)
    {
        HostCommand.Outcome outcome = Run(arguments);
        return outcome.ExitCode == 0 ? outcome.Output : throw HostCommand.Failure("ckdump", arguments, outcome);
    }

    private static string Library()
    {
        string bin = Path.Combine(Repository.Root, "tools", "Ckdump", "bin");
        string[] built = Directory.Exists(bin)
            ? Directory.GetFiles(bin, "ckdump.dll", SearchOption.AllDirectories)
            : [];
        return built.OrderByDescending(File.GetLastWriteTimeUtc).FirstOrDefault()
            ?? throw new LabException("ckdump is not built: run ./build.sh build");
    }
}
