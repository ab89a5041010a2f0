using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Machine;

namespace CosmosKdump.Ckdump.Load;

/// <summary>Whether <c>crashkernel=</c> has reserved what a capture kernel needs.</summary>
public static class Reservation
{
    // kexec-tools: the low 640 KiB are saved; purgatory, boot_params, the command line and gaps between them; and a program
    // header of 64 bytes per CPU and range of memory in the elfcorehdr.
    private const ulong BackupBytes = 640 << 10;
    private const ulong PartsBytes = 128 << 10;
    private const ulong HeaderBytes = 64;
    private const ulong Ranges = 64;
    private const ulong PageBytes = 4096;

    /// <summary>Bytes that loading an image on this machine takes of the reservation.</summary>
    public static ulong NeededBytes(CaptureImage image, int cpus, long initrdBytes) =>
        image.MemoryBytes + BackupBytes + PartsBytes + Pages((ulong)initrdBytes) + Pages(((ulong)cpus + Ranges) * HeaderBytes);

    /// <summary>What is wrong with it, or null.</summary>
    public static Finding? Find(MachineFacts machine, CaptureImage? image, IEnumerable<ResolvedTarget> targets)
    {
        long initrdBytes = targets.Sum(target => target.Map?.LongLength ?? 0);
        string? asked = Array.FindLast(
            machine.CommandLine.Split(' '), word => word.StartsWith("crashkernel=", StringComparison.Ordinal));
        if (machine.ReservationBytes is not ulong bytes)
        {
            return new Finding(Severity.Error, "this kernel cannot load a capture kernel", "it is built without CONFIG_KEXEC_CORE");
        }
        if (bytes == 0)
        {
            return asked is null
                ? new Finding(Severity.Error, "no memory is reserved for a capture kernel", AddLine("4M"))
                : new Finding(Severity.Error, $"the kernel did not grant {asked}",
                    "see dmesg | grep -i crashkernel; " + AddLine("4M"));
        }
        ulong needed = image is null ? 0 : NeededBytes(image, machine.Cpus, initrdBytes);
        return bytes >= needed
            ? null
            : new Finding(Severity.Error,
                $"{ByteSize.Format((long)bytes)} are reserved, and the capture kernel needs {ByteSize.Format((long)needed)}",
                AddLine($"{Math.Max(4, (needed + (1 << 20) - 1) >> 20)}M"));
    }

    private static string AddLine(string size) =>
        $"add crashkernel={size} to the kernel's command line (GRUB: GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, then "
        + "update-grub) and reboot";

    private static ulong Pages(ulong bytes) => (bytes + PageBytes - 1) & ~(PageBytes - 1);
}
