using System;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Reflection;
using System.Text;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Packaging;

/// <summary>
/// Builds <c>ckdump_VERSION_amd64.deb</c> of what the build left in <c>artifacts/</c> and of the files in
/// <c>tools/Ckdump/Package</c> (Debian Policy, chapters 3 to 12; deb(5)).
/// </summary>
public static class DebianArchive
{
    /// <summary>Where the package's words for GRUB are installed: by its name the last of its directory.</summary>
    public const string GrubFile = "etc/default/grub.d/zz-ckdump.cfg";

    private static readonly string[] Scripts = ["postinst", "prerm", "postrm"];

    private static readonly string[] Programs = ["usr/sbin/ckdump", .. Scripts.Select(each => "DEBIAN/" + each)];

    // Files of the source folder, where they are installed.
    private static readonly (string Source, string Target)[] Files =
    [
        ("ckdump.conf", "etc/ckdump.conf"),
        ("ckdump.grub", GrubFile),
        ("ckdump.service", "lib/systemd/system/ckdump.service"),
        ("ckdump-save.service", "lib/systemd/system/ckdump-save.service"),
        ("ckdump.udev", "lib/udev/rules.d/60-ckdump.rules"),
        ("lintian-overrides", "usr/share/lintian/overrides/ckdump"),
    ];

    /// <summary>Version of the package: that of the build.</summary>
    public static string Version { get; } =
        typeof(DebianArchive).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Path of the package.</summary>
    public static string Path => System.IO.Path.Combine(Repository.Artifacts, $"ckdump_{Version}_amd64.deb");

    /// <summary>Builds it; returns its path.</summary>
    public static string Build(Progress progress)
    {
        AptPackages.Ensure(progress, "dpkg");
        progress.Begin($"building {System.IO.Path.GetFileName(Path)}");
        string root = Directory.CreateTempSubdirectory("ckdump-deb-").FullName;
        try
        {
            Fill(root);
            SetModes(root);
            // Others may build it at the same time.
            string scratch = $"{Path}.{Environment.ProcessId}";
            HostCommand.Output("dpkg-deb", "--root-owner-group", "-Zxz", "--build", root, scratch);
            File.Move(scratch, Path, overwrite: true);
        }
        finally
        {
            Cache.Remove(root);
        }
        progress.Done($"{new FileInfo(Path).Length / 1e6:F1} MB");
        return Path;
    }

    private static void Fill(string root)
    {
        string source = System.IO.Path.Combine(Repository.Root, "tools", "Ckdump", "Package");
        Install(root, "usr/sbin/ckdump", File.ReadAllBytes(System.IO.Path.Combine(Repository.Artifacts, "ckdump")));
        Install(root, "usr/lib/ckdump/kdump.bzimage", File.ReadAllBytes(Repository.BzImage));
        foreach ((string from, string to) in Files)
        {
            Install(root, to, File.ReadAllBytes(System.IO.Path.Combine(source, from)));
        }
        DateTimeOffset date = Date();
        foreach (string page in new[] { "ckdump.8", "ckdump.conf.5" })
        {
            string text = File.ReadAllText(System.IO.Path.Combine(source, page))
                .Replace("@VERSION@", Version).Replace("@DATE@", date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            Install(root, $"usr/share/man/man{page[^1]}/{page}.gz", Compressed(text));
        }
        string licence = File.ReadAllText(System.IO.Path.Combine(Repository.Root, "LICENSE"));
        string indented = string.Join('\n', licence.TrimEnd().Split('\n').Select(line => line.Length == 0 ? " ." : " " + line));
        string copyright = File.ReadAllText(System.IO.Path.Combine(source, "copyright")).Replace("@LICENSE@", indented);
        Install(root, "usr/share/doc/ckdump/copyright", Encoding.UTF8.GetBytes(copyright));
        Install(root, "usr/share/doc/ckdump/changelog.gz", Compressed(Changelog(date)));
        long kib = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Sum(file => (new FileInfo(file).Length + 1023) / 1024);
        string control = File.ReadAllText(System.IO.Path.Combine(source, "control"))
            .Replace("@VERSION@", Version).Replace("@SIZE@", kib.ToString(CultureInfo.InvariantCulture));
        string settings = string.Concat(Files.Select(file => file.Target)
            .Where(target => target.StartsWith("etc/", StringComparison.Ordinal)).Select(target => $"/{target}\n"));
        Install(root, "DEBIAN/control", Encoding.UTF8.GetBytes(control));
        Install(root, "DEBIAN/conffiles", Encoding.UTF8.GetBytes(settings));
        foreach (string script in Scripts)
        {
            Install(root, "DEBIAN/" + script, File.ReadAllBytes(System.IO.Path.Combine(source, script)));
        }
    }

    private static void Install(string root, string target, byte[] content)
    {
        string path = System.IO.Path.Combine(root, target);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    // Whatever the user's umask is.
    private static void SetModes(string root)
    {
        HostCommand.Output("chmod", "-R", "u=rwX,go=rX", root);
        HostCommand.Output("chmod", ["755", .. Programs.Select(each => System.IO.Path.Combine(root, each))]);
    }

    private static string Changelog(DateTimeOffset date) =>
        $"""
        ckdump ({Version}) unstable; urgency=medium

          * Release {Version}.

         -- The CosmosKdump authors <cosmoskdump@example.org>  {date.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture)}

        """;

    // The day of the newest change, so that the same sources make the same package.
    private static DateTimeOffset Date()
    {
        HostCommand.Outcome git = HostCommand.Run(
            "git", ["log", "-1", "--format=%ct"], TimeSpan.FromMinutes(1), folder: Repository.Root);
        return git.ExitCode == 0 && long.TryParse(git.Output.Trim(), out long seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.UnixEpoch;
    }

    private static byte[] Compressed(string text)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }
        return packed.ToArray();
    }
}
