using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace CosmosKdump.Lab.Setup;

/// <summary>
/// A small Debian 12 of its own: systemd, a kernel of the lab, kexec-tools; an ext4 image that boots to a root shell on
/// its serial console. Made once by mmdebstrap, as root, and kept in the cache; guests work on copies.
/// </summary>
public sealed class DebianRoot
{
    /// <summary>Printed on the console when its shell waits for a command.</summary>
    public const string ShellMark = "LAB: shell";

    private const string SizeMiB = "2048";
    private const string Suite = "bookworm";

    private static readonly string[] Packages =
        ["systemd-sysv", "udev", "kmod", "e2fsprogs", "initramfs-tools", "kexec-tools", "liblzo2-2", "init-system-helpers"];

    // Units that only cost time in a guest that lives for minutes.
    private static readonly string[] Masked =
    [
        "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service",
        "fstrim.timer", "systemd-timesyncd.service", "systemd-pstore.service",
    ];

    private readonly string _folder;

    private DebianRoot(string folder)
    {
        _folder = folder;
    }

    /// <summary>The image of its file system, to be copied; the disk is <c>/dev/vda</c>.</summary>
    public string Image => Path.Combine(_folder, "root.raw");

    /// <summary>Its kernel.</summary>
    public string Vmlinuz => Path.Combine(_folder, "vmlinuz");

    /// <summary>Its initramfs.</summary>
    public string Initrd => Path.Combine(_folder, "initrd");

    /// <summary>The root with a kernel of the lab; made if it is not there (about 150 MB to fetch, once).</summary>
    public static DebianRoot Of(KernelSeries series, Progress progress)
    {
        string release = DebianKernel.Of(series, progress).Release;
        AptPackages.Ensure(progress, "mmdebstrap", "e2fsprogs");
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Customize() + string.Join(' ', Packages))))[..8];
        return new DebianRoot(Cache.Entry($"debian/{release}-{key}", progress, scratch => Make(release, scratch, progress)));
    }

    /// <summary>Puts a file of the host into a copy of the image that no guest uses.</summary>
    public static void Put(string image, string hostPath, string path) =>
        HostCommand.Output("debugfs", "-w", "-R", $"write {hostPath} {path}", image);

    /// <summary>Takes a folder out of an image that no guest uses.</summary>
    public static void Take(string image, string path, string hostFolder) =>
        HostCommand.Output("debugfs", "-R", $"rdump {path} {hostFolder}", image);

    private static void Make(string release, string scratch, Progress progress)
    {
        string tree = scratch + ".tree";
        Directory.CreateDirectory(scratch);
        try
        {
            progress.Begin($"making a Debian {Suite} with {release} (mmdebstrap)");
            string sources = Path.Combine(scratch, "sources.list");
            File.WriteAllLines(sources, Sources(release, progress));
            AsRoot("mmdebstrap",
                "--mode=root", "--variant=minbase", "--aptopt=Acquire::Languages \"none\"",
                "--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/locale/*",
                "--include=" + string.Join(',', [.. Packages, "linux-image-" + release]),
                "--customize-hook=" + Customize(), Suite, tree, sources);
            AsRoot("cp", $"{tree}/boot/vmlinuz-{release}", Path.Combine(scratch, "vmlinuz"));
            AsRoot("cp", $"{tree}/boot/initrd.img-{release}", Path.Combine(scratch, "initrd"));
            AsRoot("mke2fs", "-q", "-t", "ext4", "-E", "lazy_itable_init=0,root_owner=0:0", "-d", tree,
                Path.Combine(scratch, "root.raw"), SizeMiB + "M");
            AsRoot("chmod", "-R", "a+rX", scratch);
            progress.Done();
        }
        finally
        {
            AsRoot("rm", "-rf", "--one-file-system", tree);
        }
    }

    // Runs in the tree before it is packed: $1 is its root.
    private static string Customize() =>
        $$"""
        set -e
        echo debian > "$1/etc/hostname"
        echo '/dev/vda / ext4 rw,errors=remount-ro 0 1' > "$1/etc/fstab"
        : > "$1/etc/machine-id"
        echo 'MODULES=list' > "$1/etc/initramfs-tools/conf.d/lab"
        printf 'virtio_pci\nvirtio_blk\next4\n' >> "$1/etc/initramfs-tools/modules"
        chroot "$1" update-initramfs -u
        mkdir -p "$1/etc/systemd/system/serial-getty@ttyS0.service.d"
        printf '[Service]\nExecStart=\nExecStart=-/sbin/agetty --autologin root --noclear --keep-baud 115200 - dumb\n' \
            > "$1/etc/systemd/system/serial-getty@ttyS0.service.d/lab.conf"
        for unit in {{string.Join(' ', Masked)}}; do ln -sf /dev/null "$1/etc/systemd/system/$unit"; done
        # On a busy host everything takes its time: a device that is late is no device that is missing.
        mkdir -p "$1/etc/systemd/system.conf.d"
        printf '[Manager]\nDefaultTimeoutStartSec=15min\nDefaultDeviceTimeoutSec=15min\n' > "$1/etc/systemd/system.conf.d/lab.conf"
        # A reboot goes through the firmware, as the crash does.
        echo 'LOAD_KEXEC=false' > "$1/etc/default/kexec"
        : > "$1/etc/motd"
        printf 'stty -echo\nPS1=\nPS2=\nexport SYSTEMD_PAGER= SYSTEMD_COLORS=0\necho "{{ShellMark}}"\n' > "$1/root/.profile"
        """;

    // The mirrors that apt takes the host's packages from: the kernel may come from another one than the rest.
    private static IEnumerable<string> Sources(string release, Progress progress)
    {
        yield return $"deb {Mirror("base-files", progress)} {Suite} main";
        string kernel = Mirror("linux-image-" + release, progress);
        string suite = kernel.EndsWith("-security", StringComparison.Ordinal) ? $"{Suite}-security" : $"{Suite}-updates";
        yield return $"deb {kernel} {suite} main";
    }

    // 'http://deb.debian.org/debian/pool/main/…'
    private static string Mirror(string package, Progress progress)
    {
        DebianPackage.Find(progress, package);
        string uri = HostCommand.Output("apt-get", "-q", "--print-uris", "download", package).Split('\n')[0].Trim('\'');
        int pool = uri.IndexOf("/pool/", StringComparison.Ordinal);
        return pool > 0 ? uri[..pool] : throw new LabException($"{package}: apt takes it from {uri}, which is no mirror");
    }

    private static void AsRoot(string program, params string[] arguments)
    {
        string[] command = Environment.IsPrivilegedProcess ? [program, .. arguments] : ["sudo", program, .. arguments];
        HostCommand.Outcome outcome = HostCommand.Run(command[0], command.Skip(1), TimeSpan.FromMinutes(30));
        if (outcome.ExitCode != 0)
        {
            throw HostCommand.Failure(program, arguments.Take(2), outcome);
        }
    }
}
