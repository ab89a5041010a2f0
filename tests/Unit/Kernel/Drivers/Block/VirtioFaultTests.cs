using System;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Block;

[Collection(SimulatedMachine.Tests)]
public class VirtioFaultTests
{
    public static TheoryData<bool, bool> Interfaces => new() { { true, false }, { false, true } };

    [Theory]
    [MemberData(nameof(Interfaces))]
    public void Failed_writes_are_handed_out_with_their_reasons(bool isModern, bool isLegacy)
    {
        VirtioFixture fixture = new VirtioFixture(isModern, isLegacy).Started();
        fixture.Virtio.Medium.BadBlocks[130] = 1;
        fixture.Virtio.Medium.BadBlocks[640] = 2;

        Assert.Equal(Status.Ok, fixture.WriteAll(64));

        Assert.Equal([(128UL, Status.RequestFailed), (640UL, Status.DeviceUnsupported)], fixture.Failures());
    }

    [Theory]
    [MemberData(nameof(Interfaces))]
    public void A_device_that_stops_answering_is_recovered(bool isModern, bool isLegacy)
    {
        VirtioFixture fixture = new VirtioFixture(isModern, isLegacy).Started();
        fixture.Virtio.CompletionsPerPause = 0;
        Assert.Equal(Status.Ok, fixture.Disk.Submit(fixture.Write(64, 64)));
        Assert.Equal(Status.Ok, fixture.Disk.Submit(fixture.Write(128, 64)));
        ulong before = fixture.Machine.Now;

        Assert.Equal(Status.DeviceTimeout, fixture.Disk.Drain());
        Assert.InRange(fixture.Machine.Now - before, 10_000_000UL, 11_000_000UL);
        fixture.Virtio.CompletionsPerPause = 4;
        Assert.Equal(Status.Ok, fixture.Disk.Recover());

        Assert.Equal([(64UL, Status.DeviceTimeout), (128UL, Status.DeviceTimeout)], fixture.Failures());
        Assert.Equal(Status.Ok, fixture.WriteAll(64));
        Assert.True(fixture.Source.SequenceEqual(fixture.Virtio.Medium.Bytes));
    }

    [Theory]
    [MemberData(nameof(Interfaces))]
    public void A_device_that_asks_for_a_reset_gets_one(bool isModern, bool isLegacy)
    {
        VirtioFixture fixture = new VirtioFixture(isModern, isLegacy).Started();
        Assert.Equal(Status.Ok, fixture.Disk.Submit(fixture.Write(0, 64)));
        fixture.Virtio.SetNeedsReset();
        ulong before = fixture.Machine.Now;

        Assert.Equal(Status.DeviceFailed, fixture.Disk.Drain());
        Assert.True(fixture.Machine.Now - before < 50_000);
        Assert.Equal(Status.Ok, fixture.Disk.Recover());

        Assert.Equal([(0UL, Status.DeviceFailed)], fixture.Failures());
        Assert.Equal(Status.Ok, fixture.WriteAll(64));
    }

    [Theory]
    [MemberData(nameof(Interfaces))]
    public void A_device_that_vanishes_is_noticed_within_a_moment(bool isModern, bool isLegacy)
    {
        VirtioFixture fixture = new VirtioFixture(isModern, isLegacy).Started();
        fixture.Virtio.CompletionsPerPause = 0;
        Assert.Equal(Status.Ok, fixture.Disk.Submit(fixture.Write(0, 64)));
        fixture.Virtio.IsGone = true;
        ulong before = fixture.Machine.Now;

        Assert.Equal(Status.DeviceGone, fixture.Disk.Drain());
        Assert.Equal(Status.DeviceGone, fixture.Disk.Recover());

        Assert.True(fixture.Machine.Now - before < 50_000);
        Assert.False(fixture.IsMaster);
    }

    [Theory]
    [MemberData(nameof(Interfaces))]
    public void A_device_that_ignores_its_reset_is_given_up(bool isModern, bool isLegacy)
    {
        VirtioFixture fixture = new(isModern, isLegacy);
        fixture.Virtio.LeaveRunning();
        fixture.Virtio.IgnoresReset = true;

        Assert.Equal(Status.DeviceTimeout, fixture.Start());

        Assert.False(fixture.IsMaster);
        Assert.Contains("virtio-blk 00:03.0: start: E401", fixture.Machine.Console.ToString());
    }
}
