using System;
using System.Buffers.Binary;
using System.IO;

namespace CosmosKdump.ImageCheck.Packing;

/// <summary>Unpacks what <see cref="PayloadEncoder"/> makes, code by code, with no table as the kernel's decoder has.</summary>
public sealed class PayloadDecoder
{
    /// <summary>Bytes of the header: own length, payload's length, payload's Adler-32.</summary>
    public const int HeaderBytes = 12;

    // Adler-32 (RFC 1950, 8.2).
    private const uint AdlerModulus = 65521;

    private readonly byte[] _packed;
    private int _bytePlace = HeaderBytes;
    private long _bitPlace;

    private PayloadDecoder(byte[] packed) => _packed = packed;

    /// <summary>The payload. Throws <see cref="InvalidDataException"/>, which says what is wrong with the packed bytes.</summary>
    public static byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        byte[] payload = UnpackUnchecked(packed);
        uint wanted = BinaryPrimitives.ReadUInt32LittleEndian(packed[8..]);
        return Adler32(payload) == wanted ? payload : throw new InvalidDataException("the payload's checksum is wrong");
    }

    /// <summary>The payload, whether or not its checksum is right. Throws as <see cref="Unpack"/>.</summary>
    public static byte[] UnpackUnchecked(ReadOnlySpan<byte> packed)
    {
        if (packed.Length < HeaderBytes)
        {
            throw new InvalidDataException($"{packed.Length} bytes are no packed payload");
        }
        uint packedBytes = BinaryPrimitives.ReadUInt32LittleEndian(packed);
        if (packedBytes < HeaderBytes || packedBytes != (uint)packed.Length || (packedBytes & 7) != 0)
        {
            throw new InvalidDataException($"packed length {packedBytes}, but there are {packed.Length} bytes");
        }
        uint payloadBytes = BinaryPrimitives.ReadUInt32LittleEndian(packed[4..]);
        if (payloadBytes > int.MaxValue / 2)
        {
            throw new InvalidDataException($"payload length {payloadBytes}");
        }
        byte[] payload = new byte[payloadBytes];
        new PayloadDecoder(packed.ToArray()).Fill(payload);
        return payload;
    }

    /// <summary>Adler-32 of some bytes.</summary>
    public static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        uint a = 1;
        uint b = 0;
        foreach (byte value in bytes)
        {
            a = (a + value) % AdlerModulus;
            b = (b + a) % AdlerModulus;
        }
        return (b << 16) | a;
    }

    private void Fill(byte[] payload)
    {
        (int[] Counts, int[] Symbols) symbols = ReadCode();
        (int[] Counts, int[] Symbols) offsets = ReadCode();
        _bitPlace = _bytePlace * 8L;
        int last = 0;
        for (int at = 0; at < payload.Length;)
        {
            int symbol = ReadSymbol(symbols);
            if (symbol < CodePair.FirstLength)
            {
                payload[at++] = (byte)symbol;
                continue;
            }
            long length = Token.LeastMatch + ReadNumber(symbol - CodePair.FirstLength);
            long offset = ReadNumber(ReadSymbol(offsets));
            last = offset == 0 ? last : (int)Math.Min(offset, int.MaxValue);
            if (last == 0 || last > at || length > payload.Length - at)
            {
                throw new InvalidDataException($"a copy of {length} bytes from {last} before place {at}");
            }
            for (long i = 0; i < length; i++, at++)
            {
                payload[at] = payload[at - last];
            }
        }
    }

    private (int[] Counts, int[] Symbols) ReadCode()
    {
        int[] counts = new int[PrefixCode.MostBits + 1];
        int room = 1 << PrefixCode.MostBits;
        int all = 0;
        for (int bits = 1; bits <= PrefixCode.MostBits; bits++)
        {
            counts[bits] = ReadWord();
            all += counts[bits];
            room -= counts[bits] << (PrefixCode.MostBits - bits);
        }
        if (room != 0)
        {
            throw new InvalidDataException("a prefix code is not complete");
        }
        int[] symbols = new int[all];
        for (int i = 0; i < all; i++)
        {
            symbols[i] = ReadWord();
        }
        return (counts, symbols);
    }

    private int ReadSymbol((int[] Counts, int[] Symbols) code)
    {
        int value = 0;
        int first = 0;
        int index = 0;
        for (int bits = 1; bits <= PrefixCode.MostBits; bits++)
        {
            value = (value << 1) | ReadBit();
            first <<= 1;
            if (value - first < code.Counts[bits])
            {
                return code.Symbols[index + value - first];
            }
            index += code.Counts[bits];
            first += code.Counts[bits];
        }
        throw new InvalidDataException("no such code");
    }

    private long ReadNumber(int slot)
    {
        if (slot >= SlotCode.Count)
        {
            throw new InvalidDataException($"there is no slot {slot}");
        }
        long value = slot < 4 ? slot : 2 | (slot & 1);
        for (int i = SlotCode.ExtraBits(slot); i > 0; i--)
        {
            value = (value << 1) | (uint)ReadBit();
        }
        return value;
    }

    private int ReadBit()
    {
        if (_bitPlace >= _packed.Length * 8L)
        {
            throw new InvalidDataException("the packed bytes end too early");
        }
        int bit = (_packed[_bitPlace >> 3] >> (int)(7 - (_bitPlace & 7))) & 1;
        _bitPlace++;
        return bit;
    }

    private int ReadWord()
    {
        if (_bytePlace + 2 > _packed.Length)
        {
            throw new InvalidDataException("the packed bytes end inside a prefix code");
        }
        int word = BinaryPrimitives.ReadUInt16LittleEndian(_packed.AsSpan(_bytePlace));
        _bytePlace += 2;
        return word;
    }
}
