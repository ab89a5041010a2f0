using System;
using CosmosKdump.Ckdump.Load;
using CosmosKdump.Ckdump.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Load;

public sealed class ReservationTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly FakeMachine _machine;

    public ReservationTests() => _machine = new FakeMachine(_folder);

    public void Dispose() => _folder.Dispose();

    private Finding? Find(uint memoryBytes = 0x2E5000) =>
        Reservation.Find(_machine.Facts, CaptureImage.Find(_machine.Image(memoryBytes)), []);

    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(1024)]
    public void FourMegabytesAreEnoughForManyCpus(int cpus)
    {
        _machine.Set("sys/devices/system/cpu/possible", $"0-{cpus - 1}");
        Assert.Null(Find());
    }

    [Fact]
    public void AnImageThatNeedsMoreIsToldWithWhatToReserve()
    {
        Finding found = Find(5 << 20)!;
        Assert.Equal(Severity.Error, found.Severity);
        Assert.Equal("4.0 MiB are reserved, and the capture kernel needs 5.8 MiB", found.What);
        Assert.Contains("crashkernel=6M", found.Advice);
    }

    [Fact]
    public void NoReservationSaysWhichLineToAdd()
    {
        _machine.Set("sys/kernel/kexec_crash_size", "0");
        _machine.Set("proc/cmdline", "root=/dev/vda quiet");
        Assert.StartsWith("no memory is reserved for a capture kernel; add crashkernel=4M to", Find()!.ToString());
    }

    [Fact]
    public void AReservationThatWasNotGrantedIsAnotherThing()
    {
        _machine.Set("sys/kernel/kexec_crash_size", "0");
        Assert.StartsWith("the kernel did not grant crashkernel=4M; see dmesg", Find()!.ToString());
    }

    [Fact]
    public void AKernelWithoutTheFileCannotLoadAny()
    {
        _machine.Remove("sys/kernel/kexec_crash_size");
        Assert.Contains("CONFIG_KEXEC_CORE", Find()!.ToString());
    }
}
