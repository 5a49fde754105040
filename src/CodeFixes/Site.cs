using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace NetGen.CodeFixes;

/// <summary>Where a diagnostic stands, and what it knows.</summary>
/// <param name="Solution">The solution.</param>
/// <param name="Diagnostic">The diagnostic.</param>
/// <param name="Model">Of its document.</param>
/// <param name="Node">The innermost node there.</param>
internal sealed record Site(Solution Solution, Diagnostic Diagnostic, SemanticModel Model, SyntaxNode Node)
{
    /// <summary>The attribute that it is about; null where it is about none.</summary>
    public AttributeSyntax? Attribute { get; } = Node.FirstAncestorOrSelf<AttributeSyntax>();

    /// <summary>The class with the declaration; null where it is elsewhere.</summary>
    public TypeDeclarationSyntax? Type { get; } = Node.FirstAncestorOrSelf<TypeDeclarationSyntax>();

    /// <summary>An argument of the rule's message; empty where it has no such.</summary>
    public string this[int argument] => Diagnostic.Properties.TryGetValue(argument.ToString(CultureInfo.InvariantCulture), out string? value) ? value ?? "" : "";

    /// <summary>Null where it is in no document of the solution.</summary>
    public static async Task<Site?> OfAsync(Solution solution, Diagnostic diagnostic, CancellationToken ct) =>
        solution.GetDocument(diagnostic.Location.SourceTree) is { } document
        && await document.GetSyntaxRootAsync(ct).ConfigureAwait(false) is { } root
        && await document.GetSemanticModelAsync(ct).ConfigureAwait(false) is { } model
            ? new Site(solution, diagnostic, model, root.FindNode(diagnostic.Location.SourceSpan))
            : null;

    /// <summary>Whether an attribute of the document declares a layer.</summary>
    public bool IsLayer(AttributeSyntax attribute)
    {
        for (INamedTypeSymbol? type = Model.GetSymbolInfo(attribute).Symbol?.ContainingType; type is not null; type = type.BaseType)
        {
            if (type is { Name: "LayerAttribute", ContainingNamespace.Name: "NetGen" })
                return true;
        }

        return false;
    }
}
