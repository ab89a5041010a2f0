using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Truth;

/// <summary>A Linux that crashes while its devices read and write memory is captured as it was.</summary>
public class InFlightTests
{
    [Fact]
    public void Disks_on_virtio_blk() => BusyDisks.Crash(
        KernelSeries.Linux612,
        GuestDisk.PreparedVirtio,
        new GuestDisk { Interface = DiskInterface.VirtioModern });

    [Theory]
    [InlineData("virtio-net-pci", "virtio_net", KernelSeries.Linux61)]
    [InlineData("e1000e", "e1000e", KernelSeries.Linux61Full)]
    public void A_network_card(string card, string module, KernelSeries kernel) =>
        BusyNetwork.Crash(kernel, card, module);
}
