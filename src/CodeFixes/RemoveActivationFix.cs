using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using NetGen.Generator.Compiler;

namespace NetGen.CodeFixes;

/// <summary>Takes an activation away: one that its loss applies itself, that stands in the way of the loss's targets, or that follows another.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class RemoveActivationFix : NetGenCodeFix
{
    private protected override IEnumerable<string> Ids => [Rules.SoftmaxOverOne, Rules.ProbabilitiesAsLogits, Rules.ActivationOnLogits, Rules.BoundedRegression, Rules.UnreachableTarget, Rules.StackedActivations];

    /// <summary>Layers of other kinds are told of where nothing is to be removed.</summary>
    private static readonly HashSet<string> s_activations = ["ReLU", "LeakyReLU", "Sigmoid", "Tanh", "GELU", "SiLU", "Softplus", "ELU", "Exp", "Softmax"];

    private protected override IEnumerable<Mend> Mends(Site site)
    {
        // A class without layers is no block, nor a network.
        if (site is not { Attribute: { } activation, Type: { } type } || !s_activations.Contains(activation.BareName()) || !Attributes.Of(type).Any(other => other != activation && site.IsLayer(other)))
            return [];
        return [new Mend("remove", $"Remove {activation.Name}", edits => edits.Remove(activation))];
    }
}
