using System.Linq;
using CosmosKdump.Capture.Area;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Iommu;

/// <summary>IOMMUs that nobody has switched on change nothing.</summary>
public class IdleIommuTests
{
    [Theory]
    [InlineData("intel-iommu", DiskInterface.Nvme)]
    [InlineData("intel-iommu", DiskInterface.VirtioModern)]
    [InlineData("intel-iommu", DiskInterface.Ahci)]
    [InlineData("intel-iommu", DiskInterface.VirtioScsi)]
    [InlineData("amd-iommu", DiskInterface.Nvme)]
    [InlineData("amd-iommu", DiskInterface.VirtioModern)]
    [InlineData("amd-iommu", DiskInterface.Ahci)]
    [InlineData("amd-iommu", DiskInterface.VirtioScsi)]
    public void A_dump_is_written_and_read_back(string iommu, DiskInterface kind)
    {
        using TestDisk disk = TestDisk.Prepared();
        GuestDisk[] disks = [disk.Nvme, disk.Virtio, disk.Ahci, disk.Scsi];
        BareOptions options = new()
        {
            IsQ35 = true,
            EarlyQemuArguments = ["-device", iommu],
            Disks = [IommuMachine.Behind(disks.Single(one => one.Interface == kind))],
        };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, " 0 lost");
            Assert.DoesNotContain("IOMMU", machine.Console.Text);
            PageComparison.Run(disk.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(AreaState.Complete, disk.ReadLabel().State);
    }
}
