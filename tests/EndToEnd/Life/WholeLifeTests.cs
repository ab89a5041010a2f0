using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Life;

/// <summary>
/// What a user lives through on a real Debian: installs the package, prepares an area, reboots, crashes under load, and finds
/// the dump in /var/crash after the machine has started again by itself. Twice in a row.
/// </summary>
public partial class WholeLifeTests
{
    // Never reached by a machine that works: on a busy host an installation takes ten minutes.
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(20);

    [Theory]
    [InlineData(LifeArea.Partition)]
    [InlineData(LifeArea.RootFile)]
    [InlineData(LifeArea.XfsFile)]
    public void Two_crashes_leave_two_dumps(LifeArea area)
    {
        HostSetup.EnsureGuests();
        using DebianMachine machine = new(area, partitionMiB: 700);
        string crashKernel = InstallAndPrepare(machine, area);
        CrashTwice(machine, area, crashKernel);
        string[] saved = [.. Directory.GetDirectories(machine.Take("/var/crash")).Order(StringComparer.Ordinal)];
        Assert.Equal(2, saved.Length);
        for (int i = 0; i < saved.Length; i++)
        {
            Assert.Matches(@"^debian-\d{4}(-\d\d){5}$", Path.GetFileName(saved[i]));
            Assert.Contains(Mark(i + 1), File.ReadAllText(Path.Combine(saved[i], "vmcore-dmesg.txt")));
            Assert.Contains("sysrq triggered crash", File.ReadAllText(Path.Combine(saved[i], "report.txt")));
            string[] answers = CrashUtility.Ask(HostSetup.Vmlinux(KernelSeries.Linux61), Path.Combine(saved[i], "vmcore"), [], "log", "bt");
            Assert.Contains(Mark(i + 1), answers[0]);
            Assert.Contains("sysrq_handle_crash", answers[1]);
        }
        machine.Clean(all: true);
    }

    // Returns what the package has told GRUB to put on the kernel's command line.
    private static string InstallAndPrepare(DebianMachine machine, LifeArea area)
    {
        using DebianGuest guest = machine.Boot("");
        string said = guest.Output($"dpkg -i {DebianMachine.Package}", Long);
        Assert.Contains("the next boot must have crashkernel=4M", said);
        Assert.Equal("enabled\nenabled", guest.Output("systemctl is-enabled ckdump ckdump-save", Short));
        string target = Prepare(guest, area);
        guest.Output($"echo {target} >> /etc/ckdump.conf", Short);
        (int code, string status) = guest.Run("ckdump status", Short);
        Assert.Equal(1, code);
        Assert.Contains("NOT READY", status);
        Assert.Contains("add crashkernel=4M to the kernel's command line", status);
        Assert.Contains($"target    {target}, prepared, room for {(area == LifeArea.Partition ? "70" : "25")}", status);
        string grub = guest.Output(". /etc/default/grub.d/zz-ckdump.cfg; echo $GRUB_CMDLINE_LINUX_DEFAULT", Short);
        Assert.Equal("crashkernel=4M", grub);
        guest.Type("systemctl poweroff");
        Assert.True(guest.WaitForEnd(Long), "the machine did not power off");
        return grub;
    }

    // Returns the target's line of the configuration.
    private static string Prepare(DebianGuest guest, LifeArea area)
    {
        if (area == LifeArea.Partition)
        {
            guest.Output($"ckdump prepare {DebianMachine.Partition}", Short);
            return "raw " + DebianMachine.Partition;
        }
        if (area == LifeArea.XfsFile)
        {
            // The package only recommends it: Linux loads the image itself then.
            guest.Output("dpkg --purge kexec-tools", Long);
        }
        if (area != LifeArea.RootFile)
        {
            guest.Output($"mkdir /srv/dumps; echo {DebianMachine.Partition} /srv/dumps xfs defaults 0 0 >> /etc/fstab; systemctl daemon-reload", Short);
            guest.Output("mount /srv/dumps", Short);
        }
        string file = area == LifeArea.RootFile ? "/var/crash/area" : "/srv/dumps/area";
        guest.Output($"ckdump prepare --file {file} --size 256M", Long);
        return "file " + file;
    }

    private static void CrashTwice(DebianMachine machine, LifeArea area, string kernelArguments)
    {
        using DebianGuest guest = machine.Boot(kernelArguments);
        for (int crash = 1; crash <= 2; crash++)
        {
            CheckReady(guest, area, savedDumps: crash - 1);
            guest.Output($"echo {Mark(crash)} > /dev/kmsg", Short);
            // Disk and processors are busy when it happens.
            guest.Output("(while :; do find / -xdev -type f | xargs cat > /dev/null; done) > /dev/null 2>&1 &", Short);
            guest.Output("dd if=/dev/zero of=/root/load bs=1M count=64 2> /dev/null; sync; rm /root/load", Long);
            guest.Type("echo c > /proc/sysrq-trigger");
            guest.WaitForShell(DebianMachine.BootLimit);
        }
        CheckReady(guest, area, savedDumps: 2);
        Assert.Equal(2, guest.Console.Lines.Count(line => CompleteLine().IsMatch(line.Text)));
        Assert.Equal(area == LifeArea.Partition ? 0 : 2, guest.Console.Lines.Count(line => line.Text.Contains("target file ")));
        guest.Type("systemctl poweroff");
        Assert.True(guest.WaitForEnd(Long), "the machine did not power off");
    }

    private static void CheckReady(DebianGuest guest, LifeArea area, int savedDumps)
    {
        // The shell comes before the boot has ended; what units failed, if any, is worth showing.
        (_, string state) = guest.Run("systemctl is-system-running --wait; systemctl --no-legend --failed", Long);
        Assert.Equal("running", state.Trim());
        Assert.Contains("Active: active (exited)", guest.Output("systemctl status ckdump", Short));
        string json = guest.Output("ckdump status --json", Short);
        using JsonDocument status = JsonDocument.Parse(json);
        Assert.True(status.RootElement.GetProperty("isReady").GetBoolean(), json);
        string loader = area == LifeArea.XfsFile ? "kexec_file_load" : "kexec-tools";
        Assert.Equal(loader, status.RootElement.GetProperty("load").GetProperty("loader").GetString());
        Assert.Equal("prepared", status.RootElement.GetProperty("targets")[0].GetProperty("state").GetString());
        Assert.Equal(savedDumps, status.RootElement.GetProperty("dumps").GetArrayLength());
        Assert.All(status.RootElement.GetProperty("dumps").EnumerateArray(),
            dump => Assert.True(dump.GetProperty("dump").GetProperty("isComplete").GetBoolean(), json));
    }

    private static string Mark(int crash) => $"before crash number {crash}";

    [GeneratedRegex("^ckdump: dump complete")]
    private static partial Regex CompleteLine();
}
