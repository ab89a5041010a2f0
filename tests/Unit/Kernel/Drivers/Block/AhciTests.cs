using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Block;

[Collection(SimulatedMachine.Tests)]
public class AhciTests
{
    private readonly AhciFixture _fixture = new();

    private SimulatedAhci Ahci => _fixture.Ahci;

    [Fact]
    public void Any_ahci_controller_is_supported_and_nothing_else()
    {
        _fixture.Pci.Add(0, 3, 0, 0x010601, vendor: 0x1B4B);
        _fixture.Pci.Add(0, 4, 0, 0x010400);
        PciDevice.Probe(new(3 << 3), out PciDevice other);
        PciDevice.Probe(new(4 << 3), out PciDevice raid);

        Assert.True(_fixture.Disk.Supports(_fixture.Device));
        Assert.True(_fixture.Disk.Supports(other));
        Assert.False(_fixture.Disk.Supports(raid));
    }

    [Theory]
    [InlineData(512, 8192, 8u, true)]
    [InlineData(512, 8192, 256u, true)]
    [InlineData(512, 8192, 2048u, true)]
    [InlineData(4096, 1024, 1u, true)]
    [InlineData(4096, 1024, 256u, true)]
    [InlineData(512, 8192, 8u, false)]
    [InlineData(512, 8192, 2048u, false)]
    [InlineData(4096, 1024, 32u, false)]
    public void Writes_land_where_they_should(int blockBytes, int blocks, uint blocksPerWrite, bool isQueued)
    {
        _fixture.Plug(2, new SimulatedMedium(blockBytes, blocks)).SetWord(76, isQueued ? (ushort)0x100 : (ushort)2);
        _fixture.Started();

        Assert.Equal(Status.Ok, _fixture.WriteAll(blocksPerWrite));

        Assert.Empty(_fixture.Failures());
        _fixture.MustBeWritten();
        Assert.Equal(isQueued, _fixture.Ata.Commands.Contains(0x61));
        Assert.Equal(!isQueued, _fixture.Ata.Commands.Contains(0x35));
        Assert.Equal((uint)blockBytes, _fixture.Disk.BlockBytes);
        Assert.Equal((1u << 20) / (uint)blockBytes, _fixture.Disk.MaxBlocksPerRequest);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_32_slots_are_in_flight_in_any_order(bool isReversed)
    {
        _fixture.Port.IsReversed = isReversed;
        _fixture.Port.CompletionsPerPause = 1;
        _fixture.Started();

        Assert.Equal(Status.Ok, _fixture.WriteAll(8));

        Assert.Equal(32, _fixture.Port.MostAccepted);
        _fixture.MustBeWritten();
    }

    [Theory]
    [InlineData(7, 31, 8)]
    [InlineData(31, 3, 4)]
    [InlineData(0, 31, 1)]
    public void No_more_are_in_flight_than_slots_and_queue_allow(uint slotsFromZero, ushort depthFromZero, int most)
    {
        Ahci.Capabilities = (Ahci.Capabilities & ~0x1F00u) | (slotsFromZero << 8);
        _fixture.Ata.SetWord(75, depthFromZero);
        _fixture.Started();

        Assert.Equal(Status.Ok, _fixture.WriteAll(8));

        Assert.Equal(most, _fixture.Port.MostAccepted);
        _fixture.MustBeWritten();
    }

    [Fact]
    public void A_controller_without_queuing_gets_one_command_at_a_time()
    {
        Ahci.Capabilities &= ~(1u << 30);
        _fixture.Started();

        Assert.Equal(Status.Ok, _fixture.WriteAll(64));

        Assert.Equal(1, _fixture.Port.MostAccepted);
        _fixture.MustBeWritten();
    }

    [Fact]
    public void Where_queued_commands_do_not_work_others_are_used()
    {
        _fixture.Medium.BadBlocks[0] = 0x04;
        _fixture.Started();
        _fixture.Medium.BadBlocks.Clear();

        Assert.Equal(Status.Ok, _fixture.WriteAll(64));

        Assert.DoesNotContain((byte)0x61, _fixture.Ata.Commands);
        _fixture.MustBeWritten();
    }

    [Fact]
    public void What_was_written_is_read_back()
    {
        _fixture.Started();
        _fixture.WriteAll(256);

        Assert.Equal(Status.Ok, _fixture.Disk.Read(24, 0xF0_0000, 17));

        Assert.True(_fixture.Machine.Memory.AsSpan(0xF0_0000, 17 * 512)
            .SequenceEqual(_fixture.Source.Slice(24 * 512, 17 * 512)));
    }

    [Fact]
    public void A_request_across_4_gib_is_described_in_two_pieces()
    {
        _fixture.Started();

        // The controller throws at a descriptor that crosses; what the memory there holds does not matter.
        Assert.Equal(Status.Ok, _fixture.Disk.Submit(new BlockWrite(0, AhciFixture.FourGiB - 4096, 16)));

        Assert.ThrowsAny<ArgumentOutOfRangeException>(() => _fixture.Disk.Drain());
    }

    [Theory]
    [InlineData(0x0020, 0x4000, 1)]
    [InlineData(0x0000, 0x4000, 0)]
    [InlineData(0x0000, 0x0000, 1)]
    public void A_flush_reaches_a_disk_whose_write_cache_may_be_on(ushort enabled, ushort validity, int flushes)
    {
        _fixture.Ata.SetWord(85, enabled);
        _fixture.Ata.SetWord(87, validity);
        _fixture.Started();
        _fixture.WriteAll(256);

        Assert.Equal(Status.Ok, _fixture.Disk.Flush());

        Assert.Equal(flushes, _fixture.Medium.Flushes);
    }

    [Fact]
    public void A_flush_waits_for_queued_commands()
    {
        _fixture.Started();
        for (uint i = 0; i < 8; i++)
        {
            Assert.Equal(Status.Ok, _fixture.Disk.Submit(_fixture.Write(i * 8, 8)));
        }

        Assert.Equal(Status.Ok, _fixture.Disk.Flush());

        Assert.Equal(1, _fixture.Medium.Flushes);
        Assert.Equal(Status.Ok, _fixture.Disk.Drain());
    }

    [Fact]
    public void Disks_on_all_ports_are_offered_one_at_a_time()
    {
        _fixture.Plug(0, new SimulatedMedium(512, 1000));
        _fixture.Plug(5, new SimulatedMedium(4096, 50));

        Assert.Equal(Status.Ok, _fixture.Start());

        Assert.Equal(3, _fixture.Disk.UnitCount);
        Assert.Equal(Status.Ok, _fixture.Disk.SelectUnit(2));
        Assert.Equal((4096u, 50UL), (_fixture.Disk.BlockBytes, _fixture.Disk.BlockCount));
        Assert.Equal(Status.Ok, _fixture.Disk.SelectUnit(0));
        Assert.Equal((512u, 1000UL), (_fixture.Disk.BlockBytes, _fixture.Disk.BlockCount));
        Assert.Equal(Status.Ok, _fixture.Disk.SelectUnit(1));
        Assert.Equal(0u, Ahci.Ports[0].Command & 0xC011);
        Assert.Equal(Status.Ok, _fixture.WriteAll(64));
        _fixture.MustBeWritten();
        Assert.Equal(Status.NoDevice, _fixture.Disk.SelectUnit(3));
    }

    [Theory]
    [InlineData(0xEB14_0101, "port 1: ATAPI device, skipped")]
    [InlineData(0x9669_0101, "port 1: port multiplier, not supported")]
    [InlineData(0xC33C_0101, "port 1: not a disk, skipped")]
    public void What_is_no_disk_is_told_and_skipped(uint signature, string told)
    {
        _fixture.Plug(1, new SimulatedMedium(512, 8)).Signature = signature;

        _fixture.Started();

        Assert.Equal(1, _fixture.Disk.UnitCount);
        Assert.Contains($"ckdump: ahci 00:1f.2: {told}\n", _fixture.Console);
        Assert.Equal(Status.Ok, _fixture.WriteAll(64));
    }

    [Fact]
    public void Models_are_told_on_the_console()
    {
        _fixture.Started();

        Assert.Equal("ckdump: ahci 00:1f.2: port 2: Simulated SATA\n", _fixture.Console);
    }

    [Theory]
    [InlineData(49, 0)]
    [InlineData(83, 0x4000)]
    [InlineData(83, 0xC400)]
    [InlineData(106, 0x5000)]
    [InlineData(100, 0)]
    public void A_disk_that_cannot_be_used_is_refused(int word, ushort value)
    {
        _fixture.Ata.SetWord(word, value);
        Assert.Equal(Status.Ok, _fixture.Start());

        Assert.Equal(Status.DeviceUnsupported, _fixture.Disk.SelectUnit(0));
    }

    [Fact]
    public void A_disk_of_512_byte_blocks_on_4096_byte_sectors_has_512_byte_blocks()
    {
        // Eight logical sectors in a physical one, and none longer than 256 words (ACS-3, 7.13.7.54).
        _fixture.Ata.SetWord(106, 0x6003);
        _fixture.Ata.SetWord(117, 2048);

        _fixture.Started();

        Assert.Equal(512u, _fixture.Disk.BlockBytes);
    }

    [Fact]
    public void A_disk_that_waits_to_be_told_is_spun_up()
    {
        _fixture.Ata.SetWord(2, 0x37C8);

        _fixture.Started();

        Assert.Contains((byte)0xEF, _fixture.Ata.Commands);
    }

    [Theory]
    [InlineData(AhciFixture.RegionAddress, false)]
    [InlineData(AhciFixture.RegionAddress, true)]
    [InlineData(AhciFixture.FourGiB + AhciFixture.RegionAddress, true)]
    public void A_controller_with_32_address_bits_gets_what_lies_above_through_a_buffer(ulong region, bool isHigh)
    {
        Ahci.Capabilities &= 0x7FFF_FFFF;
        _fixture.Started(region);
        Assert.Equal(region >= AhciFixture.FourGiB, LowDmaMemory.IsTaken);

        Assert.Equal(Status.Ok, _fixture.WriteAll(128, isHigh));
        _fixture.MustBeWritten();
        Assert.Equal(Status.Ok, _fixture.Disk.Read(24, AhciFixture.FourGiB + 0xF0_0000, 17));

        Assert.True(_fixture.Machine.Memory.AsSpan(0xF0_0000, 17 * 512)
            .SequenceEqual(_fixture.Source.Slice(24 * 512, 17 * 512)));
        Assert.Equal(128u, _fixture.Disk.MaxBlocksPerRequest);
        _fixture.Disk.Stop();
        Assert.False(LowDmaMemory.IsTaken);
    }

    [Fact]
    public void Memory_that_cannot_be_copied_for_such_a_controller_is_a_failed_request()
    {
        Ahci.Capabilities &= 0x7FFF_FFFF;
        OldMemory.Unreadable.Add(AhciFixture.FourGiB + AhciFixture.SourceAddress + (65 * 4096));
        _fixture.Started();

        Assert.Equal(Status.Ok, _fixture.WriteAll(128, isHigh: true));

        Assert.Equal([(512UL, Status.RequestFailed)], _fixture.Failures());
    }

    [Fact]
    public void Stopping_resets_and_ends_bus_mastering()
    {
        _fixture.Started();
        int resets = Ahci.Resets;

        _fixture.Disk.Stop();

        Assert.Equal(resets + 1, Ahci.Resets);
        Assert.False(_fixture.Function.IsMaster);
        Assert.Equal(Status.NoDevice, _fixture.Disk.Submit(_fixture.Write(0, 8)));
    }
}
