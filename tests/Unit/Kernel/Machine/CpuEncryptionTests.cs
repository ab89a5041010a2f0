using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Machine;

[Collection(SimulatedMachine.Tests)]
public class CpuEncryptionTests
{
    private const uint Hypervisor = 1u << 31;
    private const uint Sme = 1;
    private const uint Sev = 2;
    private const uint SystemConfiguration = 0xC001_0010;
    private const uint SevStatus = 0xC001_0131;

    private readonly SimulatedMachine _machine = new();

    [Fact]
    public void A_CPU_without_any_of_it_is_asked_for_no_register()
    {
        _machine.CpuIds[0] = new CpuIdResult { Eax = 0x20 };
        _machine.CpuIds[0x8000_0000] = new CpuIdResult { Eax = 0x8000_001E };
        _machine.CpuIds[0x8000_001F] = new CpuIdResult { Eax = Sme | Sev, Ebx = 47 };
        Assert.Equal(0UL, CpuEncryption.AddressBit);
        Assert.Equal(Status.Ok, CpuEncryption.LookForEncryptedGuest(0));
    }

    [Theory]
    [InlineData(1u << 23, 1UL << 51)]
    [InlineData(0xFFu, 0UL)]
    public void SME_has_an_address_bit_where_firmware_switched_it_on(uint configuration, ulong expected)
    {
        Amd(Sme | Sev, 0);
        _machine.Msrs[SystemConfiguration] = configuration;
        Assert.Equal(expected, CpuEncryption.AddressBit);
        Assert.Equal(Status.Ok, CpuEncryption.LookForEncryptedGuest(0));
    }

    [Fact]
    public void SME_is_not_for_guests()
    {
        Amd(Sme, Hypervisor);
        Assert.Equal(0UL, CpuEncryption.AddressBit);
    }

    [Theory]
    [InlineData(0UL, Status.Ok)]
    [InlineData(1UL, Status.MemoryEncrypted)]
    [InlineData(7UL, Status.MemoryEncrypted)]
    public void A_guest_under_SEV_is_encrypted(ulong sevStatus, Status expected)
    {
        Amd(Sev, Hypervisor);
        _machine.Msrs[SevStatus] = sevStatus;
        Assert.Equal(expected, CpuEncryption.LookForEncryptedGuest(0));
    }

    [Theory]
    [InlineData(0x21u, 0x65746E49u, Status.MemoryEncrypted)]
    [InlineData(0x21u, 0x756E6547u, Status.Ok)]
    [InlineData(0x20u, 0x65746E49u, Status.Ok)]
    public void A_guest_under_TDX_is_encrypted(uint leaves, uint name, Status expected)
    {
        _machine.CpuIds[0] = new CpuIdResult { Eax = leaves };
        _machine.CpuIds[0x21] = new CpuIdResult { Ebx = name, Edx = 0x5844546C, Ecx = 0x20202020 };
        Assert.Equal(expected, CpuEncryption.LookForEncryptedGuest(0));
    }

    private void Amd(uint features, uint hypervisor)
    {
        _machine.CpuIds[1] = new CpuIdResult { Ecx = hypervisor };
        _machine.CpuIds[0x8000_0000] = new CpuIdResult { Eax = 0x8000_0028 };
        _machine.CpuIds[0x8000_001F] = new CpuIdResult { Eax = features, Ebx = 51 };
    }
}
