using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace CosmosKdump.Lab.Setup;

/// <summary>
/// The programs that run inside guests, unpacked from their Debian packages with the libraries they need: busybox,
/// kexec and makedumpfile. Nothing of it is installed on the host.
/// </summary>
public sealed class Userland
{
    // The C++ library is for ckdump, which is no package.
    private static readonly string[] Packages = ["busybox-static", "kexec-tools", "makedumpfile", "libstdc++6"];
    private static readonly string[] LibraryFolders =
    [
        "lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "lib64", "usr/lib64", "lib", "usr/lib",
    ];

    private static Userland? _found;
    private readonly string _root;

    private Userland(string root)
    {
        _root = root;
    }

    /// <summary>The busybox program, statically linked.</summary>
    public string Busybox => Program("bin/busybox");

    /// <summary>The kexec program.</summary>
    public string Kexec => Program("sbin/kexec");

    /// <summary>The makedumpfile program.</summary>
    public string Makedumpfile => Program("usr/bin/makedumpfile");

    /// <summary>The userland in the cache; fetched if it is not there.</summary>
    public static Userland Get(Progress progress)
    {
        lock (Packages)
        {
            return _found ??= Fetch(progress);
        }
    }

    /// <summary>The shared libraries that a program needs, by their names as the loader looks for them.</summary>
    public IReadOnlyDictionary<string, string> Libraries(string program)
    {
        SortedDictionary<string, string> found = new(StringComparer.Ordinal);
        Queue<string> open = new([program]);
        while (open.TryDequeue(out string? file))
        {
            foreach (string name in new ElfFile(File.ReadAllBytes(file)).NeededLibraries)
            {
                if (found.TryAdd(name, ""))
                {
                    found[name] = Library(name);
                    open.Enqueue(found[name]);
                }
            }
        }
        return found;
    }

    private static Userland Fetch(Progress progress)
    {
        DebianPackage[] packages = DebianPackage.Find(progress, WithLibraries(Packages));
        string versions = string.Join('\n', packages.Select(package => package.FileName).Order(StringComparer.Ordinal));
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(versions)))[..12];
        return new Userland(Cache.Entry($"userland/{key}", progress, scratch =>
        {
            string folder = Path.Combine(Cache.Root, "downloads", $"userland-{key}");
            DebianPackage.Fetch(progress, folder, packages);
            foreach (DebianPackage package in packages)
            {
                package.Unpack(folder, scratch);
            }
            Cache.Remove(folder);
        }));
    }

    // The packages and the library packages that they depend on; not perl or debconf, which only scripts need.
    private static string[] WithLibraries(string[] names)
    {
        SortedSet<string> all = new(names, StringComparer.Ordinal);
        string[] open = names;
        while (open.Length != 0)
        {
            string text = HostCommand.Output("apt-cache", ["depends", "--important", .. open]);
            open = text.Split('\n')
                .Select(line => line.Trim(' ', '|'))
                .Where(line => line.StartsWith("Depends: ", StringComparison.Ordinal))
                .Select(line => line["Depends: ".Length..])
                .Where(name => name.StartsWith("lib", StringComparison.Ordinal) || name == "zlib1g")
                .Where(all.Add)
                .ToArray();
        }
        return [.. all];
    }

    private string Program(string path)
    {
        string usual = Path.Combine(_root, path);
        return File.Exists(usual) ? usual : Path.Combine(_root, "usr", path);
    }

    private string Library(string name) => LibraryFolders
        .Select(folder => Path.Combine(_root, folder, name))
        .FirstOrDefault(File.Exists)
        ?? throw new LabException($"{name}: not in any package of the guest's userland ({_root})");
}
