using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Iommu;

/// <summary>
/// A Linux that has AMD-Vi translate crashes while its devices work: translation is switched off, and the dump is what
/// the memory is.
/// </summary>
public class AmdViTests
{
    private const string Off = "ckdump: AMD-Vi: translation switched off in 1 IOMMU";

    [Theory]
    [InlineData(DiskInterface.Nvme)]
    [InlineData(DiskInterface.VirtioModern)]
    [InlineData(DiskInterface.VirtioScsi)]
    [InlineData(DiskInterface.Ahci)]
    public void Disks(DiskInterface disk) => BusyDisks.Crash(
        KernelSeries.Linux61Full,
        new GuestDisk { Interface = disk, Prepared = true },
        new GuestDisk { Interface = disk },
        IommuMachine.Amd,
        guest => Assert.Contains(Off, guest.Console.Text));

    [Theory]
    [InlineData(IommuMachine.VirtioNet, "virtio_net")]
    [InlineData("e1000e", "e1000e")]
    public void Network(string card, string module) => BusyNetwork.Crash(
        KernelSeries.Linux61Full,
        card,
        module,
        IommuMachine.Amd,
        guest => Assert.Contains(Off, guest.Console.Text));
}
