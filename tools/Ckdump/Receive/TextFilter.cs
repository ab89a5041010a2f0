using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace CosmosKdump.Ckdump.Receive;

/// <summary>Makes lines of the bytes between frames, and tells console text from noise.</summary>
public sealed class TextFilter(Action<string> lineSink)
{
    private const int LongestLine = 1024;
    private const char Escape = '\u001B';

    private readonly List<byte> _line = [];

    /// <summary>Bytes that were taken for noise.</summary>
    public long NoiseBytes { get; private set; }

    /// <summary>Takes bytes; whole lines go on at once.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            if (b == '\n' || _line.Count >= LongestLine)
            {
                Flush();
            }
            if (b != '\n')
            {
                _line.Add(b);
            }
        }
    }

    /// <summary>Passes on a line that is not finished.</summary>
    public void Flush()
    {
        string text = Encoding.UTF8.GetString([.. _line]).TrimEnd('\r');
        int odd = text.Count(IsOdd);
        if (odd * 4 > text.Length)
        {
            NoiseBytes += _line.Count;
        }
        else if (text.Length > 0)
        {
            lineSink(string.Concat(text.Where(c => c == '\t' || !char.IsControl(c))));
        }
        _line.Clear();
    }

    /// <summary>Counts bytes as noise without looking at them.</summary>
    public void AddNoise(long bytes) => NoiseBytes += bytes;

    private static bool IsOdd(char c) =>
        c == (char)Rune.ReplacementChar.Value || (char.IsControl(c) && c is not ('\t' or '\r' or Escape));
}
