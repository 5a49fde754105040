using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>Layers whose parameters are made of those of several.</summary>
internal static class MergedLayers
{
    public static bool IsMerged(this Node node) => node.ParameterValues.Any(parameter => parameter.Parts.Count > 0);

    /// <summary>The parameters of a layer that does what several layers did.</summary>
    /// <param name="patch">The rewrite.</param>
    /// <param name="key">The key of the layer.</param>
    /// <param name="op">The layer.</param>
    /// <param name="input">The shape of its input.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="place">By the number of one of them, the first output and the first input of its weight's.</param>
    /// <param name="sumsBiases">Whether their outputs are summed, and so their biases.</param>
    public static IEnumerable<Value> JoinParameters(
        this GraphPatch patch, string key, Op op, Shape input, Node[] layers, Func<int, Node, (int FirstOutput, int FirstInput)> place, bool sumsBiases = false)
    {
        EquatableArray<ParameterSpec> specs = OpRule.Of(op).Parameters(op, input);
        for (int i = 0; i < specs.Count; i++)
        {
            bool isBias = i > 0;
            IEnumerable<ParameterPart> parts = layers.Select((layer, j) =>
            {
                (int output, int source) = place(j, layer);
                return new ParameterPart(layer.ParameterValues.ElementAt(i), output, isBias ? 0 : source);
            });
            yield return patch.Join(key, specs[i], parts, isBias && sumsBiases);
        }
    }
}
