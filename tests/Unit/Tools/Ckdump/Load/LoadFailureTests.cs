using System;
using CosmosKdump.Ckdump.Load;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Load;

public sealed class LoadFailureTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly FakeMachine _machine;

    public LoadFailureTests() => _machine = new FakeMachine(_folder);

    public void Dispose() => _folder.Dispose();

    private string Explain(int error) => LoadFailure.Explain("kexec_load failed", error, "Error text", _machine.Facts);

    [Theory]
    [InlineData(1)]
    [InlineData(61)]
    [InlineData(126)]
    [InlineData(129)]
    public void LockdownIsNamed(int error)
    {
        _machine.Set("sys/kernel/security/lockdown", "none [integrity] confidentiality");
        Assert.Contains("locked down (integrity) and takes signed images only", Explain(error));
        _machine.Set("sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", [6, 0, 0, 0, 1]);
        Assert.Contains("locked down (integrity, Secure Boot is on)", Explain(error));
    }

    [Fact]
    public void ASwitchedOffKexecIsNamed()
    {
        _machine.Set("proc/sys/kernel/kexec_load_disabled", "1");
        Assert.Contains("kernel.kexec_load_disabled is 1", Explain(1));
    }

    [Fact]
    public void ARequiredSignatureIsNamedWithoutLockdown() => Assert.Contains("takes signed images only", Explain(126));

    [Fact]
    public void ANarrowReservationIsNamed() => Assert.Contains("crashkernel=8M", Explain(99));

    [Fact]
    public void AnythingElseIsToldAsItIs() =>
        Assert.Equal("not loaded: Error text (kexec: kexec_load failed; kexec_file_load: Error text)", Explain(5));
}
