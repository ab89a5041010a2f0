using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Compress;

/// <summary>
/// libz's deflate with a zlib header, in an arena of ours. The working memory begins with the arena's two bounds and
/// the stream.
/// </summary>
internal static unsafe class ZlibLibrary
{
    /// <summary>
    /// deflateInit2: a window of 8 KiB reaches over a page, 8192 hash chains and 4096 symbols. Level 2 makes up for
    /// what fewer chains cost: less than compress2 makes at level 1 with 268 KiB (docs/decisions.md).
    /// </summary>
    internal const int Level = 2;

    internal const int WindowBits = 13;
    internal const int MemoryLevel = 6;

    /// <summary>Most that deflateInit2 asks for with these.</summary>
    internal const int WorkspaceBytes = 72 * 1024;

    private const int Deflated = 8;
    private const int DefaultStrategy = 0;
    private const int Finish = 4;
    private const int StreamEnd = 1;
    private const int ArenaOffset = 128;

    /// <summary>Lays the stream and its buffers out.</summary>
    internal static Status Start(DmaRegion workspace)
    {
        workspace.Bytes(0, ArenaOffset).Clear();
        // The stream lies in the workspace behind the bounds, and fits before the arena: 16 + 112 bytes.
        ZlibStream* stream = StreamOf(workspace);
        stream->Arena = (ulong*)workspace.Address;
        stream->Arena[0] = workspace.Address + ArenaOffset;
        stream->Arena[1] = workspace.Address + WorkspaceBytes;
        stream->Allocate = AddressOfAllocate();
        stream->Free = AddressOfFree();
        fixed (byte* version = "1.2.13\0"u8)
        {
            int result = Initialise(
                stream,
                Level,
                Deflated,
                WindowBits,
                MemoryLevel,
                DefaultStrategy,
                version,
                sizeof(ZlibStream));
            return result == 0 ? Status.Ok : Status.CompressorFailed;
        }
    }

    /// <summary>Bytes of the compressed page, or 0.</summary>
    internal static int Compress(DmaRegion workspace, ReadOnlySpan<byte> page, Span<byte> destination)
    {
        ZlibStream* stream = StreamOf(workspace);
        if (Reset(stream) != 0)
        {
            return 0;
        }
        fixed (byte* source = page)
        fixed (byte* target = destination)
        {
            // deflate reads and writes no further than the two lengths say.
            stream->NextInput = source;
            stream->AvailableInput = (uint)page.Length;
            stream->NextOutput = target;
            stream->AvailableOutput = (uint)destination.Length;
            return Deflate(stream, Finish) == StreamEnd ? (int)stream->TotalOutput : 0;
        }
    }

    // The workspace is at least WorkspaceBytes long, which KernelCodec has seen to.
    private static ZlibStream* StreamOf(DmaRegion workspace) => (ZlibStream*)(workspace.Address + 16);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "deflateInit2_")]
    private static extern int Initialise(
        ZlibStream* stream,
        int level,
        int method,
        int windowBits,
        int memoryLevel,
        int strategy,
        byte* version,
        int streamBytes);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "deflateReset")]
    private static extern int Reset(ZlibStream* stream);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "deflate")]
    private static extern int Deflate(ZlibStream* stream, int flush);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_arena_allocate")]
    private static extern nint AddressOfAllocate();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_arena_free")]
    private static extern nint AddressOfFree();
}
