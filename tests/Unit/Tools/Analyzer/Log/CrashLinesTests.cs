using System;
using System.Text;
using CosmosKdump.Analyzer.Log;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Log;

public sealed class CrashLinesTests
{
    [Fact]
    public void A_sysrq_crash_has_its_trigger_its_panic_and_its_task()
    {
        CrashLines lines = Of(
            "Linux version 6.1.0",
            "sysrq: Trigger a crash",
            "Kernel panic - not syncing: sysrq triggered crash",
            "CPU: 1 PID: 101 Comm: sh Not tainted 6.1.0",
            "CPU: 0 PID: 7 Comm: other Not tainted 6.1.0");
        Assert.Equal("Kernel panic - not syncing: sysrq triggered crash", lines.Panic);
        Assert.Equal("sysrq: Trigger a crash", lines.Cause);
        Assert.Equal("CPU: 1 PID: 101 Comm: sh Not tainted 6.1.0", lines.Task);
        Assert.Equal(5, lines.Records);
        Assert.Equal(4UL, lines.LastNanoseconds);
    }

    [Fact]
    public void An_oops_is_told_by_its_first_line()
    {
        CrashLines lines = Of(
            "WARNING: CPU: 0 PID: 5 at mm/slab.c:1",
            "CPU: 0 PID: 5 Comm: early Not tainted",
            "BUG: kernel NULL pointer dereference, address: 0000000000000000",
            "#PF: supervisor write access in kernel mode",
            "Oops: 0002 [#1] PREEMPT SMP PTI",
            "CPU: 2 UID: 0 PID: 99 Comm: insmod Not tainted",
            "Kernel panic - not syncing: Fatal exception");
        Assert.StartsWith("BUG: kernel NULL pointer", lines.Cause);
        Assert.Equal("CPU: 2 UID: 0 PID: 99 Comm: insmod Not tainted", lines.Task);
    }

    [Fact]
    public void A_crash_in_an_oops_has_a_cause_and_no_panic()
    {
        CrashLines lines = Of("general protection fault: 0000 [#1] SMP", "CPU: 0 PID: 3 Comm: x Tainted: G");
        Assert.Null(lines.Panic);
        Assert.Equal("general protection fault: 0000 [#1] SMP", lines.Cause);
        Assert.NotNull(lines.Task);
    }

    [Fact]
    public void An_old_warning_is_not_the_task_of_a_plain_panic()
    {
        CrashLines lines = Of("CPU: 0 PID: 5 Comm: early Not tainted", "Kernel panic - not syncing: VFS: no root");
        Assert.Null(lines.Cause);
        Assert.Null(lines.Task);
    }

    [Fact]
    public void A_quiet_log_has_neither() => Assert.Null(Of("all is well", "panic=1 on the command line").Panic);

    private static CrashLines Of(params string[] texts)
    {
        CrashLines lines = new();
        for (int i = 0; i < texts.Length; i++)
        {
            lines.Add(new LogRecord { Nanoseconds = (ulong)i, Text = Encoding.UTF8.GetBytes(texts[i]) });
        }
        return lines;
    }
}
