using System;
using System.Collections.Generic;

namespace CosmosKdump.Lab.Guests;

/// <summary>The command line of QEMU for a guest.</summary>
public static class QemuArguments
{
    /// <summary>Character device of a second serial port on a socket.</summary>
    public const string SecondLine = "line";

    /// <summary>Builds it.</summary>
    /// <param name="options">The guest.</param>
    /// <param name="disks">Its disks.</param>
    /// <param name="kernel">Path of the Linux image.</param>
    /// <param name="initramfs">Path of its initramfs.</param>
    /// <param name="sockets">Short folder for sockets, whose paths may not exceed 107 bytes (unix(7)).</param>
    public static List<string> Of(GuestOptions options, IEnumerable<DiskImage> disks, string kernel, string initramfs,
        string sockets)
    {
        string machine = options.Machine == GuestMachine.Q35 ? "q35" : "pc";
        List<string> arguments =
        [
            "-nodefaults", "-no-user-config", "-display", "none",
            // Software emulation is the same everywhere; reserve=off lets guests be larger than the host.
            "-accel", "tcg,thread=multi",
            "-object",
            $"memory-backend-ram,id=ram,size={options.MemoryMiB}M,{(options.Preallocated ? "prealloc=on" : "reserve=off")}",
            "-machine", $"{machine},memory-backend=ram",
            "-m", $"{options.MemoryMiB}M",
            "-smp", $"{options.Cpus}",
            "-cpu", options.CpuModel,
            "-vga", "none",
            "-chardev", "stdio,id=console,signal=off",
            "-serial", "chardev:console",
            "-chardev", $"socket,id=monitor,path={Qmp(sockets)},server=on,wait=off",
            "-mon", "chardev=monitor,mode=control",
            "-kernel", kernel,
            "-initrd", initramfs,
            "-append", LinuxArguments(options),
        ];
        if (!options.Reboots)
        {
            arguments.Add("-no-reboot");
        }
        if (options.SecondSerialSocket.Length != 0)
        {
            arguments.AddRange([
                "-chardev", $"socket,id={SecondLine},path={options.SecondSerialSocket},server=on,wait=off",
                "-serial", $"chardev:{SecondLine}",
            ]);
        }
        // An IOMMU must be there before the devices that it serves.
        arguments.AddRange(options.QemuArguments);
        foreach (DiskImage disk in disks)
        {
            arguments.AddRange(disk.QemuArguments());
        }
        return arguments;
    }

    /// <summary>The monitor's socket.</summary>
    public static string Qmp(string sockets) => sockets + "/qmp";

    private static string LinuxArguments(GuestOptions options)
    {
        string arguments = "console=ttyS0,115200 quiet";
        foreach (string value in options.CrashKernel.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string option = value.StartsWith("crashkernel=", StringComparison.Ordinal) ? value : $"crashkernel={value}";
            arguments += $" {option}";
        }
        return options.KernelArguments.Length == 0 ? arguments : $"{arguments} {options.KernelArguments}";
    }
}
