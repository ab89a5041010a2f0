using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Matrix;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Faults;

/// <summary>A crashed Linux that had the IOMMU on, with QEMU's VT-d on q35.</summary>
public class IommuTests
{
    [Fact]
    public void A_passthrough_domain_lets_our_DMA_through() => MatrixGuest.Run(
        Options("intel_iommu=on iommu=pt"), pagingLevels: 5);

    // A known limit (README.md); what matters is that it is told, and that nobody waits.
    [Fact]
    public void A_translating_domain_costs_the_dump_and_is_told() => TestGuest.Capture(
        Options("intel_iommu=on"),
        guest =>
        {
            Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
            string console = guest.Console.Text;
            Assert.Contains("E402 device reported a fatal error: target disk", console);
            Assert.Contains("NO DUMP: E402", console);
            Assert.Contains("ckdump: failure action: poweroff", console);
            Assert.InRange(guest.Times.ToDone, 0, 10);
        });

    private static GuestOptions Options(string linux) => new()
    {
        Kernel = KernelSeries.Linux61,
        MemoryMiB = 512,
        Machine = GuestMachine.Q35,
        QemuArguments = ["-device", "intel-iommu"],
        KernelArguments = linux,
        // The guest itself says that the IOMMU works; without that the tests would show nothing.
        BeforeCrash = $"dmesg | grep -q 'DMAR: Intel(R) Virtualization' || echo '{GuestJob.Failed}: no IOMMU'",
        Disks = [MatrixGuest.Disk(DiskInterface.Nvme)],
        Capture = CaptureKernel.Ours(MatrixGuest.PowerOff),
    };
}
