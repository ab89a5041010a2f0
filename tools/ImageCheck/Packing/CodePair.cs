using System.Collections.Generic;

namespace CosmosKdump.ImageCheck.Packing;

/// <summary>The two codes of a packed payload: one for bytes and lengths of copies, one for how far back they begin.</summary>
/// <param name="Symbols">Bytes as they are, then slots of lengths from <see cref="FirstLength"/>.</param>
/// <param name="Offsets">Slots of offsets; 0 is the offset of the copy before.</param>
public sealed record CodePair(PrefixCode Symbols, PrefixCode Offsets)
{
    /// <summary>First symbol that stands for a length.</summary>
    public const int FirstLength = 256;

    /// <summary>The best codes for some tokens.</summary>
    public static CodePair For(IReadOnlyList<Token> tokens, byte[] data)
    {
        int[] symbols = new int[FirstLength + SlotCode.Count];
        int[] offsets = new int[SlotCode.Count];
        int at = 0;
        int last = 0;
        foreach (Token token in tokens)
        {
            if (token.IsMatch)
            {
                symbols[FirstLength + SlotCode.Of(token.Length - Token.LeastMatch)]++;
                offsets[SlotCode.Of(token.Offset == last ? 0 : token.Offset)]++;
                last = token.Offset;
            }
            else
            {
                symbols[data[at]]++;
            }
            at += token.Length;
        }
        return new CodePair(PrefixCode.For(symbols), PrefixCode.For(offsets));
    }

    /// <summary>Bits of a length.</summary>
    public int LengthCost(int length)
    {
        int slot = SlotCode.Of(length - Token.LeastMatch);
        return Symbols.Cost(FirstLength + slot) + SlotCode.ExtraBits(slot);
    }

    /// <summary>Bits of an offset, 0 for that of the copy before.</summary>
    public int OffsetCost(int offset)
    {
        int slot = SlotCode.Of(offset);
        return Offsets.Cost(slot) + SlotCode.ExtraBits(slot);
    }
}
