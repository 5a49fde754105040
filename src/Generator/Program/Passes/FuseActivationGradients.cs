using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// The gradient of an activation moves into the last store of the data gradient that produces its input:
/// dX = (dY W) f'(·) in one pass. Keeps the bits.
/// </summary>
internal static class FuseActivationGradients
{
    public static StepProgram Run(StepProgram program)
    {
        ILookup<Buffer, Step> readers = Readers.Of(program.Backward);
        var result = new List<Step>();
        foreach (Step step in program.Backward)
        {
            if (step is ActivationBackwardStep activation
                && result.LastOrDefault() is DataGradientStep { CanDerive: true } product
                && product.DX == activation.DY && readers[activation.DY].Count() == 1)
            {
                result[result.Count - 1] = product.Derive(activation.Activation, activation.Saved, activation.DX).With(activation);
                continue;
            }

            result.Add(step);
        }

        return program with { Backward = result.ToEquatableArray() };
    }
}
