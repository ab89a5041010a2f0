using System;
using System.Linq;
using CosmosKdump.Lab.Setup;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Tools;

/// <summary>Debian's gdb, on a dump as a core file.</summary>
public static class GdbUtility
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Opens a dump with the kernel's symbols moved by its KASLR offset, and runs commands.</summary>
    public static string Ask(string vmlinux, string dump, ulong kernelOffset, params string[] commands)
    {
        string[] all = ["set pagination off", $"symbol-file {vmlinux} -o 0x{kernelOffset:x}", .. commands];
        HostCommand.Outcome outcome = HostCommand.Run(
            "gdb", ["-nx", "-batch", "-q", "-c", dump, .. all.SelectMany(command => new[] { "-ex", command })], Limit);
        Assert.True(outcome.ExitCode == 0, $"gdb: exit code {outcome.ExitCode}\n{outcome.Output}{outcome.Errors}");
        return outcome.Output;
    }
}
