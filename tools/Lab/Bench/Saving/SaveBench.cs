using System;
using System.Diagnostics;
using System.IO;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Bench.Saving;

/// <summary>Copies one dump out of the image of a disk, by either side.</summary>
public sealed class SaveBench : IDisposable
{
    private static readonly TimeSpan CaptureLimit = TimeSpan.FromMinutes(5);
    private readonly string _folder;
    private readonly Guest _guest;

    /// <summary>Captures the dump: a full ELF dump of a guest whose memory is full.</summary>
    public SaveBench(int memoryMiB, string folder, Progress progress)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        _guest = Guest.Capture(
            new GuestOptions
            {
                Name = $"bench-save-{memoryMiB}",
                MemoryMiB = memoryMiB,
                Preallocated = true,
                Disks = [GuestDisk.PreparedNvme],
                Capture = CaptureKernel.Ours(),
                BeforeCrash = GuestWork.Script(GuestLoad.Busy),
                BootLimit = TimeSpan.FromMinutes(5),
            },
            CaptureLimit,
            progress);
    }

    private string Image => _guest.Disks[0];

    /// <summary>Reads the whole image, so that the page cache holds it.</summary>
    public void Warm()
    {
        byte[] buffer = new byte[1 << 20];
        using FileStream file = new(Image, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        while (file.Read(buffer) != 0)
        {
        }
    }

    /// <summary>
    /// Measures one copy. What was written before is on the disk, and the copy is on it at the end: <c>ckdump save</c>
    /// sees to that by itself, <c>cp</c> needs <c>sync</c>.
    /// </summary>
    public SaveSample Measure(SaveCase one)
    {
        string copy = one.InMemory ? Path.Combine("/dev/shm", $"ckdump-bench-{Environment.ProcessId}") : Path.Combine(_folder, "saved");
        File.Delete(copy);
        HostCommand.Output("sync", "-f", _folder);
        try
        {
            Stopwatch watch = Stopwatch.StartNew();
            if (one.IsOurs)
            {
                CkdumpTool.Output("save", "--keep", Image, "-o", copy);
            }
            else
            {
                HostCommand.Output("sh", "-c", "cp --sparse=always \"$0\" \"$1\" && sync \"$1\"", Image, copy);
            }
            return new(one, watch.Elapsed.TotalSeconds, new FileInfo(copy).Length);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    /// <summary>Deletes the guest's disk.</summary>
    public void Dispose() => _guest.Dispose();
}
