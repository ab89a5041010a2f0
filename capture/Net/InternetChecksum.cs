using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CosmosKdump.Capture.Net;

/// <summary>
/// The checksum of IPv4, ICMP, UDP and TCP (RFC 1071): the complement of the sum of 16-bit words in ones' complement.
/// Sums are kept as 64-bit numbers of little-endian words, and folded at the end: the order of bytes does not matter
/// until then (RFC 1071, 2 (B)).
/// </summary>
public static class InternetChecksum
{
    private const int Unrolled = 4;

    /// <summary>Adds bytes to a sum. All but the last bytes added have an even length.</summary>
    public static ulong Add(ulong sum, scoped ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        int i = 0;
        // The halves of 64-bit words: no carry is lost before 2^32 of them.
        for (; i + Unrolled <= words.Length; i += Unrolled)
        {
            ulong a = words[i];
            ulong b = words[i + 1];
            ulong c = words[i + 2];
            ulong d = words[i + 3];
            sum += (a & uint.MaxValue) + (a >> 32) + (b & uint.MaxValue) + (b >> 32)
                + (c & uint.MaxValue) + (c >> 32) + (d & uint.MaxValue) + (d >> 32);
        }
        for (; i < words.Length; i++)
        {
            sum += (words[i] & uint.MaxValue) + (words[i] >> 32);
        }
        ReadOnlySpan<byte> rest = bytes[(words.Length * sizeof(ulong))..];
        for (int k = 0; k < rest.Length; k++)
        {
            sum += (k & 1) == 0 ? rest[k] : (uint)rest[k] << 8;
        }
        return sum;
    }

    /// <summary>Adds the pseudo-header of TCP and UDP (RFC 9293, 3.1) to a sum.</summary>
    public static ulong AddPseudoHeader(
        ulong sum, Ipv4Address source, Ipv4Address destination, byte protocol, int lengthBytes)
    {
        sum += BinaryPrimitives.ReverseEndianness(source.Value);
        sum += BinaryPrimitives.ReverseEndianness(destination.Value);
        return sum + ((ulong)protocol << 8) + BinaryPrimitives.ReverseEndianness((ushort)lengthBytes);
    }

    /// <summary>A sum folded to 16 bits, as a number of the order of the wire, not complemented.</summary>
    public static ushort Fold(ulong sum)
    {
        sum = (sum & uint.MaxValue) + (sum >> 32);
        sum = (sum & ushort.MaxValue) + ((sum >> 16) & ushort.MaxValue) + (sum >> 32);
        sum = (sum & ushort.MaxValue) + (sum >> 16);
        sum = (sum & ushort.MaxValue) + (sum >> 16);
        return BinaryPrimitives.ReverseEndianness((ushort)sum);
    }

    /// <summary>The checksum of what a sum covers; 0 where that includes a right checksum.</summary>
    public static ushort Of(ulong sum) => (ushort)~Fold(sum);
}
