using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>
/// Units of a hidden layer that start with equal weights. If biases are equal too, and so are the layers behind, they get the same gradients whatever they are trained with. Otherwise these
/// tell them apart, step by step; until then all see the one number that equal weights make of an input.
/// </summary>
internal sealed class IdenticalNeuronsRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        // What is added to others is no hidden layer's alone.
        IReadOnlyDictionary<int, bool> isHidden = Dataflow.Backward(network.Graph, false, (node, behind) => SignalFlow.IsWeighted(node) || (behind && node.Op is not SumOp), (a, b) => a || b);
        foreach (Node layer in network.Graph.Nodes.Where(node => SignalFlow.IsWeighted(node) && IsConstant(node.Parameters[0])))
        {
            // Groups of channels read different ones.
            int groups = layer.Op is ConvOp conv ? conv.Groups : 1;
            int units = layer.Output.Sizes[0] / groups;
            if (units == 1)
                continue;
            void Tell(string fate) => sink.At(layer, Rules.IdenticalNeurons, layer.Told(), units.ToString(CultureInfo.InvariantCulture) + (groups > 1 ? " units of each group" : " units"), fate);
            bool areEqual = layer.Parameters.All(IsConstant);
            if (areEqual && Behind(network, layer.Result) is { Count: > 0 } behind)
                Tell($"equal and see equal weights behind them in {string.Join(", ", behind.Select(NodeText.Told).Distinct())}, so they stay equal for ever and count for one");
            else if (isHidden[layer.Id] && WeightMoments.Of(layer.Parameters[0]).Mean != 0 && (areEqual || layer.Parameters[0].FanIn > 1))
                Tell("with equal weights, so all of them see one number, the sum of what they read, until training has parted them");
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

    private static bool IsConstant(ParameterSpec parameter) => WeightMoments.Of(parameter).Variance == 0;
}
