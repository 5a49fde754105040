using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Generator.Compiler;

namespace NetGen.Generator.Parsing;

/// <summary>Finds <c>[Network]</c> in the source: by name first, for the attributes of all other classes need not be bound.</summary>
internal static class NetworkSyntax
{
    private const string Name = "Network";
    private const string Suffix = "Attribute";

    private static readonly ConditionalWeakTable<Compilation, HashSet<string>> s_aliases = new();

    /// <summary>The declarations on which <c>[Network]</c> may stand.</summary>
    public static IEnumerable<TypeDeclarationSyntax> Declarations(Compilation compilation, CancellationToken ct) => compilation.SyntaxTrees
        .SelectMany(tree => tree.GetRoot(ct).DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax))
        .OfType<TypeDeclarationSyntax>()
        .Where(type => HasName(type, compilation));

    /// <summary>What the class declares, if <c>[Network]</c> stands on this one of its declarations.</summary>
    public static ParseResult Parse(TypeDeclarationSyntax declaration, SemanticModel model, CancellationToken ct) =>
        HasName(declaration, model.Compilation)
        && model.GetDeclaredSymbol((SyntaxNode)declaration, ct) is INamedTypeSymbol type
        && DeclarationAttribute.Of(type).FirstOrDefault(attribute => attribute.Role == AttributeRole.Network)?.Syntax?.GetSyntax(ct).Parent?.Parent == declaration
            ? DeclarationParser.Parse(type, ct)
            : ParseResult.Nothing;

    private static bool HasName(TypeDeclarationSyntax type, Compilation compilation)
    {
        foreach (AttributeListSyntax list in type.AttributeLists)
        {
            foreach (AttributeSyntax attribute in list.Attributes)
            {
                string name = Last(attribute.Name);
                if (name is Name or Name + Suffix)
                    return true;
                HashSet<string> aliases = s_aliases.GetValue(compilation, Aliases);
                if (aliases.Contains(name) || aliases.Contains(name + Suffix))
                    return true;
            }
        }

        return false;
    }

    /// <summary>All names that a using directive gives to something.</summary>
    private static HashSet<string> Aliases(Compilation compilation) =>
        [.. compilation.SyntaxTrees
            .SelectMany(tree => tree.GetRoot().DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax))
            .OfType<UsingDirectiveSyntax>()
            .Select(directive => directive.Alias?.Name.Identifier.ValueText)
            .OfType<string>()];

    private static string Last(NameSyntax name) => name switch
    {
        QualifiedNameSyntax { Right: var right } => right.Identifier.ValueText,
        AliasQualifiedNameSyntax { Name: var right } => right.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => "",
    };
}
