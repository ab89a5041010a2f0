using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Kdump;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Iommu;

/// <summary>
/// A Linux that has VT-d translate crashes while its devices work: translation is switched off, and the dump is what the
/// memory is.
/// </summary>
public class VtdTests
{
    private const string Off = "ckdump: VT-d: translation switched off in 1 IOMMU";

    [Theory]
    [InlineData(KernelSeries.Linux612, DiskInterface.Nvme, "caching-mode=on")]
    [InlineData(KernelSeries.Linux61, DiskInterface.VirtioModern, "aw-bits=48")]
    [InlineData(KernelSeries.Linux61, DiskInterface.VirtioScsi, "caching-mode=on,intremap=off")]
    [InlineData(KernelSeries.Linux61Full, DiskInterface.Ahci, "intremap=on")]
    [InlineData(KernelSeries.Linux61, DiskInterface.Nvme, "x-scalable-mode=on")]
    public void Disks(KernelSeries kernel, DiskInterface disk, string properties) => BusyDisks.Crash(
        kernel,
        new GuestDisk { Interface = disk, Prepared = true },
        new GuestDisk { Interface = disk },
        options => IommuMachine.Vtd(options, properties),
        guest => Assert.Contains(Off, guest.Console.Text));

    // The device asks the IOMMU itself, and keeps the answers.
    [Fact]
    public void A_disk_with_address_translation_services() => BusyDisks.Crash(
        KernelSeries.Linux61,
        GuestDisk.PreparedVirtio with { DeviceProperties = "bus=far,ats=on" },
        new GuestDisk { Interface = DiskInterface.VirtioModern },
        options => IommuMachine.Vtd(
            options with { QemuArguments = [.. options.QemuArguments, "-device", "pcie-root-port,id=far"] },
            "device-iotlb=on"),
        guest => Assert.Contains("ckdump: translation switched off in 1 device", guest.Console.Text));

    // Interrupts are remapped, and the other CPU is started all the same.
    [Fact]
    public void A_passthrough_domain()
    {
        using SharedMemory memory = new(256);
        GuestOptions options = new()
        {
            MemoryMiB = 256,
            Cpus = 2,
            Machine = GuestMachine.Q35,
            QemuArguments = [.. memory.QemuArguments, "-device", "intel-iommu,intremap=on"],
            KernelArguments = "intel_iommu=on iommu=pt",
            Disks = [GuestDisk.PreparedNvme],
            Capture = CaptureKernel.Ours(
                "kdump.format=kdump kdump.dump_level=31 kdump.compress=lzo kdump.final_action=halt"),
            BeforeCrash = $$"""
                for message in 'Enabled IRQ remapping in x.*apic mode' 'Intel(R) Virtualization Technology for Directed'; do
                    dmesg | grep -q "DMAR.*$message" || echo "{{GuestJob.Failed}}: no $message"
                done
                grep -q identity /sys/bus/pci/devices/*/iommu_group/type || echo '{{GuestJob.Failed}}: no passthrough'
                """,
        };
        TestGuest.Capture(options, guest =>
        {
            guest.Monitor.Stop();
            Assert.Contains(Off, guest.Console.Text);
            Assert.Contains("ckdump: CPUs that compress: 2", guest.Console.Text);
            Assert.Matches("ckdump: dump complete: .* 0 lost", guest.Console.Text);
            Assert.Equal(0, MemoryComparison.Run(guest.Disks[0], memory).Missing);
        });
    }

    [Theory]
    [InlineData(KernelSeries.Linux61, IommuMachine.VirtioNet, "virtio_net")]
    [InlineData(KernelSeries.Linux61Full, "e1000e", "e1000e")]
    public void Network(KernelSeries kernel, string card, string module) => BusyNetwork.Crash(
        kernel,
        card,
        module,
        options => IommuMachine.Vtd(options, "intremap=on"),
        guest => Assert.Contains(Off, guest.Console.Text));
}
