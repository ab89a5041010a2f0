using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace CosmosKdump.Tests.Unit.House;

/// <summary>Sources with their meaning: every name resolved by the compiler.</summary>
internal static class Compiled
{
    /// <summary>
    /// Compiles files: against .NET, or, when they bring kernel/Corelib, against nothing, as the kernel is built.
    /// </summary>
    public static CSharpCompilation Of(IEnumerable<SourceFile> files)
    {
        SourceFile[] sources = files.ToArray();
        bool hasCorelib = sources.Any(f => f.IsIn("kernel/Corelib"));
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable);
        return CSharpCompilation.Create(
            "house", sources.Select(f => f.Tree), hasCorelib ? [] : Framework.Value, options);
    }

    /// <summary>Errors that would leave names without a meaning.</summary>
    public static IEnumerable<string> Errors(CSharpCompilation compilation) =>
        compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString());

    private static readonly Lazy<MetadataReference[]> Framework = new(
        () => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal)
                || Path.GetFileName(p) is "mscorlib.dll" or "netstandard.dll")
            .Select(p => (MetadataReference)MetadataReference.CreateFromFile(p))
            .ToArray());
}
