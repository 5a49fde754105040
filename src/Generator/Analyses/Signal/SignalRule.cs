using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>What an op does to signals and gradients at initialisation. One class an op; that it exists is enough to be found.</summary>
internal abstract class SignalRule
{
    private static readonly Lazy<Dictionary<Type, SignalRule>> s_rules = new(() => typeof(SignalRule).Assembly.GetTypes()
        .Where(type => !type.IsAbstract && typeof(SignalRule).IsAssignableFrom(type))
        .Select(type => (SignalRule)Activator.CreateInstance(type))
        .ToDictionary(rule => rule.OpType));

    /// <summary>The type of the ops that it is the rule of.</summary>
    public abstract Type OpType { get; }

    /// <summary>The rule of an op; null of one that no declaration has.</summary>
    public static SignalRule? Of(Op op) => s_rules.Value.TryGetValue(op.GetType(), out SignalRule rule) ? rule : null;

    /// <summary>The result of a node from the values that it reads.</summary>
    public abstract Signal Forward(Node node, IReadOnlyList<Signal> inputs);

    /// <summary>The gradients of the values that a node reads, part by part, from that of its result.</summary>
    public abstract IReadOnlyList<IReadOnlyList<PartGradient>> Backward(Node node, IReadOnlyList<Signal> inputs, Signal output, IReadOnlyList<PartGradient> gradient);
}

/// <summary>The rule of ops that read one value.</summary>
internal abstract class SignalRule<TOp> : SignalRule
    where TOp : Op
{
    public sealed override Type OpType => typeof(TOp);

    public sealed override Signal Forward(Node node, IReadOnlyList<Signal> inputs) => Forward((TOp)node.Op, node, inputs[0]);

    public sealed override IReadOnlyList<IReadOnlyList<PartGradient>> Backward(Node node, IReadOnlyList<Signal> inputs, Signal output, IReadOnlyList<PartGradient> gradient) =>
        [Backward((TOp)node.Op, node, inputs[0], output, gradient)];

    protected abstract Signal Forward(TOp op, Node node, Signal x);

    protected abstract IReadOnlyList<PartGradient> Backward(TOp op, Node node, Signal x, Signal y, IReadOnlyList<PartGradient> gradient);

    /// <summary>The mean variance over all channels.</summary>
    protected static double Mean(Signal y, IReadOnlyList<PartGradient> gradient) => y.Parts.Zip(gradient, (part, each) => part.Channels * each.Variance).Sum() / y.Channels;

    /// <summary>The same for all parts.</summary>
    protected static IReadOnlyList<PartGradient> Alike(Signal x, double variance) => [.. x.Parts.Select(_ => new PartGradient(variance))];
}
