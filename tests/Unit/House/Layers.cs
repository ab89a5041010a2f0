using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace CosmosKdump.Tests.Unit.House;

/// <summary>
/// Who may see whom. capture/ sees nothing of ours; a folder of kernel/ sees capture/ and the kernel's folders before
/// it; KernelMain sees all of these; tools never see the kernel, nor the kernel a tool.
/// </summary>
internal static class Layers
{
    private const string Capture = "CosmosKdump.Capture";
    private const string Kernel = "CosmosKdump.Kernel";

    /// <summary>The kernel's folders, each of which sees only those before it.</summary>
    private static readonly string[] KernelFolders =
        ["Corelib", "Boot", "Machine", "Compress", "Drivers", "Targets", "Report", "Shell"];

    /// <summary>What a project may refer to. Tests, which may refer to all, are not listed.</summary>
    private static readonly Dictionary<string, string[]> ProjectArrows = new()
    {
        ["capture/Capture.csproj"] = [],
        ["kernel/Kernel.csproj"] = ["tools/ImageCheck/ImageCheck.csproj"],
        ["tools/Analyzer/Analyzer.csproj"] = ["capture/Capture.csproj"],
        ["tools/ImageCheck/ImageCheck.csproj"] = ["capture/Capture.csproj"],
        ["tools/CommandLine/CommandLine.csproj"] = [],
        ["tools/Ckdump/Ckdump.csproj"] =
            ["capture/Capture.csproj", "tools/Analyzer/Analyzer.csproj", "tools/CommandLine/CommandLine.csproj"],
        ["tools/Lab/Lab.csproj"] =
            ["capture/Capture.csproj", "tools/Analyzer/Analyzer.csproj", "tools/CommandLine/CommandLine.csproj"],
    };

    /// <summary>Violations in sources, with every name resolved.</summary>
    public static IEnumerable<string> OfSources(IReadOnlyCollection<SourceFile> files)
    {
        CSharpCompilation compilation = Compiled.Of(files);
        foreach (SourceFile file in files)
        {
            SemanticModel model = compilation.GetSemanticModel(file.Tree);
            IEnumerable<string> seen = file.Tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
                .Select(name => (name, space: SpaceOf(model, name)))
                .Where(pair => pair.space.Length != 0 && !Sees(file, pair.space))
                .Select(pair => file.At(pair.name.GetLocation(), $"sees {pair.space} ({pair.name.Identifier.Text})"));
            foreach (string violation in seen.Distinct())
            {
                yield return violation;
            }
        }
    }

    /// <summary>Violations among project files.</summary>
    public static IEnumerable<string> OfProjects(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files.Where(f => f.Path.EndsWith(".csproj", StringComparison.Ordinal)))
        {
            if (file.IsIn("tests"))
            {
                continue;
            }
            if (!ProjectArrows.TryGetValue(file.Path, out string[]? allowed))
            {
                yield return $"{file.Path}: a project that the layers do not know";
                continue;
            }
            XDocument project = XDocument.Parse(file.Text);
            foreach (XElement reference in project.Descendants("ProjectReference"))
            {
                string target = Resolve(file.Folder, (string?)reference.Attribute("Include") ?? "");
                if (!allowed.Contains(target))
                {
                    yield return $"{file.Path}: refers to {target}";
                }
                else if (file.IsIn("kernel") && (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
                {
                    yield return $"{file.Path}: refers to the code of {target}, not only to its output as a tool";
                }
            }
            foreach (XElement compile in project.Descendants("Compile"))
            {
                string from = Resolve(file.Folder, (string?)compile.Attribute("Include") ?? "");
                bool isOwn = from.StartsWith(file.Folder + "/", StringComparison.Ordinal) || from == file.Folder;
                if (!isOwn && !(file.IsIn("kernel") && from.StartsWith("capture/", StringComparison.Ordinal)))
                {
                    yield return $"{file.Path}: compiles {from}";
                }
            }
            if (file.Path == "capture/Capture.csproj" && project.Descendants("PackageReference").Any())
            {
                yield return $"{file.Path}: refers to a package";
            }
        }
    }

    /// <summary>Violations that need no meaning: a tool that names the kernel's namespace.</summary>
    public static IEnumerable<string> OfTools(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCSharp && file.IsIn("tools")
        from name in file.Tree.GetRoot().DescendantNodes().OfType<QualifiedNameSyntax>()
        where Regex.IsMatch(name.ToString(), @"^CosmosKdump\.(Kernel|Tests)\b")
        select file.At(name.GetLocation(), $"sees {name}");

    private static bool Sees(SourceFile file, string space)
    {
        if (IsOrBelow(space, "System") || IsOrBelow(space, "Internal"))
        {
            return true;
        }
        if (file.IsIn("capture"))
        {
            return IsOrBelow(space, Capture);
        }
        int own = Array.FindIndex(KernelFolders, f => file.IsIn("kernel/" + f));
        if (own == 0)
        {
            return false;
        }
        // Files directly in kernel/ wire the folders together.
        return IsOrBelow(space, Capture)
            || KernelFolders.Take(own < 0 ? KernelFolders.Length : own + 1).Any(f => IsOrBelow(space, $"{Kernel}.{f}"))
            || (own < 0 && space == Kernel);
    }

    private static bool IsOrBelow(string space, string parent) =>
        space == parent || space.StartsWith(parent + ".", StringComparison.Ordinal);

    /// <summary>Namespace of what a name means; empty for names of namespaces and for locals.</summary>
    private static string SpaceOf(SemanticModel model, SimpleNameSyntax name)
    {
        SymbolInfo info = model.GetSymbolInfo(name);
        ISymbol? symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        return symbol switch
        {
            null or INamespaceSymbol or ILocalSymbol or IParameterSymbol or ITypeParameterSymbol
                or ILabelSymbol or IRangeVariableSymbol => "",
            _ when symbol.ContainingNamespace is { IsGlobalNamespace: false } space => space.ToDisplayString(),
            _ => "",
        };
    }

    /// <summary>A path relative to a folder, as a path from the root.</summary>
    private static string Resolve(string folder, string path)
    {
        var parts = new List<string>(folder.Split('/'));
        foreach (string part in path.Replace('\\', '/').Split('/'))
        {
            if (part == ".." && parts.Count != 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }
        return string.Join('/', parts);
    }
}
