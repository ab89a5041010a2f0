using CosmosKdump.Ckdump.Areas;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

public class ContentCheckTests
{
    private const string Entry = "DEVNAME=/dev/vdb1\nPART_ENTRY_SCHEME=gpt\nPART_ENTRY_TYPE=0fc63daf-8483-4772-8e79-3d69d8477de4\n";

    [Theory]
    [InlineData(2, "", null)]
    [InlineData(0, Entry, null)]
    [InlineData(0, Entry + "LABEL=home\nTYPE=ext4\n", "a file system or volume of type ext4 \"home\"")]
    [InlineData(0, "DEVNAME=/dev/vdb\nPTTYPE=gpt\n", "a partition table of type gpt")]
    [InlineData(8, "", "signatures of more than one kind (see blkid -p)")]
    [InlineData(8, Entry, "signatures of more than one kind (see blkid -p)")]
    public void TheEntryOfAPartitionIsNoContent(int exitCode, string output, string? expected) =>
        Assert.Equal(expected, ContentCheck.DescribeBlkid(exitCode, output));
}
