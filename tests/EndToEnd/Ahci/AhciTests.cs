using CosmosKdump.Capture.Area;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Ahci;

/// <summary>A SATA controller of a chipset; what it shares with other kinds is in Disks/, what fails in Faults/.</summary>
public class AhciTests
{
    [Fact]
    public void The_chipsets_own_controller_takes_a_dump_on_its_last_port()
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new() { IsQ35 = true, Disks = [disk.Ahci with { AhciPort = "ide.5" }] };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, "ahci 00:1f.2: port 5: QEMU HARDDISK");
            PageComparison.Run(disk.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(AreaState.Complete, disk.ReadLabel().State);
    }
}
