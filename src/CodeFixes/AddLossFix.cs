using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Generator.Compiler;

namespace NetGen.CodeFixes;

/// <summary>Adds a loss to a network that is trained, one of those for the targets that it is given.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class AddLossFix : NetGenCodeFix
{
    private protected override IEnumerable<string> Ids => [Rules.NoLoss];

    private protected override IEnumerable<Mend> Mends(Site site)
    {
        AttributeSyntax[] attributes = Network(site)?.GetAttributes()
            .Where(attribute => attribute.AttributeClass is { ContainingNamespace.Name: "NetGen" })
            .Select(attribute => attribute.ApplicationSyntaxReference?.GetSyntax())
            .OfType<AttributeSyntax>()
            .ToArray() ?? [];

        // Layers stand where [Network] does, and statements in other files too.
        SyntaxNode? declaration = attributes.FirstOrDefault(attribute => attribute.BareName() == "Network")?.Parent?.Parent;
        if (attributes.Where(attribute => attribute.Parent?.Parent == declaration).OrderBy(attribute => attribute.SpanStart).LastOrDefault() is not { } last)
            return [];
        return Losses(site).Select(loss => new Mend(loss, $"Add {loss}", edits => edits.Insert(last.SyntaxTree, last.Span.End, ", " + last.Beside(loss))));
    }

    /// <summary>The class whose member is called; within itself it is not named.</summary>
    private static ITypeSymbol? Network(Site site)
    {
        ExpressionSyntax? network = site.Node.Parent switch
        {
            MemberAccessExpressionSyntax access => access.Expression,
            MemberBindingExpressionSyntax binding => binding.FirstAncestorOrSelf<ConditionalAccessExpressionSyntax>()?.Expression,
            _ => null,
        };
        return network is not null ? site.Model.GetTypeInfo(network).Type : site.Type is { } type ? site.Model.GetDeclaredSymbol(type) as ITypeSymbol : null;
    }

    /// <summary>Numbers of classes have one loss; real numbers may be labels.</summary>
    private static string[] Losses(Site site)
    {
        ExpressionSyntax? target = site.Node.FirstAncestorOrSelf<InvocationExpressionSyntax>()?.ArgumentList.Arguments.ElementAtOrDefault(1)?.Expression;
        ITypeSymbol? element = target is null ? null : site.Model.GetTypeInfo(target).Type switch
        {
            IArrayTypeSymbol array => array.ElementType,
            INamedTypeSymbol { Name: "Span" or "ReadOnlySpan" or "Memory" or "List", TypeArguments: [var argument] } => argument,
            _ => null,
        };
        return element?.SpecialType switch
        {
            SpecialType.System_Int32 => ["CrossEntropyLoss"],
            SpecialType.System_Single => ["MSELoss", "BCEWithLogitsLoss"],
            _ => ["CrossEntropyLoss", "MSELoss", "BCEWithLogitsLoss"],
        };
    }
}
