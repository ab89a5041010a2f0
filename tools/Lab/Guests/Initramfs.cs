using System.Collections.Generic;
using System.IO;
using System.Text;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Guests;

/// <summary>
/// Builds an initramfs out of Debian's busybox, some programs with their libraries, and kernel modules; it ends by
/// running <see cref="JobPath"/>.
/// </summary>
public sealed class Initramfs
{
    /// <summary>The script that runs once file systems are mounted and modules are loaded.</summary>
    public const string JobPath = "/job.sh";

    private const string InitHead = """
        #!/bin/sh
        mount -t proc proc /proc
        mount -t sysfs sysfs /sys
        mount -t devtmpfs devtmpfs /dev
        mount -t tmpfs tmpfs /tmp
        """;

    // The first process must not end: Linux would panic for that.
    private const string InitTail = """
        sh /job.sh
        while :; do sleep 1000; done
        """;

    private static readonly string[] Folders = ["/proc", "/sys", "/dev", "/tmp", "/root"];
    private readonly SortedDictionary<string, byte[]> _files = [];
    private readonly List<string> _modules = [];
    private readonly string _busybox;
    private readonly Userland _userland;

    /// <summary>An initramfs with busybox only.</summary>
    public Initramfs(Userland userland)
    {
        _userland = userland;
        _busybox = userland.Busybox;
        AddFile("/bin/busybox", _busybox);
    }

    /// <summary>Adds a program of the userland with its libraries.</summary>
    public void AddProgram(string hostPath)
    {
        AddFile("/bin/" + Path.GetFileName(hostPath), hostPath);
        foreach ((string name, string file) in _userland.Libraries(hostPath))
        {
            bool isLoader = name.StartsWith("ld-linux", System.StringComparison.Ordinal);
            AddFile((isLoader ? "/lib64/" : "/lib/x86_64-linux-gnu/") + name, file);
        }
    }

    /// <summary>Adds modules that are loaded at start, in this order.</summary>
    public void AddModules(KernelModules modules)
    {
        foreach ((string name, byte[] content) in modules.InLoadOrder)
        {
            string path = $"/modules/{name}.ko";
            if (_files.TryAdd(path, content))
            {
                _modules.Add(path);
            }
        }
    }

    /// <summary>Adds a file of the host.</summary>
    public void AddFile(string path, string hostPath) => _files[path] = File.ReadAllBytes(hostPath);

    /// <summary>Adds a text file.</summary>
    public void AddText(string path, string text) => _files[path] = Encoding.UTF8.GetBytes(text);

    /// <summary>Writes the archive, uncompressed: quicker to unpack than to save.</summary>
    public void Write(string hostPath)
    {
        StringBuilder init = new(InitHead + "\n");
        foreach (string module in _modules)
        {
            init.Append("insmod ").Append(module).Append('\n');
        }
        init.Append(InitTail).Append('\n');
        AddText("/init", init.ToString());

        using CpioArchive archive = new(new FileStream(hostPath, FileMode.Create, FileAccess.Write));
        foreach (string folder in Folders)
        {
            archive.AddFolder(folder);
        }
        foreach (string applet in HostCommand.Output(_busybox, "--list").Split('\n'))
        {
            if (applet.Length != 0 && applet != "busybox" && !_files.ContainsKey("/bin/" + applet))
            {
                archive.AddLink("/bin/" + applet, "busybox");
            }
        }
        foreach ((string path, byte[] content) in _files)
        {
            archive.AddFile(path, content);
        }
    }
}
