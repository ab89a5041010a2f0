using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Build;

/// <summary>Builds the solution, the kernel images included.</summary>
public static class SolutionBuild
{
    /// <summary>The configuration that every verb builds and runs.</summary>
    public const string Configuration = "Release";

    /// <summary>Packages that the build needs: as and ld, and the libraries that the kernel is linked with.</summary>
    public static readonly string[] Packages = ["binutils", "libzstd-dev", "liblzo2-dev", "zlib1g-dev"];

    /// <summary>Builds; fails with the compiler's errors.</summary>
    public static void Run(Progress progress)
    {
        AptPackages.Ensure(progress, Packages);
        progress.Begin("building CosmosKdump.sln");
        List<string> errors = [];
        int projects = 0;
        int code = HostCommand.Follow(
            "dotnet",
            ["build", "CosmosKdump.sln", "-c", Configuration, "-nologo", "-v", "minimal", "-clp:NoSummary"],
            Repository.Root,
            line =>
            {
                projects += line.Contains(" -> ", StringComparison.Ordinal) ? 1 : 0;
                if (line.Contains("error", StringComparison.Ordinal))
                {
                    errors.Add(line);
                }
                progress.Update($"{projects} projects");
            });
        if (code != 0)
        {
            string list = string.Join('\n', errors.Distinct().Take(30));
            throw new LabException($"dotnet build CosmosKdump.sln: exit code {code}\n{list}".TrimEnd());
        }
        progress.Done($"{projects} projects");
    }

    /// <summary>
    /// Names and lengths of what the build leaves in <c>artifacts/</c>, which is in <paramref name="folder"/>; a product
    /// that is not there is a <see cref="LabException"/>.
    /// </summary>
    public static IReadOnlyList<string> Products(string folder) =>
    [
        .. new[] { "kdump.bzimage", "kdump.elf", "ckdump" }
            .Select(name => new FileInfo(Path.Combine(folder, name)))
            .Select(file => file is { Exists: true, Length: > 0 }
                ? $"artifacts/{file.Name}  {file.Length} bytes"
                : throw new LabException($"{file.FullName}: the build did not make it")),
    ];
}
