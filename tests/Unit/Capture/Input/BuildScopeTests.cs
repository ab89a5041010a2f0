using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Input;

public sealed class BuildScopeTests
{
    [Fact]
    public void WhatThisBuildDoesIsNotMentioned()
    {
        const string Line = "elfcorehdr=1M kdump.target=serial,disk kdump.console=ttyS0,vga kdump.format=elf "
            + "kdump.dump_level=0 kdump.compress=lzo kdump.final_action=halt kdump.failure_action=shell kdump.overwrite=1";
        BootOptions options = Apply(Line, out string[] told);
        Assert.Empty(told);
        Assert.Equal(2, options.TargetCount);
        Assert.Equal(TargetKind.Serial, options.Targets[0].Kind);
        Assert.Equal(2, options.ConsoleCount);
        Assert.Equal(EndAction.Halt, options.FinalAction);
        Assert.Equal(EndAction.Shell, options.FailureAction);
    }

    [Theory]
    [InlineData("kdump.console=efifb", "kdump.console=efifb (ignored)")]
    public void WhatItDoesNotDoIsToldAndTheDefaultTaken(string commandLine, string expected)
    {
        BootOptions options = Apply("elfcorehdr=1M " + commandLine, out string[] told);
        Assert.Equal("ckdump: E116 not in this build: " + expected, Assert.Single(told));
        Assert.Equal(DumpFormat.Elf, options.Format);
        Assert.Equal(0, options.DumpLevel);
        Assert.Equal(EndAction.Reboot, options.FinalAction);
        Assert.Equal(EndAction.Reboot, options.FailureAction);
        Assert.Equal(0, options.ConsoleCount);
        Assert.Equal(1, options.TargetCount);
        Assert.Equal(TargetKind.Disk, options.Targets[0].Kind);
        Assert.True(options.Targets[0].Uuid.IsNil);
    }

    [Theory]
    [InlineData("elf", DumpFormat.Elf)]
    [InlineData("kdump", DumpFormat.Kdump)]
    public void BothFormatsHaveLevels(string format, DumpFormat expected)
    {
        string line = $"kdump.format={format} kdump.dump_level=31 kdump.compress=zlib kdump.exclude_vmemmap=1";
        BootOptions options = Apply(line, out string[] told);
        Assert.Empty(told);
        Assert.Equal((expected, (byte)31, Compressor.Zlib), (options.Format, options.DumpLevel, options.Compressor));
        Assert.True(options.ExcludesIdlePageStructs);
    }

    [Fact]
    public void TargetsOfThisBuildKeepTheirOrder()
    {
        BootOptions options = Apply(
            "kdump.target=tcp:10.0.2.2:4000,serial:ttyS1,http://10.0.2.2/up,disk,http://10.0.2.3/", out string[] told);
        Assert.Empty(told);
        TargetKind[] kinds = [TargetKind.Tcp, TargetKind.Serial, TargetKind.Http, TargetKind.Disk, TargetKind.Http];
        Assert.Equal(kinds.Length, options.TargetCount);
        for (int i = 0; i < kinds.Length; i++)
        {
            Assert.Equal(kinds[i], options.Targets[i].Kind);
        }
    }

    [Theory]
    [InlineData("kdump.target=serial:ttyS3,http://server/up", 2, "kdump.target=http://server/up (ignored)")]
    [InlineData("kdump.target=disc,serial:ttyS3", 2, "kdump.target=disc (ignored)")]
    [InlineData("kdump.target=disc", 1, "kdump.target=disc (ignored)")]
    [InlineData("kdump.target=serial:com1,serial", 3, "kdump.target=serial:com1 (used: ttyS0)")]
    [InlineData("kdump.target=tcp:10.0.2.2", 1, "kdump.target=tcp:10.0.2.2 (ignored)")]
    public void AfterATargetThatIsNoneADiskIsTriedLast(string commandLine, int targets, string expected)
    {
        BootOptions options = Apply(commandLine, out string[] told);
        Assert.EndsWith(expected, told[0]);
        Assert.Equal(targets, options.TargetCount);
        Assert.Equal(TargetKind.Disk, options.Targets[targets - 1].Kind);
        Assert.True(options.Targets[targets - 1].Uuid.IsNil);
    }

    [Fact]
    public void AListThatIsUnderstoodGetsNoDisk()
    {
        BootOptions options = Apply("kdump.target=serial:ttyS3,tcp:10.0.2.2:4000", out string[] told);
        Assert.Empty(told);
        Assert.Equal(2, options.TargetCount);
        Assert.Equal(TargetKind.Tcp, options.Targets[1].Kind);
    }

    [Fact]
    public void ConsolesOfThisBuildKeepTheirOrder()
    {
        BootOptions options = Apply("kdump.console=efifb,ttyS1,efifb,vga", out string[] told);
        Assert.Equal(2, told.Length);
        Assert.Equal(2, options.ConsoleCount);
        Assert.Equal(1, options.Consoles[0].Port);
        Assert.Equal(ConsoleKind.Vga, options.Consoles[1].Kind);
    }

    private static BootOptions Apply(string commandLine, out string[] told)
    {
        byte[] text = Encoding.Latin1.GetBytes(commandLine);
        var console = new FakeConsole();
        BootOptionsParser.Parse(text, ref console, out BootOptions options);
        BuildScope.Apply(ref console, ref options);
        told = console.Lines;
        return options;
    }
}
