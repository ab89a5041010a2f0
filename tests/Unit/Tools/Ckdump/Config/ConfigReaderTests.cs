using System;
using System.IO;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Ckdump.Config;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Config;

public class ConfigReaderTests
{
    private static DumpConfig Quietly(string text)
    {
        DumpConfig config = ConfigReader.Read("ckdump.conf", text);
        Assert.Empty(config.Problems);
        return config;
    }

    private static string Problem(string text) =>
        Assert.Single(ConfigReader.Read("ckdump.conf", text).Problems).ToString();

    [Theory]
    [InlineData("")]
    [InlineData("# raw /dev/vdb1\n\n   # path /x\n")]
    public void WithoutALineThereAreTheDefaults(string text)
    {
        DumpConfig config = Quietly(text);
        Assert.Equal([ConfigTarget.AnyDisk], config.Targets);
        Assert.Equal("/var/crash", config.Directory);
        Assert.Equal((DumpFormat.Kdump, 31, Compressor.Auto),
            (config.Collector.Format, config.Collector.Level, config.Collector.Compressor));
        Assert.Equal((EndAction.Reboot, EndAction.Reboot), (config.FinalAction, config.FailureAction));
        Assert.Equal((0, 0, 0L), (config.Keep, config.Cpus, config.MinimumFree.Of(1 << 30)));
        Assert.Null(config.Hook);
    }

    [Fact]
    public void TargetsAreInTheOrderOfTheirLines()
    {
        DumpConfig config = Quietly("""
            raw /dev/disk/by-partlabel/crash
            disk 01234567-89ab-cdef-0123-456789abcdef
            file /var/crash/area
            tcp collector.example:7000
            net 10.0.0.1:7001
            http http://10.0.0.2:8080/dumps/host
            serial /dev/ttyS1
            serial ttyS0,57600
            disk
            """);
        Assert.Equal(
            [
                "raw /dev/disk/by-partlabel/crash", "disk 01234567-89ab-cdef-0123-456789abcdef", "file /var/crash/area",
                "tcp collector.example:7000", "tcp 10.0.0.1:7001", "http 10.0.0.2:8080/dumps/host", "serial ttyS1",
                "serial ttyS0,57600", "disk",
            ],
            config.Targets.Select(target => target.ToString()));
        Assert.Equal(Enumerable.Range(1, 9), config.Targets.Select(target => target.Line));
    }

    [Theory]
    [InlineData("raw vdb1", "'vdb1' is not an absolute path")]
    [InlineData("disk 1234", "'1234' is not a UUID")]
    [InlineData("disk 00000000-0000-0000-0000-000000000000", "is not a UUID")]
    [InlineData("tcp host", "'host' is not HOST:PORT")]
    [InlineData("tcp host:0", "is not HOST:PORT")]
    [InlineData("tcp a,b:1", "is not HOST:PORT")]
    [InlineData("http server", "is not http://HOST[:PORT]/PATH")]
    [InlineData("serial ttyUSB0", "'ttyUSB0' is not ttyS0")]
    [InlineData("serial ttyS0 kdump.overwrite=1", "is not ttyS0")]
    [InlineData("nfs server:/export", "has no nfs: use tcp")]
    [InlineData("ssh root@server", "has no ssh: use tcp")]
    [InlineData("ext4 /dev/sda3", "has no file systems: use raw PARTITION, or file PATH on ext4")]
    public void ATargetThatCannotBeIsLeftOutAndToldWithItsLine(string line, string what)
    {
        DumpConfig config = ConfigReader.Read("ckdump.conf", $"\n{line}\nserial ttyS0\n");
        ConfigProblem problem = Assert.Single(config.Problems);
        Assert.StartsWith("ckdump.conf:2: ", problem.ToString());
        Assert.Contains(what, problem.What);
        Assert.Equal(["serial ttyS0"], config.Targets.Select(target => target.ToString()));
    }

    [Theory]
    [InlineData("makedumpfile -l --message-level 1 -d 31", DumpFormat.Kdump, 31, Compressor.Lzo)]
    [InlineData("makedumpfile -c -d 17", DumpFormat.Kdump, 17, Compressor.Zlib)]
    [InlineData("/usr/sbin/makedumpfile -z -d31", DumpFormat.Kdump, 31, Compressor.Zstd)]
    [InlineData("makedumpfile -F -l -d 1,31", DumpFormat.Kdump, 1, Compressor.Lzo)]
    [InlineData("makedumpfile --num-threads 4 -l --dump-level 31", DumpFormat.Kdump, 31, Compressor.Lzo)]
    [InlineData("makedumpfile -E -d 31", DumpFormat.Elf, 31, Compressor.Auto)]
    [InlineData("makedumpfile", DumpFormat.Kdump, 0, Compressor.Auto)]
    [InlineData("cp", DumpFormat.Elf, 0, Compressor.Auto)]
    [InlineData("dd bs=1M", DumpFormat.Elf, 0, Compressor.Auto)]
    public void LevelAndCompressorAreTakenFromTheCoreCollector(string line, DumpFormat format, int level, Compressor compressor)
    {
        CoreCollector collector = Quietly("core_collector " + line).Collector;
        Assert.Equal((format, level, compressor), (collector.Format, collector.Level, collector.Compressor));
    }

    [Fact]
    public void PageStructsAreLeftOutIfTheCoreCollectorSaysSo() =>
        Assert.True(Quietly("core_collector makedumpfile -l -e -d 31").Collector.ExcludesIdlePageStructs);

    [Theory]
    [InlineData("makedumpfile -p -d 31", "no snappy; lzo is taken", 31)]
    [InlineData("makedumpfile -l -d 32", "a dump level is 0 to 31; 0 is taken", 0)]
    [InlineData("makedumpfile -l -d", "'-d' wants a value", 0)]
    [InlineData("makedumpfile -l --split -d 7", "'--split' has no meaning here", 7)]
    [InlineData("gzip -9", "'gzip' is not makedumpfile", 31)]
    public void WhatTheCoreCollectorSaysInVainIsTold(string line, string what, int level)
    {
        DumpConfig config = ConfigReader.Read("ckdump.conf", "path /a\ncore_collector " + line);
        Assert.StartsWith("ckdump.conf:2: core_collector: ", Assert.Single(config.Problems).ToString());
        Assert.Contains(what, config.Problems[0].What);
        Assert.Equal(level, config.Collector.Level);
    }

    [Fact]
    public void OptionsAreTaken()
    {
        DumpConfig config = Quietly("""
            path  /srv/crash
            final_action poweroff
            failure_action shell
            keep 5
            min_free 10%
            hook /usr/local/sbin/mail dump
            hook_timeout 600
            cpus 2
            ip 10.0.0.5/24,10.0.0.1
            image /boot/kdump.bzimage
            command_line kdump.console=ttyS0,115200
            command_line kdump.overwrite=1
            """);
        Assert.Equal("/srv/crash", config.Directory);
        Assert.Equal((EndAction.Poweroff, EndAction.Shell), (config.FinalAction, config.FailureAction));
        Assert.Equal((5, 2), (config.Keep, config.Cpus));
        Assert.Equal(100L, config.MinimumFree.Of(1000));
        Assert.Equal("/usr/local/sbin/mail dump", config.Hook);
        Assert.Equal(TimeSpan.FromMinutes(10), config.HookLimit);
        Assert.Equal("10.0.0.5/24,10.0.0.1", config.Ip);
        Assert.Equal("/boot/kdump.bzimage", config.Image);
        Assert.Equal("kdump.console=ttyS0,115200 kdump.overwrite=1", config.CommandLine);
    }

    [Theory]
    [InlineData("path /srv/dumps # dumps go here", "/srv/dumps")]
    [InlineData("path /srv/dumps\t#", "/srv/dumps")]
    [InlineData("path /srv/dumps # the admin's, and others'", "/srv/dumps")]
    [InlineData("path /srv/dump#1", "/srv/dump#1")]
    [InlineData("path /srv/admin's # it's said", "/srv/admin's")]
    [InlineData("\t # path /srv/dumps", "/var/crash")]
    public void WhatFollowsOnTheLineIsNoPartOfTheValue(string line, string path) => Assert.Equal(path, Quietly(line).Directory);

    [Theory]
    [InlineData("hook /bin/mail root # tell him", "/bin/mail root")]
    [InlineData("hook /bin/mail -s \"crash # 1\" root # tell him", "/bin/mail -s \"crash # 1\" root")]
    [InlineData("hook /bin/mail -s 'crash # 1'", "/bin/mail -s 'crash # 1'")]
    public void QuotesKeepWhatLooksLikeAComment(string line, string hook) => Assert.Equal(hook, Quietly(line).Hook);

    [Fact]
    public void ATargetMayHaveACommentBehindIt()
    {
        DumpConfig config = Quietly("disk # any\ntcp host:7000 # the collector\nkeep 5 # a week");
        Assert.Equal(["disk", "tcp host:7000"], config.Targets.Select(target => target.ToString()));
        Assert.Equal(5, config.Keep);
    }

    [Fact]
    public void FreeSpaceMayBeASize() => Assert.Equal(2L << 30, Quietly("min_free 2G").MinimumFree.Of(1000));

    [Theory]
    [InlineData("pth /x", "unknown option 'pth'")]
    [InlineData("path", "'path' wants a value")]
    [InlineData("path crash", "not an absolute path: the line has no effect")]
    [InlineData("keep many", "not a number")]
    [InlineData("keep -1", "not a number")]
    [InlineData("min_free 100%", "not a size")]
    [InlineData("min_free lots", "not a size")]
    [InlineData("hook mail", "not an absolute path")]
    [InlineData("hook_timeout 100000", "not a number up to 86400")]
    [InlineData("failure_action dump_to_rootfs", "'dump_to_rootfs' is not reboot, poweroff, halt or shell: reboot is taken")]
    [InlineData("dracut_args --add-drivers x", "'dracut_args' has no meaning here")]
    [InlineData("kdump_post /bin/x", "'kdump_post' has no meaning here")]
    [InlineData("force_no_rebuild 1", "'force_no_rebuild' has no meaning here")]
    public void ALineThatIsNotUnderstoodHasNoEffectAndIsTold(string line, string what)
    {
        Assert.StartsWith("ckdump.conf:1: ", Problem(line));
        Assert.Contains(what, Problem(line));
        Assert.Equal(
            ConfigReader.Read("ckdump.conf", "") with { Problems = [], Targets = [] },
            ConfigReader.Read("ckdump.conf", line) with { Problems = [], Targets = [] });
    }

    [Fact]
    public void AFileThatIsNotThereStandsForTheDefaultsUnlessItWasAskedFor()
    {
        Assert.Equal("/none.conf", ConfigReader.ReadFile("/none.conf", isAskedFor: false).File);
        Assert.Throws<FileNotFoundException>(() => ConfigReader.ReadFile("/none.conf", isAskedFor: true));
    }

    [Fact]
    public void ThePackagesOwnFileIsUnderstoodWithAllThatItComments()
    {
        string text = File.ReadAllText(Path.Combine(House.Repository.Root, "tools/Ckdump/Package/ckdump.conf"));
        Quietly(text);
        // A comment that begins without a space shows an option.
        string options = string.Join('\n', text.Split('\n')
            .Select(line => line.Length > 1 && line[0] == '#' && line[1] != ' ' ? line[1..] : line));
        DumpConfig all = Quietly(options);
        Assert.NotEqual(0, all.Keep);
        Assert.NotNull(all.Hook);
    }
}
