using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>A folder of sysfs. What is not there, or cannot be read, is null.</summary>
internal readonly struct SystemFolder(string path)
{
    /// <summary>Path, without links.</summary>
    public string Path { get; } = Resolve(path);

    /// <summary>The folder's own name: that of the device.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The folder is there.</summary>
    public bool Exists => Directory.Exists(Path);

    /// <summary>The folder above it.</summary>
    public SystemFolder Parent => new(System.IO.Path.GetDirectoryName(Path)!);

    /// <summary>A folder in it, or one that a link in it leads to.</summary>
    public SystemFolder Inner(string name) => new(System.IO.Path.Combine(Path, name));

    /// <summary>Folders in it, by name.</summary>
    public SystemFolder[] Folders() => Exists
        ? [.. Directory.EnumerateDirectories(Path).Order().Select(each => new SystemFolder(each))]
        : [];

    /// <summary>An attribute, trimmed.</summary>
    public string? Text(string name)
    {
        try
        {
            return File.ReadAllText(System.IO.Path.Combine(Path, name)).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>An attribute's bytes.</summary>
    public byte[]? Bytes(string name)
    {
        try
        {
            return File.ReadAllBytes(System.IO.Path.Combine(Path, name));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>An attribute that is a decimal number.</summary>
    public ulong? Number(string name) =>
        ulong.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : null;

    // Directory.ResolveLinkTarget resolves the last part only; a parent of what a link leads to is what matters here.
    private static string Resolve(string path)
    {
        FileSystemInfo? target = Directory.Exists(path) ? Directory.ResolveLinkTarget(path, returnFinalTarget: true) : null;
        return target?.FullName ?? System.IO.Path.GetFullPath(path);
    }
}
