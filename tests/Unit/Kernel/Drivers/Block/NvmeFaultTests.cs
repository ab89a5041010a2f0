using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Nvme;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Block;

[Collection(SimulatedMachine.Tests)]
public class NvmeFaultTests
{
    private readonly NvmeFixture _fixture = new();

    private SimulatedNvme Nvme => _fixture.Nvme;

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(3u)]
    [InlineData(2u)]
    [InlineData(9u)]
    [InlineData(5u)]
    public void A_controller_is_reset_from_every_state_that_the_old_kernel_may_leave(uint state)
    {
        Nvme.LeaveRunning(state);

        _fixture.Started();

        Assert.Equal(1, Nvme.Resets);
        Assert.False(Nvme.WasClearedTooEarly);
        Assert.Equal(Status.Ok, _fixture.WriteAll(64));
        Assert.True(_fixture.Source.SequenceEqual(_fixture.Medium.Bytes));
    }

    [Fact]
    public void A_controller_that_never_gets_ready_is_given_up_in_its_own_time()
    {
        Nvme.ReadyMicroseconds = null;

        Assert.Equal(Status.DeviceTimeout, _fixture.Start());

        // CAP.TO is 15 half seconds here.
        Assert.InRange(_fixture.Machine.Now, 7_500_000UL, 20_000_000UL);
        Assert.False(_fixture.Function.IsMaster);
        Assert.Equal(Status.DeviceTimeout, _fixture.Disk.SelectUnit(0));
    }

    [Fact]
    public void A_controller_that_ignores_its_reset_gets_a_function_reset()
    {
        byte express = _fixture.Function.AddCapability(0x80, 0x10, 0x02, 0, 0, 0, 0, 0x10, 0, 0);
        _fixture.Function.FunctionResetOffset = express + 8;
        _fixture.Function.FunctionReset = () =>
        {
            Nvme.ReadyMicroseconds = 1000;
            Nvme.State = 0;
        };
        Nvme.LeaveRunning();
        Nvme.ReadyMicroseconds = null;

        _fixture.Started();

        Assert.Equal(Status.Ok, _fixture.WriteAll(64));
    }

    [Fact]
    public void A_controller_without_4_kib_pages_is_refused()
    {
        Nvme.Capabilities |= 1UL << 48;

        Assert.Equal(Status.DeviceUnsupported, _fixture.Start());
        Assert.False(_fixture.Function.IsMaster);
    }

    [Fact]
    public void Failed_writes_are_handed_out_with_their_reasons()
    {
        _fixture.Medium.BadBlocks[64] = 0x281;
        _fixture.Medium.BadBlocks[640] = 0x020;
        _fixture.Medium.BadBlocks[1290] = 0x080;
        _fixture.Started();

        Assert.Equal(Status.Ok, _fixture.WriteAll(64));

        Assert.Equal(
            [(64UL, Status.RequestFailed), (640UL, Status.WriteProtected), (1280UL, Status.OutOfMedium)],
            _fixture.Failures());
        Assert.Contains("request failed at block 64 +64: device code 0x281", _fixture.Machine.Console.ToString());
    }

    [Fact]
    public void A_failed_read_is_the_readers_alone()
    {
        _fixture.Medium.BadBlocks[5] = 0x281;
        _fixture.Started();

        Assert.Equal(Status.RequestFailed, _fixture.Disk.Read(0, 0xF0_0000, 8));
        Assert.Equal(Status.Ok, _fixture.Disk.Read(6, 0xF0_0000, 8));

        Assert.Empty(_fixture.Failures());
    }

    [Fact]
    public void Failures_that_nobody_takes_stop_further_writes_and_none_is_forgotten()
    {
        for (ulong block = 0; block < 8192; block += 8)
        {
            _fixture.Medium.BadBlocks[block] = 0x281;
        }
        _fixture.Started();

        List<ulong> queued = [];
        Status status = Status.Ok;
        for (ulong block = 0; status == Status.Ok; block += 8)
        {
            status = _fixture.Disk.Submit(_fixture.Write(block, 8));
            if (status == Status.Ok)
            {
                queued.Add(block);
            }
        }
        _fixture.Disk.Drain();

        Assert.Equal(Status.TooManyEntries, status);
        Assert.Equal(queued, _fixture.Failures().Select(failure => failure.Block).Order());
        Assert.Equal(Status.Ok, _fixture.Disk.Submit(_fixture.Write(0, 8)));
    }

    [Fact]
    public void The_console_is_not_flooded_with_failures()
    {
        for (ulong block = 0; block < 8192; block++)
        {
            _fixture.Medium.BadBlocks[block] = 0x281;
        }
        _fixture.Started();
        for (ulong block = 0; block < 8192; block += 64)
        {
            _fixture.Disk.Submit(_fixture.Write(block, 64));
            _fixture.Failures();
        }
        _fixture.Disk.Drain();

        string[] told = _fixture.Machine.Console.ToString().Split('\n');
        Assert.Equal(8, told.Count(line => line.Contains("request failed")));
    }

    [Fact]
    public void A_device_that_stops_answering_is_given_up_after_10_seconds()
    {
        _fixture.Started();
        Nvme.LostBlocks.Add(640);
        ulong before = _fixture.Machine.Now;

        Assert.Equal(Status.DeviceTimeout, _fixture.WriteAll(64));

        Assert.InRange(_fixture.Machine.Now - before, 10_000_000UL, 11_000_000UL);
        Assert.Equal(Status.DeviceTimeout, _fixture.Disk.Submit(_fixture.Write(0, 8)));
        Assert.Equal(Status.DeviceTimeout, _fixture.Disk.Flush());
        Assert.Equal(Status.DeviceTimeout, _fixture.Disk.Read(0, 0xF0_0000, 8));
    }

    [Fact]
    public void Recovery_hands_out_what_was_in_flight_and_the_disk_works_again()
    {
        _fixture.Started();
        Nvme.LostBlocks.Add(640);
        Nvme.LostBlocks.Add(1280);
        _fixture.WriteAll(64);
        Nvme.LostBlocks.Clear();

        Assert.Equal(Status.Ok, _fixture.Disk.Recover());

        List<(ulong Block, Status Why)> failures = _fixture.Failures();
        Assert.Equal([(640UL, Status.DeviceTimeout), (1280UL, Status.DeviceTimeout)], failures);
        foreach ((ulong block, _) in failures)
        {
            Assert.Equal(Status.Ok, _fixture.Disk.Submit(_fixture.Write(block, 64)));
        }
        Assert.Equal(Status.Ok, _fixture.Disk.Drain());
        Assert.True(_fixture.Source.SequenceEqual(_fixture.Medium.Bytes));
    }

    [Fact]
    public void Every_write_is_stored_or_handed_out_when_the_device_dies_with_full_queues()
    {
        _fixture.Started();
        Nvme.CompletionsPerPause = 0;
        for (ulong block = 0; block < 63 * 64; block += 64)
        {
            Assert.Equal(Status.Ok, _fixture.Disk.Submit(_fixture.Write(block, 64)));
        }
        Assert.Equal(Status.DeviceTimeout, _fixture.Disk.Submit(_fixture.Write(63 * 64, 64)));
        Nvme.CompletionsPerPause = 4;

        Assert.Equal(Status.Ok, _fixture.Disk.Recover());

        Assert.Equal(63, _fixture.Failures().Count);
    }

    [Fact]
    public void A_lost_read_is_not_handed_out_as_a_write()
    {
        _fixture.Started();
        Nvme.LostBlocks.Add(640);

        Assert.Equal(Status.DeviceTimeout, _fixture.Disk.Read(640, 0xF0_0000, 8));
        Assert.Equal(Status.Ok, _fixture.Disk.Recover());

        Assert.Empty(_fixture.Failures());
    }

    [Fact]
    public void A_fatal_error_is_noticed_within_a_moment()
    {
        _fixture.Started();
        Nvme.LostBlocks.Add(0);
        Assert.Equal(Status.Ok, _fixture.Disk.Submit(_fixture.Write(0, 64)));
        Nvme.SetFatal();
        ulong before = _fixture.Machine.Now;

        Assert.Equal(Status.DeviceFailed, _fixture.Disk.Drain());

        Assert.True(_fixture.Machine.Now - before < 50_000);
        Assert.Equal(Status.Ok, _fixture.Disk.Recover());
        Assert.Equal([(0UL, Status.DeviceFailed)], _fixture.Failures());
    }

    [Fact]
    public void A_device_that_vanishes_is_noticed_within_a_moment_and_stays_gone()
    {
        _fixture.Started();
        Assert.Equal(Status.Ok, _fixture.Disk.Submit(_fixture.Write(0, 64)));
        Nvme.IsGone = true;
        ulong before = _fixture.Machine.Now;

        Assert.Equal(Status.DeviceGone, _fixture.Disk.Drain());
        Assert.Equal(Status.DeviceGone, _fixture.Disk.Recover());

        Assert.True(_fixture.Machine.Now - before < 50_000);
        Assert.Equal([(0UL, Status.DeviceGone)], _fixture.Failures());
        _fixture.Disk.Stop();
    }

    [Fact]
    public void Completions_that_name_no_command_neither_harm_nor_count()
    {
        Nvme.AddsGarbage = true;
        _fixture.Started();
        Assert.Equal(Status.Ok, _fixture.WriteAll(64));
        Assert.True(_fixture.Source.SequenceEqual(_fixture.Medium.Bytes));
        Nvme.LostBlocks.Add(0);

        Assert.Equal(Status.Ok, _fixture.Disk.Submit(_fixture.Write(0, 8)));
        Assert.Equal(Status.DeviceTimeout, _fixture.Disk.Drain());
    }

    [Theory]
    [InlineData(1u, 4096)]
    [InlineData(2u, 8192)]
    public void Another_medium_after_a_reset_is_not_written(uint namespaceId, int blocks)
    {
        _fixture.Started();
        Nvme.LostBlocks.Add(0);
        _fixture.Disk.Submit(_fixture.Write(0, 8));
        _fixture.Disk.Drain();
        SimulatedMedium other = new(512, blocks);
        Nvme.Namespaces.Clear();
        Nvme.Namespaces[namespaceId] = other;

        Assert.Equal(Status.DeviceFailed, _fixture.Disk.Recover());

        BlockWrite write = new(0, NvmeFixture.SourceAddress, 8);
        Assert.Equal(Status.DeviceFailed, _fixture.Disk.Submit(write));
        _fixture.Disk.Drain();
        Assert.Equal(0, other.Writes);
    }

    [Fact]
    public void A_namespace_that_moved_in_the_list_is_not_mistaken_for_its_neighbour()
    {
        SimulatedMedium neighbour = new(512, 8192);
        Nvme.Namespaces[5] = Nvme.Namespaces[1];
        Nvme.Namespaces.Remove(1);
        Assert.Equal(Status.Ok, _fixture.Start());
        Assert.Equal(Status.Ok, _fixture.Disk.SelectUnit(0));
        Nvme.Namespaces[2] = neighbour;

        Assert.Equal(Status.DeviceFailed, _fixture.Disk.Recover());

        Assert.Equal(Status.DeviceFailed, _fixture.Disk.Submit(new BlockWrite(0, NvmeFixture.SourceAddress, 8)));
        Assert.Equal(0, neighbour.Writes);
    }

    [Fact]
    public void A_namespace_that_does_not_identify_itself_breaks_the_controller_until_its_reset()
    {
        Nvme.Namespaces[2] = new SimulatedMedium(512, 4096);
        Nvme.HeldNamespaces.Add(1);
        Assert.Equal(Status.Ok, _fixture.Start());
        int resets = Nvme.Resets;

        Assert.Equal(Status.DeviceTimeout, _fixture.Disk.SelectUnit(0));

        Assert.Equal(Status.DeviceTimeout, _fixture.Disk.SelectUnit(1));
        Assert.Equal(Status.Ok, _fixture.Disk.Recover());
        Assert.Equal(resets + 1, Nvme.Resets);
        Assert.Equal(Status.Ok, _fixture.Disk.SelectUnit(1));
        Assert.Equal(4096UL, _fixture.Disk.BlockCount);
    }

    [Fact]
    public void The_late_answer_to_one_command_is_not_taken_for_that_to_the_next()
    {
        Nvme.Namespaces[2] = new SimulatedMedium(4096, 512);
        Nvme.HeldNamespaces.Add(1);
        Nvme.CompletionsPerPause = 1;
        NvmeController controller = default;
        Assert.Equal(
            Status.Ok,
            controller.Start(_fixture.Device, new DmaRegion(NvmeFixture.RegionAddress, NvmeUnit.RegionBytes)));
        Assert.Equal(Status.DeviceTimeout, controller.IdentifyNamespace(1, out _));
        Nvme.HeldNamespaces.Clear();

        Assert.Equal(Status.Ok, controller.IdentifyNamespace(2, out NvmeNamespaceFacts facts));

        Assert.Equal(512UL, facts.BlockCount);
        Assert.Equal(4096u, facts.BlockBytes);
    }
}
