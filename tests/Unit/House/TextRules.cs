using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace CosmosKdump.Tests.Unit.House;

/// <summary>Rules for the bytes of a file.</summary>
internal static class TextRules
{
    private const int MostLines = 400;

    private static readonly string[] Kinds =
    [
        ".cs", ".csproj", ".props", ".targets", ".S", ".inc", ".ld", ".md", ".sh", ".ps1", ".json", ".yml", ".cfg",
        ".editorconfig", ".gitignore",
    ];

    // Put together here, so that this file does not violate its own rules.
    private static readonly Regex Unfinished = new(@"\b(TO" + @"DO|FIX" + @"ME|XX" + @"X)\b");
    private static readonly Regex MachinePath = new("/wo" + "rk/|/ho" + "me/[a-z]|[A-Z]:\\\\Us" + "ers\\\\");

    /// <summary>No binary file is in git.</summary>
    public static IEnumerable<string> Binary(IEnumerable<SourceFile> files) =>
        files.Where(f => f.Bytes.AsSpan().Contains((byte)0)).Select(f => $"{f.Path}: a binary file");

    /// <summary>LF endings, one newline at the end, no space before a line's end, tabs only where they belong.</summary>
    public static IEnumerable<string> Whitespace(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in Ours(files))
        {
            if (file.Text.Contains('\r'))
            {
                yield return $"{file.Path}: CR line endings";
                continue;
            }
            if (file.Text.Length != 0 && (!file.Text.EndsWith('\n') || file.Text.EndsWith("\n\n", StringComparison.Ordinal)))
            {
                yield return $"{file.Path}: does not end with one newline";
            }
            foreach ((int number, string line) in Lines(file))
            {
                if (line.EndsWith(' ') || line.EndsWith('\t'))
                {
                    yield return file.At(number, "space at the end of the line");
                }
                if (file.IsCSharp && line.Contains('\t'))
                {
                    yield return file.At(number, "a tab");
                }
            }
        }
    }

    /// <summary>No file is longer than a reader's patience.</summary>
    public static IEnumerable<string> Length(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCSharp || file.Path.EndsWith(".S", StringComparison.Ordinal)
        let count = file.Text.Count(c => c == '\n')
        where count > MostLines
        select $"{file.Path}: {count} lines, more than {MostLines}";

    /// <summary>Nothing is left for later, and nothing tells where it was written.</summary>
    public static IEnumerable<string> Words(IEnumerable<SourceFile> files) =>
        from file in Ours(files)
        from entry in Lines(file)
        let word = Unfinished.Match(entry.Line) is { Success: true } unfinished
            ? unfinished
            : MachinePath.Match(entry.Line)
        where word.Success
        select file.At(entry.Number, $"'{word.Value}'");

    private static IEnumerable<SourceFile> Ours(IEnumerable<SourceFile> files) =>
        files.Where(f => Kinds.Any(k => f.Name.EndsWith(k, StringComparison.Ordinal)));

    private static IEnumerable<(int Number, string Line)> Lines(SourceFile file) =>
        file.Text.Split('\n').Select((line, i) => (i + 1, line));
}
