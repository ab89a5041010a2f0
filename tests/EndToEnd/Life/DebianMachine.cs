using System;
using System.IO;
using System.Threading;
using CosmosKdump.Lab;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Packaging;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Tests.EndToEnd.Life;

/// <summary>
/// A Debian machine of a test: its disks stay when it is switched off. The folder is gone after the test, unless it failed.
/// </summary>
public sealed class DebianMachine : IDisposable
{
    /// <summary>Where the package lies in the machine.</summary>
    public const string Package = "/root/ckdump.deb";

    /// <summary>Device of the second disk's partition.</summary>
    public const string Partition = "/dev/vdb1";

    /// <summary>How long a boot may take on a busy host; never reached by one that works.</summary>
    public static readonly TimeSpan BootLimit = TimeSpan.FromMinutes(15);

    private const int MemoryMiB = 640;
    private static int _count;
    private readonly DebianRoot _root;
    private readonly string _rootImage;
    private readonly string _areaImage;
    private int _boots;

    /// <summary>Makes the disks: the root with our package in it, and one with a partition of this size.</summary>
    public DebianMachine(LifeArea area, int partitionMiB)
    {
        Progress progress = new();
        _root = DebianRoot.Of(KernelSeries.Linux61, progress);
        Folder = Directory.CreateDirectory(Path.Combine(
            Repository.Runs, $"debian-{DateTime.Now:MMdd-HHmmss}-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}")).FullName;
        _rootImage = Path.Combine(Folder, "root.raw");
        HostCommand.Output("cp", "--sparse=always", "--reflink=auto", _root.Image, _rootImage);
        DebianRoot.Put(_rootImage, DebianArchive.Build(progress), Package);
        _areaImage = Path.Combine(Folder, "area.raw");
        MakePartition(area, partitionMiB, progress);
    }

    /// <summary>Folder of its images and transcripts.</summary>
    public string Folder { get; }

    /// <summary>Switches it on; returns when its shell waits.</summary>
    public DebianGuest Boot(string kernelArguments)
    {
        string folder = Path.Combine(Folder, $"run{++_boots}");
        DebianGuest guest = DebianGuest.Start(_root, kernelArguments, MemoryMiB, _rootImage, _areaImage, folder);
        try
        {
            guest.WaitForShell(BootLimit);
            return guest;
        }
        catch
        {
            guest.Dispose();
            throw;
        }
    }

    /// <summary>Takes a folder out of its root while it is switched off; returns where it is now.</summary>
    public string Take(string path)
    {
        string target = Directory.CreateDirectory(Path.Combine(Folder, "taken")).FullName;
        DebianRoot.Take(_rootImage, path, target);
        return Path.Combine(target, Path.GetFileName(path));
    }

    private void MakePartition(LifeArea area, int mebibytes, Progress progress)
    {
        AptPackages.Ensure(progress, "fdisk", "xfsprogs");
        using (FileStream image = File.Create(_areaImage))
        {
            image.SetLength((mebibytes + 2L) << 20);
        }
        HostCommand.Output("sh", "-c", $"echo 'label: gpt\n1MiB,{mebibytes}MiB' | sfdisk -q {_areaImage}");
        if (area != LifeArea.XfsFile)
        {
            return;
        }
        string volume = _areaImage + ".volume";
        using (FileStream file = File.Create(volume))
        {
            file.SetLength((long)mebibytes << 20);
        }
        HostCommand.Output("mkfs.xfs", "-q", "-f", volume);
        HostCommand.Output("dd", $"if={volume}", $"of={_areaImage}", "bs=1M", "seek=1", "conv=notrunc,sparse", "status=none");
        File.Delete(volume);
    }

    /// <summary>Deletes the images; <paramref name="all"/>: the transcripts too.</summary>
    public void Clean(bool all)
    {
        File.Delete(_rootImage);
        File.Delete(_areaImage);
        if (all)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Folder))
        {
            Clean(all: false);
        }
    }
}
