using System;
using System.Collections.Generic;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Tests.EndToEnd.Bare;

/// <summary>
/// The physical memory of a <c>pc</c> machine, shared between QEMU and the test: what lies below 3 GiB lies at the same
/// offset of a file, what lies above 4 GiB follows. The file has no name, so that it goes with the last process that
/// holds it.
/// </summary>
public sealed class SharedMemory : IDisposable
{
    /// <summary>Bytes of a page.</summary>
    public const int PageBytes = 4096;

    private const ulong LowEnd = 3UL << 30;
    private const ulong HighStart = 4UL << 30;
    private const string Fast = "/dev/shm";
    private readonly SafeFileHandle _file;

    /// <summary>Zeroed memory.</summary>
    public SharedMemory(int sizeMiB)
    {
        LengthBytes = (long)sizeMiB << 20;
        bool fits = Directory.Exists(Fast) && new DriveInfo(Fast).AvailableFreeSpace > 2 * LengthBytes;
        string path = Path.Combine(fits ? Fast : Path.GetTempPath(), $"ckdump-memory-{Guid.NewGuid():N}");
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        File.Delete(path);
        RandomAccess.SetLength(_file, LengthBytes);
    }

    /// <summary>Length, bytes.</summary>
    public long LengthBytes { get; }

    /// <summary>Makes QEMU use it; these come after the lab's own arguments.</summary>
    public IReadOnlyList<string> QemuArguments =>
    [
        "-object",
        $"memory-backend-file,id=shared,size={LengthBytes},share=on,mem-path=/proc/{Environment.ProcessId}/fd/{_file.DangerousGetHandle()}",
        "-machine", "memory-backend=shared",
    ];

    /// <summary>Reads; what lies past the end reads as zeros, as it does in QEMU.</summary>
    public byte[] Read(ulong address, int count)
    {
        byte[] bytes = new byte[count];
        int got = 0;
        for (int now; got < count && (now = RandomAccess.Read(_file, bytes.AsSpan(got), OffsetOf(address) + got)) > 0;)
        {
            got += now;
        }
        return bytes;
    }

    /// <summary>Writes.</summary>
    public void Write(ulong address, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_file, bytes, OffsetOf(address));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // QEMU's pc splits memory of 3.5 GiB and more at 3 GiB (hw/i386/pc_piix.c).
    private static long OffsetOf(ulong address) =>
        (long)(address < HighStart ? address : address - HighStart + LowEnd);
}
