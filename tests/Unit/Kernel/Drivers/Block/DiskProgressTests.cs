using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Block;

/// <summary>What a disk driver calls progress, by which watchdogs are fed.</summary>
[Collection(SimulatedMachine.Tests)]
public class DiskProgressTests
{
    private readonly NvmeFixture _fixture = new();

    private int Made => _fixture.Machine.ProgressMade;

    [Fact]
    public void Every_request_that_completes_is_progress()
    {
        _fixture.Started();
        int before = Made;

        Assert.Equal(Status.Ok, _fixture.WriteAll(64));
        Assert.Equal(Status.Ok, _fixture.Disk.Read(0, 0xF0_0000, 8));

        Assert.Equal(before + (8192 / 64) + 1, Made);
    }

    [Fact]
    public void Requests_that_fail_are_none()
    {
        _fixture.Medium.BadBlocks[0] = 0x281;
        _fixture.Started();
        int before = Made;

        Assert.Equal(Status.Ok, _fixture.Disk.Submit(_fixture.Write(0, 8)));
        Assert.Equal(Status.Ok, _fixture.Disk.Drain());

        Assert.Single(_fixture.Failures());
        Assert.Equal(before, Made);
    }

    [Fact]
    public void Waiting_for_a_disk_that_hangs_is_none()
    {
        _fixture.Started();
        _fixture.Nvme.CompletionsPerPause = 0;
        int before = Made;

        Assert.Equal(Status.Ok, _fixture.Disk.Submit(_fixture.Write(0, 8)));
        Assert.Equal(Status.DeviceTimeout, _fixture.Disk.Drain());
        Assert.Equal(Status.DeviceTimeout, _fixture.Disk.Recover());

        Assert.Equal(before, Made);
    }

    [Fact]
    public void A_flush_counts_while_it_lasts_and_no_longer_than_its_deadline()
    {
        _fixture.Started();
        _fixture.Nvme.CompletionsPerPause = 0;
        int before = Made;

        Assert.Equal(Status.DeviceTimeout, _fixture.Disk.Flush());

        int flushing = Made;
        Assert.InRange(flushing - before, 30, int.MaxValue);
        Assert.Equal(Status.DeviceTimeout, _fixture.Disk.Flush());
        _fixture.Nvme.CompletionsPerPause = 4;
        Assert.Equal(Status.Ok, _fixture.Disk.Recover());
        _fixture.Nvme.CompletionsPerPause = 0;
        Assert.Equal(Status.Ok, _fixture.Disk.Submit(_fixture.Write(0, 8)));
        Assert.Equal(Status.DeviceTimeout, _fixture.Disk.Drain());
        Assert.Equal(flushing, Made);
    }
}
