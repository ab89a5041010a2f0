using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Input;

public class MmioDeviceWalkTests
{
    [Theory]
    [InlineData("512@0xfeb00e00:12", 512UL, 0xFEB0_0E00UL)]
    [InlineData("4K@0xd0001000:5", 4096UL, 0xD000_1000UL)]
    [InlineData("0x200@3G:5:7", 512UL, 0xC000_0000UL)]
    [InlineData("512@0xfeb00e00", 512UL, 0xFEB0_0E00UL)]
    public void A_device_is_read_as_Linux_reads_it(string value, ulong length, ulong address)
    {
        MmioDeviceWalk walk = new(Encoding.ASCII.GetBytes($"quiet virtio_mmio.device={value} ro"));

        Assert.True(walk.MoveNext());
        Assert.Equal((Status.Ok, length, address), (walk.Status, walk.LengthBytes, walk.Address));
        Assert.Equal(value, Encoding.ASCII.GetString(walk.Text));
        Assert.False(walk.MoveNext());
    }

    [Theory]
    [InlineData("")]
    [InlineData("512")]
    [InlineData("512@")]
    [InlineData("@0xfeb00e00:12")]
    [InlineData("512@0xfeb00e00,12")]
    [InlineData("512@here:12")]
    public void What_is_no_device_is_told_as_such(string value)
    {
        MmioDeviceWalk walk = new(Encoding.ASCII.GetBytes($"virtio_mmio.device={value}"));

        Assert.True(walk.MoveNext());
        Assert.Equal(Status.BadOptionValue, walk.Status);
    }

    [Fact]
    public void Several_devices_are_walked_in_order()
    {
        MmioDeviceWalk walk = new("virtio_mmio.device=1K@2M:1 kdump.target=disk virtio_mmio.device=1K@3M:2"u8);

        Assert.True(walk.MoveNext());
        Assert.Equal(2UL << 20, walk.Address);
        Assert.True(walk.MoveNext());
        Assert.Equal(3UL << 20, walk.Address);
        Assert.False(walk.MoveNext());
    }
}
