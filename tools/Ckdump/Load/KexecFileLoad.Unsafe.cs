using System;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Load;

/// <summary>kexec_file_load(2), for which libc has no function. Errors are numbers of errno(3), 0 for none.</summary>
internal static partial class KexecFileLoad
{
    /// <summary>ENOSYS: this kernel has no such call.</summary>
    public const int NoCall = 38;

    // arch/x86/entry/syscalls/syscall_64.tbl; include/uapi/linux/kexec.h.
    private const long Number = 320;
    private const ulong FlagUnload = 1;
    private const ulong FlagOnCrash = 2;
    private const ulong FlagNoInitramfs = 4;

    /// <summary>Loads an image for the next crash. <paramref name="initrd"/>: path, or null.</summary>
    public static int Load(string image, string? initrd, string commandLine)
    {
        using SafeFileHandle kernel = File.OpenHandle(image);
        using SafeFileHandle? extra = initrd is null ? null : File.OpenHandle(initrd);
        byte[] text = System.Text.Encoding.Latin1.GetBytes(commandLine + "\0");
        ulong flags = FlagOnCrash | (extra is null ? FlagNoInitramfs : 0);
        long initrdDescriptor = extra is null ? -1 : extra.DangerousGetHandle();
        long result = syscall(Number, kernel.DangerousGetHandle(), initrdDescriptor, (ulong)text.Length, text, flags);
        int error = result == 0 ? 0 : Marshal.GetLastPInvokeError();
        GC.KeepAlive(kernel);
        GC.KeepAlive(extra);
        return error;
    }

    /// <summary>Unloads what was loaded for the next crash, however it was loaded.</summary>
    public static int Unload() =>
        syscall(Number, -1, -1, 0, null, FlagUnload | FlagOnCrash) == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(
        long number, long kernel, long initrd, ulong commandLineBytes, byte[]? commandLine, ulong flags);
}
