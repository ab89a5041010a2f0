using System;
using CosmosKdump.Capture.Area;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Faults;

/// <summary>A dump area on one partition of a disk: nothing outside it changes.</summary>
public class PartitionTests
{
    private const int MiB = 1 << 20;
    private const int AreaAt = (5 * MiB) + (4096 * 3);
    private const int AreaBytes = 8 * MiB;

    [Theory]
    [InlineData(DiskInterface.Nvme, 512)]
    [InlineData(DiskInterface.Nvme, 4096)]
    [InlineData(DiskInterface.VirtioModern, 512)]
    [InlineData(DiskInterface.VirtioModern, 4096)]
    [InlineData(DiskInterface.Ahci, 512)]
    [InlineData(DiskInterface.VirtioScsi, 512)]
    [InlineData(DiskInterface.VirtioScsi, 4096)]
    public void Nothing_outside_the_area_is_touched(DiskInterface kind, int blockBytes)
    {
        using TestDisk disk = TestDisk.Foreign();
        GptTable.Write(disk, [(MiB, 4 * MiB), (AreaAt, AreaBytes), (14 * MiB, MiB)], blockBytes);
        disk.Prepare(AreaAt, AreaBytes);
        byte[] before = disk.Read(0, (int)disk.LengthBytes);
        BareOptions options = new() { Disks = [disk.Nvme with { Interface = kind, BlockBytes = blockBytes }] };

        byte[] area = [];
        BareTest.Captures(options, machine =>
        {
            byte[] after = disk.Read(0, (int)disk.LengthBytes);
            Assert.True(before.AsSpan(0, AreaAt).SequenceEqual(after.AsSpan(0, AreaAt)), "bytes before the area changed");
            Assert.True(
                before.AsSpan(AreaAt + AreaBytes).SequenceEqual(after.AsSpan(AreaAt + AreaBytes)),
                "bytes behind the area changed");
            area = after[AreaAt..(AreaAt + AreaBytes)];
            using TestDisk copy = TestDisk.Foreign(AreaBytes / MiB);
            copy.Write(0, area);
            PageComparison.Run(copy.Path, machine.Memory).MustBeEqual();
            // Within the area, what lies between the dump and the label stays as it was.
            AreaLabel label = copy.ReadLabel();
            Assert.Equal(AreaState.Complete, label.State);
            int end = (int)label.DumpLengthBytes;
            Assert.True(
                before.AsSpan(AreaAt + end, AreaBytes - end - AreaLabel.Bytes)
                    .SequenceEqual(area.AsSpan(end, AreaBytes - end - AreaLabel.Bytes)),
                "bytes between the dump and the label changed");
        });
    }
}
