using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CosmosKdump.Analyzer.Checks;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Matrix;
using CosmosKdump.Tests.EndToEnd.Support;
using CosmosKdump.Tests.EndToEnd.Tools;
using Xunit;
using Xunit.Abstractions;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>
/// Pages that a Linux itself has given up (mm/memory-failure.c): a free one, a process's, and one of a file. Linux does not
/// touch them any more, so the test can write what nothing else holds, and look for it in the dump.
/// </summary>
public partial class PoisonedPageTests(ITestOutputHelper output)
{
    private const ulong Seed = 0xBAD;

    // Linux: Documentation/ABI/testing/sysfs-memory-page-offline and Documentation/admin-guide/mm/pagemap.rst.
    private const string Poison = """
        poison() { echo $2 > /sys/devices/system/memory/hard_offline_page && echo "LAB: poisoned $1 $2"; }
        entry() { dd if=/proc/$1/pagemap bs=8 skip=$(($2 / 4096)) count=1 2>/dev/null | od -An -t x8 | tr -d ' '; }
        address() { printf '0x%x' $(((0x$(entry $1 $2) & 0x7fffffffffffff) * 4096)); }
        for page in 0x8765000 0x9876000 0xa987000 0xba98000 0xcba9000 0xdcba000 0xedcb000; do
          dmesg -n 1
          poison tried $page
          dmesg | grep -q 'free buddy page: Recovered' && { echo "LAB: poisoned free $page"; break; }
        done
        mkdir -p /kinds && mount -t tmpfs -o size=16m kinds /kinds
        cp /bin/busybox /kinds/busybox
        /kinds/busybox sleep 1000 & text=$!
        sleep 1000 & stack=$!
        sleep 1
        poison file $(address $text 0x$(grep ' r-xp .*/kinds/busybox' /proc/$text/maps | cut -d- -f1))
        poison stack $(address $stack $((0x$(grep 'stack' /proc/$stack/maps | cut -d- -f2 | cut -d' ' -f1) - 4096)))
        dmesg | grep 'Memory failure'
        """;

    [Theory]
    [InlineData("kdump.format=kdump kdump.compress=lzo kdump.dump_level=0")]
    [InlineData("kdump.format=kdump kdump.compress=lzo kdump.dump_level=31")]
    [InlineData("kdump.dump_level=31")]
    public void Poisoned_pages_are_in_no_dump(string arguments)
    {
        using SharedMemory memory = new(512);
        GuestOptions options = new()
        {
            // Debian's 6.1 cloud kernel has no CONFIG_MEMORY_FAILURE.
            Kernel = KernelSeries.Linux612,
            MemoryMiB = 512,
            QemuArguments = memory.QemuArguments,
            Disks = [MatrixGuest.Disk(DiskInterface.Nvme)],
            BeforeCrash = Poison,
            Capture = CaptureKernel.Ours($"{arguments} {MatrixGuest.PowerOff}"),
        };
        TestGuest.Boot(options, guest =>
        {
            Dictionary<string, ulong> poisoned = Poisoned(guest.Console.Text);
            output.WriteLine(string.Join(", ", poisoned.Select(one => $"{one.Key} 0x{one.Value:x}")));
            Assert.Equal(["file", "free", "stack"], poisoned.Keys.Order());
            foreach (ulong address in poisoned.Values)
            {
                memory.Write(address, SeededPages.Make(1, Seed, address));
            }
            guest.Crash();
            guest.WaitUntilDone(TestGuest.CaptureLimit);
            Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
            Assert.Matches("ckdump: dump complete: .* 0 lost", guest.Console.Text);
            Assert.Matches("ckdump: pages: .*, poisoned [1-9]", guest.Console.Text);
            string dump = guest.Disks[0];
            Assert.DoesNotContain(VmcoreChecks.Run(dump), check => !check.IsOk);
            MustLack(dump, poisoned);
            Assert.Contains("sysrq: Trigger a crash", Makedumpfile.Log(dump));
            foreach (ulong address in poisoned.Values)
            {
                Assert.True(SeededPages.IsWhole(memory.Read(address, SharedMemory.PageBytes), Seed, address), "not left alone");
            }
        });
    }

    private static Dictionary<string, ulong> Poisoned(string console)
    {
        Dictionary<string, ulong> found = [];
        foreach (Match match in PoisonedLine().Matches(console))
        {
            found[match.Groups[1].Value] = ulong.Parse(match.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }
        return found;
    }

    private void MustLack(string path, Dictionary<string, ulong> poisoned)
    {
        using (VmcoreFile dump = OpenDump.Of<VmcoreFile>(path))
        {
            byte[] page = new byte[Limits.PageBytes];
            foreach ((string kind, ulong address) in poisoned)
            {
                PageState state = dump.StateOf(address / Limits.PageBytes);
                output.WriteLine($"{kind}: {state}");
                if (dump is not ElfVmcore)
                {
                    Assert.Equal(PageState.Excluded, state);
                }
                else if (dump.ReadPhysical(address, page) == Status.Ok)
                {
                    // ELF keeps short runs of excluded pages: these as zeros.
                    Assert.Equal(new byte[Limits.PageBytes], page);
                }
            }
        }
        // Noise does not shrink, so a compressed page of it would be stored as it is.
        byte[] file = File.ReadAllBytes(path);
        Assert.All(
            poisoned.Values,
            address => Assert.Equal(-1, file.AsSpan().IndexOf(SeededPages.Make(1, Seed, address).AsSpan(0, 64))));
    }

    [GeneratedRegex("LAB: poisoned (?!tried)([a-z]+) 0x([0-9a-f]+)")]
    private static partial Regex PoisonedLine();
}
