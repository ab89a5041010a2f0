using System.IO;
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

    /// <summary>The entry code looks at what it unpacked before it runs it.</summary>
    [Theory]
    [InlineData("kdump.bzimage", 8000)]
    [InlineData("kdump.bzimage", -4000)]
    [InlineData("kdump.elf", 40_000)]
    public void A_damaged_image_says_so_and_resets(string name, int place)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Repository.Artifacts, name));
        bytes[place < 0 ? bytes.Length + place : place] ^= 0x40;
        string image = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(image, bytes);
            BareTest.Start(new BareOptions { Image = image }, machine =>
            {
                machine.Console.WaitFor("ckdump: the capture kernel's image is damaged", BareTest.Limit);
                Assert.True(machine.WaitForEnd(BareTest.Limit), "no reset");
                Assert.Equal(1, BareTest.CountLines(machine, "ckdump: "));
            });
        }
        finally
        {
            File.Delete(image);
        }
    }
}
