using System;
using System.Linq;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>An initialiser that is written down and made for other activations, or whose scale, which ignores the inputs' number, is far from what this layer needs.</summary>
internal sealed class InitializerRule : AdviceRule
{
    /// <summary>How far the variance of a gradient may change in one layer, and in all that have the same initialiser.</summary>
    private const double Most = 4;
    private const double MostInAll = 10;

    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        var flow = new SignalFlow(network);

        // Behind the last layer comes what the loss wants.
        var found = flow.Layers.Take(flow.Layers.Count - 1)
            .Where(layer => layer.Parameters[0].Initializer.Kind is not (InitKind.Default or InitKind.Constant))
            .Select(layer => (Layer: layer, Activation: flow.Activation(layer)))
            .Where(pair => pair.Activation is not null)
            .Select(pair => (
                pair.Layer, pair.Activation, Weight: pair.Layer.Parameters[0],
                Factor: WeightMoments.Of(pair.Layer.Parameters[0]).Variance * pair.Layer.Parameters[0].FanIn * network.Signal.SquaredSlope(pair.Activation!)))
            .Where(each => !double.IsNaN(each.Factor)).ToList();
        double halved = found.Where(each => IsXavier(each.Weight) && !IsSquashing(each.Activation!)).Aggregate(1.0, (product, each) => product * each.Factor);
        foreach (var (layer, activation, weight, factor) in found)
        {
            bool isUnsuited = weight.Initializer.Kind switch
            {
                InitKind.KaimingNormal or InitKind.KaimingUniform => double.IsNaN(weight.Initializer.Scale) && IsSquashing(activation!),
                InitKind.XavierNormal or InitKind.XavierUniform => !IsSquashing(activation!) && halved < 1 / MostInAll,
                InitKind.Normal or InitKind.Uniform => factor is < 1 / Most or > Most,
                _ => false,
            };
            if (!isUnsuited)
                continue;
            (InitKind uniform, InitKind normal) = IsSquashing(activation!) ? (InitKind.XavierUniform, InitKind.XavierNormal) : (InitKind.KaimingUniform, InitKind.KaimingNormal);
            InitKind suited = weight.Initializer.Kind is InitKind.KaimingUniform or InitKind.XavierUniform or InitKind.Uniform ? uniform : normal;
            double after = Factor(network.Signal, activation!, weight, WeightMoments.Of(weight with { Initializer = new Initializer(suited, double.NaN) }).Variance);
            if (Math.Abs(Math.Log(after)) < Math.Abs(Math.Log(factor)))
                sink.At(layer, Rules.UnsuitedInitializer, layer.Told(), "Init." + weight.Initializer.Kind, activation!.Op.Kind, SignalFlow.Number(factor), "Init." + suited, SignalFlow.Number(after));
        }
    }

    /// <summary>What the variance of a gradient is multiplied by with weights of another variance, which the activation's inputs have too.</summary>
    private static double Factor(SignalAnalysis signal, Node activation, ParameterSpec weight, double variance) =>
        variance * weight.FanIn * signal.SquaredSlope(activation, Math.Sqrt(variance / WeightMoments.Of(weight).Variance));

    private static bool IsXavier(ParameterSpec weight) => weight.Initializer.Kind is InitKind.XavierNormal or InitKind.XavierUniform;

    private static bool IsSquashing(Node activation) => activation.Op is ActivationOp { IsSquashing: true };
}
