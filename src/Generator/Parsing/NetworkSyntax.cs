using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Generator.Compiler;

namespace NetGen.Generator.Parsing;

/// <summary>Finds networks in the source, those too that lack <c>[Network]</c>: by name first, for the attributes of all other classes need not be bound.</summary>
internal static class NetworkSyntax
{
    private const string Name = "Network";
    private const string Suffix = "Attribute";

    private static readonly ConditionalWeakTable<Compilation, HashSet<string>> s_names = new();

    /// <summary>The declarations on which the attributes of a network may stand.</summary>
    public static IEnumerable<TypeDeclarationSyntax> Declarations(Compilation compilation, CancellationToken ct) => compilation.SyntaxTrees
        .SelectMany(tree => tree.GetRoot(ct).DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax))
        .OfType<TypeDeclarationSyntax>()
        .Where(type => HasName(type, compilation));

    /// <summary>What the class declares, if its <see cref="DeclarationParser.Head"/> stands on this one of its declarations.</summary>
    public static ParseResult Parse(TypeDeclarationSyntax declaration, SemanticModel model, CancellationToken ct) =>
        HasName(declaration, model.Compilation)
        && model.GetDeclaredSymbol((SyntaxNode)declaration, ct) is INamedTypeSymbol type
        && DeclarationParser.Head(DeclarationAttribute.Of(type))?.Syntax?.GetSyntax(ct).Parent?.Parent == declaration
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
                HashSet<string> names = s_names.GetValue(compilation, Names);
                if (names.Contains(name) || names.Contains(name + Suffix))
                    return true;
            }
        }

        return false;
    }

    /// <summary>NetGen's layers and losses, and all names that a using directive gives to something.</summary>
    private static HashSet<string> Names(Compilation compilation) => [.. Operations(compilation).Concat(Aliases(compilation))];

    private static IEnumerable<string> Operations(Compilation compilation) => compilation.GetTypeByMetadataName("NetGen.NetworkAttribute")?.ContainingNamespace.GetTypeMembers()
        .Where(type => DeclarationAttribute.RoleOf(type) is AttributeRole.Layer or AttributeRole.Loss)
        .Select(type => type.Name) ?? [];

    private static IEnumerable<string> Aliases(Compilation compilation) =>
        compilation.SyntaxTrees
            .SelectMany(tree => tree.GetRoot().DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax))
            .OfType<UsingDirectiveSyntax>()
            .Select(directive => directive.Alias?.Name.Identifier.ValueText)
            .OfType<string>();

    private static string Last(NameSyntax name) => name switch
    {
        QualifiedNameSyntax { Right: var right } => right.Identifier.ValueText,
        AliasQualifiedNameSyntax { Name: var right } => right.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => "",
    };
}
