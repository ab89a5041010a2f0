using System;
using System.Collections.Generic;

namespace CosmosKdump.ImageCheck.Packing;

/// <summary>The cheapest way found so far to each place of a payload.</summary>
public sealed class Paths
{
    // Of copies longer than this only the longest is tried.
    private const int CostedLengths = 512;

    private readonly long[] _bits;
    private readonly Token[] _tokens;
    private readonly int[] _lastOffsets;
    private readonly int[] _lengthCosts = new int[CostedLengths];
    private readonly CodePair _codes;

    /// <summary>Starts at place 0.</summary>
    public Paths(int length, CodePair codes)
    {
        _codes = codes;
        _bits = new long[length + 1];
        _tokens = new Token[length + 1];
        _lastOffsets = new int[length + 1];
        Array.Fill(_bits, long.MaxValue, 1, length);
        for (int i = Token.LeastMatch; i < CostedLengths; i++)
        {
            _lengthCosts[i] = codes.LengthCost(i);
        }
    }

    /// <summary>Offset of the last copy on the way to a place, 0 for none.</summary>
    public int LastOffset(int at) => _lastOffsets[at];

    /// <summary>Offers a byte as it is.</summary>
    public void Literal(int at, int bits) => Offer(at, new Token(1, 0), bits, _lastOffsets[at]);

    /// <summary>Offers copies of all lengths from the least to the most.</summary>
    public void Match(int at, int least, int most, int offset, int offsetBits)
    {
        for (int length = least; length <= most && length < CostedLengths; length++)
        {
            Offer(at, new Token(length, offset), _lengthCosts[length] + offsetBits, offset);
        }
        if (most >= CostedLengths)
        {
            Offer(at, new Token(most, offset), _codes.LengthCost(most) + offsetBits, offset);
        }
    }

    /// <summary>The way to the end, and what it costs.</summary>
    public List<Token> ToTokens(out long bits)
    {
        bits = _bits[^1];
        var tokens = new List<Token>();
        for (int at = _tokens.Length - 1; at > 0; at -= _tokens[at].Length)
        {
            tokens.Add(_tokens[at]);
        }
        tokens.Reverse();
        return tokens;
    }

    private void Offer(int at, Token token, int bits, int lastOffset)
    {
        int to = at + token.Length;
        if (_bits[at] + bits < _bits[to])
        {
            _bits[to] = _bits[at] + bits;
            _tokens[to] = token;
            _lastOffsets[to] = lastOffset;
        }
    }
}
