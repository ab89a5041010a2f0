using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>Advice to the page cache. None of it changes what is read or written, so errors are not looked at.</summary>
internal static partial class PageCache
{
    private const int Sequential = 2;
    private const uint StartWriting = 2;

    /// <summary>The file will be read from its start to its end.</summary>
    public static void ReadInOrder(SafeFileHandle file) => _ = posix_fadvise(file, 0, 0, Sequential);

    /// <summary>Begins to write a part of a file to the medium, so that the final flush has little left to do.</summary>
    public static void BeginWriting(SafeFileHandle file, long offsetBytes, long lengthBytes) =>
        _ = sync_file_range(file, offsetBytes, lengthBytes, StartWriting);

    [LibraryImport("libc")]
    private static partial int posix_fadvise(SafeFileHandle file, long offset, long length, int advice);

    [LibraryImport("libc")]
    private static partial int sync_file_range(SafeFileHandle file, long offset, long length, uint flags);
}
