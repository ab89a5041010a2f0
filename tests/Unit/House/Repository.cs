using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace CosmosKdump.Tests.Unit.House;

/// <summary>The files of this repository: those that git tracks or would add, or, without git, all but build output.</summary>
internal static class Repository
{
    private static readonly string[] Outputs = ["bin", "obj", "artifacts", ".git", ".vs", ".vscode", "TestResults"];

    private static readonly Lazy<IReadOnlyList<SourceFile>> All = new(Read);

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<SourceFile> Files => All.Value;

    public static IEnumerable<SourceFile> CSharp => Files.Where(f => f.IsCSharp);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CosmosKdump.sln")))
            {
                return folder.FullName;
            }
        }
        throw new DirectoryNotFoundException($"no CosmosKdump.sln above {AppContext.BaseDirectory}");
    }

    private static IReadOnlyList<SourceFile> Read() =>
        (FromGit() ?? FromFolders())
            .Where(p => File.Exists(Path.Combine(Root, p)))
            .Order(StringComparer.Ordinal)
            .Select(p => new SourceFile(p, File.ReadAllBytes(Path.Combine(Root, p))))
            .ToList();

    private static string[]? FromGit()
    {
        if (!Path.Exists(Path.Combine(Root, ".git")))
        {
            return null;
        }
        var start = new ProcessStartInfo("git") { WorkingDirectory = Root, RedirectStandardOutput = true };
        foreach (string argument in (string[])["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            start.ArgumentList.Add(argument);
        }
        try
        {
            using Process git = Process.Start(start)!;
            string[] paths = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
            git.WaitForExit();
            return git.ExitCode == 0 ? paths : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static IEnumerable<string> FromFolders() =>
        Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(p => Path.GetRelativePath(Root, p).Replace('\\', '/'))
            .Where(p => !p.Split('/').Any(part => Outputs.Contains(part)));
}
