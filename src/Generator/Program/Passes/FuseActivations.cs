using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// An activation whose input is a linear layer's or a convolution's output moves into that layer's last store. The activation's input stays only
/// where a gradient reads it. Keeps the bits.
/// </summary>
internal static class FuseActivations
{
    public static StepProgram Run(StepProgram program) => program with
    {
        Inference = Fuse(program.Inference, Readers.Of(program.Inference)),
        Forward = Fuse(program.Forward, Readers.Of(program.Training)),
    };

    private static EquatableArray<Step> Fuse(EquatableArray<Step> steps, ILookup<Buffer, Step> readers)
    {
        var result = new List<Step>();
        foreach (Step step in steps)
        {
            if (step is ActivationForwardStep activation
                && result.LastOrDefault() is ProductStep { CanActivate: true } product
                && product.Y == activation.X
                && (readers[product.Y].Count() > 1) is var keep && (!keep || product.CanKeep))
            {
                result[result.Count - 1] = (keep ? product.Keep() with { Method = product.Method + "KeepingInput" } : product).Activate(activation.Activation, activation.Y).With(activation);
                continue;
            }

            result.Add(step);
        }

        return result.ToEquatableArray();
    }
}
