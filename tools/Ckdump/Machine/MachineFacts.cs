using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CosmosKdump.Ckdump.Areas;

namespace CosmosKdump.Ckdump.Machine;

/// <summary>
/// What the running Linux tells of itself in <c>/proc</c> and <c>/sys</c> that matters to a crash. Both lie below
/// <paramref name="root"/>, <c>/</c> on a real machine. What cannot be read is null.
/// </summary>
public sealed class MachineFacts(string root)
{
    // UEFI Specification 2.10, 3.3: EFI_GLOBAL_VARIABLE. Linux: four bytes of attributes come first (efivarfs).
    private const string SecureBootVariable =
        "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

    private readonly SystemFolder _root = new(root);

    /// <summary>Bytes that <c>crashkernel=</c> has reserved; 0: none.</summary>
    public ulong? ReservationBytes => _root.Number("sys/kernel/kexec_crash_size");

    /// <summary>A capture kernel is loaded.</summary>
    public bool? IsLoaded => _root.Text("sys/kernel/kexec_crash_loaded") switch { "1" => true, "0" => false, _ => null };

    /// <summary>Command line of the running kernel.</summary>
    public string CommandLine => _root.Text("proc/cmdline") ?? "";

    /// <summary>
    /// The <c>crashkernel=</c> words of the command line, of which Linux takes the last. Those that end in <c>,high</c> and
    /// <c>,low</c> stand beside it, or beside each other (Documentation/admin-guide/kdump/kdump.rst).
    /// </summary>
    public IReadOnlyList<string> ReservationWords =>
    [
        .. CommandLine.Split(' ', '\n').Where(word => word.StartsWith("crashkernel=", StringComparison.Ordinal)
            && !word.EndsWith(",high", StringComparison.Ordinal) && !word.EndsWith(",low", StringComparison.Ordinal)),
    ];

    /// <summary>Release of the running kernel.</summary>
    public string? Release => _root.Text("proc/sys/kernel/osrelease");

    /// <summary>Name of this machine; "localhost" if it has none.</summary>
    public string HostName => _root.Text("proc/sys/kernel/hostname") is { Length: > 0 } name ? name : "localhost";

    /// <summary>Possible CPUs: as many notes has the elfcorehdr.</summary>
    public int Cpus => CountList(_root.Text("sys/devices/system/cpu/possible") ?? "0");

    /// <summary>CPUs that are online.</summary>
    public int OnlineCpus => CountList(_root.Text("sys/devices/system/cpu/online") ?? "0");

    /// <summary>Lockdown: <c>none</c>, <c>integrity</c>, <c>confidentiality</c>; null: this kernel has none.</summary>
    public string? Lockdown
    {
        get
        {
            // "none [integrity] confidentiality": the one in brackets is in force.
            string? text = _root.Text("sys/kernel/security/lockdown");
            int start = text?.IndexOf('[') ?? -1;
            int end = text?.IndexOf(']') ?? -1;
            return start >= 0 && end > start ? text![(start + 1)..end] : null;
        }
    }

    /// <summary>Secure Boot is on.</summary>
    public bool IsSecureBoot => _root.Bytes(SecureBootVariable) is [_, _, _, _, 1, ..];

    /// <summary>kexec was switched off until the next boot (<c>kernel.kexec_load_disabled</c>).</summary>
    public bool IsKexecDisabled => Setting("kexec_load_disabled") is not (null or "0");

    /// <summary>Memory of the machine, bytes: what Linux counts as usable, its own image included.</summary>
    public ulong MemoryBytes => SystemRam() is > 0 and ulong bytes ? bytes : Memory("MemTotal");

    /// <summary>Address of ACPI's root pointer as the EFI system table has it; null on machines without EFI.</summary>
    public ulong? AcpiRsdp
    {
        get
        {
            string[] lines = (_root.Text("sys/firmware/efi/systab") ?? "").Split('\n');
            // Version 2 comes first in the file, and is the one to take (Documentation/ABI/testing/sysfs-firmware-efi).
            string? line = lines.FirstOrDefault(each => each.StartsWith("ACPI20=0x", StringComparison.Ordinal))
                ?? lines.FirstOrDefault(each => each.StartsWith("ACPI=0x", StringComparison.Ordinal));
            bool isAddress = ulong.TryParse(
                line?[(line.IndexOf('x') + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address);
            return isAddress && address != 0 ? address : null;
        }
    }

    /// <summary>What encrypts this machine's memory, so that a dump of it is ciphertext; null: nothing.</summary>
    public string? MemoryEncryption
    {
        get
        {
            string flags = (_root.Text("proc/cpuinfo") ?? "").Split('\n')
                .FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) ?? "";
            string[] words = flags.Split(' ', '\t');
            // In a guest, Linux shows these only if the guest itself is encrypted; on a host they say what it could do.
            bool isGuest = words.Contains("hypervisor");
            bool isAskedFor = CommandLine.Split(' ').Contains("mem_encrypt=on");
            return words.Contains("tdx_guest") ? "Intel TDX"
                : isGuest && words.Contains("sev") ? "AMD SEV"
                : isAskedFor && words.Contains("sme") ? "AMD SME"
                : null;
        }
    }

    /// <summary>Watchdogs, by the names of their devices; none where this kernel does not show them.</summary>
    public IReadOnlyList<MachineWatchdog> Watchdogs =>
    [
        .. _root.Inner("sys/class/watchdog").Folders()
            .Where(each => each.Text("identity") is { Length: > 0 })
            .Select(each => new MachineWatchdog(each.Text("identity")!, each.Text("state") == "active", each.Number("timeout"))),
    ];

    /// <summary>A setting of <c>/proc/sys/kernel</c>.</summary>
    public string? Setting(string name) => _root.Text("proc/sys/kernel/" + name);

    /// <summary>A line of <c>/proc/meminfo</c>, bytes; 0 if it is not there.</summary>
    public ulong Memory(string name)
    {
        string prefix = name + ":";
        string? line = (_root.Text("proc/meminfo") ?? "").Split('\n')
            .FirstOrDefault(each => each.StartsWith(prefix, StringComparison.Ordinal));
        string number = line?[prefix.Length..].Replace("kB", "", StringComparison.Ordinal).Trim() ?? "";
        return ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ulong kib) ? kib << 10 : 0;
    }

    // "00100000-3ffdefff : System RAM"; for others than root all addresses are 0.
    private ulong SystemRam()
    {
        ulong sum = 0;
        foreach (string line in (_root.Text("proc/iomem") ?? "").Split('\n').Where(IsSystemRam))
        {
            string[] ends = line[..line.IndexOf(' ')].Split('-');
            bool isRange = ulong.TryParse(ends[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong start)
                & ulong.TryParse(ends[^1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong last);
            sum += isRange && last > start ? last - start + 1 : 0;
        }
        return sum;
    }

    private static bool IsSystemRam(string line) =>
        line.EndsWith(" : System RAM", StringComparison.Ordinal) && line[0] != ' ';

    // "0-3,8": cpu_list of sysfs (Documentation/admin-guide/cputopology.rst).
    private static int CountList(string list)
    {
        int count = 0;
        foreach (string part in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-');
            bool isRange = int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                & int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last);
            count += isRange && last >= first ? last - first + 1 : 0;
        }
        return Math.Max(1, count);
    }
}
