using System.IO;
using System.Linq;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Extents;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Extents;

public class ExtentCheckTests
{
    private const long Length = 64 * 4096;

    [Fact]
    public void Extents_that_follow_each_other_on_the_device_are_one()
    {
        FileExtent[] found = Require(
            new(0, 1 << 20, 16 * 4096, 0), new(16 * 4096, (1 << 20) + (16 * 4096), 16 * 4096, 0x1000),
            new(32 * 4096, 4096, 32 * 4096, 1));
        Assert.Equal([(0UL, 1UL << 20, 32UL * 4096), (32UL * 4096, 4096UL, 32UL * 4096)],
            found.Select(each => (each.FileBytes, each.DiskBytes, each.LengthBytes)));
    }

    [Fact]
    public void What_lies_behind_the_end_of_the_file_is_left_out()
    {
        FileExtent[] found = Require(new(0, 0, Length + 8192, 0), new(Length + 8192, 1 << 30, 4096, 0x801));
        Assert.Equal((ulong)Length, Assert.Single(found).LengthBytes);
    }

    [Theory]
    [InlineData(0x002, "does not say")]
    [InlineData(0x006, "delayed allocation")]
    [InlineData(0x008, "encoded")]
    [InlineData(0x088, "encrypted by the file system")]
    [InlineData(0x100, "whole blocks")]
    [InlineData(0x300, "inline data")]
    [InlineData(0x500, "tails")]
    [InlineData(0x801, "not written")]
    [InlineData(0x2001, "shared")]
    [InlineData(0x8000, "FIEMAP flags 0x8000")]
    public void An_extent_that_cannot_be_written_below_the_file_system_is_refused(uint flags, string why)
    {
        ToolException refused = Refused(new(0, 1 << 20, 4096, 0), new(4096, 2 << 20, Length - 4096, flags));
        Assert.Contains(why, refused.Message);
        Assert.Contains("area: at offset 4096", refused.Message);
    }

    [Fact]
    public void Holes_are_refused()
    {
        Assert.Contains("offset 0 (0x0): is a hole", Refused(new MappedExtent(4096, 1 << 20, Length, 0)).Message);
        Assert.Contains("offset 8192 (0x2000): is a hole", Refused(new MappedExtent(0, 1 << 20, 8192, 0)).Message);
        Assert.Contains("is a hole", Refused().Message);
        Assert.Contains("two places", Refused(new(0, 1 << 20, 8192, 0), new(4096, 2 << 20, Length, 0)).Message);
    }

    [Fact]
    public void Pieces_of_less_than_pages_are_refused()
    {
        Assert.Contains("blocks of less than 4096 bytes",
            Refused(new(0, 1 << 20, 1024, 0), new(1024, 4 << 20, Length - 1024, 0)).Message);
    }

    [Theory]
    [InlineData(0xEF53L, null)]
    [InlineData(0x58465342L, null)]
    [InlineData(0x9123683EL, "btrfs")]
    [InlineData(0x01021994L, "tmpfs")]
    [InlineData(0x794C7630L, "overlayfs")]
    [InlineData(0x6969L, "NFS")]
    [InlineData(0x12345L, "0x12345")]
    public void Only_file_systems_that_leave_files_where_they_are_will_do(long magic, string? named)
    {
        string? found = FileSystemCheck.FindFileSystem(magic);
        Assert.Equal(named is null, found is null);
        Assert.Contains(named ?? "", found ?? "");
    }

    [Theory]
    [InlineData(0x80000u, 0u, null)]
    [InlineData(0x4u, 0u, "compressed")]
    [InlineData(0x800u, 0u, "encrypted")]
    [InlineData(0x4000u, 0u, "journal")]
    [InlineData(0x100000u, 0u, "fs-verity")]
    [InlineData(0x10000000u, 0u, "inline")]
    [InlineData(0u, 1u, "real-time")]
    public void Files_with_flags_that_make_their_blocks_something_else_are_refused(uint flags, uint attributes, string? named)
    {
        string? found = FileSystemCheck.FindFlags(flags, attributes);
        Assert.Equal(named is null, found is null);
        Assert.Contains(named ?? "", found ?? "");
    }

    [Fact]
    public void Data_in_the_journal_of_the_mount_is_found()
    {
        using var folder = new TestFolder();
        Assert.Null(FileSystemCheck.FindMount(folder.Root, "vda1"));
        string options = Path.Combine(Directory.CreateDirectory(folder.PathOf("fs/ext4/vda1")).FullName, "options");
        File.WriteAllText(options, "rw\ndata=ordered\nbarrier\n");
        Assert.Null(FileSystemCheck.FindMount(folder.Root, "vda1"));
        File.WriteAllText(options, "rw\ndata=journal\nbarrier\n");
        Assert.Contains("data=journal", FileSystemCheck.FindMount(folder.Root, "vda1"));
    }

    private static FileExtent[] Require(params MappedExtent[] extents) => ExtentCheck.Require("area", extents, Length);

    private static ToolException Refused(params MappedExtent[] extents) =>
        Assert.Throws<ToolException>(() => Require(extents));
}
