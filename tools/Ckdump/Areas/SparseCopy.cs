using System;
using System.IO;
using CosmosKdump.Ckdump.Cli;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>
/// Copies the start of a file or device to a new file, zeros as holes. A block is small enough to stay in the processor's
/// cache between the read, the search for zeros and the write; Linux reads ahead and writes behind meanwhile.
/// </summary>
public static class SparseCopy
{
    private const int BlockBytes = 256 << 10;
    private const int GrainBytes = 4096;

    // How often the caller hears of it, and the page cache is told to begin writing.
    private const long StepBytes = 16 << 20;

    /// <summary>
    /// Copies the first <paramref name="dataBytes"/> to an empty file of <paramref name="lengthBytes"/>, the rest of
    /// which stays a hole, and makes it durable.
    /// </summary>
    public static void Run(
        AreaFile source, SafeFileHandle target, string targetPath, long dataBytes, long lengthBytes, Action<long> progress)
    {
        Posix.SetLength(target, lengthBytes, targetPath);
        PageCache.ReadInOrder(source.Handle);
        byte[] block = new byte[BlockBytes];
        long stepEnd = 0;
        for (long at = NextData(source, 0, dataBytes); at < dataBytes; at = NextData(source, at, dataBytes))
        {
            if (at >= stepEnd)
            {
                PageCache.BeginWriting(target, Math.Max(0, stepEnd - StepBytes), StepBytes);
                progress(at);
                stepEnd = at + StepBytes;
            }
            int wanted = (int)Math.Min(BlockBytes, dataBytes - at);
            int got = source.Read(block.AsSpan(0, wanted), at);
            if (got < wanted)
            {
                throw new ToolException(source.Path, at + got, $"ends before the dump does ({lengthBytes} bytes)");
            }
            WriteData(target, block.AsSpan(0, got), at);
            at += got;
        }
        progress(dataBytes);
        RandomAccess.FlushToDisk(target);
    }

    /// <summary>Bytes that a copy of the first <paramref name="dataBytes"/> takes: those that are not in pages of zeros.</summary>
    public static long Measure(AreaFile source, long dataBytes)
    {
        byte[] block = new byte[BlockBytes];
        long total = 0;
        for (long at = NextData(source, 0, dataBytes); at < dataBytes; at = NextData(source, at, dataBytes))
        {
            int got = source.Read(block.AsSpan(0, (int)Math.Min(BlockBytes, dataBytes - at)), at);
            if (got == 0)
            {
                break;
            }
            for (int grain = 0; grain < got; grain += GrainBytes)
            {
                int length = Math.Min(GrainBytes, got - grain);
                total += block.AsSpan(grain, length).IndexOfAnyExcept((byte)0) < 0 ? 0 : length;
            }
            at += got;
        }
        return total;
    }

    private static long NextData(AreaFile source, long at, long dataBytes) =>
        source.Kind == FileKind.Regular && at < dataBytes ? Posix.NextData(source.Handle, at, dataBytes) : at;

    // Grains that are not zero are written in runs as long as there are.
    private static void WriteData(SafeFileHandle target, ReadOnlySpan<byte> block, long offsetBytes)
    {
        int start = 0;
        int at = 0;
        while (at < block.Length)
        {
            int end = Math.Min(at + GrainBytes, block.Length);
            if (block[at..end].IndexOfAnyExcept((byte)0) < 0)
            {
                Write(target, block[start..at], offsetBytes + start);
                start = end;
            }
            at = end;
        }
        Write(target, block[start..], offsetBytes + start);
    }

    private static void Write(SafeFileHandle target, ReadOnlySpan<byte> bytes, long offsetBytes)
    {
        if (bytes.Length != 0)
        {
            RandomAccess.Write(target, bytes, offsetBytes);
        }
    }
}
