using System.Collections.Generic;
using System.Globalization;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Ckdump.Config;

/// <summary>What is dumped, and how: what a <c>core_collector</c> line of kdump.conf(5) says, makedumpfile(8)'s words.</summary>
public sealed record CoreCollector
{
    /// <summary>What is taken without such a line: level 31, compressed while the disk is waited for.</summary>
    public static CoreCollector Default { get; } = new();

    /// <summary>Format of the dump.</summary>
    public DumpFormat Format { get; init; } = DumpFormat.Kdump;

    /// <summary>Dump level, 0 to 31.</summary>
    public int Level { get; init; } = 31;

    /// <summary>Compressor of the kdump format.</summary>
    public Compressor Compressor { get; init; } = Compressor.Auto;

    /// <summary>Page structs of excluded pages are left out too.</summary>
    public bool ExcludesIdlePageStructs { get; init; }

    /// <summary>
    /// Reads the words behind <c>core_collector</c>. What is not understood, or has no meaning here, is added to
    /// <paramref name="told"/>, and what can be understood is taken all the same.
    /// </summary>
    public static CoreCollector Parse(IReadOnlyList<string> words, List<string> told)
    {
        string program = words.Count == 0 ? "" : words[0][(words[0].LastIndexOf('/') + 1)..];
        if (program is "cp" or "dd" or "scp")
        {
            return new CoreCollector { Format = DumpFormat.Elf, Level = 0 };
        }
        if (program != "makedumpfile")
        {
            told.Add($"'{(words.Count == 0 ? "" : words[0])}' is not makedumpfile: level and compressor stay as they are");
            return Default;
        }
        // makedumpfile leaves nothing out unless -d says so.
        CoreCollector taken = Default with { Level = 0 };
        for (int i = 1; i < words.Count; i++)
        {
            string word = words[i];
            string next = i + 1 < words.Count ? words[i + 1] : "";
            if (TakesValue(word) && next.Length == 0)
            {
                told.Add($"'{word}' wants a value");
            }
            else if (word is "-d" or "--dump-level")
            {
                taken = taken.WithLevel(next, told);
                i++;
            }
            else if (TakesValue(word))
            {
                i++;
            }
            else if (word.StartsWith("-d", System.StringComparison.Ordinal))
            {
                taken = taken.WithLevel(word[2..], told);
            }
            else
            {
                taken = taken.With(word, told);
            }
        }
        return taken;
    }

    // --message-level and --num-threads change no byte of the dump.
    private static bool TakesValue(string word) => word is "-d" or "--dump-level" or "--message-level" or "--num-threads";

    private CoreCollector WithLevel(string text, List<string> told)
    {
        // makedumpfile takes several levels, to be tried in turn; the capture kernel raises the level by itself.
        string first = text.Split(',')[0];
        bool isLevel = int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int level)
            && level <= DumpLevel.Highest;
        if (!isLevel)
        {
            told.Add($"'-d {text}': a dump level is 0 to {DumpLevel.Highest}; {Level} is taken");
        }
        return isLevel ? this with { Level = level } : this;
    }

    private CoreCollector With(string word, List<string> told)
    {
        switch (word)
        {
            case "-l":
                return this with { Compressor = Compressor.Lzo };
            case "-c":
                return this with { Compressor = Compressor.Zlib };
            case "-z":
                return this with { Compressor = Compressor.Zstd };
            case "-p":
                told.Add("'-p': the capture kernel has no snappy; lzo is taken");
                return this with { Compressor = Compressor.Lzo };
            case "-E":
                return this with { Format = DumpFormat.Elf };
            case "-e":
                return this with { ExcludesIdlePageStructs = true };
            case "-F":
                // A dump that goes over a line is flattened without being asked.
                return this;
            default:
                told.Add($"'{word}' has no meaning here");
                return this;
        }
    }
}
