using System;
using System.Collections.Generic;

namespace CosmosKdump.ImageCheck.Packing;

/// <summary>
/// Divides a payload into tokens: the cheapest way to each place by the costs of a code, then a better code for those
/// tokens, until that gains nothing.
/// </summary>
public static class Parser
{
    private const int MostRounds = 8;

    /// <summary>The tokens, and the code that they were chosen for.</summary>
    public static (IReadOnlyList<Token> Tokens, CodePair Codes) Run(byte[] data)
    {
        var matches = new MatchFinder(data);
        var greedy = new List<Token>();
        for (int at = 0; at < data.Length; at += greedy[^1].Length)
        {
            ReadOnlySpan<Token> here = matches.At(at);
            greedy.Add(here.Length == 0 || here[^1].Length < 4 ? new Token(1, 0) : here[^1]);
        }
        CodePair codes = CodePair.For(greedy, data);
        List<Token> best = greedy;
        long least = long.MaxValue;
        for (int round = 0; round < MostRounds; round++)
        {
            List<Token> tokens = Cheapest(data, matches, codes, out long bits);
            if (bits >= least)
            {
                break;
            }
            least = bits;
            best = tokens;
            codes = CodePair.For(tokens, data);
        }
        return (best, codes);
    }

    private static List<Token> Cheapest(byte[] data, MatchFinder matches, CodePair codes, out long bits)
    {
        var paths = new Paths(data.Length, codes);
        for (int at = 0; at < data.Length; at++)
        {
            paths.Literal(at, codes.Symbols.Cost(data[at]));
            int last = paths.LastOffset(at);
            if (last != 0)
            {
                int length = data.AsSpan(at).CommonPrefixLength(data.AsSpan(at - last));
                paths.Match(at, Token.LeastMatch, length, last, codes.OffsetCost(0));
            }
            int least = Token.LeastMatch;
            foreach (Token match in matches.At(at))
            {
                paths.Match(at, least, match.Length, match.Offset, codes.OffsetCost(match.Offset));
                least = match.Length + 1;
            }
        }
        return paths.ToTokens(out bits);
    }
}
