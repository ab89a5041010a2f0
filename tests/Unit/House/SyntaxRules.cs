using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace CosmosKdump.Tests.Unit.House;

/// <summary>Rules for the shape of a C# file.</summary>
internal static class SyntaxRules
{
    private const string UnsafeSuffix = ".Unsafe.cs";

    /// <summary>Another top-level type beside the file's own may be this long: a small enum, a delegate.</summary>
    private const int SmallTypeLines = 12;

    /// <summary>Files that hold many small types by design: the ports, the core library, tests and their fakes.</summary>
    private static readonly string[] ManyTypes = ["capture/Ports.cs", "kernel/Corelib/", "tests/"];

    /// <summary>Folders whose namespace is not their path.</summary>
    private static readonly (string Folder, string Space)[] Roots =
    [
        ("capture", "CosmosKdump.Capture"), ("kernel", "CosmosKdump.Kernel"), ("tests", "CosmosKdump.Tests"),
        ("tools", "CosmosKdump"),
    ];

    /// <summary>Unsafe code lives in files that say so.</summary>
    public static IEnumerable<string> Unsafe(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCSharp && !file.Name.EndsWith(UnsafeSuffix, StringComparison.Ordinal)
        from token in file.Tree.GetRoot().DescendantTokens()
        where token.IsKind(SyntaxKind.UnsafeKeyword)
        select file.At(token.GetLocation(), $"unsafe code outside of a file *{UnsafeSuffix}");

    /// <summary>Below tools/ there are no exceptions: nobody would catch them.</summary>
    public static IEnumerable<string> Exceptions(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCSharp && (file.IsIn("capture") || file.IsIn("kernel"))
        from token in file.Tree.GetRoot().DescendantTokens()
        where token.Kind() is SyntaxKind.ThrowKeyword or SyntaxKind.TryKeyword or SyntaxKind.CatchKeyword
            or SyntaxKind.FinallyKeyword
        select file.At(token.GetLocation(), $"'{token.Text}' below tools/");

    /// <summary>A file is named like its one type; small types may stand beside it.</summary>
    public static IEnumerable<string> OneType(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files.Where(f => f.IsCSharp && !ManyTypes.Any(m => f.Path.StartsWith(m, StringComparison.Ordinal))))
        {
            string wanted = file.Name[..file.Name.IndexOf('.')];
            MemberDeclarationSyntax[] types = TopLevelTypes(file.Tree.GetRoot()).ToArray();
            if (types.Length == 0)
            {
                continue;
            }
            if (!types.Any(t => NameOf(t) == wanted))
            {
                yield return file.At(types[0].GetLocation(), $"no type is named {wanted} like the file");
            }
            foreach (MemberDeclarationSyntax type in types.Where(t => NameOf(t) != wanted && !IsSmall(t)))
            {
                yield return file.At(type.GetLocation(), $"{NameOf(type)} wants a file of its own");
            }
        }
    }

    /// <summary>The namespace is the folder, in file scope.</summary>
    public static IEnumerable<string> Namespaces(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files.Where(f => f.IsCSharp && !f.IsIn("kernel/Corelib")))
        {
            foreach (BaseNamespaceDeclarationSyntax space in
                file.Tree.GetRoot().DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>())
            {
                string wanted = SpaceOf(file.Folder);
                if (space.Name.ToString() != wanted)
                {
                    yield return file.At(space.GetLocation(), $"namespace {space.Name}, must be {wanted}");
                }
                else if (space is NamespaceDeclarationSyntax)
                {
                    yield return file.At(space.GetLocation(), "namespace in braces");
                }
            }
        }
    }

    private static string SpaceOf(string folder)
    {
        foreach ((string root, string space) in Roots)
        {
            if (folder == root)
            {
                return space;
            }
            if (folder.StartsWith(root + "/", StringComparison.Ordinal))
            {
                return space + folder[root.Length..].Replace('/', '.');
            }
        }
        return folder.Replace('/', '.');
    }

    private static IEnumerable<MemberDeclarationSyntax> TopLevelTypes(SyntaxNode root) =>
        root.DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(m => m is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
            .Where(m => !m.Modifiers.Any(SyntaxKind.FileKeyword));

    private static string NameOf(MemberDeclarationSyntax type) => type switch
    {
        BaseTypeDeclarationSyntax named => named.Identifier.Text,
        DelegateDeclarationSyntax method => method.Identifier.Text,
        _ => "",
    };

    private static bool IsSmall(MemberDeclarationSyntax type)
    {
        FileLinePositionSpan span = type.GetLocation().GetLineSpan();
        bool isData = type is EnumDeclarationSyntax or DelegateDeclarationSyntax;
        return isData && span.EndLinePosition.Line - span.StartLinePosition.Line < SmallTypeLines;
    }
}
