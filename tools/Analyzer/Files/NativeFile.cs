using System;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Analyzer.Files;

/// <summary>
/// Opens what .NET cannot open safely: a block device, whose length only lseek tells, and a pipe, on which a plain open
/// would wait for ever (open(2), lseek(2)).
/// </summary>
internal static partial class NativeFile
{
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int SeekEnd = 2;

    /// <summary>Opens a file for reading and tells its length, bytes.</summary>
    public static bool TryOpen(
        string path,
        [NotNullWhen(true)] out SafeFileHandle? handle,
        out long lengthBytes,
        [NotNullWhen(false)] out FileProblem? problem)
    {
        handle = null;
        lengthBytes = 0;
        if (Directory.Exists(path))
        {
            problem = new FileProblem("is a directory");
            return false;
        }
        if (path.Contains('\0'))
        {
            problem = new FileProblem("no such file");
            return false;
        }
        int descriptor = Open(path, ReadOnly | NonBlocking | CloseOnExec);
        if (descriptor < 0)
        {
            problem = LastError("cannot be opened");
            return false;
        }
        handle = new SafeFileHandle(descriptor, ownsHandle: true);
        lengthBytes = Seek(descriptor, 0, SeekEnd);
        if (lengthBytes >= 0)
        {
            problem = null;
            return true;
        }
        problem = LastError("cannot be read at any offset");
        handle.Dispose();
        handle = null;
        return false;
    }

    private static FileProblem LastError(string what)
    {
        string text = new Win32Exception(Marshal.GetLastPInvokeError()).Message;
        return new FileProblem($"{what}: {text}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(int descriptor, long offset, int whence);
}
