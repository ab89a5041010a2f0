using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;

namespace CosmosKdump.ImageCheck.Packing;

/// <summary>
/// Packs a payload for the decoder in kernel/Boot/unpack.S: LZ77 over the whole payload with two prefix codes.
/// </summary>
public static class PayloadEncoder
{
    /// <summary>
    /// The packed form, a multiple of 8 bytes: three little-endian words (its own length, that of the payload, the
    /// payload's Adler-32), the two codes, then the tokens' bits.
    /// </summary>
    public static byte[] Pack(byte[] payload)
    {
        (IReadOnlyList<Token> tokens, CodePair codes) = Parser.Run(payload);
        using var packed = new MemoryStream();
        packed.Write(new byte[PayloadDecoder.HeaderBytes]);
        codes.Symbols.WriteTo(packed);
        codes.Offsets.WriteTo(packed);
        packed.Write(Bits(payload, tokens, codes));
        packed.Write(new byte[(int)(-packed.Length & 7)]);
        byte[] bytes = packed.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), PayloadDecoder.Adler32(payload));
        return bytes;
    }

    private static byte[] Bits(ReadOnlySpan<byte> payload, IReadOnlyList<Token> tokens, CodePair codes)
    {
        var output = new BitWriter();
        int at = 0;
        int last = 0;
        foreach (Token token in tokens)
        {
            if (token.IsMatch)
            {
                WriteNumber(output, codes.Symbols, CodePair.FirstLength, token.Length - Token.LeastMatch);
                WriteNumber(output, codes.Offsets, 0, token.Offset == last ? 0 : token.Offset);
                last = token.Offset;
            }
            else
            {
                codes.Symbols.Write(output, payload[at]);
            }
            at += token.Length;
        }
        return output.ToArray();
    }

    private static void WriteNumber(BitWriter output, PrefixCode code, int firstSymbol, int value)
    {
        int slot = SlotCode.Of(value);
        code.Write(output, firstSymbol + slot);
        output.Write(value - SlotCode.First(slot), SlotCode.ExtraBits(slot));
    }
}
