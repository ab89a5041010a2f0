using System;
using System.IO;
using CosmosKdump.Ckdump.Cli;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>Copies the start of a file or device to a new file, zeros as holes.</summary>
public static class SparseCopy
{
    private const int BlockBytes = 4 << 20;
    private const int GrainBytes = 64 * 1024;

    /// <summary>
    /// Copies the first <paramref name="dataBytes"/> to an empty file of <paramref name="lengthBytes"/>, the rest of
    /// which stays a hole, and makes it durable.
    /// </summary>
    public static void Run(
        AreaFile source, SafeFileHandle target, string targetPath, long dataBytes, long lengthBytes,
        Action<long> progress)
    {
        Posix.SetLength(target, lengthBytes, targetPath);
        byte[] block = new byte[BlockBytes];
        long at = 0;
        while (at < dataBytes)
        {
            long data = source.Kind == FileKind.Regular ? Posix.NextData(source.Handle, at, dataBytes) : at;
            if (data > at)
            {
                at = Math.Min(data, dataBytes);
                progress(at);
                continue;
            }
            int wanted = (int)Math.Min(BlockBytes, dataBytes - at);
            int got = source.Read(block.AsSpan(0, wanted), at);
            if (got < wanted)
            {
                throw new ToolException(source.Path, at + got, $"ends before the dump does ({lengthBytes} bytes)");
            }
            WriteData(target, block.AsSpan(0, got), at);
            at += got;
            progress(at);
        }
        RandomAccess.FlushToDisk(target);
    }

    private static void WriteData(SafeFileHandle target, ReadOnlySpan<byte> block, long offsetBytes)
    {
        for (int at = 0; at < block.Length; at += GrainBytes)
        {
            ReadOnlySpan<byte> grain = block.Slice(at, Math.Min(GrainBytes, block.Length - at));
            if (grain.IndexOfAnyExcept((byte)0) >= 0)
            {
                RandomAccess.Write(target, grain, offsetBytes + at);
            }
        }
    }
}
