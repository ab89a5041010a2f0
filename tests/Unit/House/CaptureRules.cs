using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace CosmosKdump.Tests.Unit.House;

/// <summary>
/// What capture/ may not use, as the kernel has neither a heap nor a class library: reference types, boxing, delegates,
/// static state, floating point. Exceptions and unsafe code are <see cref="SyntaxRules"/>'.
/// </summary>
internal static class CaptureRules
{
    private static readonly ImmutableHashSet<SpecialType> ForbiddenTypes =
    [
        SpecialType.System_String, SpecialType.System_Single, SpecialType.System_Double, SpecialType.System_Decimal,
        SpecialType.System_Object, SpecialType.System_Delegate, SpecialType.System_Array, SpecialType.System_DateTime,
    ];

    private static readonly ImmutableHashSet<string> ForbiddenNames =
        ["UInt128", "Int128", "BigInteger", "Half", "ValueTuple", "Nullable", "Task", "Dictionary", "List"];

    /// <summary>Violations in the sources of capture/.</summary>
    public static IEnumerable<string> Of(IReadOnlyCollection<SourceFile> files)
    {
        CSharpCompilation compilation = Compiled.Of(files);
        foreach (SourceFile file in files)
        {
            SemanticModel model = compilation.GetSemanticModel(file.Tree);
            IEnumerable<string> all = Declarations(file, model).Concat(Bodies(file, model));
            foreach (string violation in all.Distinct())
            {
                yield return violation;
            }
        }
    }

    private static IEnumerable<string> Declarations(SourceFile file, SemanticModel model)
    {
        foreach (SyntaxNode node in file.Tree.GetRoot().DescendantNodes())
        {
            string? what = node switch
            {
                ClassDeclarationSyntax c when !c.Modifiers.Any(SyntaxKind.StaticKeyword) => "a class that is not static",
                RecordDeclarationSyntax => "a record",
                DelegateDeclarationSyntax => "a delegate",
                YieldStatementSyntax => "an iterator",
                QueryExpressionSyntax => "a query",
                TupleTypeSyntax => "a tuple",
                _ => null,
            };
            if (what is not null)
            {
                yield return file.At(node.GetLocation(), what);
            }
            foreach (string violation in Symbols(file, model, node))
            {
                yield return violation;
            }
        }
    }

    private static IEnumerable<string> Symbols(SourceFile file, SemanticModel model, SyntaxNode node)
    {
        switch (node is MemberDeclarationSyntax or VariableDeclaratorSyntax or ParameterSyntax
            ? model.GetDeclaredSymbol(node) : null)
        {
            case IFieldSymbol { IsStatic: true, IsConst: false } field when field.ContainingType.TypeKind != TypeKind.Enum:
                yield return file.At(node.GetLocation(), $"static field {field.Name}: use const, or a property with [..]");
                break;
            case IFieldSymbol field when Forbidden(field.Type) is string why:
                yield return file.At(node.GetLocation(), $"field {field.Name} of {why}");
                break;
            case IParameterSymbol parameter when Forbidden(parameter.Type) is string why:
                yield return file.At(node.GetLocation(), $"parameter {parameter.Name} of {why}");
                break;
            case IMethodSymbol { IsAbstract: false } method when method.ContainingType?.TypeKind == TypeKind.Interface
                && method.MethodKind == MethodKind.Ordinary:
                yield return file.At(node.GetLocation(), $"default interface method {method.Name}");
                break;
            case IMethodSymbol method when Forbidden(method.ReturnType) is string why:
                yield return file.At(node.GetLocation(), $"method {method.Name} returns {why}");
                break;
            case IPropertySymbol property when Forbidden(property.Type) is string why:
                yield return file.At(node.GetLocation(), $"property {property.Name} of {why}");
                break;
        }
    }

    private static IEnumerable<string> Bodies(SourceFile file, SemanticModel model)
    {
        IEnumerable<IOperation> roots = file.Tree.GetRoot().DescendantNodes()
            .Where(n => n is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or ArrowExpressionClauseSyntax
                or EqualsValueClauseSyntax)
            .Select(n => model.GetOperation(n)).OfType<IOperation>();
        foreach (IOperation operation in roots.SelectMany(r => r.DescendantsAndSelf()))
        {
            if (WhyForbidden(operation) is string why)
            {
                yield return file.At(operation.Syntax.GetLocation(), why);
            }
        }
    }

    private static string? WhyForbidden(IOperation operation) => operation switch
    {
        // Names for the compiler only: [Attribute("x")], nameof(x).
        _ when operation.Syntax.FirstAncestorOrSelf<AttributeSyntax>() is not null => null,
        INameOfOperation => null,
        { Parent: INameOfOperation } => null,
        IObjectCreationOperation { Type: { IsReferenceType: true } created } => $"new {created.Name}",
        IArrayCreationOperation => "an array on the heap",
        ICollectionExpressionOperation { Type: IArrayTypeSymbol } => "an array on the heap",
        IConversionOperation conversion when conversion.GetConversion().IsBoxing => "boxing",
        IDelegateCreationOperation or IAnonymousFunctionOperation => "a delegate",
        ITupleOperation => "a tuple",
        IInterpolatedStringOperation => "a string",
        { Type: { } type } when Forbidden(type) is string why => why,
        _ => null,
    };

    private static string? Forbidden(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol => "an array",
        _ when ForbiddenTypes.Contains(type.SpecialType) => $"type {type.Name}",
        INamedTypeSymbol when ForbiddenNames.Contains(type.Name) => $"type {type.Name}",
        { TypeKind: TypeKind.Delegate } => $"type {type.Name}, a delegate",
        _ => null,
    };
}
