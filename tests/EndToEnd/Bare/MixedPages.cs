using System;
using System.Buffers.Binary;
using System.Text;

namespace CosmosKdump.Tests.EndToEnd.Bare;

/// <summary>
/// Pages of all the kinds that compressors treat differently, in an order that mixes them: text, zeros, a repeated word,
/// noise, and pages that shrink only in part.
/// </summary>
public static class MixedPages
{
    private const int Kinds = 7;
    private const int WordBytes = 8;

    /// <summary>Whole pages.</summary>
    public static byte[] Make(int count, ulong seed)
    {
        byte[] pages = SeededPages.Make(count, seed);
        Random order = new((int)seed);
        for (int i = 0; i < count; i++)
        {
            Shape(pages.AsSpan(i * SharedMemory.PageBytes, SharedMemory.PageBytes), order.Next(Kinds), i);
        }
        return pages;
    }

    // Makes a page of noise one of another kind.
    private static void Shape(Span<byte> page, int kind, int number)
    {
        switch (kind)
        {
            case 0:
                Text(page, number);
                break;
            case 1:
                page.Clear();
                break;
            case 2:
                Repeat(page, WordBytes);
                break;
            case 3:
                // A repetition that is no word's.
                Repeat(page, 100);
                break;
            case 4:
                // Less than an eighth shrinks: some compressors gain by it, others do not.
                page[..(16 * (1 + (number % 30)))].Clear();
                break;
            case 5:
                // Pointers into one region, as slab is full of.
                for (int at = 0; at < page.Length; at += WordBytes)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(page[(at + 4)..], 0xFFFF_8881);
                }
                break;
            default:
                break;
        }
    }

    private static void Text(Span<byte> page, int number)
    {
        for (int at = 0, line = 0; at < page.Length; line++)
        {
            byte[] text = Encoding.ASCII.GetBytes($"[{number,5}.{line * 7919 % 1000000:d6}] device {number % 13}: queue {line} is ready\n");
            int bytes = Math.Min(text.Length, page.Length - at);
            text.AsSpan(0, bytes).CopyTo(page[at..]);
            at += bytes;
        }
    }

    private static void Repeat(Span<byte> page, int length)
    {
        for (int at = length; at < page.Length; at++)
        {
            page[at] = page[at - length];
        }
    }
}
