using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Compress;

/// <summary>libzstd with a static context: one frame per page, with its content size and without a checksum.</summary>
internal static unsafe class ZstdLibrary
{
    /// <summary>ZSTD_estimateCCtxSize_usingCParams of <see cref="ZstdParameters.ForPages"/> is 73624.</summary>
    internal const int WorkspaceBytes = 72 * 1024;

    /// <summary>Makes the context, which begins at the workspace's first byte.</summary>
    internal static Status Start(DmaRegion workspace) =>
        // The context stays inside the length that it is given.
        InitialiseStatic((void*)workspace.Address, WorkspaceBytes) == (void*)workspace.Address
            ? Status.Ok
            : Status.CompressorFailed;

    /// <summary>Bytes of the compressed page, or 0.</summary>
    internal static int Compress(DmaRegion workspace, ReadOnlySpan<byte> page, Span<byte> destination)
    {
        fixed (byte* source = page)
        fixed (byte* target = destination)
        {
            // libzstd reads and writes no further than the two lengths say; errors are numbers beyond any length.
            nuint length = Compress(
                (void*)workspace.Address,
                target,
                (nuint)destination.Length,
                source,
                (nuint)page.Length,
                null,
                0,
                ZstdParameters.ForPages);
            return length <= (nuint)destination.Length ? (int)length : 0;
        }
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "ZSTD_initStaticCCtx")]
    private static extern void* InitialiseStatic(void* workspace, nuint bytes);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "ZSTD_compress_advanced")]
    private static extern nuint Compress(
        void* context,
        byte* destination,
        nuint destinationBytes,
        byte* source,
        nuint sourceBytes,
        byte* dictionary,
        nuint dictionaryBytes,
        ZstdParameters parameters);
}
