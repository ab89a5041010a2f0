using System;
using System.Collections.Generic;
using System.Net;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Config;
using CosmosKdump.Ckdump.Load;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Load;

public sealed class CaptureCommandLineTests : IDisposable
{
    private const string Uuid = "00000000-0000-0001-0000-000000000002";
    private const string Rest = " kdump.format=kdump kdump.dump_level=31 kdump.compress=auto kdump.final_action=reboot "
        + "kdump.failure_action=reboot";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Of(string text, ulong? rsdp = null, params (string, AreaLabel)[] areas)
    {
        DumpConfig config = ConfigReader.Read("c", text);
        TargetResolver resolver = new(new AreaLookup(() => areas), _ => null, Resolve, _ => throw new ToolException("no map"));
        return CaptureCommandLine.Of(config, resolver.Resolve(config), rsdp);
    }

    [Fact]
    public void DevicesOverMmioOfThisLinuxAreToldTheCaptureKernel() =>
        Assert.Equal(
            $"kdump.target=disk{Rest} virtio_mmio.device=4K@0xd0000000:5 virtio_mmio.device=4K@0xd0001000:6 kdump.console=vga",
            CaptureCommandLine.Of(
                ConfigReader.Read("c", "command_line kdump.console=vga"), [], null,
                "quiet virtio_mmio.device=4K@0xd0000000:5 pci=off virtio_mmio.device=4K@0xd0001000:6\n"));

    private static IPAddress? Resolve(string host) =>
        host == "collector" ? IPAddress.Parse("10.0.0.9") : IPAddress.TryParse(host, out IPAddress? address) ? address : null;

    [Fact]
    public void WithoutAConfigurationEveryDiskMayTakeTheDump() => Assert.Equal("kdump.target=disk" + Rest, Of(""));

    [Fact]
    public void APathBecomesTheUuidOfItsArea()
    {
        AreaImage area = new(_folder, AreaState.Prepared);
        Assert.Equal($"kdump.target=disk:{Uuid},serial:ttyS1,57600{Rest}", Of($"raw {area.Path}\nserial ttyS1,57600"));
    }

    [Fact]
    public void NamesOfHostsBecomeAddresses() =>
        Assert.Equal(
            "kdump.target=tcp:10.0.0.9:7000,http://10.0.0.9/dumps,http://10.0.0.8:80/x" + Rest,
            Of("tcp collector:7000\nhttp http://collector/dumps\nhttp 10.0.0.8:80/x"));

    [Fact]
    public void ATargetThatIsNotThereIsLeftOutAndTheOthersStay() =>
        Assert.Equal("kdump.target=serial:ttyS0" + Rest, Of("raw /none\ntcp nobody:1\nserial ttyS0"));

    [Fact]
    public void IfNoTargetIsThereEveryPreparedDiskIsTried() => Assert.Equal("kdump.target=disk" + Rest, Of("raw /none"));

    [Fact]
    public void AUuidThatIsNotThereStaysForItMayComeBack() =>
        Assert.Equal($"kdump.target=disk:{Uuid}{Rest}", Of($"disk {Uuid}"));

    [Fact]
    public void EveryOptionOfTheConfigurationIsThere() =>
        Assert.Equal(
            "kdump.target=serial:ttyS0 kdump.format=elf kdump.dump_level=17 kdump.exclude_vmemmap=1 kdump.final_action=poweroff "
                + "kdump.failure_action=halt kdump.cpus=2 kdump.ip=dhcp kdump.console=vga acpi_rsdp=0x7fe014",
            Of("""
                serial ttyS0
                core_collector makedumpfile -E -e -d 17
                final_action poweroff
                failure_action halt
                cpus 2
                ip dhcp
                command_line kdump.console=vga
                """, 0x7FE014));

    [Fact]
    public void WhatTheCaptureKernelWouldComplainOfIsKnownBefore()
    {
        Assert.Empty(CaptureCommandLine.Complaints("kdump.target=disk" + Rest));
        string line = Assert.Single(CaptureCommandLine.Complaints("kdump.target=disk kdump.tpyo=1"));
        Assert.Contains("kdump.tpyo", line);
        Assert.Contains(Encoding.ASCII.GetString(StatusTextOf(CosmosKdump.Capture.Status.UnknownOption)), line);
    }

    [Fact]
    public void TheFirstFileIsATargetWithItsMap()
    {
        AreaImage area = new(_folder, AreaState.Prepared);
        DumpConfig config = ConfigReader.Read("c", $"file {area.Path}\nfile {area.Path}\nfile /none");
        TargetResolver resolver = new(new AreaLookup(() => []), _ => null, Resolve, _ => [1, 2, 3]);
        IReadOnlyList<ResolvedTarget> targets = resolver.Resolve(config);
        Assert.Equal(($"disk:{Uuid}", null), (targets[0].Item, targets[0].Problem));
        Assert.Equal([1, 2, 3], targets[0].Map!);
        Assert.Contains("only one file can be a target", targets[1].Problem);
        Assert.Null(targets[1].Map);
        Assert.Equal("no such file or device", targets[2].Problem);
    }

    [Fact]
    public void AFileWhoseMapCannotBeMadeIsLeftOutAndToldWhy()
    {
        AreaImage area = new(_folder, AreaState.Prepared);
        DumpConfig config = ConfigReader.Read("c", $"file {area.Path}\nserial ttyS0");
        TargetResolver resolver = new(new AreaLookup(() => []), _ => null, Resolve, _ => throw new ToolException("is on btrfs"));
        IReadOnlyList<ResolvedTarget> targets = resolver.Resolve(config);
        Assert.Equal((null, "is on btrfs"), (targets[0].Item, targets[0].Problem));
        Assert.Equal("kdump.target=serial:ttyS0" + Rest, CaptureCommandLine.Of(config, targets, null));
    }

    [Fact]
    public void AnUnsavedDumpAndADiskOutOfReachAreTold()
    {
        AreaImage full = new(_folder, AreaState.Complete);
        DumpConfig config = ConfigReader.Read("c", $"raw {full.Path}\nraw /none/vdb\nraw {_folder.Make("plain", 1 << 20)}");
        IReadOnlyList<ResolvedTarget> targets = new TargetResolver(new AreaLookup(() => []), _ => null, Resolve, _ => throw new ToolException("no map")).Resolve(config);
        Assert.Contains("2023-11-14 22:13:20 UTC that was not saved, and takes no other: run ckdump save", targets[0].Problem);
        Assert.Equal($"disk:{Uuid}", targets[0].Item);
        Assert.Equal("no such file or device", targets[1].Problem);
        Assert.Contains("ckdump prepare", targets[2].Problem);
    }

    private static byte[] StatusTextOf(CosmosKdump.Capture.Status status) => StatusText.Of(status).ToArray();
}
