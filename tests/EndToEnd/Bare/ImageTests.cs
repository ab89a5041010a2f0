using CosmosKdump.Capture.Area;
using CosmosKdump.Lab;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Bare;

/// <summary>The images, started by other ways than kexec.</summary>
public class ImageTests
{
    /// <summary>QEMU's <c>-kernel</c> takes an ELF image by its PVH note and enters it in 32-bit mode.</summary>
    [Fact]
    public void The_ELF_image_captures_when_it_is_entered_by_PVH()
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new() { Image = Repository.ElfImage, Disks = [disk.Nvme] };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, ", PVH, ", $"crashed kernel {CrashedMemory.Release}");
            PageComparison.Run(disk.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(AreaState.Complete, disk.ReadLabel().State);
    }
}
