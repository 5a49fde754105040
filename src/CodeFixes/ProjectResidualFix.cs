using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Generator.Compiler;

namespace NetGen.CodeFixes;

/// <summary>
/// Projects the input of a residual whose block changes the shape: the block is summed with a new one, a 1x1 convolution with the block's channels and stride, or a linear layer.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class ProjectResidualFix : NetGenCodeFix
{
    private protected override IEnumerable<string> Ids => [Rules.ResidualShape];

    private protected override IEnumerable<Mend> Mends(Site site)
    {
        // Within a block from elsewhere the residual may be another than the attribute.
        if (site is not { Attribute: { } residual, Type: { } type } || residual.BareName() != "Residual" || residual.TypeArguments() is not [{ } body] || BlockName(body) != site[0])
            return [];
        if (Projection(Shapes.Parse(site[1]), Shapes.Parse(site[2])) is not { } layer)
            return [];
        return [new Mend("projection", $"Add a projection beside {site[0]}: {layer}", edits =>
        {
            string name = edits.Take(type.SyntaxTree.GetRoot(), Names(site.Model, type.SpanStart, site[0] + "Projection"));
            SyntaxToken kind = residual.Simple().Identifier;
            edits.Replace(kind, kind.ValueText.Replace("Residual", "Sum"));
            edits.Insert(body.SyntaxTree, body.Span.End, ", " + name);
            edits.InsertBehind(type, $"[{residual.Beside("Block")}, {residual.Beside(layer)}]", $"sealed class {name};");
        })];
    }

    private static string? BlockName(TypeSyntax block) => block.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().LastOrDefault()?.Identifier.ValueText;

    /// <summary>The layer that leads from one shape to another; null where none does.</summary>
    private static string? Projection(int[] from, int[] to)
    {
        if (from.Length != to.Length || from.Length is 0 or > 3)
            return null;
        string features = to[0].ToString(CultureInfo.InvariantCulture);
        if (from.Length == 1)
            return $"Linear({features})";
        string kind = $"Conv{from.Length - 1}d({features}, 1";
        return Shapes.Strides([.. from.Skip(1)], [.. to.Skip(1)]) switch
        {
            null => null,
            [1] => kind + ")",
            [int stride] => $"{kind}, Stride = {stride.ToString(CultureInfo.InvariantCulture)})",
            int[] strides => $"{kind}, StrideHW = [{string.Join(", ", strides.Select(stride => stride.ToString(CultureInfo.InvariantCulture)))}])",
        };
    }

    /// <summary>The name, or with a number behind it, where it means no type yet.</summary>
    private static IEnumerable<string> Names(SemanticModel model, int position, string name) => Enumerable.Range(1, int.MaxValue)
        .Select(number => number == 1 ? name : name + number.ToString(CultureInfo.InvariantCulture))
        .Where(candidate => model.LookupNamespacesAndTypes(position, name: candidate).IsEmpty);
}
