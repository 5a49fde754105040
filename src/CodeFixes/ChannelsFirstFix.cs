using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Generator.Compiler;

namespace NetGen.CodeFixes;

/// <summary>Writes the last of an input's sizes, its channels, before the others.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class ChannelsFirstFix : NetGenCodeFix
{
    private protected override IEnumerable<string> Ids => [Rules.ChannelsFirst];

    private protected override IEnumerable<Mend> Mends(Site site)
    {
        if (site.Attribute?.Positional() is not [{ NameColon: null } height, { NameColon: null } width, { NameColon: null } channels])
            return [];
        return [new Mend("channels", $"Write the channels first: [Network({site[4]})]", edits =>
        {
            foreach ((AttributeArgumentSyntax old, AttributeArgumentSyntax by) in new[] { (height, channels), (width, height), (channels, width) })
                edits.Replace(old.Expression, by.Expression.ToString());
        })];
    }
}
