using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Generator.Compiler;

namespace NetGen.CodeFixes;

/// <summary>Writes <c>partial</c> into each declaration of a network, or of a type around it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class MakePartialFix : NetGenCodeFix
{
    private protected override IEnumerable<string> Ids => [Rules.NotPartial, Rules.ContainingTypeNotPartial];

    private protected override IEnumerable<Mend> Mends(Site site)
    {
        INamedTypeSymbol? type = site.Type is null ? null : site.Model.GetDeclaredSymbol(site.Type);
        if (site.Diagnostic.Id == Rules.ContainingTypeNotPartial)
        {
            do
                type = type?.ContainingType;
            while (type is not null && type.Name != site[1]);
        }

        if (type is null)
            return [];
        return [new Mend("partial", $"Make '{type.Name}' partial", edits =>
        {
            foreach (TypeDeclarationSyntax part in type.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax()).OfType<TypeDeclarationSyntax>())
            {
                if (!part.Modifiers.Any(SyntaxKind.PartialKeyword))
                    edits.Insert(part.SyntaxTree, part.Keyword.SpanStart, "partial ");
            }
        })];
    }
}
