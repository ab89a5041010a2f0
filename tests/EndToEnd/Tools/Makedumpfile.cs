using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Tools;

/// <summary>
/// Debian's <c>makedumpfile</c> out of the guests' userland, with the libraries there, on the host. It needs no vmlinux:
/// VMCOREINFO is in the dump.
/// </summary>
public static class Makedumpfile
{
    private const string Loader = "ld-linux-x86-64.so.2";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Converts a dump, with options such as <c>-l -d 31</c>.</summary>
    public static void Convert(string options, string from, string to) =>
        Run("\"$@\"", [.. options.Split(' '), from, to]);

    /// <summary>Converts a dump into a flattened one.</summary>
    public static void Flatten(string options, string from, string to) =>
        Run("target=$1; shift; \"$@\" > \"$target\"", ["-F", .. options.Split(' '), from], to);

    /// <summary>Makes a plain file of a flattened one.</summary>
    public static void Rearrange(string from, string to) =>
        Run("source=$1; shift; \"$@\" < \"$source\"", ["-R", to], from);

    /// <summary>The kernel log of a dump.</summary>
    public static string Log(string dump)
    {
        string path = dump + ".dmesg";
        Run("\"$@\"", ["--dump-dmesg", dump, path]);
        string log = File.ReadAllText(path);
        File.Delete(path);
        return log;
    }

    private static void Run(string script, IEnumerable<string> arguments, params string[] first)
    {
        Userland userland = HostSetup.Userland;
        IReadOnlyDictionary<string, string> libraries = userland.Libraries(userland.Makedumpfile);
        string folders = string.Join(':', libraries.Values.Select(Path.GetDirectoryName).Distinct());
        string[] command =
        [
            "-c", script, "makedumpfile", .. first,
            libraries[Loader], "--library-path", folders, userland.Makedumpfile, .. arguments,
        ];
        HostCommand.Outcome outcome = HostCommand.Run("/bin/sh", command, Limit);
        Assert.True(
            outcome.ExitCode == 0,
            $"makedumpfile {string.Join(' ', arguments)}: exit code {outcome.ExitCode}\n{outcome.Output}{outcome.Errors}");
    }
}
