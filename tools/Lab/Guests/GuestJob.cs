using System;
using System.Globalization;
using System.Text;

namespace CosmosKdump.Lab.Guests;

/// <summary>
/// The shell script that a guest runs: loads the capture kernel, says that it is ready, waits for a line on the
/// console, and crashes. Its own lines on the console begin with <see cref="Mark"/>.
/// </summary>
public static class GuestJob
{
    /// <summary>How every line of the job begins.</summary>
    public const string Mark = "LAB: ";

    /// <summary>Said when the guest waits for its crash.</summary>
    public const string Ready = Mark + "ready";

    /// <summary>Said, with a reason, when the job cannot go on.</summary>
    public const string Failed = Mark + "failed";

    /// <summary>Where the capture kernel lies in the guest.</summary>
    public const string ImagePath = "/capture/kernel";

    /// <summary>Where the capture kernel's initramfs lies in the guest.</summary>
    public const string InitrdPath = "/capture/initrd";

    /// <summary>Where the module lies that crashes the guest.</summary>
    public const string CrashModulePath = "/capture/crash.ko";

    /// <summary>The script for a guest.</summary>
    public static string Script(GuestOptions options)
    {
        StringBuilder script = new("#!/bin/sh\n");
        Line(script, "stty -echo");
        Line(script, $"echo \"{Mark}started on $(uname -r)\"");
        Line(script, options.BeforeLoad);
        if (options.Capture != null)
        {
            string refused = $"echo \"{Failed}: kexec, exit code $?\"; exit 1";
            Line(script, $"{LoadCommand(options.Capture)} || {{ {refused}; }}");
            Line(script, $"echo \"{Mark}loaded, crashkernel bytes $(cat /sys/kernel/kexec_crash_size)\"");
        }
        Line(script, options.BeforeCrash);
        Line(script, "echo 1 > /proc/sys/kernel/panic_on_oops");
        Line(script, "echo 1 > /proc/sys/kernel/unknown_nmi_panic");
        Line(script, $"echo \"{Ready}\"");
        Line(script, "read -r go");
        Line(script, CrashCommand(options));
        return script.ToString();
    }

    /// <summary>The kexec command that loads a capture kernel.</summary>
    public static string LoadCommand(CaptureKernel capture)
    {
        string how = capture.Loader switch
        {
            KexecLoader.KexecFileLoad => "-s -p",
            KexecLoader.KexecLoadElf => "-p --type=elf-x86_64 --args-linux",
            _ => "-p",
        };
        string headers = capture.Elf32CoreHeaders ? " --elf32-core-headers" : "";
        string? path = capture.Initrd == null ? capture.GuestInitrd : InitrdPath;
        string initrd = path == null ? "" : $" --initrd={path}";
        return $"kexec {how}{headers}{initrd} --command-line={Quote(capture.Arguments)} {ImagePath}";
    }

    /// <summary>A string as one word of the shell.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string CrashCommand(GuestOptions options)
    {
        string command = options.Crash switch
        {
            CrashKind.SysRq => "echo c > /proc/sysrq-trigger",
            CrashKind.Nmi => "sleep 60",
            _ => $"insmod {CrashModulePath}",
        };
        string mask = (1UL << options.CrashCpu).ToString("x", CultureInfo.InvariantCulture);
        return $"taskset {mask} sh -c {Quote(command)}; dmesg | tail -5; echo \"{Failed}: the guest did not crash\"";
    }

    private static void Line(StringBuilder script, string text)
    {
        if (text.Length != 0)
        {
            script.Append(text).Append('\n');
        }
    }
}
