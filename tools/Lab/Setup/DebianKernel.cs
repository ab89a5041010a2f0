using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace CosmosKdump.Lab.Setup;

/// <summary>A Debian kernel out of the cache: its image, its modules and, when asked for, its debug symbols.</summary>
public sealed class DebianKernel
{
    private static readonly ConcurrentDictionary<KernelSeries, DebianKernel> Found = new();
    private readonly string _folder;

    // Of these folders of modules only some are kept.
    private static readonly string[] Thinned = ["sound", "net", "fs", "drivers"];

    private static readonly string[] Kept =
    [
        "fs/ext4/", "fs/jbd2/", "fs/mbcache.", "fs/xfs/", "drivers/ata/", "drivers/block/", "drivers/mfd/",
        "drivers/net/ethernet/intel/e1000", "drivers/net/net_failover.", "drivers/net/virtio_net.", "drivers/nvme/",
        "drivers/ptp/", "drivers/pps/", "drivers/scsi/", "drivers/virtio/", "drivers/watchdog/", "net/core/failover.",
    ];

    private DebianKernel(string release, string folder)
    {
        Release = release;
        _folder = folder;
    }

    /// <summary>Kernel release as <c>uname -r</c> prints it.</summary>
    public string Release { get; }

    /// <summary>The compressed kernel image.</summary>
    public string Vmlinuz => Path.Combine(_folder, "boot", $"vmlinuz-{Release}");

    /// <summary>Folder of the kernel's modules.</summary>
    public string Modules => Path.Combine(_folder, "lib", "modules", Release);

    /// <summary>Where <see cref="Vmlinux"/> puts its file.</summary>
    public string VmlinuxPath => Path.Combine(Cache.Root, VmlinuxEntry);

    private string VmlinuxEntry => $"kernels/{Release}.vmlinux";

    /// <summary>It has a driver for SATA disks, which the cloud flavour lacks.</summary>
    public bool HasAhci => !Release.Contains("cloud", StringComparison.Ordinal);

    /// <summary>The newest kernel of a series that Debian has; fetched if it is not in the cache.</summary>
    public static DebianKernel Of(KernelSeries series, Progress progress)
    {
        lock (Found)
        {
            return Found.GetOrAdd(series, _ => Fetch(series, progress));
        }
    }

    /// <summary>The uncompressed kernel with debug symbols, for crash, gdb and drgn (280 MB to fetch, once).</summary>
    public string Vmlinux(Progress progress)
    {
        return Cache.Entry(VmlinuxEntry, progress, scratch =>
        {
            string folder = Path.Combine(Cache.Root, "downloads", $"{Release}-dbg");
            DebianPackage[] debug = DebianPackage.Find(progress, $"linux-image-{Release}-dbg");
            DebianPackage.Fetch(progress, folder, debug);
            progress.Begin("unpacking vmlinux with its debug symbols");
            string unpacked = folder + ".unpacked";
            Cache.Remove(unpacked);
            debug[0].Unpack(folder, unpacked, $"./usr/lib/debug/boot/vmlinux-{Release}");
            File.Move(Path.Combine(unpacked, "usr/lib/debug/boot", $"vmlinux-{Release}"), scratch);
            Cache.Remove(unpacked);
            Cache.Remove(folder);
            progress.Done();
        });
    }

    private static DebianKernel Fetch(KernelSeries series, Progress progress)
    {
        string release = Newest(series, progress);
        string kept = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', [.. Thinned, .. Kept]))))[..8];
        string path = Cache.Entry($"kernels/{release}-{kept}", progress, scratch =>
        {
            string folder = Path.Combine(Cache.Root, "downloads", release);
            DebianPackage[] image = DebianPackage.Find(progress, $"linux-image-{release}");
            DebianPackage.Fetch(progress, folder, image);
            image[0].Unpack(folder, scratch);
            RemoveUnused(Path.Combine(scratch, "lib", "modules", release, "kernel"));
            Cache.Remove(folder);
        });
        return new DebianKernel(release, path);
    }

    // The full flavour's modules are 400 MB; the guests need a few of them.
    private static void RemoveUnused(string modules)
    {
        foreach (string path in Directory.EnumerateFiles(modules, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(modules, path);
            bool isThinned = Thinned.Any(folder => name.StartsWith(folder + "/", StringComparison.Ordinal));
            if (isThinned && !Kept.Any(kept => name.StartsWith(kept, StringComparison.Ordinal)))
            {
                File.Delete(path);
            }
        }
    }

    // The series' metapackage depends on its newest signed kernel.
    private static string Newest(KernelSeries series, Progress progress)
    {
        (string meta, string prefix) = series switch
        {
            KernelSeries.Linux61 => ("linux-image-cloud-amd64", "linux-image-6.1."),
            KernelSeries.Linux61Full => ("linux-image-amd64", "linux-image-6.1."),
            _ => ("linux-image-6.12-cloud-amd64", "linux-image-6.12."),
        };
        string? name = Dependency(meta, prefix);
        if (name == null)
        {
            AptPackages.Update(progress);
            name = Dependency(meta, prefix);
        }
        return name == null
            ? throw new LabException($"apt knows no {prefix}*-amd64 of {meta}: the lab needs Debian 12's package lists")
            : name["linux-image-".Length..];
    }

    private static string? Dependency(string package, string prefix)
    {
        HostCommand.Outcome outcome = HostCommand.Run("apt-cache", ["depends", package], TimeSpan.FromMinutes(1));
        return outcome.Output.Split(['\n', ' '], StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(word => word.StartsWith(prefix, StringComparison.Ordinal));
    }
}
