using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Compress;

/// <summary>
/// liblzo2's lzo1x_1_compress, as makedumpfile uses it. It does not know where its output ends, so it writes into a
/// buffer for the worst case first.
/// </summary>
internal static unsafe class LzoLibrary
{
    // LZO 2.10 keeps 16384 16-bit offsets; lzo1x.h asks for 128 KiB, which would do for pointers.
    private const int DictionaryBytes = 32 * 1024;

    private const int OutputOffset = 48 * 1024;

    // LZO.FAQ: an incompressible block grows by a sixteenth, and 67 bytes.
    private const int OutputBytes = Limits.PageBytes + (Limits.PageBytes / 16) + 67;

    /// <summary>Bytes of the working memory: the dictionary, a gap that must stay as it is, the output.</summary>
    internal const int WorkspaceBytes = OutputOffset + OutputBytes;

    /// <summary>
    /// Compresses a page into the workspace, and finds out whether the dictionary is as large as it is taken for.
    /// </summary>
    internal static Status Start(DmaRegion workspace, ReadOnlySpan<byte> page)
    {
        const byte Mark = 0xA5;
        Span<byte> gap = workspace.Bytes(DictionaryBytes, OutputOffset - DictionaryBytes);
        gap.Fill(Mark);
        _ = Compress(workspace, page, default);
        for (int i = 0; i < gap.Length; i++)
        {
            if (gap[i] != Mark)
            {
                return Status.CompressorFailed;
            }
        }
        return Status.Ok;
    }

    /// <summary>Bytes of the compressed page, or 0.</summary>
    internal static int Compress(DmaRegion workspace, ReadOnlySpan<byte> page, Span<byte> destination)
    {
        Span<byte> output = workspace.Bytes(OutputOffset, OutputBytes);
        nuint length = 0;
        fixed (byte* source = page)
        fixed (byte* target = output)
        {
            // The dictionary's size was tested by Start; the output takes the worst case of a page.
            if (Compress(source, (nuint)page.Length, target, &length, (void*)workspace.Address) != 0)
            {
                return 0;
            }
        }
        if (length > (nuint)destination.Length)
        {
            return 0;
        }
        output.Slice(0, (int)length).CopyTo(destination);
        return (int)length;
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "lzo1x_1_compress")]
    private static extern int Compress(byte* source, nuint sourceBytes, byte* output, nuint* outputBytes, void* memory);
}
