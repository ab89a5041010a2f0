using System;
using System.Runtime.InteropServices;

namespace CosmosKdump.Analyzer.Codecs;

/// <summary>LZO1X-1 of liblzo2 (lzo/lzo1x.h). lzo_init only checks the library's build, and is not called.</summary>
public sealed unsafe partial class LzoCodec : PageCodec
{
    private const int Ok = 0;

    // LZO1X_1_MEM_COMPRESS: 16384 pointers.
    private const int WorkBytes = 16384 * 8;

    private readonly byte[] _work = new byte[WorkBytes];
    private byte[] _output = [];

    /// <inheritdoc/>
    public override int Compress(ReadOnlySpan<byte> page, Span<byte> destination)
    {
        // lzo1x_1_compress knows no bound: a block may grow by 1/16, 64 and 3 bytes (LZO's FAQ).
        int worst = page.Length + (page.Length / 16) + 64 + 3;
        if (_output.Length < worst)
        {
            _output = new byte[worst];
        }
        nuint length = (nuint)_output.Length;
        // Safe: all buffers are pinned, and the output takes the worst case.
        fixed (byte* source = page, output = _output, work = _work)
        {
            if (Compress(source, (nuint)page.Length, output, &length, work) != Ok || length > (nuint)destination.Length)
            {
                return 0;
            }
        }
        _output.AsSpan(0, (int)length).CopyTo(destination);
        return (int)length;
    }

    /// <inheritdoc/>
    public override bool Decompress(ReadOnlySpan<byte> source, Span<byte> page)
    {
        nuint length = (nuint)page.Length;
        // Safe: pinned, and the library's safe decompressor keeps to both lengths.
        fixed (byte* from = source, to = page)
        {
            return Decompress(from, (nuint)source.Length, to, &length, null) == Ok && length == (nuint)page.Length;
        }
    }

    private protected override void Release()
    {
    }

    [LibraryImport("liblzo2.so.2", EntryPoint = "lzo1x_1_compress")]
    private static partial int Compress(byte* source, nuint length, byte* output, nuint* outputLength, byte* work);

    [LibraryImport("liblzo2.so.2", EntryPoint = "lzo1x_decompress_safe")]
    private static partial int Decompress(byte* source, nuint length, byte* output, nuint* outputLength, byte* work);
}
