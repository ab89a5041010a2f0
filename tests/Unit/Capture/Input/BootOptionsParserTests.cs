using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Capture.Input;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Input;

public class BootOptionsParserTests
{
    private static BootOptions Parse(string commandLine, out string[] complaints)
    {
        var console = new FakeConsole();
        BootOptionsParser.Parse(Encoding.Latin1.GetBytes(commandLine), ref console, out BootOptions options);
        complaints = console.Lines;
        return options;
    }

    private static BootOptions ParseQuietly(string commandLine)
    {
        BootOptions options = Parse(commandLine, out string[] complaints);
        Assert.Empty(complaints);
        return options;
    }

    [Fact]
    public void AnEmptyCommandLineGivesTheContractsDefaults()
    {
        BootOptions options = ParseQuietly("");
        Assert.False(options.HasElfCoreHeader);
        Assert.Equal(1, options.TargetCount);
        Assert.Equal(TargetKind.Disk, options.Targets[0].Kind);
        Assert.True(options.Targets[0].Uuid.IsNil);
        Assert.Equal(0, options.ConsoleCount);
        Assert.Equal(DumpFormat.Elf, options.Format);
        Assert.Equal(0, options.DumpLevel);
        Assert.Equal(Compressor.Auto, options.Compressor);
        Assert.Equal(EndAction.Reboot, options.FinalAction);
        Assert.Equal(EndAction.Shell, options.FailureAction);
        Assert.False(options.Overwrite);
        Assert.Equal(0u, options.Ip.Address.Value);
    }

    // Only where nothing asks for a capture, be it in vain, may somebody be expected to sit in front of the machine.
    [Theory]
    [InlineData("", EndAction.Shell)]
    [InlineData("kdump.selftest=1", EndAction.Shell)]
    [InlineData("elfcorehdr=1M", EndAction.Reboot)]
    [InlineData("elfcorehdr=soon", EndAction.Reboot)]
    [InlineData("kdump.failure_action=halt", EndAction.Halt)]
    [InlineData("kdump.failure_action=never", EndAction.Reboot)]
    [InlineData("elfcorehdr=1M kdump.failure_action=shell", EndAction.Shell)]
    public void WithoutACaptureTheMonitorOpens(string commandLine, EndAction action)
    {
        BootOptions options = Parse(commandLine, out _);
        Assert.Equal(action, options.FailureAction);
        Assert.Equal(!commandLine.Contains("elfcorehdr"), options.IsBringUp);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("kdump.cpus=1", 1)]
    [InlineData("kdump.cpus=3", 3)]
    [InlineData("kdump.cpus=64", Limits.Cpus)]
    [InlineData("kdump.cpus=18446744073709551615", Limits.Cpus)]
    public void CpusAreAsManyAsThereIsRoomFor(string commandLine, int cpus) =>
        Assert.Equal(cpus, ParseQuietly(commandLine).Cpus);

    [Theory]
    [InlineData("elfcorehdr=1031540K", 1031540ul << 10, 0ul)]
    [InlineData("elfcorehdr=0x3ef60000", 0x3ef60000ul, 0ul)]
    [InlineData("elfcorehdr=0x3EF60000", 0x3ef60000ul, 0ul)]
    [InlineData("elfcorehdr=010000", 0x1000ul, 0ul)]
    [InlineData("elfcorehdr=4096", 4096ul, 0ul)]
    [InlineData("elfcorehdr=16K@0x10000000", 0x10000000ul, 16384ul)]
    [InlineData("elfcorehdr=1m@5G", 5ul << 30, 1ul << 20)]
    [InlineData("elfcorehdr=3T", 3ul << 40, 0ul)]
    [InlineData("elfcorehdr=0", 0ul, 0ul)]
    [InlineData("elfcorehdr=1M elfcorehdr=8K@2M", 2ul << 20, 8192ul)]
    [InlineData("elfcorehdr=8K@2M elfcorehdr=1M", 1ul << 20, 0ul)]
    [InlineData("quiet root=/dev/sda1 \"elfcorehdr=1M\" nr_cpus=1", 1ul << 20, 0ul)]
    public void ElfcorehdrIsReadAsLinuxReadsIt(string commandLine, ulong address, ulong size)
    {
        BootOptions options = ParseQuietly(commandLine);
        Assert.True(options.HasElfCoreHeader);
        Assert.Equal(address, options.ElfCoreHeaderAddress);
        Assert.Equal(size, options.ElfCoreHeaderSize);
    }

    [Theory]
    [InlineData("elfcorehdr=")]
    [InlineData("elfcorehdr")]
    [InlineData("elfcorehdr=abc")]
    [InlineData("elfcorehdr=16K@")]
    [InlineData("elfcorehdr=99999999999999999999")]
    [InlineData("elfcorehdr=99999999999E")]
    public void ABadElfcorehdrIsTold(string commandLine)
    {
        BootOptions options = Parse(commandLine, out string[] complaints);
        Assert.False(options.HasElfCoreHeader);
        Assert.StartsWith("ckdump: E101 bad option value: elfcorehdr=", Assert.Single(complaints));
    }

    [Fact]
    public void ABadElfcorehdrDoesNotCostAGoodOne()
    {
        BootOptions options = Parse("elfcorehdr=1M elfcorehdr=oops", out string[] complaints);
        Assert.True(options.HasElfCoreHeader);
        Assert.Equal(1ul << 20, options.ElfCoreHeaderAddress);
        Assert.Single(complaints);
    }

    [Fact]
    public void TextBehindElfcorehdrIsToldAndIgnoredAsInLinux()
    {
        BootOptions options = Parse("elfcorehdr=1Mx", out string[] complaints);
        Assert.Equal(1ul << 20, options.ElfCoreHeaderAddress);
        Assert.Contains("text after the number", Assert.Single(complaints));
    }

    [Fact]
    public void OptionsBehindTheDashesCount()
    {
        // kexec-tools appends elfcorehdr= behind whatever it was given.
        BootOptions options = ParseQuietly("quiet -- single kdump.dump_level=31 elfcorehdr=1M");
        Assert.True(options.HasElfCoreHeader);
        Assert.Equal(31, options.DumpLevel);
    }

    [Fact]
    public void OptionsEndAtTheNul() => Assert.False(ParseQuietly("quiet\0elfcorehdr=1M").HasElfCoreHeader);

    [Theory]
    [InlineData("acpi_rsdp=0x3ffe0014")]
    [InlineData("acpi_rsdp=3ffe0014")]
    public void AcpiRsdpIsAlwaysHexadecimal(string commandLine) =>
        Assert.Equal(0x3ffe0014ul, ParseQuietly(commandLine).AcpiRsdp);

    [Fact]
    public void TargetsKeepTheirOrder()
    {
        const string Line = "x kdump.target=disk:12345678-9abc-DEF0-1234-56789abcdef0,serial:ttyS1,57600,"
            + "tcp:10.0.2.2:9000,http://10.0.2.2/up,serial,disk";
        BootOptions options = ParseQuietly(Line);
        Assert.Equal(6, options.TargetCount);
        Assert.Equal(TargetKind.Disk, options.Targets[0].Kind);
        Assert.Equal(0x123456789abcdef0ul, options.Targets[0].Uuid.High);
        Assert.Equal(0x123456789abcdef0ul, options.Targets[0].Uuid.Low);
        Assert.Equal(TargetKind.Serial, options.Targets[1].Kind);
        Assert.Equal(1, options.Targets[1].Port);
        Assert.Equal(57600u, options.Targets[1].Baud);
        Assert.Equal("serial:ttyS1,57600", TextOf(Line, options.Targets[1]));
        Assert.Equal(TargetKind.Tcp, options.Targets[2].Kind);
        Assert.Equal("tcp:10.0.2.2:9000", TextOf(Line, options.Targets[2]));
        Assert.Equal(TargetKind.Http, options.Targets[3].Kind);
        Assert.Equal(9000, options.Targets[2].Server.Port);
        Assert.Equal("http://10.0.2.2/up", TextOf(Line, options.Targets[3]));
        Assert.Equal("/up", TextOf(Line, options.Targets[3])[options.Targets[3].PathOffset..]);
        Assert.Equal(TargetKind.Serial, options.Targets[4].Kind);
        Assert.Equal(0u, options.Targets[4].Baud);
        Assert.True(options.Targets[5].Uuid.IsNil);
    }

    [Fact]
    public void TargetsMayBeGivenInSeveralOptionsOrQuotedWithSpaces()
    {
        BootOptions options = ParseQuietly("kdump.target=\"serial disk\" kdump.target=serial:ttyS2,9600");
        Assert.Equal(3, options.TargetCount);
        Assert.Equal(TargetKind.Serial, options.Targets[0].Kind);
        Assert.Equal(TargetKind.Disk, options.Targets[1].Kind);
        Assert.Equal(2, options.Targets[2].Port);
        Assert.Equal(9600u, options.Targets[2].Baud);
    }

    [Fact]
    public void AMistypedDetailLeavesTheTargetInTheList()
    {
        BootOptions options = Parse(
            "kdump.target=disk:1234,serial:com1,serial:ttyS1,12", out string[] complaints);
        Assert.Equal(3, options.TargetCount);
        Assert.True(options.Targets[0].Uuid.IsNil);
        Assert.Equal(0, options.Targets[1].Port);
        Assert.Equal(1, options.Targets[2].Port);
        Assert.Equal(0u, options.Targets[2].Baud);
        Assert.Equal(
            [
                "ckdump: E101 bad option value: kdump.target=disk:1234 (used: any dump area)",
                "ckdump: E101 bad option value: kdump.target=serial:com1 (used: ttyS0)",
                "ckdump: E115 bad baud rate: kdump.target=serial:ttyS1,12 (used: 115200)",
            ],
            complaints);
    }

    [Fact]
    public void UnknownTargetsLeaveTheDefault()
    {
        BootOptions options = Parse("kdump.target=nfs:host,tcp:nowhere,http://", out string[] complaints);
        Assert.Equal(1, options.TargetCount);
        Assert.Equal(TargetKind.Disk, options.Targets[0].Kind);
        Assert.Equal(3, complaints.Length);
        Assert.Equal("ckdump: E503 unknown target: kdump.target=nfs:host (ignored)", complaints[0]);
    }

    [Fact]
    public void TargetsBeyondTheLimitAreTold()
    {
        BootOptions options = Parse("kdump.target=disk,disk,disk,disk,disk,disk,disk,disk,serial", out string[] complaints);
        Assert.Equal(Limits.Targets, options.TargetCount);
        Assert.Contains("E111", Assert.Single(complaints));
    }

    [Theory]
    [InlineData("disk:1234")]
    [InlineData("serial:ttyS1,12")]
    public void A_mistyped_target_beyond_the_last_is_not_told_to_be_used(string last)
    {
        string list = string.Concat(System.Linq.Enumerable.Repeat("serial,", Limits.Targets)) + last;
        BootOptions options = Parse("kdump.target=" + list, out string[] complaints);
        Assert.Equal(Limits.Targets, options.TargetCount);
        Assert.Contains("E111", complaints[^1]);
        Assert.EndsWith("(ignored)", complaints[^1]);
    }

    [Fact]
    public void A_mistyped_console_beyond_the_last_is_not_told_to_be_used()
    {
        string list = string.Concat(System.Linq.Enumerable.Repeat("vga,", Limits.Consoles)) + "ttyS0,12";
        BootOptions options = Parse("kdump.console=" + list, out string[] complaints);
        Assert.Equal(Limits.Consoles, options.ConsoleCount);
        Assert.Contains("E111", complaints[^1]);
        Assert.EndsWith("(ignored)", complaints[^1]);
    }

    [Theory]
    [InlineData("kdump.target=serial,serial,serial,serial,serial,serial,serial,serial,disk:typo")]
    [InlineData("kdump.console=ttyS0,ttyS1,ttyS2,vga,ttyS3,5")]
    public void AMistypedItemBeyondTheLimitIsLeftOut(string commandLine)
    {
        BootOptions options = Parse(commandLine, out string[] complaints);
        Assert.NotEmpty(complaints);
        Assert.InRange(options.TargetCount, 1, Limits.Targets);
        Assert.InRange(options.ConsoleCount, 0, Limits.Consoles);
    }

    [Fact]
    public void ConsolesAreListed()
    {
        BootOptions options = ParseQuietly("kdump.console=ttyS1,115200n8,vga,efifb kdump.console=ttyS0");
        Assert.Equal(4, options.ConsoleCount);
        Assert.Equal(ConsoleKind.Serial, options.Consoles[0].Kind);
        Assert.Equal(1, options.Consoles[0].Port);
        Assert.Equal(115200u, options.Consoles[0].Baud);
        Assert.Equal(ConsoleKind.Vga, options.Consoles[1].Kind);
        Assert.Equal(ConsoleKind.EfiFramebuffer, options.Consoles[2].Kind);
        Assert.Equal(0, options.Consoles[3].Port);
    }

    [Fact]
    public void ABadConsoleIsToldAndABadRateLeavesTheConsole()
    {
        BootOptions options = Parse("kdump.console=tty0,ttyS0,7,lp0", out string[] complaints);
        Assert.Equal(1, options.ConsoleCount);
        Assert.Equal(0u, options.Consoles[0].Baud);
        Assert.Equal(3, complaints.Length);
    }

    [Fact]
    public void TheOtherOptionsAreRead()
    {
        const string Line = "kdump.format=kdump kdump.dump_level=31 kdump.compress=lzo kdump.final_action=poweroff "
            + "kdump.failure-action=shell kdump.overwrite=1 kdump.ip=10.0.2.15/24,10.0.2.2";
        BootOptions options = ParseQuietly(Line);
        Assert.Equal(DumpFormat.Kdump, options.Format);
        Assert.Equal(31, options.DumpLevel);
        Assert.Equal(Compressor.Lzo, options.Compressor);
        Assert.Equal(EndAction.Poweroff, options.FinalAction);
        Assert.Equal(EndAction.Shell, options.FailureAction);
        Assert.True(options.Overwrite);
        Assert.Equal(0x0A00020Fu, options.Ip.Address.Value);
        Assert.Equal(24, options.Ip.PrefixBits);
        Assert.Equal(0x0A000202u, options.Ip.Gateway.Value);
    }

    [Theory]
    [InlineData("kdump.format=elf64")]
    [InlineData("kdump.cpus=0")]
    [InlineData("kdump.cpus=all")]
    [InlineData("kdump.dump_level=32")]
    [InlineData("kdump.dump_level=-1")]
    [InlineData("kdump.dump_level=")]
    [InlineData("kdump.compress=gzip")]
    [InlineData("kdump.final_action=restart")]
    [InlineData("kdump.failure_action=")]
    [InlineData("kdump.overwrite=yes")]
    [InlineData("kdump.overwrite")]
    [InlineData("kdump.target=")]
    [InlineData("kdump.console=")]
    [InlineData("kdump.ip=")]
    [InlineData("acpi_rsdp=here")]
    public void ABadValueIsToldAndTheDefaultStays(string commandLine)
    {
        BootOptions options = Parse(commandLine, out string[] complaints);
        Assert.StartsWith("ckdump: E101 bad option value: " + commandLine, Assert.Single(complaints));
        Assert.Equal(DumpFormat.Elf, options.Format);
        Assert.Equal(0, options.DumpLevel);
        Assert.Equal(Compressor.Auto, options.Compressor);
        Assert.Equal(EndAction.Reboot, options.FinalAction);
        Assert.Equal(options.HasFailureAction ? EndAction.Reboot : EndAction.Shell, options.FailureAction);
        Assert.False(options.Overwrite);
        Assert.Equal(1, options.TargetCount);
        Assert.Equal(0ul, options.AcpiRsdp);
    }

    [Theory]
    [InlineData("kdump.dump_level=foo", "E101 bad option value: kdump.dump_level=foo (used: 0)")]
    [InlineData("kdump.dump_level=31 kdump.dump_level=32", "E101 bad option value: kdump.dump_level=32 (used: 31)")]
    [InlineData("kdump.format=raw", "E101 bad option value: kdump.format=raw (used: elf)")]
    [InlineData("kdump.compress=gzip", "E101 bad option value: kdump.compress=gzip (used: auto)")]
    [InlineData("kdump.compress=lzo kdump.compress=gzip", "E101 bad option value: kdump.compress=gzip (used: lzo)")]
    [InlineData("kdump.cpus=none", "E101 bad option value: kdump.cpus=none (used: all)")]
    [InlineData("kdump.cpus=2 kdump.cpus=x", "E101 bad option value: kdump.cpus=x (used: 2)")]
    [InlineData("kdump.overwrite=yes", "E101 bad option value: kdump.overwrite=yes (used: 0)")]
    [InlineData("kdump.final-action=off", "E101 bad option value: kdump.final-action=off (used: reboot)")]
    [InlineData("kdump.failure_action=halt kdump.failure_action=no", "E101 bad option value: kdump.failure_action=no (used: halt)")]
    [InlineData("kdump.target=", "E101 bad option value: kdump.target= (ignored)")]
    [InlineData("kdump.console=ttyS0,17", "E115 bad baud rate: kdump.console=ttyS0,17 (used: the port's rate)")]
    [InlineData("elfcorehdr=1M,x", "E101 bad option value: elfcorehdr=1M,x (the text after the number is ignored)")]
    public void ABadValueIsToldWithWhatIsUsed(string commandLine, string complaint)
    {
        Parse(commandLine, out string[] complaints);
        Assert.Equal("ckdump: " + complaint, Assert.Single(complaints));
    }

    [Fact]
    public void AnUnknownOptionIsTold()
    {
        Parse("kdump.targets=disk loglevel=7", out string[] complaints);
        Assert.Equal("ckdump: E112 unknown option: kdump.targets=disk (ignored)", Assert.Single(complaints));
    }

    [Fact]
    public void AnEndlessCommandLineIsCut()
    {
        BootOptions options = Parse("elfcorehdr=1M " + new string('x', 5000) + " kdump.overwrite=1", out string[] complaints);
        Assert.True(options.HasElfCoreHeader);
        Assert.False(options.Overwrite);
        Assert.Contains("cut after 4096 bytes", Assert.Single(complaints));
    }

    [Fact]
    public void AnyBytesAreParsedWithoutHarm()
    {
        var random = new System.Random(20);
        string[] words =
        [
            "elfcorehdr=", "kdump.target=", "kdump.console=", "kdump.", "disk:", "serial:", "ttyS", "\"", "@", ",",
            "0x", "=", " ", "--", "1M", "999999999999999999999", "\xff", "\t", "tcp:", "http://", "acpi_rsdp=",
        ];
        for (int run = 0; run < 5000; run++)
        {
            var line = new StringBuilder();
            for (int i = random.Next(12); i > 0; i--)
            {
                line.Append(words[random.Next(words.Length)]);
            }
            BootOptions options = Parse(line.ToString(), out string[] complaints);
            Assert.InRange(options.TargetCount, 1, Limits.Targets);
            Assert.InRange(options.ConsoleCount, 0, Limits.Consoles);
            Assert.All(complaints, complaint => Assert.StartsWith("ckdump: E", complaint));
            for (int i = 0; i < options.TargetCount; i++)
            {
                Assert.True(options.Targets[i].TextOffset + options.Targets[i].TextLength <= line.Length);
            }
        }
    }

    private static string TextOf(string line, TargetSpec target) => line.Substring(target.TextOffset, target.TextLength);
}
