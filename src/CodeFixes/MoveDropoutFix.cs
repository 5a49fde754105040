using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using NetGen.Generator.Compiler;

namespace NetGen.CodeFixes;

/// <summary>Moves a dropout behind the activation, normalisation or pool that it stands before.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class MoveDropoutFix : NetGenCodeFix
{
    private protected override IEnumerable<string> Ids =>
        [Rules.DropoutBeforeActivation, Rules.DropoutBeforeNormalization, Rules.DropoutBeforeMaxPool, Rules.DropoutBeforeAveragePool];

    private protected override IEnumerable<Mend> Mends(Site site)
    {
        // In a block the other may be behind its end, or in a block of its own.
        if (site is not { Attribute: { } dropout, Type: { } type } || dropout.BareName() != "Dropout" || site[1] is "Softmax" or "LogSumExp"
            || Attributes.Of(type).SkipWhile(attribute => attribute != dropout).TakeWhile(attribute => attribute.TypeArguments().Count == 0).FirstOrDefault(attribute => attribute.BareName() == site[1]) is not { } target)
            return [];
        return [new Mend("move", $"Move {dropout} behind {target.Name}", edits => edits.Move(dropout, target))];
    }
}
