using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;
using NetGen.Generator.Compiler;

namespace NetGen.CodeFixes;

/// <summary>Gives a layer whose name is taken another, and what means its property, <c>nameof</c> among it, follows.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class RenameLayerFix : NetGenCodeFix
{
    private protected override IEnumerable<string> Ids => [Rules.NameCollision, Rules.MemberClash];

    private protected override IEnumerable<Mend> Mends(Site site)
    {
        if (site is not { Attribute: { } layer, Type: { } declaration } || layer.Property("Name")?.Expression is not { } old || site.Model.GetDeclaredSymbol(declaration) is not { } type
            || site.Model.GetConstantValue(old).Value is not string { Length: > 0 } name)
            return [];
        AttributeSyntax[] attributes = [.. Attributes.Of(declaration)];
        var named = (from other in attributes
                     let value = other.Property("Name")?.Expression is { } expression ? site.Model.GetConstantValue(expression).Value as string : null
                     where !string.IsNullOrEmpty(value)
                     select (Layer: other, Property: Property(value!))).ToList();
        HashSet<string> taken = Taken(type, attributes);
        taken.UnionWith(named.Select(other => other.Property));
        string[] free = [.. Candidates(name).Where(candidate => !taken.Contains(Property(candidate))).Take(attributes.Length)];

        // A property that two layers ask for is the other's, which keeps its name; a composition has none.
        bool hasProperty = named.Where(other => other.Property == Property(name) && other.Layer.TypeArguments().Count == 0).Select(other => other.Layer).SequenceEqual([layer]);
        return [new Mend("rename", $"Rename layer \"{name}\" to \"{free[0]}\"", async (edits, ct) =>
        {
            string chosen = edits.Take(declaration, free);
            edits.Replace(old, SymbolDisplay.FormatLiteral(chosen, quote: true));
            foreach (ReferenceLocation use in hasProperty ? await Uses(site.Solution, type, Property(name), ct).ConfigureAwait(false) : [])
            {
                if (site.Solution.GetDocument(use.Document.Id) is { } document && await document.GetSyntaxTreeAsync(ct).ConfigureAwait(false) is { } tree)
                    edits.Replace(tree, use.Location.SourceSpan, Property(chosen));
            }
        })];
    }

    private static string Property(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);

    /// <summary>The name with another number: fc2 after fc, conv2 after conv1.</summary>
    private static IEnumerable<string> Candidates(string name)
    {
        string word = name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        int number = int.TryParse(name.Substring(word.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int given) && given < int.MaxValue ? given : 1;
        return Enumerable.Range(number + 1, int.MaxValue - number).Select(next => word + next.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The class, its members, and what layers without a name may be called.</summary>
    private static HashSet<string> Taken(INamedTypeSymbol type, AttributeSyntax[] attributes)
    {
        var taken = new HashSet<string> { type.Name };
        foreach (AttributeSyntax attribute in attributes)
            taken.UnionWith(Enumerable.Range(0, attributes.Length).Select(index => attribute.BareName() + index.ToString(CultureInfo.InvariantCulture)));
        for (INamedTypeSymbol? ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
            taken.UnionWith(ancestor.GetMembers().Select(member => member.Name));
        return taken;
    }

    /// <summary>Where a layer's property is meant.</summary>
    private static async Task<IEnumerable<ReferenceLocation>> Uses(Solution solution, INamedTypeSymbol type, string property, CancellationToken ct) =>
        type.GetMembers(property).FirstOrDefault(member => member is IPropertySymbol { Type.Name: "LayerParameters" }) is { } symbol
            ? (await SymbolFinder.FindReferencesAsync(symbol, solution, ct).ConfigureAwait(false)).SelectMany(found => found.Locations)
            : [];
}
