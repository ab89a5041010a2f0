using System;
using System.Runtime.InteropServices;

namespace CosmosKdump.Capture.Encode;

/// <summary>Finds pages that are all zeros.</summary>
public static class ZeroPage
{
    /// <summary>Whether all bytes are zero; the length is a multiple of 32.</summary>
    public static bool Is(ReadOnlySpan<byte> page)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(page);
        for (int i = 0; i + 3 < words.Length; i += 4)
        {
            if ((words[i] | words[i + 1] | words[i + 2] | words[i + 3]) != 0)
            {
                return false;
            }
        }
        return true;
    }
}
