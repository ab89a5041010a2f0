using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Guests;

/// <summary>Modules of a Debian kernel, uncompressed and in the order in which they load.</summary>
public sealed class KernelModules
{
    private readonly Dictionary<string, string> _files = [];
    private readonly Dictionary<string, byte[]> _chosen = [];
    private readonly List<string> _order = [];

    /// <summary>Chooses modules with everything they depend on; those built into the kernel are left out.</summary>
    public KernelModules(DebianKernel kernel, params string[] names)
    {
        foreach (string file in Directory.EnumerateFiles(kernel.Modules, "*.ko*", SearchOption.AllDirectories))
        {
            _files.TryAdd(ModuleName(file), file);
        }
        foreach (string name in names)
        {
            Choose(name);
        }
    }

    /// <summary>The drivers of the disks that a kernel can use; those on virtio-scsi only where such a disk is.</summary>
    public static KernelModules ForDisks(DebianKernel kernel, params IEnumerable<DiskInterface> disks)
    {
        List<string> names = ["virtio_pci", "virtio_blk"];
        if (kernel.HasAhci)
        {
            names.AddRange(["nvme", "ahci", "sd_mod"]);
        }
        if (disks.Any(disk => disk is DiskInterface.VirtioScsi or DiskInterface.VirtioScsiLegacy))
        {
            names.AddRange(["virtio_scsi", "sd_mod"]);
        }
        return new(kernel, [.. names]);
    }

    /// <summary>Names and contents, in load order.</summary>
    public IEnumerable<(string Name, byte[] Content)> InLoadOrder => _order.Select(name => (name, _chosen[name]));

    private static string ModuleName(string file)
    {
        string name = Path.GetFileName(file);
        return name[..name.IndexOf(".ko", StringComparison.Ordinal)].Replace('-', '_');
    }

    private void Choose(string name)
    {
        // modules.builtin lists what is compiled in; a name without a file is one of those.
        if (_chosen.ContainsKey(name) || !_files.TryGetValue(name, out string? file))
        {
            return;
        }
        byte[] content = Read(file);
        _chosen.Add(name, content);
        string depends = new ElfFile(content).ModuleInfo("depends");
        foreach (string needed in depends.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            Choose(needed.Replace('-', '_'));
        }
        _order.Add(name);
    }

    private static byte[] Read(string file)
    {
        if (!file.EndsWith(".xz", StringComparison.Ordinal))
        {
            return File.ReadAllBytes(file);
        }
        string plain = Path.GetTempFileName();
        try
        {
            HostCommand.Output("sh", "-c", "xz -dc \"$1\" > \"$2\"", "unpack", file, plain);
            return File.ReadAllBytes(plain);
        }
        finally
        {
            File.Delete(plain);
        }
    }
}
