using System.Linq;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Survival;

/// <summary>Exceptions and interrupts of the capture kernel itself do not cost the dump.</summary>
public partial class ExceptionTests
{
    private static readonly string[] Provoked =
    [
        "divide error", "breakpoint", "invalid opcode", "general protection", "null read", "execute data",
        "write to code", "write to old memory",
        "segment not present", "stack segment fault", "double fault", "stack overflow", "index check", "spurious vector", "NMI",
    ];

    [Fact]
    public void Every_kind_of_exception_is_survived_and_reported_with_names() => TestGuest.Capture(
        Options("kdump.selftest=1"),
        guest =>
        {
            string console = guest.Console.Text;
            foreach (string name in Provoked)
            {
                Assert.Contains($"ckdump: selftest: {name}: ok", console);
            }
            // All but the NMI print registers and a backtrace down to the kernel's main function; the first of many more
            // do, then each has a line.
            const int Many = 16;
            const int Full = 16;
            Assert.Equal(Many, Regex.Count(console, "^ckdump: selftest: one of many: ok", RegexOptions.Multiline));
            int all = Provoked.Length - 1 + Many;
            int reported = Full;
            Assert.Equal(all - Full, BriefLine().Count(console));
            foreach (string name in new[] { "11 (segment not present)", "12 (stack segment fault)", "8 (double fault)" })
            {
                Assert.Contains($"ckdump: exception {name} error ", console);
            }
            Assert.Equal(reported, Regex.Count(console, "^ckdump: exception ", RegexOptions.Multiline));
            Assert.Equal(reported, Regex.Count(console, "^ckdump:  .*rip=", RegexOptions.Multiline));
            // An endless recursion has more frames than a report shows.
            Assert.Equal(reported - 1, MainFrame().Count(console));
            Assert.Contains("SelfTest.StackOverflow+", console);
            Assert.Contains($"{all} exceptions reported, 1 NMIs and 0 machine checks survived", console);
            AssertComplete(guest);
        });

    [Fact]
    public void NMIs_during_the_capture_are_survived_and_counted() => TestGuest.Boot(
        // Slow enough that the capture tells of its progress while it writes.
        Options("", bytesPerSecond: 64 << 20),
        guest =>
        {
            guest.Crash();
            guest.Console.WaitFor("ckdump: target disk", TestGuest.CaptureLimit);
            guest.Monitor.InjectNmi();
            guest.Console.WaitFor(Progress(), TestGuest.CaptureLimit);
            guest.Monitor.InjectNmi();
            guest.WaitUntilDone(TestGuest.CaptureLimit);
            Assert.Contains("ckdump: 0 exceptions reported, 2 NMIs and 0 machine checks survived", guest.Console.Text);
            AssertComplete(guest);
        });

    private static GuestOptions Options(string arguments, long bytesPerSecond = 0) => new()
    {
        MemoryMiB = 256,
        Disks = [GuestDisk.PreparedVirtio with { BytesPerSecond = bytesPerSecond }],
        Capture = CaptureKernel.Ours($"kdump.final_action=poweroff {arguments}"),
    };

    private static void AssertComplete(Guest guest)
    {
        Assert.Matches("ckdump: dump complete: .*, 0 lost", guest.Console.Text);
        Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
        VmcoreHeader header = VmcoreHeader.Read(guest.Disks[0]);
        Assert.Single(header.PrStatus);
        Assert.True(header.Loads.Any());
    }

    [GeneratedRegex("^ckdump: another exception 3 at rip 0x[0-9a-f]+\r?$", RegexOptions.Multiline)]
    private static partial Regex BriefLine();

    [GeneratedRegex(@"^ckdump: +\d+ %")]
    private static partial Regex Progress();

    [GeneratedRegex(@"^ckdump:   #\d+ .*KernelMain.*Run", RegexOptions.Multiline)]
    private static partial Regex MainFrame();
}
