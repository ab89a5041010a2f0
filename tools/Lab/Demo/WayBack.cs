using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Demo;

/// <summary>
/// The demonstration's machine after its crash: it is reset, boots again by itself, and <c>ckdump save</c> moves the dump
/// to <c>/var/crash</c>, an ext4 on its second disk.
/// </summary>
public static partial class WayBack
{
    private const string SizeMiB = "2048";
    private const string SaveBegins = GuestJob.Mark + "ckdump save begins";
    private const string Saved = GuestJob.Mark + "saved: ";

    /// <summary>
    /// What the guest does at each boot, as the unit ckdump-save.service does: saves, if there is a dump. After that it is
    /// switched off.
    /// </summary>
    public const string EachBoot = $$"""
        hostname debian
        export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
        mkdir -p /var/crash
        while [ ! -b /dev/vda ] || [ ! -b /dev/nvme0n1 ]; do sleep 0.1; done
        mount -t ext4 /dev/vda /var/crash || { echo "{{GuestJob.Failed}}: no /var/crash"; exit 1; }
        echo "{{SaveBegins}}"
        ckdump save > /tmp/saved 2>&1 || { cat /tmp/saved; echo "{{GuestJob.Failed}}: ckdump save"; exit 1; }
        grep -q "^nothing to save" /tmp/saved || { echo "{{Saved}}$(tail -1 /tmp/saved)"; umount /var/crash; poweroff -f; }
        """;

    /// <summary>Makes the file system; returns the disk.</summary>
    public static GuestDisk MakeDisk(string folder, Progress progress)
    {
        AptPackages.Ensure(progress, "e2fsprogs");
        string image = Path.Combine(Directory.CreateDirectory(folder).FullName, "var-crash.raw");
        File.Delete(image);
        HostCommand.Output("mke2fs", "-q", "-t", "ext4", image, SizeMiB + "M");
        return new GuestDisk { Interface = DiskInterface.VirtioModern, ImagePath = image };
    }

    /// <summary>Waits until the guest has saved its dump; returns what <c>ckdump save</c> said.</summary>
    public static string WaitUntilSaved(Guest guest, TimeSpan limit)
    {
        ConsoleLine line = guest.Console.WaitFor(SavedOrFailedLine(), limit);
        return line.Text.StartsWith(Saved, StringComparison.Ordinal)
            ? line.Text[Saved.Length..]
            : throw guest.Console.Missing(line.Text);
    }

    /// <summary>
    /// Takes what the guest has saved out of its disk, and deletes that; returns the dump's path. What the demonstration
    /// before this one left makes room.
    /// </summary>
    public static string Take(string image, string folder)
    {
        string target = Path.Combine(folder, "crash");
        Cache.Remove(target);
        DebianRoot.Take(image, "/", Directory.CreateDirectory(target).FullName);
        File.Delete(image);
        return Directory.EnumerateFiles(target, "vmcore", SearchOption.AllDirectories).Single();
    }

    /// <summary>What happened when, from the panic to the saved dump; each line is a moment, ms after the panic.</summary>
    public static string Timeline(Guest guest)
    {
        GuestTimes times = guest.Times;
        ConsoleLine[] back = [.. guest.Console.Lines.SkipWhile(line => !FinalAction().IsMatch(line.Text)).Skip(1)];
        (string What, double Seconds)[] moments =
        [
            ("capture kernel starts", times.CaptureStarted),
            ("first byte on disk", times.FirstByte),
            ("dump complete, flushed; machine is reset", times.Done),
            ("Linux runs again", Moment(back, LinuxLine())),
            ("/var/crash is mounted, ckdump save begins", Moment(back, SaveLine())),
            ("dump in /var/crash, area free for the next", Moment(back, SavedLine())),
        ];
        return string.Join('\n', moments.Select(moment => FormattableString.Invariant(
            $"  panic -> {moment.What,-42} {(moment.Seconds - times.Panic) * 1000,8:F0} ms")));
    }

    private static double Moment(ConsoleLine[] lines, Regex pattern) => lines.First(line => pattern.IsMatch(line.Text)).Seconds;

    [GeneratedRegex("^ckdump: final action")]
    private static partial Regex FinalAction();

    [GeneratedRegex("Linux version|^" + GuestJob.Mark + "started on")]
    private static partial Regex LinuxLine();

    [GeneratedRegex("^" + SaveBegins)]
    private static partial Regex SaveLine();

    [GeneratedRegex("^" + Saved)]
    private static partial Regex SavedLine();

    [GeneratedRegex("^" + Saved + "|^" + GuestJob.Failed)]
    private static partial Regex SavedOrFailedLine();
}
