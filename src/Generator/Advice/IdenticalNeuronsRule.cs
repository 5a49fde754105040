using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>
/// Units of a hidden layer that start equal, and to which the layers behind are equal too: whatever they are trained with, they get the same gradients.
/// </summary>
internal sealed class IdenticalNeuronsRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        foreach (Node layer in network.Graph.Nodes.Where(SignalFlow.IsWeighted))
        {
            // Groups of channels read different ones.
            int groups = layer.Op is ConvOp conv ? conv.Groups : 1;
            int units = layer.Output.Sizes[0] / groups;
            if (units > 1 && layer.Parameters.All(IsConstant) && Behind(network, layer.Result) is { Count: > 0 } behind)
                sink.At(layer, Rules.IdenticalNeurons, layer.Told(), units.ToString(CultureInfo.InvariantCulture) + (groups > 1 ? " units of each group" : " units"), string.Join(", ", behind.Select(NodeText.Told).Distinct()));
        }
    }

    /// <summary>The layers that read a value, all with equal weights; null where something tells its units apart.</summary>
    private static List<Node>? Behind(AnalyzedNetwork network, Value value)
    {
        if (network.View.IsOutput(value))
            return null;
        var found = new List<Node>();
        foreach (Node reader in network.View.Readers(value))
        {
            if (SignalFlow.IsWeighted(reader))
            {
                if (!IsConstant(reader.Parameters[0]) || reader.Op is ConvOp { Groups: > 1 })
                    return null;
                found.Add(reader);
            }
            else if (reader.Op is ActivationOp or PoolingOp or FlattenOp or BatchNormOp or LayerNormOp or RMSNormOp or SoftmaxOp && Behind(network, reader.Result) is { } further)
            {
                found.AddRange(further);
            }
            else
            {
                return null;
            }
        }

        return found;
    }

    private static bool IsConstant(ParameterSpec parameter) => parameter.Initializer.Kind == InitKind.Constant;
}
