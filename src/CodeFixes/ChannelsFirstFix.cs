using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using NetGen.Generator.Compiler;

namespace NetGen.CodeFixes;

/// <summary>Writes the last of an input's sizes, its channels, before the others.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class ChannelsFirstFix : NetGenCodeFix
{
    private protected override IEnumerable<string> Ids => [Rules.ChannelsFirst];

    private protected override IEnumerable<Mend> Mends(Site site)
    {
        if (site.Attribute?.Positional() is not { Length: 2 or 3 } sizes || sizes.Any(size => size.NameColon is not null))
            return [];
        return [new Mend("channels", $"Write the channels first: [Network({site[4]})]", edits =>
        {
            for (int i = 0; i < sizes.Length; i++)
                edits.Replace(sizes[i].Expression, sizes[(i == 0 ? sizes.Length : i) - 1].Expression.ToString());
        })];
    }
}
