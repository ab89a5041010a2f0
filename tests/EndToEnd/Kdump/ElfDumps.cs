using System;
using System.Collections.Generic;
using System.IO;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Matrix;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>
/// One ELF dump per kernel series, of a guest that our capture kernel dumped, for all tests that only read dumps. Made
/// when it is first asked for, and gone after the last test.
/// </summary>
public sealed class ElfDumps : IDisposable
{
    /// <summary>Huge pages of 2 MiB that each guest has.</summary>
    public const int HugePages = 8;

    private readonly Dictionary<KernelSeries, string> _dumps = [];
    private readonly List<string> _folders = [];

    /// <summary>The dump of a series; beside it, in its folder, tests may put theirs.</summary>
    public string Of(KernelSeries kernel)
    {
        lock (_dumps)
        {
            if (!_dumps.TryGetValue(kernel, out string? dump))
            {
                dump = Capture(kernel);
                _dumps.Add(kernel, dump);
            }
            return dump;
        }
    }

    /// <summary>A path beside the dump of a series.</summary>
    public string PathOf(KernelSeries kernel, string name) => Path.Combine(Path.GetDirectoryName(Of(kernel))!, name);

    /// <inheritdoc/>
    public void Dispose() => _folders.ForEach(folder => Directory.Delete(folder, recursive: true));

    private string Capture(KernelSeries kernel)
    {
        string dump = "";
        GuestOptions options = new()
        {
            Kernel = kernel,
            MemoryMiB = 512,
            Cpus = 2,
            Disks = [MatrixGuest.Disk(DiskInterface.Nvme)],
            Capture = CaptureKernel.Ours(MatrixGuest.PowerOff),
            // Pages of every kind that a filter knows: cache, dirty cache of tmpfs, memory of processes, and huge pages,
            // some of which a file has and some of which nobody uses.
            BeforeCrash = """
                echo 8 > /proc/sys/vm/nr_hugepages
                mkdir -p /huge && mount -t hugetlbfs huge /huge && fallocate -l 6M /huge/used
                grep HugePages_ /proc/meminfo
                mkdir -p /kinds && mount -t tmpfs -o size=48m kinds /kinds
                dd if=/dev/urandom of=/kinds/noise bs=1M count=16 2>/dev/null
                cat /bin/busybox /bin/busybox /bin/busybox > /kinds/text
                sleep 1000 & sleep 1000 &
                """,
        };
        TestGuest.Capture(
            options,
            guest =>
            {
                Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
                Assert.Matches("ckdump: dump complete: .* 0 lost", guest.Console.Text);
                Assert.Matches($@"HugePages_Total: +{HugePages}\s+HugePages_Free: +5\s", guest.Console.Text);
                string folder = Path.Combine(Path.GetDirectoryName(guest.Folder)!, $"dumps-{Guid.NewGuid():N}");
                Directory.CreateDirectory(folder);
                _folders.Add(folder);
                dump = Path.Combine(folder, "elf");
                File.Move(guest.Disks[0], dump);
            },
            $"elf-dump-{kernel}");
        return dump;
    }
}
