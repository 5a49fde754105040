using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Generator.Compiler;

namespace NetGen.CodeFixes;

/// <summary>Puts <c>Flatten</c> before what takes a flat input. Of a loss over classes that is another loss than with a pool before it, which is offered too.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class InsertFlattenFix : NetGenCodeFix
{
    private protected override IEnumerable<string> Ids => [Rules.NotFlat];

    private protected override IEnumerable<Mend> Mends(Site site)
    {
        // Where a block's source is elsewhere, the mistake is told at the composition, which takes any input.
        if (site.Attribute is not { } layer || layer.TypeArguments().Count > 0)
            yield break;
        yield return Insert("Flatten", [layer], "Flatten");
        int[] sizes = Shapes.Parse(site[1]);
        if (site[0] == "CrossEntropyLoss" && sizes.Length is 2 or 3 && sizes.Skip(1).Any(size => size > 1))
            yield return Insert("GlobalAvgPool", [layer], $"GlobalAvgPool{sizes.Length - 1}d", "Flatten");

        // A block that begins with the layer keeps its shape where its users flatten.
        AttributeSyntax[] uses = [.. Uses(site).Where(use => BeginsWith(site.Model.Compilation, use, layer))];
        if (uses.Length > 0)
            yield return Insert("Flatten.Use", uses, "Flatten");
    }

    private static Mend Insert(string key, AttributeSyntax[] places, params string[] layers) => new(
        key, $"Insert {string.Join(", ", layers)} before {string.Join(", ", places.Select(place => place.Name.ToString()).Distinct())}", edits =>
        {
            foreach (AttributeSyntax place in places)
                edits.Insert(place.SyntaxTree, place.SpanStart, string.Concat(layers.Select(layer => place.Beside(layer) + ", ")));
        });

    private static IEnumerable<AttributeSyntax> Uses(Site site) => site.Diagnostic.AdditionalLocations
        .Select(location => location.SourceTree!.GetRoot().FindNode(location.SourceSpan).FirstAncestorOrSelf<AttributeSyntax>())
        .OfType<AttributeSyntax>();

    private static bool BeginsWith(Compilation compilation, AttributeSyntax composition, AttributeSyntax layer)
    {
        SemanticModel model = compilation.GetSemanticModel(composition.SyntaxTree);
        IEnumerable<AttributeSyntax?> first = composition.TypeArguments()
            .Select(block => model.GetSymbolInfo(block).Symbol)
            .OfType<INamedTypeSymbol>()
            .SelectMany(block => block.DeclaringSyntaxReferences)
            .Select(reference => reference.GetSyntax())
            .OfType<TypeDeclarationSyntax>()
            .Select(block => Attributes.Of(block).FirstOrDefault(attribute => attribute.BareName() != "Block"));
        return first.Any(attribute => attribute is not null && (attribute == layer || BeginsWith(compilation, attribute, layer)));
    }
}
