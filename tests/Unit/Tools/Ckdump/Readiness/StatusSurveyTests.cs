using System;
using System.IO;
using System.Net;
using System.Text.Json;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Config;
using CosmosKdump.Ckdump.Load;
using CosmosKdump.Ckdump.Machine;
using CosmosKdump.Ckdump.Readiness;
using CosmosKdump.Ckdump.Saved;
using CosmosKdump.Tests.Unit.Tools.Ckdump.Load;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Readiness;

public sealed class StatusSurveyTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly FakeMachine _machine;
    private readonly string _area;
    private byte[]? _map = [1, 2, 3];
    private IPAddress? _address;

    public StatusSurveyTests()
    {
        _machine = new FakeMachine(_folder);
        AreaImage area = new(_folder, AreaState.Prepared, dumpBytes: 512 << 20);
        _area = area.Path;
    }

    public void Dispose() => _folder.Dispose();

    private DumpConfig Config(string text) =>
        ConfigReader.Read(_folder.PathOf("ckdump.conf"), $"path {_folder.PathOf("crash")}\n{text}");

    private TargetResolver Resolver() => new(new AreaLookup(() => []), _ => null, _ => _address, _ =>
        _map ?? throw new ToolException("its volume is not linear"));

    private StatusDocument Status(string? text = null)
    {
        TargetResolver resolver = Resolver();
        return new StatusSurvey(_machine.Root, resolver).Collect(Config(text ?? "raw " + _area), _machine.Image());
    }

    private void Load(string? text = null)
    {
        DumpConfig config = Config(text ?? "raw " + _area);
        TargetResolver resolver = Resolver();
        new LoadState
        {
            Image = "/i",
            Version = "CosmosKdump 9.9",
            CommandLine = CaptureCommandLine.Of(config, resolver.Resolve(config), null),
            Loader = "kexec-tools",
            Time = DateTimeOffset.UnixEpoch,
            Cpus = 3,
            MemoryBytes = 256 << 20,
            MapDigest = LoadState.DigestOf(resolver.Resolve(config)),
        }.Write(_machine.Root);
    }

    private static Finding Worst(StatusDocument status) => status.Findings[0];

    [Fact]
    public void AWatchdogThatTheCaptureKernelDoesNotKnowIsAWarning()
    {
        Load();
        foreach ((string device, string identity) in new[] { ("watchdog0", "iTCO_wdt"), ("watchdog1", "IPMI") })
        {
            _machine.Set($"sys/class/watchdog/{device}/identity", identity);
            _machine.Set($"sys/class/watchdog/{device}/state", "active");
            _machine.Set($"sys/class/watchdog/{device}/timeout", "20");
        }
        StatusDocument status = Status();
        Finding finding = Assert.Single(status.Findings);
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.StartsWith("the watchdog IPMI is armed, and the capture kernel cannot feed it", finding.What);
        Assert.EndsWith("(it has 20 s)", finding.Advice);
        Assert.True(status.IsReady);
        StringWriter text = new();
        ReadinessText.Write(text, status);
        Assert.Contains("watchdog  iTCO_wdt, armed, 20 s: the capture kernel feeds it while a dump makes progress\n", text.ToString());
        Assert.Contains("watchdog  IPMI, armed, 20 s: the capture kernel CANNOT FEED it\n", text.ToString());
        JsonElement first = JsonDocument.Parse(ReadinessJson.Of(status)).RootElement.GetProperty("watchdogs")[0];
        Assert.Equal("iTCO_wdt", first.GetProperty("name").GetString());
        Assert.True(first.GetProperty("isArmed").GetBoolean());
        Assert.True(first.GetProperty("isFed").GetBoolean());
    }

    [Fact]
    public void AMachineOnWhichAllIsWellIsReady()
    {
        Load();
        StatusDocument status = Status();
        Assert.Empty(status.Findings);
        Assert.True(status.IsReady);
        Assert.Equal("prepared", Assert.Single(status.Targets).State);
        StringWriter text = new();
        ReadinessText.Write(text, status);
        Assert.StartsWith("state     ready: a crash now is captured\nloaded    CosmosKdump 9.9 (/i), ", text.ToString());
        Assert.Contains($"target    raw {_area}, prepared, room for 513.0 MiB\n", text.ToString());
    }

    [Fact]
    public void WithoutACaptureKernelItIsNotReady()
    {
        _machine.Set("sys/kernel/kexec_crash_loaded", "0");
        StatusDocument status = Status();
        Assert.False(status.IsReady);
        Assert.Equal("no capture kernel is loaded", Worst(status).What);
        Assert.Contains("systemctl start ckdump", Worst(status).Advice);
    }

    [Fact]
    public void LockdownIsSaidWhereNothingIsLoaded()
    {
        _machine.Set("sys/kernel/kexec_crash_loaded", "0");
        _machine.Set("sys/kernel/security/lockdown", "none [integrity] confidentiality");
        Assert.Equal("no capture kernel is loaded (the kernel is locked down: integrity)", Worst(Status()).What);
    }

    [Fact]
    public void WhatSomethingElseHasLoadedIsAWarning() =>
        Assert.Contains(Status().Findings, finding => finding is { Severity: Severity.Warning } && finding.What.Contains("kdump-tools"));

    [Fact]
    public void ChangedProcessorsAskForAReload()
    {
        Load();
        _machine.Set("sys/devices/system/cpu/online", "0-3");
        Assert.StartsWith("CPUs or memory have changed", Worst(Status()).What);
        Assert.True(Status().IsReady);
    }

    [Fact]
    public void AChangedConfigurationAsksForAReload()
    {
        Load();
        Assert.StartsWith("the configuration has changed", Worst(Status($"raw {_area}\ncpus 1")).What);
    }

    [Fact]
    public void AFileThatLiesElsewhereThanItsLoadedMapSaysIsAnError()
    {
        string text = "file " + _area;
        Load(text);
        Assert.Empty(Status(text).Findings);
        _map = [1, 2, 4];
        StatusDocument status = Status(text);
        Assert.Contains($"{_area} does not lie where it lay", Worst(status).What);
        Assert.False(status.IsReady);
    }

    [Theory]
    [InlineData("tcp collector:7000")]
    [InlineData("raw /none")]
    public void AMovedFileIsAnErrorWhateverBecomesOfOtherTargets(string other)
    {
        string text = $"file {_area}\n{other}";
        Load(text);
        _map = [1, 2, 4];
        Assert.Contains(Status(text).Findings, finding => finding is { Severity: Severity.Error }
            && finding.What.Contains($"{_area} does not lie where it lay"));
    }

    [Fact]
    public void AFileThatCannotBeMappedAnyMoreIsAnErrorWhileItsMapIsLoaded()
    {
        string text = $"file {_area}\nserial ttyS0";
        Load(text);
        _map = null;
        StatusDocument status = Status(text);
        Assert.Contains($"{_area} cannot be told now to lie where it lay", Worst(status).What);
        Assert.False(status.IsReady);
    }

    // At boot a name may not resolve yet, or a disk be late: the capture kernel was loaded without it.
    [Fact]
    public void ATargetThatCameAfterTheLoadIsAnError()
    {
        string text = $"raw {_area}\ntcp collector:7000";
        Load(text);
        StatusDocument before = Status(text);
        Assert.EndsWith("'collector' has no IPv4 address that this machine knows", Worst(before).What);
        Assert.True(before.IsReady);
        _address = IPAddress.Parse("10.0.0.9");
        StatusDocument after = Status(text);
        Finding finding = Assert.Single(after.Findings);
        Assert.StartsWith("the loaded capture kernel does not know the target tcp collector:7000", finding.What);
        Assert.Equal("systemctl reload ckdump", finding.Advice);
        Assert.False(after.IsReady);
        Load(text);
        Assert.Empty(Status(text).Findings);
    }

    [Fact]
    public void ATargetWithACommaIsKnown()
    {
        string text = $"serial ttyS0,57600\nraw {_area}";
        Load(text);
        Assert.Empty(Status(text).Findings);
    }

    [Fact]
    public void WithoutATargetItIsNotReady()
    {
        Load();
        StatusDocument status = Status("raw /none");
        Assert.Equal("no target can take a dump", Worst(status).What);
        Assert.Contains(status.Findings, finding => finding.What.EndsWith(":2: raw /none: no such file or device"));
    }

    [Fact]
    public void AnAreaThatIsTooSmallIsAWarning()
    {
        Load("core_collector cp\nraw " + _area);
        _machine.Set("proc/meminfo", "MemTotal: 4194304 kB\nMemFree: 4000000 kB");
        Assert.Contains(Status("core_collector cp\nraw " + _area).Findings,
            finding => finding.What.Contains("a dump of level 0 would take up to 4.1 GiB now"));
        Assert.DoesNotContain(Status().Findings, finding => finding.What.Contains("would take"));
    }

    [Fact]
    public void EncryptedMemoryMakesADumpWorthless()
    {
        Load();
        _machine.Set("proc/cpuinfo", "flags : hypervisor tdx_guest");
        Assert.StartsWith("memory is encrypted by Intel TDX", Worst(Status()).What);
        Assert.False(Status().IsReady);
    }

    [Theory]
    [InlineData("crashkernel=4M crashkernel=384M-:128M", true)]
    [InlineData("crashkernel=128M quiet crashkernel=4M", true)]
    [InlineData("crashkernel=1G,high crashkernel=256M,low", false)]
    public void MoreThanOneReservationIsAWarning(string words, bool isTold)
    {
        Load();
        _machine.Set("proc/cmdline", "root=/dev/vda " + words);
        Assert.Equal(isTold, Status().Findings is [{ Severity: Severity.Warning } finding]
            && finding.What.EndsWith("2 times crashkernel=, and Linux has taken the last: " + words.Split(' ')[^1]));
        Assert.True(Status().IsReady);
    }

    [Fact]
    public void AnOopsThatDoesNotPanicIsAHint()
    {
        Load();
        _machine.Set("proc/sys/kernel/panic_on_oops", "0");
        Assert.Equal(Severity.Hint, Assert.Single(Status().Findings).Severity);
    }

    [Fact]
    public void ALineThatIsNotUnderstoodIsAWarning()
    {
        Load();
        Assert.EndsWith("ckdump.conf:3: unknown option 'tpyo'", Worst(Status($"raw {_area}\ntpyo x")).What);
    }

    [Fact]
    public void TheAnswerIsThereAsJsonWithTheLastDumps()
    {
        Load();
        for (int i = 1; i <= 7; i++)
        {
            string directory = Directory.CreateDirectory(_folder.PathOf($"crash/host-{i}")).FullName;
            new SavedDump
            {
                Area = "a", Sequence = 1, CrashTime = 5, SavedAt = DateTimeOffset.UnixEpoch.AddDays(i), LengthBytes = 1 << 20,
                IsComplete = i != 7, Panic = "Kernel panic \u001b[2J",
            }.Write(directory);
        }
        Directory.CreateDirectory(_folder.PathOf("crash/not-ours"));
        StatusDocument status = Status();
        using JsonDocument json = JsonDocument.Parse(ReadinessJson.Of(status));
        Assert.True(json.RootElement.GetProperty("isReady").GetBoolean());
        Assert.Equal(5, json.RootElement.GetProperty("dumps").GetArrayLength());
        StringWriter text = new();
        ReadinessText.Write(text, status);
        Assert.Contains("host-7: 1.0 MiB, INCOMPLETE, Kernel panic ?[2J\n", text.ToString());
    }
}
