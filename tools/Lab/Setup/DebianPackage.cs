using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace CosmosKdump.Lab.Setup;

/// <summary>A Debian package that is fetched and unpacked into the cache, never installed.</summary>
/// <param name="Name">Package name.</param>
/// <param name="FileName">Name of its .deb, with the version.</param>
/// <param name="LengthBytes">Length of its .deb.</param>
public sealed record DebianPackage(string Name, string FileName, long LengthBytes)
{
    /// <summary>The newest versions that apt knows of.</summary>
    public static DebianPackage[] Find(Progress progress, params string[] names)
    {
        if (TryFind(names, out DebianPackage[] found, out _))
        {
            return found;
        }
        AptPackages.Update(progress);
        return TryFind(names, out found, out string why) ? found : throw new LabException(why);
    }

    /// <summary>Fetches the .deb files into a folder; an interrupted download goes on where it stopped.</summary>
    public static void Fetch(Progress progress, string folder, IReadOnlyCollection<DebianPackage> packages)
    {
        Directory.CreateDirectory(folder);
        long total = packages.Sum(package => package.LengthBytes);
        progress.Begin($"fetching {Describe(packages)} ({total / 1e6:F1} MB)");
        string[] command =
        [
            "-q", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=3", "download",
            .. packages.Select(package => package.Name),
        ];
        using (new System.Threading.Timer(_ => progress.Update(State(folder, total)), null, 200, 200))
        {
            HostCommand.Outcome outcome = HostCommand.Run("apt-get", command, TimeSpan.FromHours(2), folder: folder);
            if (outcome.ExitCode != 0)
            {
                throw HostCommand.Failure("apt-get", command, outcome);
            }
        }
        progress.Done();
    }

    /// <summary>Unpacks a .deb of <paramref name="folder"/>: everything, or one member.</summary>
    public void Unpack(string folder, string destination, string? member = null)
    {
        Directory.CreateDirectory(destination);
        string deb = Path.Combine(folder, FileName);
        if (member == null)
        {
            HostCommand.Output("dpkg-deb", "-x", deb, destination);
            return;
        }
        const string Pipe = "dpkg-deb --fsys-tarfile \"$1\" | tar -x -C \"$2\" \"$3\"";
        HostCommand.Output("sh", "-c", Pipe, "unpack", deb, destination, member);
    }

    private static bool TryFind(string[] names, out DebianPackage[] found, out string why)
    {
        string[] command = ["-q", "--print-uris", "download", .. names];
        HostCommand.Outcome outcome = HostCommand.Run("apt-get", command, TimeSpan.FromMinutes(2));
        why = HostCommand.Failure("apt-get", command, outcome).Message;
        found = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse).ToArray();
        return outcome.ExitCode == 0 && found.Length == names.Length;
    }

    // 'http://…/name_1%3a2_amd64.deb' name_1%3a2_amd64.deb 12345 SHA256:…
    private static DebianPackage Parse(string line)
    {
        string[] fields = line.Split(' ');
        return new DebianPackage(fields[1].Split('_')[0], fields[1], long.Parse(fields[2]));
    }

    private static string Describe(IReadOnlyCollection<DebianPackage> packages) => packages.Count <= 3
        ? string.Join(' ', packages.Select(package => package.Name))
        : $"{string.Join(' ', packages.Take(2).Select(package => package.Name))} and {packages.Count - 2} more";

    private static string State(string folder, long total)
    {
        long here = new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);
        return $"{here / 1e6:F1} of {total / 1e6:F1} MB";
    }
}
