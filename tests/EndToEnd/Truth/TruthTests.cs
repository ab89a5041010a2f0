using System.Linq;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;
using Xunit.Abstractions;

namespace CosmosKdump.Tests.EndToEnd.Truth;

/// <summary>
/// The dump is what the memory is: the guest halts after the capture, and every page of the vmcore is compared with
/// it; the low 640 KiB with what was there before the crash.
/// </summary>
public class TruthTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(KernelSeries.Linux61, KexecLoader.KexecLoad, DiskInterface.Nvme, 512)]
    [InlineData(KernelSeries.Linux612, KexecLoader.KexecFileLoad, DiskInterface.Nvme, 512)]
    [InlineData(KernelSeries.Linux612, KexecLoader.KexecLoad, DiskInterface.VirtioModern, 256)]
    [InlineData(KernelSeries.Linux61, KexecLoader.KexecFileLoad, DiskInterface.VirtioModern, 256)]
    [InlineData(KernelSeries.Linux61, KexecLoader.KexecLoad, DiskInterface.Ahci, 512)]
    [InlineData(KernelSeries.Linux61, KexecLoader.KexecLoad, DiskInterface.VirtioScsi, 512)]
    [InlineData(KernelSeries.Linux612, KexecLoader.KexecFileLoad, DiskInterface.VirtioScsiLegacy, 256)]
    public void Every_page_of_the_dump_is_the_page_of_memory(
        KernelSeries kernel, KexecLoader loader, DiskInterface disk, int memoryMiB)
    {
        using SharedMemory memory = new(memoryMiB);
        GuestOptions options = new()
        {
            Kernel = kernel,
            MemoryMiB = memoryMiB,
            Disks = [new GuestDisk { Interface = disk, Prepared = true }],
            Capture = CaptureKernel.Ours("kdump.final_action=halt") with { Loader = loader },
            QemuArguments = memory.QemuArguments,
        };
        TestGuest.Boot(
            options,
            guest =>
            {
                guest.Monitor.Stop();
                LowPattern low = new(memory);
                guest.Monitor.Continue();
                guest.Crash();
                guest.WaitUntilDone(TestGuest.CaptureLimit);
                guest.Monitor.Stop();
                if (loader == KexecLoader.KexecLoad)
                {
                    Assert.Contains("low memory saved by the loader", guest.Console.Text);
                    output.WriteLine($"{low.MustBeIn(guest.Disks[0])} low pages are what they were");
                }
                else
                {
                    // Linux leaves the first MiB, which it never uses, out of the headers that it makes itself
                    // (7c321eb2b843, "x86/kdump: Remove the backup region handling", 5.5).
                    Assert.Contains("low memory not in the elfcorehdr", guest.Console.Text);
                    Assert.DoesNotContain(VmcoreHeader.Read(guest.Disks[0]).Loads, load => load.PhysicalAddress < 1 << 20);
                }
                Compare(guest.Disks[0], memory);
            },
            "truth");
    }

    private void Compare(string vmcore, SharedMemory memory)
    {
        PageComparison comparison = PageComparison.Run(vmcore, memory, PageComparison.LowEnd);
        output.WriteLine($"{comparison.Pages} pages are what the memory holds");
        comparison.MustBeEqual();
        // What is not in the dump: the crash kernel's region, the firmware's tables, the kernel's text told twice.
        long dumped = VmcoreHeader.Read(vmcore).Loads.Sum(load => (long)load.FileBytes);
        Assert.True(dumped > memory.LengthBytes - (8 << 20), $"only {dumped} bytes of {memory.LengthBytes} are in the dump");
        Assert.True(comparison.Pages > (memory.LengthBytes - (8 << 20)) / SharedMemory.PageBytes);
    }
}
