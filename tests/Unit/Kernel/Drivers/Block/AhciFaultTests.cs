using System;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Block;

[Collection(SimulatedMachine.Tests)]
public class AhciFaultTests
{
    private readonly AhciFixture _fixture = new();

    private SimulatedAhci Ahci => _fixture.Ahci;

    [Theory]
    [InlineData(0x50u, 0u)]
    [InlineData(0xD0u, 0u)]
    [InlineData(0x58u, 0u)]
    [InlineData(0x0441u, 0x4000_0000u)]
    [InlineData(0x50u, 0x3800_0000u)]
    public void A_port_is_reset_from_every_state_that_the_old_kernel_may_leave(uint taskFile, uint errors)
    {
        foreach (SimulatedAhciPort port in Ahci.Ports)
        {
            port.LeaveRunning(taskFile, errors);
        }

        _fixture.Started();

        Assert.Equal(1, Ahci.Resets);
        Assert.Equal(0x300u, _fixture.Port.SataControl);
        Assert.Equal(Status.Ok, _fixture.WriteAll(64));
        _fixture.MustBeWritten();
    }

    [Fact]
    public void A_controller_that_never_ends_its_reset_is_given_up()
    {
        Ahci.ResetMicroseconds = null;

        Assert.Equal(Status.DeviceTimeout, _fixture.Start());

        Assert.InRange(_fixture.Machine.Now, 1_000_000UL, 3_000_000UL);
        Assert.False(_fixture.Function.IsMaster);
    }

    [Theory]
    [InlineData(10_000, 0, 100_000)]
    [InlineData(1_500_000, 1_500_000, 1_700_000)]
    [InlineData(null, 2_000_000, 2_300_000)]
    public void Firmware_that_owns_the_controller_is_asked_for_it(int? takes, int atLeast, int atMost)
    {
        Ahci.MoreCapabilities = 1;
        Ahci.Handoff = 0x11;
        Ahci.FirmwareMicroseconds = (ulong?)takes;

        _fixture.Started();

        Assert.InRange(_fixture.Machine.Now, (ulong)atLeast, (ulong)atMost);
        Assert.Equal(2u, Ahci.Handoff & 2);
    }

    [Fact]
    public void Empty_ports_cost_little_time()
    {
        Assert.Equal(Status.Ok, _fixture.Start());

        Assert.InRange(_fixture.Machine.Now, 0UL, 120_000UL);
    }

    [Fact]
    public void A_disk_that_takes_seconds_to_get_ready_is_waited_for()
    {
        _fixture.Port.ReadyMicroseconds = 8_000_000;

        _fixture.Started();

        Assert.Equal(Status.Ok, _fixture.WriteAll(64));
    }

    [Fact]
    public void Disks_that_never_get_ready_cost_one_deadline_together()
    {
        for (int i = 3; i < 6; i++)
        {
            _fixture.Plug(i, new SimulatedMedium(512, 8));
            Ahci.Ports[i].ReadyMicroseconds = null;
        }

        _fixture.Started();

        Assert.Equal(1, _fixture.Disk.UnitCount);
        Assert.InRange(_fixture.Machine.Now, 10_000_000UL, 12_000_000UL);
        Assert.Contains("port 4: device does not get ready", _fixture.Console);
        Assert.Equal(Status.Ok, _fixture.WriteAll(64));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Failed_writes_are_handed_out_and_the_others_are_written(bool isQueued)
    {
        _fixture.Medium.BadBlocks[64] = 0x40;
        _fixture.Medium.BadBlocks[645] = 0x10;
        _fixture.Medium.BadBlocks[1290] = 0x04;
        _fixture.Ata.SetWord(76, isQueued ? (ushort)0x100 : (ushort)2);
        _fixture.Started();
        int resets = _fixture.Port.ComResets;

        Assert.Equal(Status.Ok, _fixture.WriteAll(64));

        Assert.Equal([64UL, 640, 1280], _fixture.Failures().Select(failure => failure.Block).Order().ToArray());
        Assert.Equal(resets, _fixture.Port.ComResets);
        Assert.Equal(isQueued, _fixture.Ata.Commands.Contains(0x2F));
        Assert.Contains("request failed at block 64 +64: device code 0x4041", _fixture.Console);
        MustBeWrittenBut(64, 640, 1280);
    }

    [Fact]
    public void Without_a_log_that_tells_which_write_failed_all_under_way_have()
    {
        _fixture.Ata.ErrorLog = null;
        _fixture.Medium.BadBlocks[64] = 0x40;
        _fixture.Started();
        int resets = _fixture.Port.ComResets;

        Assert.Equal(Status.Ok, _fixture.WriteAll(64));

        ulong[] failed = [.. _fixture.Failures().Select(failure => failure.Block)];
        Assert.Contains(64UL, failed);
        Assert.InRange(failed.Length, 1, 32);
        Assert.Equal(resets + 1, _fixture.Port.ComResets);
        MustBeWrittenBut(failed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_controller_that_goes_on_after_a_queued_error_as_qemu_does_loses_nothing(int completionsPerPause)
    {
        _fixture.Port.IsQemu = true;
        _fixture.Port.CompletionsPerPause = completionsPerPause;
        _fixture.Medium.BadBlocks[64] = 0x40;
        _fixture.Medium.BadBlocks[7000] = 0x40;
        _fixture.Started();

        Assert.Equal(Status.Ok, _fixture.WriteAll(64));

        ulong[] failed = [.. _fixture.Failures().Select(failure => failure.Block)];
        Assert.Contains(64UL, failed);
        Assert.Contains(6976UL, failed);
        MustBeWrittenBut(failed);
    }

    [Fact]
    public void A_link_error_resets_the_device_and_fails_what_was_under_way()
    {
        _fixture.Started();
        _fixture.Port.LinkErrors.Add(3);
        int resets = _fixture.Port.ComResets;

        Assert.Equal(Status.Ok, _fixture.WriteAll(64));

        ulong[] failed = [.. _fixture.Failures().Select(failure => failure.Block)];
        Assert.InRange(failed.Length, 1, 32);
        Assert.Equal(resets + 1, _fixture.Port.ComResets);
        MustBeWrittenBut(failed);
    }

    [Fact]
    public void A_failed_read_is_the_readers_alone()
    {
        _fixture.Medium.BadBlocks[5] = 0x40;
        _fixture.Started();

        Assert.Equal(Status.RequestFailed, _fixture.Disk.Read(0, 0xF0_0000, 8));
        Assert.Equal(Status.Ok, _fixture.Disk.Read(6, 0xF0_0000, 8));

        Assert.Empty(_fixture.Failures());
    }

    [Fact]
    public void A_request_that_never_ends_breaks_the_disk_until_its_reset()
    {
        _fixture.Started();
        _fixture.Ata.LostBlocks.Add(64);
        Assert.Equal(Status.DeviceTimeout, _fixture.WriteAll(64));

        Assert.Equal(Status.Ok, _fixture.Disk.Recover());
        _fixture.Ata.LostBlocks.Clear();

        ulong[] failed = [.. _fixture.Failures().Select(failure => failure.Block)];
        Assert.Contains(64UL, failed);
        MustBeWrittenBut(failed);
        Assert.Equal(Status.Ok, _fixture.WriteAll(64));
        _fixture.MustBeWritten();
    }

    [Fact]
    public void A_port_that_does_not_stop_is_reset_with_its_controller()
    {
        _fixture.Started();
        _fixture.Medium.BadBlocks[64] = 0x40;
        _fixture.Port.NeverStops = true;

        Assert.NotEqual(Status.Ok, _fixture.WriteAll(64));
        _fixture.Port.NeverStops = false;
        _fixture.Medium.BadBlocks.Clear();

        Assert.Equal(Status.Ok, _fixture.Disk.Recover());
        Assert.Equal(Status.Ok, _fixture.WriteAll(64));
        _fixture.MustBeWritten();
    }

    [Fact]
    public void A_disk_that_is_pulled_out_is_gone_and_its_neighbour_is_not()
    {
        _fixture.Plug(4, new SimulatedMedium(512, 8192));
        _fixture.Started();
        Assert.Equal(Status.Ok, _fixture.Disk.Submit(_fixture.Write(0, 8)));
        _fixture.Port.PullOut();

        Assert.Equal(Status.DeviceFailed, _fixture.Disk.Drain());
        Assert.Equal(Status.DeviceGone, _fixture.Disk.Recover());
        Assert.Equal(Status.DeviceGone, _fixture.Disk.SelectUnit(0));

        Assert.Equal(Status.Ok, _fixture.Disk.SelectUnit(1));
        Assert.Equal(8192UL, _fixture.Disk.BlockCount);
        Assert.Equal(Status.Ok, _fixture.Disk.Submit(new BlockWrite(0, AhciFixture.SourceAddress, 8)));
        Assert.Equal(Status.Ok, _fixture.Disk.Drain());
    }

    [Fact]
    public void A_controller_that_is_pulled_out_is_gone()
    {
        _fixture.Started();
        Assert.Equal(Status.Ok, _fixture.Disk.Submit(_fixture.Write(0, 8)));
        Ahci.IsGone = true;

        Assert.Equal(Status.DeviceGone, _fixture.Disk.Drain());
        Assert.Equal(Status.DeviceGone, _fixture.Disk.Recover());
    }

    [Fact]
    public void Another_disk_in_the_place_of_the_first_is_not_written()
    {
        _fixture.Started();
        _fixture.Plug(2, new SimulatedMedium(512, 4096));

        Assert.Equal(Status.DeviceFailed, _fixture.Disk.Recover());
        Assert.Equal(Status.DeviceFailed, _fixture.Disk.Submit(_fixture.Write(0, 8)));
    }

    private void MustBeWrittenBut(params ulong[] failed)
    {
        for (ulong block = 0; block < 8192; block += 64)
        {
            if (!failed.Contains(block))
            {
                int at = (int)block * 512;
                bool isSame = _fixture.Source.Slice(at, 64 * 512).SequenceEqual(_fixture.Medium.Bytes.AsSpan(at, 64 * 512));
                Assert.True(isSame, $"block {block}");
            }
        }
    }
}
