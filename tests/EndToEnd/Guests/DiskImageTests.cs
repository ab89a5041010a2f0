using CosmosKdump.Capture.Area;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Guests;

/// <summary>Disks of the lab, before any guest sees them.</summary>
public class DiskImageTests
{
    // The bench captures onto the same image again and again.
    [Fact]
    public void An_image_of_the_users_is_prepared_though_nobody_saved_its_dump()
    {
        using TestDisk disk = TestDisk.WithDump();

        _ = new DiskImage(disk.Nvme with { Prepared = true }, 0, 16, "");

        Assert.Equal(AreaState.Prepared, disk.ReadLabel().State);
    }
}
