using System;
using System.IO;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

public sealed class OutputFileTests : IDisposable
{
    private const string Full = "No space left on device";
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnErrorOfTheMediumNamesTheFile()
    {
        ToolException told = Assert.Throws<ToolException>(
            () => OutputFile.Fill("dir/vmcore", () => throw new IOException(Full), "the area keeps the dump"));
        Assert.Equal($"dir/vmcore: {Full}; the area keeps the dump", told.Message);
    }

    [Fact]
    public void AnErrorThatNamesItsFileIsLeftAsItIs() => Assert.Equal("disk: broken", Assert.Throws<SystemCallException>(
        () => OutputFile.Fill("dir/vmcore", () => throw new SystemCallException("disk", "broken"))).Message);

    [Fact]
    public void AnErrorOfStandardOutputSaysSo()
    {
        using var full = new StreamWriter("/dev/full") { AutoFlush = true };
        using var output = new StandardOutput(full);
        Assert.Equal($"standard output: {Full}",
            Assert.Throws<ToolException>(() => output.WriteLine("text")).Message.Split(" :")[0]);
        Assert.Throws<IOException>(full.Dispose);
    }

    [Fact]
    public void AFileThatCanBeMadeIsNotThereAfterTheQuestion()
    {
        string path = _folder.PathOf("vmcore");
        OutputFile.RequireMakeable(path);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void ADirectoryThatTakesNoFilesIsToldByTheFilesName() => Assert.Equal(
        "/proc/vmcore.new: cannot be made: its directory does not exist, or takes no files",
        Assert.Throws<SystemCallException>(() => OutputFile.RequireMakeable("/proc/vmcore.new")).Message);
}
