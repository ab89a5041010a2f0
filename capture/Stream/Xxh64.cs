using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace CosmosKdump.Capture.Stream;

/// <summary>XXH64 (xxHash fast digest algorithm, version 0.1.1): as fast as memory is read, on any CPU.</summary>
public static class Xxh64
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;
    private const int Lanes = 4;

    /// <summary>The hash of <paramref name="bytes"/>.</summary>
    public static ulong Of(scoped ReadOnlySpan<byte> bytes, ulong seed)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        int at = 0;
        ulong hash = seed + Prime5;
        if (words.Length >= Lanes)
        {
            ulong a = seed + Prime1 + Prime2;
            ulong b = seed + Prime2;
            ulong c = seed;
            ulong d = seed - Prime1;
            for (; at + Lanes <= words.Length; at += Lanes)
            {
                a = Round(a, words[at]);
                b = Round(b, words[at + 1]);
                c = Round(c, words[at + 2]);
                d = Round(d, words[at + 3]);
            }
            hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7)
                + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
            hash = Merge(Merge(Merge(Merge(hash, a), b), c), d);
        }
        hash += (ulong)bytes.Length;
        for (; at < words.Length; at++)
        {
            hash = (BitOperations.RotateLeft(hash ^ Round(0, words[at]), 27) * Prime1) + Prime4;
        }
        return Finish(hash, bytes[(words.Length * sizeof(ulong))..]);
    }

    private static ulong Finish(ulong hash, scoped ReadOnlySpan<byte> rest)
    {
        if (rest.Length >= sizeof(uint))
        {
            ulong word = BinaryPrimitives.ReadUInt32LittleEndian(rest);
            hash = (BitOperations.RotateLeft(hash ^ (word * Prime1), 23) * Prime2) + Prime3;
            rest = rest[sizeof(uint)..];
        }
        for (int i = 0; i < rest.Length; i++)
        {
            hash = BitOperations.RotateLeft(hash ^ (rest[i] * Prime5), 11) * Prime1;
        }
        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    private static ulong Round(ulong lane, ulong word) =>
        BitOperations.RotateLeft(lane + (word * Prime2), 31) * Prime1;

    private static ulong Merge(ulong hash, ulong lane) => ((hash ^ Round(0, lane)) * Prime1) + Prime4;
}
