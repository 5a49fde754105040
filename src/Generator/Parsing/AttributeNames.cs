using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Generator.Compiler;

namespace NetGen.Generator.Parsing;

/// <summary>
/// Names in the arguments of attributes and wherever else in a class the language wants constants. There, in the class's own attributes too, a name means the class's member
/// before anything outside, and so, once they are there, a generated one.
/// </summary>
internal static class AttributeNames
{
    /// <summary>From the global namespace on, so that nothing captures it.</summary>
    private static readonly SymbolDisplayFormat s_qualified = SymbolDisplayFormat.FullyQualifiedFormat.WithMemberOptions(SymbolDisplayMemberOptions.IncludeContainingType);

    /// <summary>The names that stand alone or first there, in the order of the source. What stands in a body does not count: an edit of it changes no declaration.</summary>
    public static IEnumerable<IdentifierNameSyntax> Of(INamedTypeSymbol type) => ClassChecks.UserParts(type)
        .SelectMany(part => part.DescendantNodes(node => node is not (BlockSyntax or ArrowExpressionClauseSyntax or AnonymousFunctionExpressionSyntax)))
        .SelectMany(Constants)
        .OfType<IdentifierNameSyntax>()
        .Where(IsFirst);

    /// <summary>What a node has of constant expressions: arguments of attributes, values of enumerations and constants, defaults of parameters.</summary>
    private static IEnumerable<SyntaxNode> Constants(SyntaxNode node) => (node switch
    {
        AttributeSyntax attribute => attribute.ArgumentList,
        EnumMemberDeclarationSyntax member => member.EqualsValue,
        ParameterSyntax parameter => parameter.Default,
        VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax field } constant when field.Modifiers.Any(SyntaxKind.ConstKeyword) => constant.Initializer,
        _ => (SyntaxNode?)null,
    })?.DescendantNodes() ?? [];

    /// <summary>Those that mean something outside of the class, and would mean one of the generated members.</summary>
    public static EquatableArray<CapturedName> Captured(INamedTypeSymbol type, IEnumerable<GeneratedMember> generated, CancellationToken ct)
    {
        var members = new HashSet<string>(generated.Select(member => member.Name));
        var captured = new List<CapturedName>();
        Compilation? compilation = null;
        int place = -1;
        foreach (IdentifierNameSyntax name in Of(type))
        {
            place++;
            if (!members.Contains(name.Identifier.ValueText))
                continue;

            // What the name means without the generated half, which the analyzer sees and the generator does not.
            compilation ??= Without(type);
            SemanticModel model = compilation.GetSemanticModel(name.SyntaxTree);
            INamedTypeSymbol? scope = model.GetDeclaredSymbol(name.FirstAncestorOrSelf<BaseTypeDeclarationSyntax>()!, ct);
            if (model.GetSymbolInfo(name, ct).Symbol is { } symbol && !IsInside(symbol, scope, ClassChecks.ContainingTypes(type).Count()))
                captured.Add(new CapturedName(name.Identifier.ValueText, place, symbol.ToDisplayString(s_qualified), (symbol as IFieldSymbol)?.ConstantValue as int?));
        }

        return captured.ToEquatableArray();
    }

    /// <summary>The compilation without what we generated of the class. What other networks give it, their constants, stays.</summary>
    private static Compilation Without(INamedTypeSymbol type) => ((ISourceAssemblySymbol)type.ContainingAssembly).Compilation
        .RemoveSyntaxTrees(type.DeclaringSyntaxReferences.Select(reference => reference.SyntaxTree).Where(ClassChecks.IsGenerated).Distinct());

    /// <summary>Not behind a dot or <c>::</c>, not the name of a parameter or a property, nor one for which only types are looked for.</summary>
    private static bool IsFirst(IdentifierNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Expression == name,
        AliasQualifiedNameSyntax or QualifiedNameSyntax or NameColonSyntax or NameEqualsSyntax => false,
        ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } } } => false,
        _ => !SyntaxFacts.IsInTypeOnlyContext(name),
    };

    /// <summary>Whether the name is found in the class, or in the type in it where it stands, before a generated member would be.</summary>
    private static bool IsInside(ISymbol symbol, INamedTypeSymbol? scope, int depth)
    {
        for (; scope is not null && ClassChecks.ContainingTypes(scope).Count() >= depth; scope = scope.ContainingType)
        {
            for (INamedTypeSymbol? ancestor = scope; ancestor is not null; ancestor = ancestor.BaseType)
            {
                if (SymbolEqualityComparer.Default.Equals(ancestor.OriginalDefinition, symbol.ContainingType?.OriginalDefinition))
                    return true;
            }
        }

        return false;
    }
}
