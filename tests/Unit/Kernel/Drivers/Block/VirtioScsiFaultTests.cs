using System;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Block;

[Collection(SimulatedMachine.Tests)]
public class VirtioScsiFaultTests
{
    [Theory]
    [InlineData(0x3, 0x11, 0x00, false, Status.RequestFailed)]
    [InlineData(0x4, 0x44, 0x00, true, Status.RequestFailed)]
    [InlineData(0xB, 0x00, 0x06, false, Status.RequestFailed)]
    [InlineData(0x5, 0x20, 0x00, true, Status.DeviceUnsupported)]
    [InlineData(0x5, 0x21, 0x00, false, Status.OutOfMedium)]
    [InlineData(0x7, 0x27, 0x00, false, Status.WriteProtected)]
    [InlineData(0x7, 0x27, 0x00, true, Status.WriteProtected)]
    [InlineData(0x2, 0x3A, 0x00, true, Status.NoDevice)]
    [InlineData(0xD, 0x00, 0x00, false, Status.OutOfMedium)]
    public void Sense_data_of_either_format_tells_why(byte key, byte code, byte qualifier, bool isDescriptor, Status why)
    {
        VirtioScsiFixture fixture = new VirtioScsiFixture().Started();
        fixture.Unit.Instead = command =>
            command[0] == 0x28 ? SimulatedScsiAnswer.Check(key, code, qualifier, isDescriptor) : null;

        Assert.Equal(why, fixture.Disk.Read(0, 0xF0_0000, 8));
    }

    [Fact]
    public void A_recovered_error_is_none()
    {
        VirtioScsiFixture fixture = new VirtioScsiFixture().Started();
        fixture.Unit.Instead = command => command[0] == 0x28 ? SimulatedScsiAnswer.Check(1, 0x17) : null;

        Assert.Equal(Status.Ok, fixture.Disk.Read(0, 0xF0_0000, 8));
    }

    [Fact]
    public void Failed_writes_are_handed_out_and_told_with_their_sense()
    {
        VirtioScsiFixture fixture = new VirtioScsiFixture().Started();
        fixture.Unit.Medium.BadBlocks[130] = 0x030C02;

        Assert.Equal(Status.Ok, fixture.WriteAll(64));

        Assert.Equal([(128UL, Status.RequestFailed)], fixture.Failures());
        Assert.Contains("request failed at block 128 +64: device code 0x230c02", fixture.Console);
    }

    [Fact]
    public void A_write_that_was_cut_short_has_failed()
    {
        VirtioScsiFixture fixture = new VirtioScsiFixture().Started();
        fixture.Unit.Instead = command => command[0] == 0x2A && command[4] == 0 && command[5] == 64 ? new() { Residual = 512 } : null;

        Assert.Equal(Status.Ok, fixture.WriteAll(64));

        Assert.Equal([(64UL, Status.RequestFailed)], fixture.Failures());
    }

    [Theory]
    [InlineData(0, 0x08, 0)]
    [InlineData(0, 0x28, 0)]
    [InlineData(0, 0x40, 0)]
    [InlineData(0, 0x02, 6)]
    [InlineData(2, 0x00, 0)]
    [InlineData(4, 0x00, 0)]
    [InlineData(5, 0x00, 0)]
    public void What_passes_is_sent_again(byte response, byte status, byte key)
    {
        VirtioScsiFixture fixture = new VirtioScsiFixture().Started();
        int times = 0;
        fixture.Unit.Instead = command => command[0] == 0x2A && times++ % 4 != 3
            ? new(response, status) { Sense = [0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x29, 0, 0, 0, 0, 0] }
            : null;

        Assert.Equal(Status.Ok, fixture.WriteAll(64));

        Assert.Empty(fixture.Failures());
        fixture.MustBeWritten();
    }

    [Fact]
    public void What_does_not_pass_fails_after_a_while()
    {
        VirtioScsiFixture fixture = new VirtioScsiFixture().Started();
        fixture.Unit.Instead = command => command[0] == 0x2A ? new(0, 0x08) : null;
        ulong before = fixture.Machine.Now;

        Assert.Equal(Status.Ok, fixture.Disk.Submit(fixture.Write(0, 8)));
        Assert.Equal(Status.Ok, fixture.Disk.Drain());

        Assert.Equal([(0UL, Status.RequestFailed)], fixture.Failures());
        Assert.InRange(fixture.Machine.Now - before, 400_000UL, 2_000_000UL);
    }

    [Fact]
    public void A_unit_that_tells_of_its_reset_or_becomes_ready_is_waited_for()
    {
        VirtioScsiFixture fixture = new();
        int asked = 0;
        fixture.Unit.Instead = command => command[0] == 0
            ? ++asked switch
            {
                1 => SimulatedScsiAnswer.Check(6, 0x29),
                < 300 => SimulatedScsiAnswer.Check(2, 4, 1),
                _ => null,
            }
            : null;
        ulong before = fixture.Machine.Now;
        fixture.Started();

        Assert.InRange(fixture.Machine.Now - before, 2_900_000UL, 6_000_000UL);
        Assert.Equal(Status.Ok, fixture.WriteAll(64));
    }

    [Fact]
    public void A_unit_that_never_becomes_ready_is_given_up()
    {
        VirtioScsiFixture fixture = new();
        fixture.Unit.Instead = command => command[0] == 0 ? SimulatedScsiAnswer.Check(2, 4, 1) : null;
        Assert.Equal(Status.Ok, fixture.Start());
        ulong before = fixture.Machine.Now;

        Assert.Equal(Status.DeviceUnsupported, fixture.Disk.SelectUnit(0));

        Assert.InRange(fixture.Machine.Now - before, 29_000_000UL, 31_000_000UL);
    }

    [Fact]
    public void A_unit_without_a_medium_is_none()
    {
        VirtioScsiFixture fixture = new();
        fixture.Unit.Instead = command => command[0] == 0 ? SimulatedScsiAnswer.Check(2, 0x3A) : null;
        Assert.Equal(Status.Ok, fixture.Start());

        Assert.Equal(Status.NoDevice, fixture.Disk.SelectUnit(0));
    }

    [Fact]
    public void A_target_that_does_not_answer_costs_a_reset_and_not_the_others()
    {
        VirtioScsiFixture fixture = new();
        fixture.Scsi.Silent.Add(1);
        fixture.Started();

        Assert.Equal(2, fixture.Scsi.Resets);
        Assert.Contains("target 1 LUN 0: E401", fixture.Console);
        Assert.Equal(Status.Ok, fixture.WriteAll(64));
        fixture.MustBeWritten();
    }

    [Fact]
    public void Many_targets_that_do_not_answer_end_the_search()
    {
        VirtioScsiFixture fixture = new();
        for (byte target = 4; target < 200; target++)
        {
            fixture.Scsi.Silent.Add(target);
        }
        ulong before = fixture.Machine.Now;

        Assert.Equal(Status.DeviceTimeout, fixture.Start());

        Assert.InRange(fixture.Machine.Now - before, 5_000_000UL, 10_000_000UL);
        Assert.False(fixture.IsMaster);
    }

    [Fact]
    public void A_unit_that_goes_is_noticed_at_once_and_leaves_the_next_in_use()
    {
        VirtioScsiFixture fixture = new();
        SimulatedScsiDisk next = new(new SimulatedMedium(512, 8192));
        fixture.Scsi.Units.Add((9, 0), next);
        fixture.Started();
        fixture.Unit.Instead = _ => new(3);
        ulong before = fixture.Machine.Now;

        Assert.Equal(Status.Ok, fixture.Disk.Submit(fixture.Write(0, 8)));
        Assert.Equal(Status.DeviceGone, fixture.Disk.Drain());
        Assert.True(fixture.Machine.Now - before < 50_000);

        Assert.Equal(Status.Ok, fixture.Disk.SelectUnit(1));
        Assert.Equal(Status.Ok, fixture.Disk.Submit(fixture.Write(0, 8)));
        Assert.Equal(Status.Ok, fixture.Disk.Drain());
        Assert.True(fixture.Source[..4096].SequenceEqual(next.Medium.Bytes.AsSpan(0, 4096)));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_controller_that_stops_answering_is_recovered(bool isModern, bool isLegacy)
    {
        VirtioScsiFixture fixture = new VirtioScsiFixture(isModern, isLegacy).Started();
        fixture.Scsi.CompletionsPerPause = 0;
        Assert.Equal(Status.Ok, fixture.Disk.Submit(fixture.Write(64, 64)));
        Assert.Equal(Status.Ok, fixture.Disk.Submit(fixture.Write(128, 64)));

        Assert.Equal(Status.DeviceTimeout, fixture.Disk.Drain());
        fixture.Scsi.CompletionsPerPause = 4;
        Assert.Equal(Status.Ok, fixture.Disk.Recover());

        Assert.Equal([(64UL, Status.DeviceTimeout), (128UL, Status.DeviceTimeout)], fixture.Failures());
        Assert.Equal(Status.Ok, fixture.WriteAll(64));
        fixture.MustBeWritten();
    }

    [Fact]
    public void A_controller_that_asks_for_a_reset_gets_one()
    {
        VirtioScsiFixture fixture = new VirtioScsiFixture().Started();
        Assert.Equal(Status.Ok, fixture.Disk.Submit(fixture.Write(0, 64)));
        fixture.Scsi.SetNeedsReset();

        Assert.Equal(Status.DeviceFailed, fixture.Disk.Drain());
        Assert.Equal(Status.Ok, fixture.Disk.Recover());

        Assert.Equal([(0UL, Status.DeviceFailed)], fixture.Failures());
        Assert.Equal(Status.Ok, fixture.WriteAll(64));
    }

    [Fact]
    public void A_controller_that_vanishes_is_noticed_within_a_moment()
    {
        VirtioScsiFixture fixture = new VirtioScsiFixture().Started();
        fixture.Scsi.CompletionsPerPause = 0;
        Assert.Equal(Status.Ok, fixture.Disk.Submit(fixture.Write(0, 64)));
        fixture.Scsi.IsGone = true;
        ulong before = fixture.Machine.Now;

        Assert.Equal(Status.DeviceGone, fixture.Disk.Drain());
        Assert.Equal(Status.DeviceGone, fixture.Disk.Recover());

        Assert.True(fixture.Machine.Now - before < 50_000);
        Assert.False(fixture.IsMaster);
    }

    [Fact]
    public void A_controller_that_ignores_its_reset_is_given_up()
    {
        VirtioScsiFixture fixture = new();
        fixture.Scsi.LeaveRunning();
        fixture.Scsi.IgnoresReset = true;

        Assert.Equal(Status.DeviceTimeout, fixture.Start());

        Assert.False(fixture.IsMaster);
        Assert.Contains("virtio-scsi 00:03.0: start: E401", fixture.Console);
    }
}
