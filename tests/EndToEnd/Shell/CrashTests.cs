using System;
using System.Linq;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Shell;

/// <summary>The monitor behind a real crash: what a kernel's memory tells without any tool.</summary>
public class CrashTests
{
    // What crash's bt shows of a sysrq crash, from the innermost frame on; inlined functions differ between compilers.
    private static readonly string[] Chain =
    [
        "panic", "sysrq_handle_crash", "__handle_sysrq", "write_sysrq_trigger", "proc_reg_write", "vfs_write", "ksys_write",
        "do_syscall_64", "entry_SYSCALL_64_after_hwframe",
    ];

    [Theory]
    [InlineData(KernelSeries.Linux61)]
    [InlineData(KernelSeries.Linux612)]
    public void The_messages_and_the_stack_of_a_crash_can_be_read(KernelSeries kernel)
    {
        GuestOptions options = new()
        {
            Kernel = kernel,
            MemoryMiB = 256,
            Cpus = 2,
            CrashCpu = 1,
            Disks = [GuestDisk.PreparedNvme],
            Capture = CaptureKernel.Ours("kdump.format=kdump kdump.dump_level=31 kdump.final_action=shell"),
        };
        TestGuest.Capture(options, guest =>
        {
            Prompt prompt = new(guest.Console);
            Assert.Matches(
                $"ckdump: crashed: {Regex.Escape(HostSetup.Release(kernel))} after [0-9.]+ s: Kernel panic - not syncing: sysrq triggered crash",
                guest.Console.Text);
            CheckLog(prompt);
            CheckBacktrace(prompt);
            Assert.Contains(
                prompt.Run("status"), line => line.StartsWith("ckdump: dump complete: ", StringComparison.Ordinal));
            guest.Console.Type("poweroff");
            Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
        });
    }

    private static void CheckLog(Prompt prompt)
    {
        string[] last = prompt.Run("log");
        Assert.Contains(last, line => line.EndsWith("] sysrq: Trigger a crash", StringComparison.Ordinal));
        string[] all = prompt.Run("log -a");
        Assert.Contains("] Linux version ", all[0]);
        Assert.Equal(last, all[^last.Length..]);
        string[] one = prompt.Run("log 1");
        Assert.Equal(all[^one.Length..], one);
        Assert.True(all.Length > 100 && last.Length >= 40 && one.Length < 5, $"{all.Length}, {last.Length}, {one.Length} lines");
    }

    private static void CheckBacktrace(Prompt prompt)
    {
        string[] lines = prompt.Run("bt");
        Assert.EndsWith(" on CPU 1", lines[0]);
        string[] names = [.. lines[1..].Select(line => Regex.Replace(line.Split("] ")[1].Split('+')[0], @"\.cold$", ""))];
        int at = -1;
        foreach (string name in Chain)
        {
            int next = Array.IndexOf(names, name, at + 1);
            Assert.True(next > at, $"{name} is not where it should be in: {string.Join(' ', names)}");
            at = next;
        }
        Assert.StartsWith("user mode at 0x", names[^1]);
        Assert.DoesNotContain(lines, line => line.Contains("a guess", StringComparison.Ordinal));
        Assert.EndsWith(" on CPU 0", prompt.Run("bt 0")[0]);
        Assert.Equal(["this CPU left no registers"], prompt.Run("bt 7"));
    }
}
