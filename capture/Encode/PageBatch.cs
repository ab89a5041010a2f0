using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Encode;

/// <summary>
/// What a CPU does with a batch of pages: reads each, finds those that are all zeros, and compresses the others. Every
/// CPU and the host tools run this one routine, so that their results are the same.
/// </summary>
public static class PageBatch
{
    /// <summary>Most pages of a batch.</summary>
    public const int MaxPages = 16;

    /// <summary>Bytes that the output of a batch needs.</summary>
    public const int OutputBytes = MaxPages * Limits.PageBytes;

    /// <summary>
    /// Compresses the pages at <paramref name="addresses"/> into <paramref name="output"/>
    /// (<see cref="OutputBytes"/>), or copies them where <paramref name="compresses"/> is false, with
    /// <paramref name="page"/> (a page) as working space. Returns the bytes in the output; <paramref name="results"/>
    /// tells of each page.
    /// </summary>
    public static int Run<TMemory, TCodec>(
        ref TMemory memory,
        ref TCodec codec,
        bool compresses,
        ReadOnlySpan<ulong> addresses,
        Span<byte> page,
        Span<byte> output,
        Span<PageResult> results)
        where TMemory : struct, IPhysicalMemory
        where TCodec : struct, IPageCodec
    {
        int used = 0;
        for (int i = 0; i < addresses.Length; i++)
        {
            Span<byte> source = compresses ? page[..Limits.PageBytes] : output.Slice(used, Limits.PageBytes);
            if (memory.Read(addresses[i], source) != Status.Ok)
            {
                results[i] = new PageResult(PageForm.Unreadable, 0);
                continue;
            }
            if (RepeatedWord.TryFind(source, out ulong word))
            {
                int bytes = word == 0 ? 0 : Repeated(ref codec, compresses, word, source, output[used..]);
                results[i] = new PageResult(word == 0 ? PageForm.Zero : PageForm.Repeated, (ushort)bytes);
                used += bytes;
                continue;
            }
            if (!compresses)
            {
                results[i] = new PageResult(PageForm.Raw, Limits.PageBytes);
                used += Limits.PageBytes;
                continue;
            }
            // A page that does not shrink is stored as it is: one byte less than a page is the most that counts.
            int length = codec.Compress(source, output.Slice(used, Limits.PageBytes - 1));
            bool isSmaller = length is > 0 and < Limits.PageBytes;
            if (!isSmaller)
            {
                source.CopyTo(output[used..]);
                length = Limits.PageBytes;
            }
            results[i] = new PageResult(isSmaller ? PageForm.Compressed : PageForm.Raw, (ushort)length);
            used += length;
        }
        return used;
    }

    // The word and the compressed page; just the word if that does not shrink, or is not wanted.
    private static int Repeated<TCodec>(
        ref TCodec codec, bool compresses, ulong word, ReadOnlySpan<byte> page, Span<byte> output)
        where TCodec : struct, IPageCodec
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output, word);
        if (!compresses)
        {
            return RepeatedWord.Bytes;
        }
        const int Most = Limits.PageBytes - RepeatedWord.Bytes;
        int length = codec.Compress(page, output.Slice(RepeatedWord.Bytes, Most));
        return RepeatedWord.Bytes + (length is > 0 and <= Most ? length : 0);
    }
}
