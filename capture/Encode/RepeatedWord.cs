using System;
using System.Runtime.InteropServices;

namespace CosmosKdump.Capture.Encode;

/// <summary>
/// Finds pages that are one word over and over: zeros, and what kernels fill memory with that is not in use (page structs
/// that were never initialised, poisoned objects).
/// </summary>
public static class RepeatedWord
{
    /// <summary>Bytes of the word.</summary>
    public const int Bytes = sizeof(ulong);

    /// <summary>Whether a page, whole words of it, is one word over and over.</summary>
    public static bool TryFind(scoped ReadOnlySpan<byte> page, out ulong word)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(page);
        word = words[0];
        for (int i = 1; i < words.Length; i++)
        {
            if (words[i] != word)
            {
                return false;
            }
        }
        return true;
    }
}
