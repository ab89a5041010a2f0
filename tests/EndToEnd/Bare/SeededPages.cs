using System;
using System.Buffers.Binary;
using System.Numerics;

namespace CosmosKdump.Tests.EndToEnd.Bare;

/// <summary>
/// Pages whose content follows from a seed and their number: a mark of the seed, the number, and noise of both. Each
/// can be recognised and checked wherever it is found.
/// </summary>
public static class SeededPages
{
    private const int HeadBytes = 16;

    /// <summary>Fills whole pages, the first of which has the number <paramref name="first"/>.</summary>
    public static void Fill(Span<byte> pages, ulong seed, ulong first)
    {
        for (int at = 0; at < pages.Length; at += SharedMemory.PageBytes, first++)
        {
            Span<byte> page = pages.Slice(at, SharedMemory.PageBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(page, Mix(seed));
            BinaryPrimitives.WriteUInt64LittleEndian(page[8..], first);
            ulong state = Mix(seed ^ BitOperations.RotateLeft(first + 1, 20));
            for (int word = HeadBytes; word < page.Length; word += 8)
            {
                state += 0x9E3779B97F4A7C15;
                BinaryPrimitives.WriteUInt64LittleEndian(page[word..], Mix(state));
            }
        }
    }

    /// <summary>Whole pages, the first of which has the number <paramref name="first"/>.</summary>
    public static byte[] Make(int count, ulong seed, ulong first = 0)
    {
        byte[] pages = new byte[count * SharedMemory.PageBytes];
        Fill(pages, seed, first);
        return pages;
    }

    /// <summary>The page carries the mark of the seed; its number.</summary>
    public static bool IsMarked(ReadOnlySpan<byte> page, ulong seed, out ulong number)
    {
        number = BinaryPrimitives.ReadUInt64LittleEndian(page[8..]);
        return BinaryPrimitives.ReadUInt64LittleEndian(page) == Mix(seed);
    }

    /// <summary>The page is the page of this number, to the last byte.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> page, ulong seed, ulong number)
    {
        Span<byte> expected = stackalloc byte[SharedMemory.PageBytes];
        Fill(expected, seed, number);
        return page.SequenceEqual(expected);
    }

    // The output function of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
