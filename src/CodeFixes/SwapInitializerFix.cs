using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Generator.Compiler;

namespace NetGen.CodeFixes;

/// <summary>Takes the initialiser that suits a layer's activation, or the default one where a constant keeps its units alike. The scale was the other's and goes.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class SwapInitializerFix : NetGenCodeFix
{
    private protected override IEnumerable<string> Ids => [Rules.UnsuitedInitializer, Rules.IdenticalNeurons];

    private protected override IEnumerable<Mend> Mends(Site site)
    {
        if (site.Attribute?.Property("Init") is not { } init)
            return [];
        bool isDefault = site.Diagnostic.Id == Rules.IdenticalNeurons;
        string suited = isDefault ? "Init.Default" : site[4];
        return [new Mend("initialiser", $"Initialise with {suited}", edits =>
        {
            if (isDefault)
                edits.Remove(init);
            else if (init.Expression is MemberAccessExpressionSyntax { Name: var member })
                edits.Replace(member, suited.Substring(suited.IndexOf('.') + 1));
            else
                edits.Replace(init.Expression, suited);
            if (site.Attribute.Property("InitScale") is { } scale)
                edits.Remove(scale);
        })];
    }
}
