using System;
using System.IO;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace CosmosKdump.Tests.Unit.House;

/// <summary>A file of the repository.</summary>
/// <param name="Path">Path from the root, with slashes.</param>
/// <param name="Bytes">Its content.</param>
internal sealed record SourceFile(string Path, byte[] Bytes)
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview, preprocessorSymbols: ["KERNEL"]);

    private readonly Lazy<SyntaxTree> _tree = new(
        () => CSharpSyntaxTree.ParseText(SourceText.From(new MemoryStream(Bytes)), Options, Path));

    public SourceFile(string path, string text)
        : this(path, System.Text.Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>Content as text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Bytes);

    /// <summary>Its syntax, for C#.</summary>
    public SyntaxTree Tree => _tree.Value;

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    /// <summary>Folder from the root, with slashes.</summary>
    public string Folder => Path.Contains('/') ? Path[..Path.LastIndexOf('/')] : "";

    /// <summary>Name without the folder.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Whether it lies in a folder or below it.</summary>
    public bool IsIn(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>A violation at a place in it.</summary>
    public string At(Location location, string what) =>
        $"{Path}:{location.GetLineSpan().StartLinePosition.Line + 1}: {what}";

    /// <summary>A violation at a line, counted from 1.</summary>
    public string At(int line, string what) => $"{Path}:{line}: {what}";
}
