using System;
using System.Linq;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Load;

public sealed class MachineFactsTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly FakeMachine _machine;

    public MachineFactsTests() => _machine = new FakeMachine(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void NumbersAreThoseOfTheFiles()
    {
        Assert.Equal(4194304UL, _machine.Facts.ReservationBytes);
        Assert.True(_machine.Facts.IsLoaded);
        Assert.Equal((4, 3), (_machine.Facts.Cpus, _machine.Facts.OnlineCpus));
        Assert.Equal(256UL << 20, _machine.Facts.MemoryBytes);
    }

    [Fact]
    public void RangesOfMemoryCountWhereTheyAreShown()
    {
        _machine.Set("proc/iomem", "00001000-0009fbff : System RAM\n00100000-3fffffff : System RAM\n  01000000-01ffffff : Kernel code\n"
            + "e0000000-efffffff : PCI Bus");
        Assert.Equal(0x9EC00UL + 0x3FF00000, _machine.Facts.MemoryBytes);
        _machine.Set("proc/iomem", "00000000-00000000 : System RAM");
        Assert.Equal(256UL << 20, _machine.Facts.MemoryBytes);
    }

    [Theory]
    [InlineData("none [integrity] confidentiality", "integrity")]
    [InlineData("[none] integrity confidentiality", "none")]
    [InlineData("", null)]
    public void LockdownIsTheWordInBrackets(string text, string? expected)
    {
        _machine.Set("sys/kernel/security/lockdown", text);
        Assert.Equal(expected, _machine.Facts.Lockdown);
    }

    [Fact]
    public void SecureBootIsTheByteBehindTheAttributes()
    {
        const string Variable = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
        Assert.False(_machine.Facts.IsSecureBoot);
        _machine.Set(Variable, [6, 0, 0, 0, 1]);
        Assert.True(_machine.Facts.IsSecureBoot);
        _machine.Set(Variable, [6, 0, 0, 0, 0]);
        Assert.False(_machine.Facts.IsSecureBoot);
    }

    [Fact]
    public void TheRootPointerIsTheNewerOne()
    {
        Assert.Null(_machine.Facts.AcpiRsdp);
        _machine.Set("sys/firmware/efi/systab", "ACPI=0x7f0000\nACPI20=0x7fe014\nSMBIOS=0x7e0000");
        Assert.Equal(0x7FE014UL, _machine.Facts.AcpiRsdp);
        _machine.Set("sys/firmware/efi/systab", "ACPI=0x7f0000");
        Assert.Equal(0x7F0000UL, _machine.Facts.AcpiRsdp);
    }

    [Theory]
    [InlineData("fpu sev sme", "root=/dev/vda", null)]
    [InlineData("fpu sev sme", "mem_encrypt=on", "AMD SME")]
    [InlineData("fpu", "mem_encrypt=on", null)]
    [InlineData("fpu hypervisor", "", null)]
    [InlineData("fpu hypervisor sev", "", "AMD SEV")]
    [InlineData("fpu hypervisor tdx_guest", "", "Intel TDX")]
    public void EncryptedMemoryIsSeen(string flags, string commandLine, string? expected)
    {
        _machine.Set("proc/cpuinfo", $"processor : 0\nflags\t\t: {flags}\nbugs : x");
        _machine.Set("proc/cmdline", commandLine);
        Assert.Equal(expected, _machine.Facts.MemoryEncryption);
    }

    [Fact]
    public void WatchdogsAreThoseThatLinuxShows()
    {
        Assert.Empty(_machine.Facts.Watchdogs);
        Watchdog(0, "iTCO_wdt", "active");
        Watchdog(1, "IPMI", "active");
        Watchdog(2, "i6300ESB timer", "inactive");
        Watchdog(3, "Software Watchdog", "active");
        Watchdog(4, "wdat_wdt", "active");
        _machine.Set("sys/class/watchdog/watchdog5/state", "active");
        Assert.Equal(
            [("iTCO_wdt", true, 30UL, true, false), ("IPMI", true, 30, false, true), ("i6300ESB timer", false, 30, true, false),
                ("Software Watchdog", true, 30, false, false), ("wdat_wdt", true, 30, true, false)],
            _machine.Facts.Watchdogs.Select(each => (each.Name, each.IsArmed, each.TimeoutSeconds, each.IsFed, each.IsDanger))
                .Cast<(string, bool, ulong?, bool, bool)>());
    }

    private void Watchdog(int number, string identity, string state)
    {
        string folder = $"sys/class/watchdog/watchdog{number}/";
        _machine.Set(folder + "identity", identity);
        _machine.Set(folder + "state", state);
        _machine.Set(folder + "timeout", "30");
    }

    [Fact]
    public void AMachineWithoutAnyOfTheFilesIsNoError()
    {
        using TestFolder empty = new();
        var facts = new CosmosKdump.Ckdump.Machine.MachineFacts(empty.Root);
        Assert.Null(facts.ReservationBytes);
        Assert.Null(facts.IsLoaded);
        Assert.Equal((1, 0UL, "localhost"), (facts.Cpus, facts.MemoryBytes, facts.HostName));
    }
}
