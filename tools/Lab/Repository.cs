using System;
using System.IO;

namespace CosmosKdump.Lab;

/// <summary>Where things lie in the work tree.</summary>
public static class Repository
{
    private const string Marker = "CosmosKdump.sln";

    /// <summary>The work tree: the nearest folder above the program, or the current one, with the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>Everything that is built or measured.</summary>
    public static string Artifacts => Path.Combine(Root, "artifacts");

    /// <summary>The capture kernel as a bzImage.</summary>
    public static string BzImage => Path.Combine(Artifacts, "kdump.bzimage");

    /// <summary>The capture kernel as an ELF executable.</summary>
    public static string ElfImage => Path.Combine(Artifacts, "kdump.elf");

    /// <summary>Transcripts and disk images of guests, a folder per run.</summary>
    public static string Runs => Path.Combine(Artifacts, "lab");

    private static string Find()
    {
        foreach (string start in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory })
        {
            for (DirectoryInfo? folder = new(start); folder != null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, Marker)))
                {
                    return folder.FullName;
                }
            }
        }
        string places = $"{AppContext.BaseDirectory} nor {Environment.CurrentDirectory}";
        throw new LabException($"{Marker} not found above {places}");
    }
}
