using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>What a place of an op's result sees, where that is more than its own place. One class an op; that it exists is enough to be found.</summary>
internal abstract class FieldRule
{
    private static readonly Lazy<Dictionary<Type, FieldRule>> s_rules = new(() => typeof(FieldRule).Assembly.GetTypes()
        .Where(type => !type.IsAbstract && typeof(FieldRule).IsAssignableFrom(type))
        .Select(type => (FieldRule)Activator.CreateInstance(type))
        .ToDictionary(rule => rule.OpType));

    /// <summary>The type of the ops that it is the rule of.</summary>
    public abstract Type OpType { get; }

    /// <summary>What a place of a node sees of the network's input; element by element, or over the channels of each place, what the place of its input sees.</summary>
    /// <param name="places">The node, and the dimension along which it is looked at.</param>
    /// <param name="sources">What the places see of the values that it reads.</param>
    public static FieldAxis Of(FieldPlaces places, IReadOnlyList<FieldAxis> sources) => s_rules.Value.TryGetValue(places.Node.Op.GetType(), out FieldRule rule) ? rule.Along(places, sources) : sources[0];

    protected abstract FieldAxis Along(FieldPlaces places, IReadOnlyList<FieldAxis> sources);
}

/// <summary>The rule of ops that read one value.</summary>
internal abstract class FieldRule<TOp> : FieldRule
    where TOp : Op
{
    public sealed override Type OpType => typeof(TOp);

    protected sealed override FieldAxis Along(FieldPlaces places, IReadOnlyList<FieldAxis> sources) => Along((TOp)places.Node.Op, places, sources[0]);

    protected abstract FieldAxis Along(TOp op, FieldPlaces places, FieldAxis x);
}

internal sealed class ConvField : FieldRule<ConvOp>
{
    protected override FieldAxis Along(ConvOp op, FieldPlaces places, FieldAxis x) =>
        x.Windows(((places.Of(op.Kernel) - 1) * places.Of(op.Dilation)) + 1, places.Of(op.Stride), -places.Of(new Size2(op.Pads.Top, op.Pads.Left)));
}

internal sealed class PoolField : FieldRule<PoolOp>
{
    protected override FieldAxis Along(PoolOp op, FieldPlaces places, FieldAxis x) => x.Windows(places.Of(op.Kernel), places.Of(op.Stride), -places.Of(op.Padding));
}

internal sealed class AdaptivePoolField : FieldRule<AdaptivePoolOp>
{
    protected override FieldAxis Along(AdaptivePoolOp op, FieldPlaces places, FieldAxis x)
    {
        (int size, int count) = (places.OfInput, places.Of(op.Grid));
        return count == 1 ? places.Whole(x) : x.Windows(LargestWindow(size, count), size / (double)count, 0);
    }

    /// <summary>Places in the largest window: window i of n over s reaches from floor(i s / n) to ceil((i + 1) s / n).</summary>
    private static int LargestWindow(int size, int count)
    {
        int divisor = Divisor(size, count);
        int rest = size / divisor % (count / divisor);
        return (size / count) + Math.Min(rest, 2);

        static int Divisor(int a, int b) => b == 0 ? a : Divisor(b, a % b);
    }
}

internal sealed class LinearField : FieldRule<LinearOp>
{
    protected override FieldAxis Along(LinearOp op, FieldPlaces places, FieldAxis x) => places.Whole(x);
}

internal sealed class FlattenField : FieldRule<FlattenOp>
{
    protected override FieldAxis Along(FlattenOp op, FieldPlaces places, FieldAxis x) => places.Whole(x);
}

internal sealed class LogSumExpField : FieldRule<LogSumExpOp>
{
    protected override FieldAxis Along(LogSumExpOp op, FieldPlaces places, FieldAxis x) => places.Whole(x);
}

internal abstract class NormalizedShapeField<TOp> : FieldRule<TOp>
    where TOp : NormalizedShapeOp
{
    protected sealed override FieldAxis Along(TOp op, FieldPlaces places, FieldAxis x) => places.IsAmongLast(op.NormalizedShape.Count) ? places.Whole(x) : x;
}

internal sealed class LayerNormField : NormalizedShapeField<LayerNormOp>;

internal sealed class RMSNormField : NormalizedShapeField<RMSNormOp>;

internal abstract class JoinField<TOp> : FieldRule
    where TOp : JoinOp
{
    public sealed override Type OpType => typeof(TOp);

    protected sealed override FieldAxis Along(FieldPlaces places, IReadOnlyList<FieldAxis> sources) => places.Union(sources);
}

internal sealed class SumField : JoinField<SumOp>;

internal sealed class ConcatField : JoinField<ConcatOp>;
