using System;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Block;

[Collection(SimulatedMachine.Tests)]
public class VirtioScsiTests
{
    private const byte Read10 = 0x28;
    private const byte Write10 = 0x2A;
    private const byte Write16 = 0x8A;

    [Theory]
    [InlineData(true, false, 512)]
    [InlineData(true, true, 512)]
    [InlineData(false, true, 512)]
    [InlineData(true, false, 4096)]
    [InlineData(false, true, 4096)]
    public void Writes_land_where_they_should_over_every_interface(bool isModern, bool isLegacy, int block)
    {
        VirtioScsiFixture fixture = new(isModern, isLegacy, block);
        fixture.Scsi.LeaveRunning();
        fixture.Started();

        Assert.Equal((uint)block, fixture.Disk.BlockBytes);
        Assert.Equal(Status.Ok, fixture.WriteAll((uint)(8192 / block)));
        Assert.Equal(Status.Ok, fixture.Disk.Flush());

        fixture.MustBeWritten();
        Assert.Equal(1, fixture.Unit.Medium.Flushes);
        Assert.InRange(fixture.Scsi.MostAccepted, 32, 64);
        Assert.Equal(3, fixture.Scsi.LongestChain);
        Assert.Contains(Write10, fixture.Unit.Opcodes);
        Assert.DoesNotContain(Write16, fixture.Unit.Opcodes);
    }

    [Fact]
    public void What_was_written_is_read_back()
    {
        VirtioScsiFixture fixture = new VirtioScsiFixture().Started();
        fixture.WriteAll(256);

        Assert.Equal(Status.Ok, fixture.Disk.Read(24, 0xF0_0000, 17));

        Assert.True(fixture.Machine.Memory.AsSpan(0xF0_0000, 17 * 512)
            .SequenceEqual(fixture.Source.Slice(24 * 512, 17 * 512)));
        Assert.Contains(Read10, fixture.Unit.Opcodes);
    }

    [Fact]
    public void Blocks_beyond_32_bits_are_written_by_commands_of_16_bytes()
    {
        VirtioScsiFixture fixture = new();
        fixture.Unit.BlocksBefore = 1UL << 33;
        fixture.Started();

        Assert.Equal((1UL << 33) + 8192, fixture.Disk.BlockCount);
        Assert.Equal(Status.Ok, fixture.Disk.Submit(fixture.Write(0, 64)));
        Assert.Equal(Status.Ok, fixture.Disk.Drain());

        Assert.True(fixture.Source[..(64 * 512)].SequenceEqual(fixture.Unit.Medium.Bytes.AsSpan(0, 64 * 512)));
        Assert.Empty(fixture.Failures());
        Assert.Contains(Write16, fixture.Unit.Opcodes);
        Assert.DoesNotContain(Write10, fixture.Unit.Opcodes);
    }

    [Fact]
    public void A_unit_without_READ_CAPACITY_16_is_asked_by_the_older_command()
    {
        VirtioScsiFixture fixture = new();
        fixture.Unit.KnowsCapacity16 = false;
        fixture.Started();

        Assert.Equal(8192UL, fixture.Disk.BlockCount);
        Assert.Equal(Status.Ok, fixture.WriteAll(64));
        fixture.MustBeWritten();
    }

    [Theory]
    [InlineData(520)]
    [InlineData(8192)]
    public void Other_block_sizes_are_refused(int blockBytes)
    {
        VirtioScsiFixture fixture = new(blockBytes: blockBytes);
        Assert.Equal(Status.Ok, fixture.Start());

        Assert.Equal(Status.DeviceUnsupported, fixture.Disk.SelectUnit(0));
    }

    [Fact]
    public void Disks_of_all_targets_are_found_in_order_and_what_is_none_is_passed_over()
    {
        VirtioScsiFixture fixture = new();
        fixture.Scsi.Units.Add((0, 0), new SimulatedScsiDisk(new SimulatedMedium(512, 16)));
        fixture.Scsi.Units.Add((255, 16383), new SimulatedScsiDisk(new SimulatedMedium(512, 24)));
        fixture.Scsi.Units.Add((3, 300), new SimulatedScsiDisk(new SimulatedMedium(512, 32)));
        fixture.Scsi.Units.Add((3, 1), new SimulatedScsiDisk(new SimulatedMedium(512, 40)) { Type = 5 });
        fixture.Scsi.Units.Add((4, 0), new SimulatedScsiDisk(new SimulatedMedium(512, 48)) { Type = 0x7F });

        Assert.Equal(Status.Ok, fixture.Start());

        ulong[] blocks = [.. Enumerable.Range(0, fixture.Disk.UnitCount).Select(i =>
        {
            Assert.Equal(Status.Ok, fixture.Disk.SelectUnit(i));
            return fixture.Disk.BlockCount;
        })];
        Assert.Equal([16UL, 8192UL, 32UL, 24UL], blocks);
        Assert.Contains("virtio-scsi 00:03.0: target 3 LUN 1: ACME Disk of tests, not a disk, skipped", fixture.Console);
        Assert.Contains("virtio-scsi 00:03.0: target 255 LUN 16383: ACME Disk of tests\n", fixture.Console);
        Assert.DoesNotContain("target 4", fixture.Console);
    }

    [Fact]
    public void Units_that_no_number_names_are_passed_over()
    {
        VirtioScsiFixture fixture = new();
        // Well-known, on another bus of the target, behind a second level, and with a bridge's method.
        fixture.Scsi.OtherEntries.AddRange([0xC101UL << 48, 0x0102UL << 48, 0x0002_4003UL << 32, 0x8002UL << 48]);
        fixture.Started();

        Assert.Equal(1, fixture.Disk.UnitCount);
    }

    [Fact]
    public void A_target_that_does_not_list_its_units_is_asked_for_its_first()
    {
        VirtioScsiFixture fixture = new();
        fixture.Scsi.Units.Add((7, 0), new SimulatedScsiDisk(new SimulatedMedium(512, 16)));
        fixture.Scsi.Old.Add(7);
        fixture.Scsi.Old.Add(3);
        Assert.Equal(Status.Ok, fixture.Start());

        Assert.Equal(1, fixture.Disk.UnitCount);
        Assert.Equal(Status.Ok, fixture.Disk.SelectUnit(0));
        Assert.Equal(16UL, fixture.Disk.BlockCount);
    }

    [Fact]
    public void Sparse_targets_cost_a_request_each_and_only_those_that_may_be_there()
    {
        VirtioScsiFixture fixture = new();
        fixture.Scsi.SetConfig32(28, 15 << 16);
        Assert.Equal(Status.Ok, fixture.Start());

        // One per target, and INQUIRY.
        Assert.Equal(16 + 1, fixture.Scsi.Commands);
    }

    [Theory]
    [InlineData(16u, 0u, 16u)]
    [InlineData(0u, 100u, 100u)]
    [InlineData(512u, 100u, 100u)]
    [InlineData(0u, 0u, 2048u)]
    [InlineData(0xFFFF, 0xFFFF, 2048u)]
    public void A_request_is_as_long_as_controller_and_unit_allow(uint sectors, uint unitBlocks, uint blocks)
    {
        VirtioScsiFixture fixture = new();
        fixture.Scsi.SetConfig32(8, sectors);
        fixture.Unit.MostBlocks = unitBlocks;
        fixture.Started();

        Assert.Equal(blocks, fixture.Disk.MaxBlocksPerRequest);
    }

    [Theory]
    [InlineData(4u, 0u)]
    [InlineData(0u, 7u)]
    public void A_unit_that_takes_less_than_a_page_is_refused(uint sectors, uint unitBlocks)
    {
        VirtioScsiFixture fixture = new();
        fixture.Scsi.SetConfig32(8, sectors);
        fixture.Unit.MostBlocks = unitBlocks;
        Assert.Equal(Status.Ok, fixture.Start());

        Assert.Equal(Status.DeviceUnsupported, fixture.Disk.SelectUnit(0));
    }

    [Theory]
    [InlineData(256, 128u, 64)]
    [InlineData(256, 5u, 5)]
    [InlineData(16, 128u, 5)]
    [InlineData(4, 0u, 1)]
    public void As_many_requests_are_in_flight_as_queue_and_unit_allow(int size, uint perUnit, int most)
    {
        VirtioScsiFixture fixture = new();
        fixture.Scsi.QueueSize = size;
        fixture.Scsi.SetConfig32(12, perUnit);
        fixture.Started();

        Assert.Equal(Status.Ok, fixture.WriteAll(16));

        fixture.MustBeWritten();
        Assert.Equal(most, fixture.Scsi.MostAccepted);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(48)]
    [InlineData(2048)]
    public void A_queue_that_cannot_be_used_is_refused(int size)
    {
        VirtioScsiFixture fixture = new(false, true);
        fixture.Scsi.QueueSize = size;

        Assert.Equal(Status.DeviceUnsupported, fixture.Start());
        Assert.False(fixture.IsMaster);
    }

    [Theory]
    [InlineData(20, 97u)]
    [InlineData(24, 12u)]
    [InlineData(24, 64u)]
    public void Requests_of_another_length_are_refused(int offset, uint value)
    {
        VirtioScsiFixture fixture = new();
        fixture.Scsi.SetConfig32(offset, value);

        Assert.Equal(Status.DeviceUnsupported, fixture.Start());
        Assert.False(fixture.IsMaster);
    }

    [Theory]
    [InlineData(true, true, 0)]
    [InlineData(true, true, 8)]
    [InlineData(false, true, 0)]
    [InlineData(false, true, 8)]
    [InlineData(false, false, 0)]
    public void Cache_and_write_protection_are_read_by_either_command(bool isLong, bool isShort, int descriptors)
    {
        VirtioScsiFixture fixture = new();
        fixture.Unit.KnowsModeSense10 = isLong;
        fixture.Unit.KnowsModeSense6 = isShort;
        fixture.Unit.ModeDescriptorBytes = descriptors;
        fixture.Unit.HasWriteCache = false;
        fixture.Unit.IsWriteProtected = true;
        fixture.Started();

        bool isKnown = isLong || isShort;
        Assert.Equal(isKnown, fixture.Disk.IsReadOnly);
        Assert.Equal(Status.Ok, fixture.Disk.Flush());
        Assert.Equal(isKnown ? 0 : 1, fixture.Unit.Medium.Flushes);
        Assert.Equal(
            isKnown ? Status.WriteProtected : Status.Ok, fixture.Disk.Submit(fixture.Write(0, 8)));
    }

    [Fact]
    public void A_unit_without_a_command_to_flush_has_nothing_to_flush()
    {
        VirtioScsiFixture fixture = new();
        fixture.Unit.KnowsSynchronizeCache = false;
        fixture.Started();

        Assert.Equal(Status.Ok, fixture.Disk.Flush());
    }

    [Fact]
    public void A_stopped_unit_is_started()
    {
        VirtioScsiFixture fixture = new();
        fixture.Unit.IsStopped = true;
        fixture.Started();

        Assert.False(fixture.Unit.IsStopped);
    }

    [Fact]
    public void Only_features_that_the_driver_understands_are_accepted()
    {
        VirtioScsiFixture fixture = new();
        fixture.Scsi.Features = ulong.MaxValue;
        fixture.Scsi.Insists = 1UL << 33;
        fixture.Started();

        Assert.Equal((1UL << 32) | (1UL << 33) | (1UL << 36), fixture.Scsi.Accepted);
    }
}
