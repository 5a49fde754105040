using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// A ReLU behind a max-pool moves into the pool's store. Where it is 0 the pool keeps no place of the maximum, so that its gradient needs
/// no ReLU's gradient before it. Keeps the bits, and NaN its place.
/// </summary>
internal static class FusePoolActivations
{
    public static StepProgram Run(StepProgram program)
    {
        var fused = new HashSet<Buffer>();
        EquatableArray<Step> inference = Fuse(program.Inference, [], Readers.Of(program.Inference));
        EquatableArray<Step> forward = Fuse(program.Forward, fused, Readers.Of(program.Training));
        var backward = new List<Step>();
        foreach (Step step in program.Backward)
        {
            if (step is PoolBackwardStep { Index: { } index } pool && fused.Contains(index)
                && backward.LastOrDefault() is ActivationBackwardStep activation && activation.DX == pool.DY)
            {
                backward[backward.Count - 1] = pool.Of(activation.DY).With(activation);
                continue;
            }

            backward.Add(step);
        }

        return program with { Inference = inference, Forward = forward, Backward = backward.ToEquatableArray() };
    }

    private static EquatableArray<Step> Fuse(EquatableArray<Step> steps, HashSet<Buffer> fused, ILookup<Buffer, Step> readers)
    {
        var result = new List<Step>();
        foreach (Step step in steps)
        {
            if (step is ActivationForwardStep { Activation.Function: ActivationKind.ReLU } activation
                && result.LastOrDefault() is PoolForwardStep { HasReLU: false, Pool.Function: PoolKind.Max } pool && pool.Y == activation.X
                && readers[pool.Y].Count() == 1)
            {
                result[result.Count - 1] = pool.WithReLU(activation.Y).With(activation);
                if (pool.Index is not null)
                    fused.Add(pool.Index);
                continue;
            }

            result.Add(step);
        }

        return result.ToEquatableArray();
    }
}
