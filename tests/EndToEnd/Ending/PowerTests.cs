using System;
using System.IO;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Ending;

/// <summary>Each way to restart a machine, on one that has none of the ways before it; and how it is switched off.</summary>
public class PowerTests
{
    private const string ByChipset = "not reset by ACPI";
    private const string ByKeyboard = "by the keyboard controller";
    private const string ByTripleFault = "by a triple fault";

    [Fact]
    public void A_chipset_with_a_reset_register_in_ACPI_is_reset_by_it() =>
        Resets(q35: true, [], said: "", unsaid: ByChipset);

    [Fact]
    public void Without_ACPI_it_is_the_chipsets_own_register() =>
        Resets(q35: false, ["-machine", "acpi=off,i8042=off"], ByChipset, ByKeyboard);

    [Fact]
    public void Without_a_chipset_it_is_the_keyboard_controller() =>
        Resets(q35: false, ["-machine", "microvm,acpi=off", "-device", "i8042"], ByKeyboard, ByTripleFault);

    [Fact]
    public void Without_anything_it_is_a_triple_fault() =>
        Resets(q35: false, ["-machine", "microvm,acpi=off"], ByTripleFault, "exception");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_machine_is_switched_off_by_ACPI(bool q35)
    {
        BareOptions options = new()
        {
            Arguments = "",
            Memory = _ => { },
            IsQ35 = q35,
            // A reset would start it again, and not end QEMU.
            QemuArguments = ["-action", "reboot=reset"],
        };
        BareTest.Start(options, machine => BareTest.Ends(machine, "ckdump: failure action: poweroff"));
    }

    private static void Resets(bool q35, string[] arguments, string said, string unsaid)
    {
        BareOptions options = new()
        {
            Arguments = "kdump.failure_action=reboot",
            Memory = _ => { },
            IsQ35 = q35,
            QemuArguments = [.. arguments, "-d", "cpu_reset", "-D", "/dev/stderr"],
        };
        BareTest.Start(options, machine =>
        {
            // QEMU ends at a reset (-no-reboot), and at nothing else that our kernel does here.
            BareTest.Ends(machine, "ckdump: failure action: reboot");
            Assert.Contains(said, machine.Console.Text);
            Assert.DoesNotContain(unsaid, machine.Console.Text);
            bool isTripleFault = File.ReadAllText(Path.Combine(machine.Folder, "qemu-errors.txt"))
                .Contains("Triple fault", StringComparison.Ordinal);
            Assert.Equal(said == ByTripleFault, isTripleFault);
        });
    }
}
