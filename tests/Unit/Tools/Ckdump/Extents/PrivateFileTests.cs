using System;
using System.Diagnostics;
using System.IO;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Extents;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Extents;

public sealed class PrivateFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AFileThatEverybodyCouldReadIsForItsOwnerAlone()
    {
        string path = _folder.Make("area", 65536);
        File.SetUnixFileMode(path, OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.SetUser);
        using AreaFile file = AreaFile.Open(path, write: true);
        PrivateFile.Make(file);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(path));
        Assert.Equal(OwnerOnly, FileCalls.OwnershipOf(file.Handle, path).Mode);
    }

    [Fact]
    public void AFileWithAnotherNameIsRefusedAsItIs()
    {
        string path = _folder.Make("area", 65536);
        File.SetUnixFileMode(path, OwnerOnly | UnixFileMode.OtherRead);
        using (Process link = Process.Start("ln", [path, _folder.PathOf("other")]))
        {
            link.WaitForExit();
        }
        CkdumpRun.Bad(1, [$"{path}: has 2 names (hard links)"], "prepare", "--file", "--force", path);
        Assert.Equal(OwnerOnly | UnixFileMode.OtherRead, File.GetUnixFileMode(path));
        Assert.Equal(-1, File.ReadAllBytes(path).AsSpan().IndexOfAnyExcept((byte)0));
    }

    [Theory]
    [InlineData(0u, OwnerOnly, null)]
    [InlineData(0u, UnixFileMode.UserRead, null)]
    [InlineData(1000u, OwnerOnly, "belongs to user 1000")]
    [InlineData(0u, OwnerOnly | UnixFileMode.GroupRead, "by others than root")]
    [InlineData(0u, OwnerOnly | UnixFileMode.OtherWrite, "by others than root")]
    public void AnAreaThatOthersCanReadTakesNoDump(uint user, UnixFileMode mode, string? expected)
    {
        Exception? refusal = Record.Exception(
            () => PrivateFile.Require("/area", new FileOwnership(user, mode, 1), "run ckdump prepare --file"));
        if (expected is null)
        {
            Assert.Null(refusal);
            return;
        }
        ToolException told = Assert.IsType<ToolException>(refusal);
        Assert.StartsWith("/area: ", told.Message);
        Assert.Contains(expected, told.Message);
        Assert.EndsWith("run ckdump prepare --file", told.Message);
    }
}
