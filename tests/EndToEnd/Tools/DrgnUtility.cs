using System;
using System.IO;
using System.Text.Json;
using CosmosKdump.Lab.Setup;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Tools;

/// <summary>Debian's drgn.</summary>
public static class DrgnUtility
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Opens a dump and tells what is in it.</summary>
    public static DumpFacts Facts(string vmlinux, string dump)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Tools", "dump_facts.py");
        HostCommand.Outcome outcome = HostCommand.Run("drgn", ["-q", "-c", dump, "-s", vmlinux, script], Limit);
        Assert.True(outcome.ExitCode == 0, $"drgn: exit code {outcome.ExitCode}\n{outcome.Errors}");
        return JsonSerializer.Deserialize<DumpFacts>(outcome.Output)!;
    }
}
