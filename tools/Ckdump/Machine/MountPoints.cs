using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Machine;

/// <summary>
/// What should be mounted by <c>/etc/fstab</c>, and what is by <c>/proc/self/mounts</c>, both below <paramref name="root"/>.
/// A dump that is written into the empty directory of a mount point fills the wrong disk, and vanishes below the mount.
/// </summary>
public sealed class MountPoints(string root)
{
    private const char Escape = '\\';
    private const int EscapeDigits = 3;

    private readonly SystemFolder _root = new(root);

    /// <summary>The mount point of <c>/etc/fstab</c> that a path lies below, or is, and that is not mounted; null: none.</summary>
    public string? MissingFor(string path)
    {
        string full = Path.GetFullPath(path);
        string real = WithoutLinks(full);
        HashSet<string> mounted = [.. Read("proc/self/mounts")];
        return Read("etc/fstab").FirstOrDefault(point => !mounted.Contains(point) && (IsBelow(full, point) || IsBelow(real, point)));
    }

    /// <summary>Throws a <see cref="ToolException"/> if a path lies below a mount point that is not mounted.</summary>
    public void RequireFor(string path)
    {
        if (MissingFor(path) is string point)
        {
            throw new ToolException(path, $"{point} of /etc/fstab is not mounted, and nothing is written into its place",
                $"mount {point}");
        }
    }

    private static bool IsBelow(string path, string point) =>
        path == point || path.StartsWith(point + "/", StringComparison.Ordinal);

    // fstab(5): the second field is the mount point, with \040 for a space; "none" and "swap" have none. That of / is there.
    private IEnumerable<string> Read(string file) => (_root.Text(file) ?? "").Split('\n')
        .Select(line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields.Length >= 3 && fields[0][0] != '#' && fields[1].StartsWith('/'))
        .Select(fields => Path.TrimEndingDirectorySeparator(Unescape(fields[1])))
        .Where(point => point != "/");

    private static string Unescape(string field)
    {
        StringBuilder text = new();
        for (int at = 0; at < field.Length; at++)
        {
            string digits = field[at] == Escape ? string.Concat(field.Skip(at + 1).Take(EscapeDigits)) : "";
            if (digits.Length == EscapeDigits && digits.All(digit => digit is >= '0' and <= '7'))
            {
                text.Append((char)System.Convert.ToInt32(digits, 8));
                at += EscapeDigits;
            }
            else
            {
                text.Append(field[at]);
            }
        }
        return text.ToString();
    }

    // The directory may not be there yet; its parents count.
    private static string WithoutLinks(string path)
    {
        string real = "/";
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Combine(real, part);
            real = new DirectoryInfo(next).LinkTarget is string target
                ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(target, real))
                : next;
        }
        return real;
    }
}
