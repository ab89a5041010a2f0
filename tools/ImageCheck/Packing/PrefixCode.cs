using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace CosmosKdump.ImageCheck.Packing;

/// <summary>
/// A canonical Huffman code of at most <see cref="MostBits"/> bits (Larmore and Hirschberg's package-merge). It is stored
/// as the number of codes of each length, then the symbols in the order of their codes, 16 bits each.
/// </summary>
public sealed class PrefixCode
{
    /// <summary>Longest code, bits: the decoder's tables have 2^12 entries.</summary>
    public const int MostBits = 12;

    private readonly int[] _lengths;
    private readonly int[] _codes;
    private readonly int[] _order;

    private PrefixCode(int[] lengths)
    {
        _lengths = lengths;
        _codes = new int[lengths.Length];
        _order = [.. Enumerable.Range(0, lengths.Length).Where(s => lengths[s] != 0).OrderBy(s => lengths[s]).ThenBy(s => s)];
        int code = 0;
        int bits = 1;
        foreach (int symbol in _order)
        {
            code <<= lengths[symbol] - bits;
            bits = lengths[symbol];
            _codes[symbol] = code++;
        }
    }

    /// <summary>The shortest code for symbols that occur as often as told; two symbols have a code at least.</summary>
    public static PrefixCode For(ReadOnlySpan<int> counts)
    {
        List<(long Weight, int[] Symbols)> leaves = [];
        for (int s = 0; s < counts.Length; s++)
        {
            if (counts[s] != 0)
            {
                leaves.Add((counts[s], [s]));
            }
        }
        for (int s = 0; leaves.Count < 2; s++)
        {
            if (counts[s] == 0)
            {
                leaves.Add((0, [s]));
            }
        }
        leaves.Sort((a, b) => a.Weight.CompareTo(b.Weight));
        List<(long Weight, int[] Symbols)> row = leaves;
        for (int bits = 1; bits < MostBits; bits++)
        {
            List<(long Weight, int[] Symbols)> packages = [.. leaves];
            for (int i = 0; i + 1 < row.Count; i += 2)
            {
                packages.Add((row[i].Weight + row[i + 1].Weight, [.. row[i].Symbols, .. row[i + 1].Symbols]));
            }
            packages.Sort((a, b) => a.Weight.CompareTo(b.Weight));
            row = packages;
        }
        int[] lengths = new int[counts.Length];
        foreach ((_, int[] symbols) in row.Take((2 * leaves.Count) - 2))
        {
            Array.ForEach(symbols, s => lengths[s]++);
        }
        return new PrefixCode(lengths);
    }

    /// <summary>Bits of a symbol's code; of one without a code, what it would cost about.</summary>
    public int Cost(int symbol) => _lengths[symbol] == 0 ? MostBits + 1 : _lengths[symbol];

    /// <summary>Writes a symbol's code.</summary>
    public void Write(BitWriter output, int symbol)
    {
        if (_lengths[symbol] == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(symbol), symbol, "has no code");
        }
        output.Write(_codes[symbol], _lengths[symbol]);
    }

    /// <summary>Writes the code itself.</summary>
    public void WriteTo(Stream output)
    {
        Span<byte> word = stackalloc byte[2];
        for (int bits = 1; bits <= MostBits; bits++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(word, (ushort)_lengths.Count(l => l == bits));
            output.Write(word);
        }
        foreach (int symbol in _order)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(word, (ushort)symbol);
            output.Write(word);
        }
    }
}
