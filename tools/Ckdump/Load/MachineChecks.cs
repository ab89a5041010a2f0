using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Config;
using CosmosKdump.Ckdump.Machine;

namespace CosmosKdump.Ckdump.Load;

/// <summary>What is wrong on this machine, or could be better, before it crashes.</summary>
public static class MachineChecks
{
    /// <summary>All findings, in the order in which they matter to a reader. <paramref name="image"/>: null if it was not found.</summary>
    public static IReadOnlyList<Finding> Of(
        MachineFacts machine, DumpConfig config, CaptureImage? image, IReadOnlyList<ResolvedTarget> targets)
    {
        List<Finding> found = [];
        if (Reservation.Find(machine, image, targets) is Finding reservation)
        {
            found.Add(reservation);
        }
        if (machine.ReservationWords is { Count: > 1 } words)
        {
            found.Add(new Finding(Severity.Warning,
                $"the kernel's command line has {words.Count} times crashkernel=, and Linux has taken the last: {words[^1]}",
                "leave one; grep -r crashkernel= /etc/default/grub* tells where GRUB has them from"));
        }
        if (Encryption(machine) is Finding encryption)
        {
            found.Add(encryption);
        }
        found.AddRange(machine.Watchdogs.Where(each => each.IsDanger).Select(each => new Finding(Severity.Warning,
            $"the watchdog {each.Name} is armed, and the capture kernel cannot feed it: it may reset the machine in the middle of a dump",
            "give it a timeout longer than a dump takes" + (each.TimeoutSeconds is ulong seconds ? $" (it has {seconds} s)" : ""))));
        found.AddRange(config.Problems.Select(problem => new Finding(Severity.Warning, problem.ToString())));
        found.AddRange(CaptureCommandLine.Complaints(CaptureCommandLine.Of(config, targets, null))
            .Select(line => new Finding(Severity.Warning, $"the capture kernel will say: {line}")));
        AddTargets(found, machine, config, targets);
        if (machine.Setting("panic_on_oops") == "0")
        {
            found.Add(new Finding(Severity.Hint, "kernel.panic_on_oops is 0: a process that dies in the kernel leaves no dump",
                "set it to 1 in /etc/sysctl.d to have one"));
        }
        return found;
    }

    /// <summary>What keeps every dump of this machine from being of use, or null.</summary>
    public static Finding? Encryption(MachineFacts machine) => machine.MemoryEncryption is string encryption
        ? new Finding(Severity.Error, $"memory is encrypted by {encryption}: a dump would hold ciphertext",
            "boot with memory encryption off (mem_encrypt=off), or rely on other means on this machine")
        : null;

    private static void AddTargets(
        List<Finding> found, MachineFacts machine, DumpConfig config, IReadOnlyList<ResolvedTarget> targets)
    {
        ulong need = DumpNeed.Bytes(machine, config.Collector);
        foreach (ResolvedTarget target in targets)
        {
            string where = target.Source.Line == 0 ? "dump areas" : $"{config.File}:{target.Source.Line}: {target.Source}";
            if (target.Problem is string problem && target.Source.Line != 0)
            {
                found.Add(new Finding(Severity.Warning, $"{where}: {problem}"));
            }
            else if (target.Problem is null && target.Label is { } label && label.CapacityBytes < need)
            {
                found.Add(new Finding(Severity.Warning,
                    $"{where}: has room for {ByteSize.Format((long)label.CapacityBytes)}, and a dump of level "
                    + $"{config.Collector.Level} would take up to {ByteSize.Format((long)need)} now, before compression",
                    "a dump that does not fit leaves out more, and is cut only then"));
            }
        }
        if (targets.Any(target => target.IsHidden))
        {
            found.Add(new Finding(Severity.Warning, "dump areas are hidden from this user: nothing is said of them", "run as root"));
        }
        if (targets.All(target => target.Problem is not null))
        {
            string why = targets is [{ Source.Line: 0, Problem: string only }] ? $": {only}" : "";
            found.Add(new Finding(Severity.Error, "no target can take a dump" + why,
                why.Length != 0 ? null : "make a dump area with ckdump prepare, and name it in " + config.File));
        }
    }
}
