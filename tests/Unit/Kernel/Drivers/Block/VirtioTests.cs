using System;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Block;

[Collection(SimulatedMachine.Tests)]
public class VirtioTests
{
    private const ulong SizeMax = 1UL << 1;
    private const ulong SegmentMax = 1UL << 2;
    private const ulong ReadOnly = 1UL << 5;
    private const ulong Flush = 1UL << 9;
    private const ulong Indirect = 1UL << 28;
    private const ulong Version1 = 1UL << 32;
    private const ulong AccessPlatform = 1UL << 33;

    [Theory]
    [InlineData(true, false, true, 512)]
    [InlineData(true, true, true, 512)]
    [InlineData(false, true, true, 512)]
    [InlineData(true, false, false, 512)]
    [InlineData(false, true, false, 512)]
    [InlineData(true, false, true, 4096)]
    [InlineData(false, true, false, 4096)]
    public void Writes_land_where_they_should_over_every_interface(bool isModern, bool isLegacy, bool indirect, int block)
    {
        VirtioFixture fixture = new(isModern, isLegacy);
        fixture.Virtio.SetMedium(new SimulatedMedium(block, (4 << 20) / block));
        fixture.Virtio.Features &= indirect ? ulong.MaxValue : ~Indirect;
        fixture.Virtio.LeaveRunning();
        fixture.Started();

        Assert.Equal((uint)block, fixture.Disk.BlockBytes);
        Assert.Equal(Status.Ok, fixture.WriteAll((uint)(8192 / block)));
        Assert.Equal(Status.Ok, fixture.Disk.Flush());

        Assert.True(fixture.Source.SequenceEqual(fixture.Virtio.Medium.Bytes));
        Assert.Equal(1, fixture.Virtio.Medium.Flushes);
        Assert.InRange(fixture.Virtio.MostAccepted, 32, 64);
        Assert.True(fixture.Virtio.Notifications < 512 / 2);
    }

    [Fact]
    public void What_was_written_is_read_back()
    {
        VirtioFixture fixture = new VirtioFixture(true, false).Started();
        fixture.WriteAll(256);

        Assert.Equal(Status.Ok, fixture.Disk.Read(24, 0xF0_0000, 17));

        Assert.True(fixture.Machine.Memory.AsSpan(0xF0_0000, 17 * 512)
            .SequenceEqual(fixture.Source.Slice(24 * 512, 17 * 512)));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(1024)]
    public void The_queue_of_a_legacy_device_is_used_as_it_is(int size)
    {
        VirtioFixture fixture = new(false, true);
        fixture.Virtio.QueueSize = size;
        fixture.Virtio.Features &= ~Indirect;
        fixture.Started();

        Assert.Equal(Status.Ok, fixture.WriteAll(64));

        Assert.True(fixture.Source.SequenceEqual(fixture.Virtio.Medium.Bytes));
        Assert.True(fixture.Virtio.MostAccepted <= Math.Min(64, size / 3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(48)]
    [InlineData(2048)]
    public void A_queue_that_cannot_be_used_is_refused(int size)
    {
        VirtioFixture fixture = new(false, true);
        fixture.Virtio.QueueSize = size;

        Assert.Equal(Status.DeviceUnsupported, fixture.Start());
        Assert.False(fixture.IsMaster);
    }

    [Fact]
    public void The_64_slots_of_an_indirect_queue_of_16_are_cut()
    {
        VirtioFixture fixture = new(true, false);
        fixture.Virtio.QueueSize = 16;
        fixture.Started();

        Assert.Equal(Status.Ok, fixture.WriteAll(64));

        Assert.InRange(fixture.Virtio.MostAccepted, 1, 16);
    }

    [Theory]
    [InlineData(0x10000u, 4u, 512u)]
    [InlineData(0x10000u, 254u, 1792u)]
    [InlineData(0x40000u, 254u, 2048u)]
    [InlineData(0x1400u, 1u, 10u)]
    public void Limits_of_segments_bound_a_request(uint sizeMax, uint segmentMax, uint blocks)
    {
        VirtioFixture fixture = new(true, false);
        fixture.Virtio.Features |= SizeMax | SegmentMax;
        fixture.Virtio.SetConfig32(8, sizeMax);
        fixture.Virtio.SetConfig32(12, segmentMax);
        fixture.Started();

        Assert.Equal(blocks, fixture.Disk.MaxBlocksPerRequest);
        Assert.Equal(Status.Ok, fixture.Disk.Submit(fixture.Write(0, blocks)));
        Assert.Equal(Status.Ok, fixture.Disk.Drain());

        int length = (int)blocks * 512;
        Assert.True(fixture.Source[..length].SequenceEqual(fixture.Virtio.Medium.Bytes.AsSpan(0, length)));
        Assert.Equal(2 + ((length + (int)sizeMax - 1) / (int)sizeMax), fixture.Virtio.LongestChain);
    }

    [Fact]
    public void Segments_below_a_block_are_refused()
    {
        VirtioFixture fixture = new(true, false);
        fixture.Virtio.Features |= SizeMax;
        fixture.Virtio.SetConfig32(8, 256);
        Assert.Equal(Status.Ok, fixture.Start());

        Assert.Equal(Status.DeviceUnsupported, fixture.Disk.SelectUnit(0));
    }

    [Fact]
    public void Only_features_that_the_driver_understands_are_accepted()
    {
        VirtioFixture fixture = new(true, false);
        fixture.Virtio.Features = ulong.MaxValue & ~(SizeMax | SegmentMax | ReadOnly | (1UL << 6));
        fixture.Virtio.Insists = AccessPlatform;
        fixture.Started();

        Assert.Equal(Flush | Indirect | Version1 | AccessPlatform | (1UL << 36), fixture.Virtio.Accepted);
    }

    [Fact]
    public void A_device_that_insists_on_something_else_is_refused()
    {
        VirtioFixture fixture = new(true, false);
        fixture.Virtio.Features |= 1UL << 40;
        fixture.Virtio.Insists = 1UL << 40;

        Assert.Equal(Status.DeviceUnsupported, fixture.Start());
        Assert.False(fixture.IsMaster);
    }

    [Fact]
    public void A_modern_device_without_version_1_is_refused()
    {
        VirtioFixture fixture = new(true, false);
        fixture.Virtio.Features &= ~Version1;

        Assert.Equal(Status.DeviceUnsupported, fixture.Start());
    }

    [Fact]
    public void A_read_only_device_takes_no_writes()
    {
        VirtioFixture fixture = new(true, false);
        fixture.Virtio.Features |= ReadOnly;
        fixture.Started();

        Assert.True(fixture.Disk.IsReadOnly);
        Assert.Equal(Status.WriteProtected, fixture.Disk.Submit(fixture.Write(0, 8)));
    }

    [Fact]
    public void Without_a_write_cache_there_is_nothing_to_flush()
    {
        VirtioFixture fixture = new(true, false);
        fixture.Virtio.Features &= ~Flush;
        fixture.Started();

        Assert.Equal(Status.Ok, fixture.Disk.Flush());

        Assert.Equal(0, fixture.Virtio.Medium.Flushes);
    }

    [Fact]
    public void A_device_that_looks_by_itself_is_not_notified()
    {
        VirtioFixture fixture = new VirtioFixture(true, false).Started();
        fixture.Virtio.WantsNoNotify = true;

        Assert.Equal(Status.Ok, fixture.WriteAll(16));

        Assert.True(fixture.Source.SequenceEqual(fixture.Virtio.Medium.Bytes));
        Assert.InRange(fixture.Virtio.Notifications, 1, 2);
    }
}
