using System;
using System.Collections.Generic;
using System.Linq;

namespace CosmosKdump.Lab.Setup;

/// <summary>Debian packages that must be installed on the host.</summary>
public static class AptPackages
{
    /// <summary>Installs what is missing of <paramref name="names"/>, and says so.</summary>
    public static void Ensure(Progress progress, params string[] names)
    {
        string[] missing = names.Where(name => !IsInstalled(name)).ToArray();
        if (missing.Length == 0)
        {
            return;
        }
        progress.Begin($"installing {string.Join(' ', missing)}");
        // Package lists may be absent (containers) or older than the archive: only then is an update needed.
        if (!Install(progress, missing, out string first))
        {
            Administer(progress, ["update", "-q"], out _);
            if (!Install(progress, missing, out string second))
            {
                throw new LabException($"cannot install {string.Join(' ', missing)}:\n{first}{second}".TrimEnd());
            }
        }
        progress.Done();
    }

    /// <summary>Refreshes the package lists.</summary>
    public static void Update(Progress progress)
    {
        progress.Begin("refreshing package lists");
        Administer(progress, ["update", "-q"], out _);
        progress.Done();
    }

    private static bool Install(Progress progress, string[] names, out string log) => Administer(
        progress, ["install", "-q", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=600", .. names],
        out log);

    private static bool Administer(Progress progress, string[] arguments, out string log)
    {
        List<string> command = ["apt-get", .. arguments];
        if (!Environment.IsPrivilegedProcess)
        {
            // sudo drops the environment: debconf must not ask here either.
            command.InsertRange(0, ["sudo", "env", "DEBIAN_FRONTEND=noninteractive"]);
        }
        List<string> lines = [];
        int code = HostCommand.Follow(command[0], command.Skip(1), folder: null, line =>
        {
            lines.Add(line);
            progress.Update(line);
        });
        log = string.Join('\n', lines.TakeLast(12)) + "\n";
        return code == 0;
    }

    private static bool IsInstalled(string name)
    {
        HostCommand.Outcome outcome = HostCommand.Run(
            "dpkg-query", ["-W", "-f", "${db:Status-Status}\n", name], TimeSpan.FromMinutes(1));
        return outcome.ExitCode == 0 && outcome.Output.Split('\n').Contains("installed");
    }
}
