using System.Text.RegularExpressions;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Compress;

/// <summary>Further CPUs come up, compress what one CPU would, and can be lost or hang.</summary>
public partial class ProcessorTests
{
    [Theory]
    [InlineData(1, "", 1)]
    [InlineData(2, "", 2)]
    [InlineData(4, "", 4)]
    // More than there is room for.
    [InlineData(6, "", 4)]
    [InlineData(4, "kdump.cpus=3", 3)]
    [InlineData(2, "kdump.cpus=1", 1)]
    // APIC IDs that are not the CPUs' numbers, and a CPU without x2APIC.
    [InlineData(3, "", 3, "qemu64")]
    // Page tables are recycled on the way.
    [InlineData(4, "", 4, "max,-pdpe1gb")]
    public void All_CPUs_together_compress_what_one_does(int cpus, string arguments, int working, string model = "max") =>
        BareTest.Start(
            new BareOptions
            {
                Arguments = $"{CrashedMemory.Argument} kdump.selftest=1 {arguments}", Cpus = cpus, Cpu = model,
            },
            machine =>
            {
                BareTest.Ends(machine, "ckdump: failure action: poweroff");
                AssertWorking(machine.Console.Text, working);
                bool isHeld = working > 3 && !HasGiantPages(model);
                Assert.Equal(isHeld, Regex.IsMatch(machine.Console.Text, "selftest: zstd on a CPU held: .*: ok"));
            });

    [Theory]
    // The CPU that the firmware booted works if it crashed; otherwise it is left alone.
    [InlineData(2, 0, KexecLoader.KexecLoad, 2)]
    [InlineData(2, 1, KexecLoader.KexecLoad, 1)]
    [InlineData(4, 2, KexecLoader.KexecFileLoad, 3)]
    [InlineData(8, 1, KexecLoader.KexecLoad, 4)]
    public void CPUs_of_a_crashed_Linux_come_up_whichever_crashed(int cpus, int crashing, KexecLoader loader, int working) =>
        TestGuest.Capture(
            new GuestOptions
            {
                MemoryMiB = 512,
                Cpus = cpus,
                CrashCpu = crashing,
                Disks = [GuestDisk.PreparedVirtio],
                Capture = CaptureKernel.Ours("kdump.final_action=poweroff kdump.selftest=1") with { Loader = loader },
            },
            guest =>
            {
                AssertWorking(guest.Console.Text, working);
                Assert.Matches("ckdump: dump complete: .*, 0 lost", guest.Console.Text);
            });

    /// <summary>A CPU that starts in 32-bit mode cannot load page tables that lie above 4 GiB.</summary>
    [Fact]
    public void CPUs_come_up_to_a_kernel_above_4_GiB() => TestGuest.Capture(
        new GuestOptions
        {
            MemoryMiB = 5120,
            Cpus = 2,
            CrashKernel = "4M,high crashkernel=0,low",
            Disks = [GuestDisk.PreparedVirtio],
            Capture = CaptureKernel.Ours("kdump.final_action=poweroff kdump.selftest=1 kdump.format=kdump kdump.dump_level=31"),
        },
        guest =>
        {
            AssertWorking(guest.Console.Text, 2);
            Assert.Matches("ckdump: CosmosKdump .* started at 0x1[0-9a-f]{8},", guest.Console.Text);
        });

    private static bool HasGiantPages(string model) => model == "max";

    private static void AssertWorking(string console, int working)
    {
        Assert.Contains($"ckdump: selftest: {working} CPUs after ", console);
        string alone = Alone().Match(console).Groups[1].Value;
        Assert.NotEmpty(alone);
        Assert.Contains($"selftest: zstd on all CPUs: {alone}: ok", console);
        Assert.Equal(working > 1, console.Contains($"selftest: zstd on a further CPU: {alone}: ok"));
        Assert.Equal(working > 1, console.Contains($"selftest: zstd on a CPU lost: {alone}: ok"));
        Assert.Equal(working > 1 ? 1 : 0, Lost().Count(console));
        // One that does not end its batch is stopped, and its batch is done by another.
        Assert.Equal(working > 2, console.Contains($"selftest: zstd on a CPU stopped: {alone}: ok"));
        Assert.Equal(working > 2 ? 1 : 0, Stopped().Count(console));
    }

    [GeneratedRegex("selftest: codec zstd: (64 pages, [0-9]+ bytes, CRC-32C 0x[0-9a-f]+),")]
    private static partial Regex Alone();

    [GeneratedRegex(@"ckdump: CPU 1 \(APIC \d+\) is lost: exception 14 error 0x0 address 0x8 at .*provoke_null_read")]
    private static partial Regex Lost();

    [GeneratedRegex(@"ckdump: CPU 2 \(APIC \d+\) is lost: it does not answer")]
    private static partial Regex Stopped();
}
