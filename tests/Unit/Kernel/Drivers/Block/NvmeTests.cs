using System;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Nvme;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Block;

[Collection(SimulatedMachine.Tests)]
public class NvmeTests
{
    private readonly NvmeFixture _fixture = new();

    private SimulatedNvme Nvme => _fixture.Nvme;

    [Fact]
    public void A_submission_queue_entry_has_64_bytes() =>
        Assert.Equal(NvmeCommand.SizeBytes, System.Runtime.CompilerServices.Unsafe.SizeOf<NvmeCommand>());

    [Fact]
    public void Only_nvm_express_controllers_are_supported()
    {
        _fixture.Pci.Add(0, 3, 0, 0x010601);
        CosmosKdump.Kernel.Drivers.Pci.PciDevice.Probe(new(3 << 3), out var sata);

        Assert.True(_fixture.Disk.Supports(_fixture.Device));
        Assert.False(_fixture.Disk.Supports(sata));
    }

    [Theory]
    [InlineData(512, 8192, 8u)]
    [InlineData(512, 8192, 16u)]
    [InlineData(512, 8192, 256u)]
    [InlineData(4096, 1024, 1u)]
    [InlineData(4096, 1024, 2u)]
    [InlineData(4096, 1024, 32u)]
    public void Writes_land_where_they_should_in_every_shape_of_prp(int blockBytes, int blocks, uint blocksPerWrite)
    {
        Nvme.Namespaces[1] = new SimulatedMedium(blockBytes, blocks);
        _fixture.Started();

        Assert.Equal(Status.Ok, _fixture.WriteAll(blocksPerWrite));

        Assert.Empty(_fixture.Failures());
        Assert.True(_fixture.Source.SequenceEqual(_fixture.Medium.Bytes));
    }

    [Fact]
    public void Completions_may_come_in_any_order()
    {
        Nvme.IsReversed = true;
        _fixture.Started();

        Assert.Equal(Status.Ok, _fixture.WriteAll(64));

        Assert.True(_fixture.Source.SequenceEqual(_fixture.Medium.Bytes));
    }

    [Fact]
    public void Many_requests_are_in_flight_and_doorbells_are_batched()
    {
        _fixture.Started();
        int doorbells = Nvme.TailDoorbells;

        Assert.Equal(Status.Ok, _fixture.WriteAll(8));

        Assert.InRange(Nvme.MostAccepted, 32, 63);
        Assert.True((Nvme.TailDoorbells - doorbells) * 2 < 1024);
        Assert.True(Nvme.HeadDoorbells * 2 < 1024);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 7)]
    [InlineData(0x3E, 62)]
    public void Small_queues_are_respected(uint maxQueueEntriesFromZero, int most)
    {
        Nvme.Capabilities = (Nvme.Capabilities & ~0xFFFFUL) | maxQueueEntriesFromZero;
        _fixture.Started();

        Assert.Equal(Status.Ok, _fixture.WriteAll(64));

        Assert.True(Nvme.MostAccepted <= most);
        Assert.True(_fixture.Source.SequenceEqual(_fixture.Medium.Bytes));
    }

    [Fact]
    public void A_doorbell_stride_is_respected()
    {
        Nvme.Capabilities |= 4UL << 32;
        _fixture.Started();

        Assert.Equal(Status.Ok, _fixture.WriteAll(64));

        Assert.True(_fixture.Source.SequenceEqual(_fixture.Medium.Bytes));
    }

    [Theory]
    [InlineData(1, 16u)]
    [InlineData(5, 256u)]
    [InlineData(0, 2048u)]
    [InlineData(11, 2048u)]
    [InlineData(255, 2048u)]
    public void The_largest_transfer_is_what_device_and_lists_allow(byte maxTransfer, uint blocks)
    {
        Nvme.ControllerPage[77] = maxTransfer;
        _fixture.Started();

        Assert.Equal(blocks, _fixture.Disk.MaxBlocksPerRequest);
        Assert.Equal(Status.Ok, _fixture.WriteAll(blocks));
        Assert.Empty(_fixture.Failures());
        Assert.True(_fixture.Source.SequenceEqual(_fixture.Medium.Bytes));
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

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    public void A_flush_reaches_a_device_with_a_write_cache(byte cache, int flushes)
    {
        Nvme.ControllerPage[525] = cache;
        _fixture.Started();

        Assert.Equal(Status.Ok, _fixture.Disk.Flush());

        Assert.Equal(flushes, _fixture.Medium.Flushes);
    }

    [Fact]
    public void All_namespaces_are_offered()
    {
        Nvme.Namespaces.Clear();
        Nvme.Namespaces[3] = new SimulatedMedium(512, 1000);
        Nvme.Namespaces[9] = new SimulatedMedium(4096, 50);

        Assert.Equal(Status.Ok, _fixture.Start());

        Assert.Equal(2, _fixture.Disk.UnitCount);
        Assert.Equal(Status.Ok, _fixture.Disk.SelectUnit(1));
        Assert.Equal((4096u, 50UL), (_fixture.Disk.BlockBytes, _fixture.Disk.BlockCount));
        Assert.Equal(Status.Ok, _fixture.Disk.SelectUnit(0));
        Assert.Equal((512u, 1000UL), (_fixture.Disk.BlockBytes, _fixture.Disk.BlockCount));
        Assert.Equal(Status.NoDevice, _fixture.Disk.SelectUnit(2));
    }

    [Fact]
    public void Many_namespaces_are_cut_at_128()
    {
        for (uint id = 1; id <= 200; id++)
        {
            Nvme.Namespaces[id] = new SimulatedMedium(512, 8);
        }

        Assert.Equal(Status.Ok, _fixture.Start());

        Assert.Equal(128, _fixture.Disk.UnitCount);
        Assert.Equal(Status.Ok, _fixture.Disk.SelectUnit(127));
    }

    [Fact]
    public void A_controller_before_1_1_is_asked_for_its_namespace_count()
    {
        Nvme.SetVersion(0x0001_0000);
        Nvme.Namespaces[2] = new SimulatedMedium(512, 8);

        Assert.Equal(Status.Ok, _fixture.Start());

        Assert.Equal(2, _fixture.Disk.UnitCount);
    }

    [Fact]
    public void Blocks_with_metadata_are_refused()
    {
        Nvme.ChangeNamespacePage = page => page[128] = 8;
        Assert.Equal(Status.Ok, _fixture.Start());

        Assert.Equal(Status.DeviceUnsupported, _fixture.Disk.SelectUnit(0));
    }

    [Theory]
    [InlineData(0x01, 3, 4096u)]
    [InlineData(0x21, 20, 512u)]
    public void The_block_format_in_use_is_found(byte selected, byte formatsFromZero, uint blockBytes)
    {
        Nvme.ChangeNamespacePage = page =>
        {
            page[25] = formatsFromZero;
            page[26] = selected;
            page[128 + 2] = 0;
            page[128 + 4 + 2] = 12;
            page[128 + (17 * 4) + 2] = 9;
        };
        Assert.Equal(Status.Ok, _fixture.Start());

        Assert.Equal(Status.Ok, _fixture.Disk.SelectUnit(0));

        Assert.Equal(blockBytes, _fixture.Disk.BlockBytes);
    }

    [Fact]
    public void A_write_protected_namespace_takes_no_writes()
    {
        Nvme.ChangeNamespacePage = page => page[99] = 1;
        _fixture.Started();

        Assert.True(_fixture.Disk.IsReadOnly);
        Assert.Equal(Status.WriteProtected, _fixture.Disk.Submit(_fixture.Write(0, 8)));
        Assert.Equal(0, _fixture.Medium.Writes);
    }

    [Fact]
    public void A_model_is_told_on_the_console()
    {
        _fixture.Started();

        Assert.Equal("ckdump: nvme 01:00.0: Simulated NVMe, namespaces 1\n", _fixture.Machine.Console.ToString());
    }

    [Fact]
    public void The_number_of_queues_need_not_be_settable()
    {
        Nvme.RefusesQueueCount = true;

        Assert.Equal(Status.Ok, _fixture.Start());

        Assert.Equal(2, Nvme.QueuesCreated);
    }

    [Fact]
    public void Stopping_shuts_down_resets_and_ends_bus_mastering()
    {
        _fixture.Started();
        int resets = Nvme.Resets;

        _fixture.Disk.Stop();

        Assert.Equal(resets + 1, Nvme.Resets);
        Assert.Equal(0u, Nvme.Configuration & 1);
        Assert.False(_fixture.Function.IsMaster);
        Assert.Equal(Status.NoDevice, _fixture.Disk.Submit(_fixture.Write(0, 8)));
        Assert.Equal(Status.NoDevice, _fixture.Disk.Recover());
    }

    [Fact]
    public void Requests_that_cannot_be_are_refused_before_the_device_sees_them()
    {
        _fixture.Started();
        int doorbells = Nvme.TailDoorbells;
        ulong source = NvmeFixture.SourceAddress;

        Status[] refused =
        [
            _fixture.Disk.Submit(new BlockWrite(0, source, 0)),
            _fixture.Disk.Submit(new BlockWrite(0, source, 257)),
            _fixture.Disk.Submit(new BlockWrite(8191, source, 2)),
            _fixture.Disk.Submit(new BlockWrite(ulong.MaxValue, source, 1)),
            _fixture.Disk.Submit(new BlockWrite(0, source + 512, 1)),
            _fixture.Disk.Submit(new BlockWrite(0, Limits.PhysicalEnd, 1)),
            _fixture.Disk.Read(8192, source, 1),
        ];

        Assert.Equal(
            [
                Status.BufferTooSmall,
                Status.BufferTooSmall,
                Status.OutOfMedium,
                Status.OutOfMedium,
                Status.AddressOutOfRange,
                Status.AddressOutOfRange,
                Status.OutOfMedium,
            ],
            refused.ToArray());
        Assert.Equal(doorbells, Nvme.TailDoorbells);
    }
}
