using System.Collections.Generic;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// Steps with equal names are one method. Where a layer's kernel is not the same in training as in inference, because a dropout stands before it or
/// a gradient keeps something, training's gets a name of its own.
/// </summary>
internal static class NameKernels
{
    public static Program Run(Program program)
    {
        var kernels = new Dictionary<string, object>();
        foreach (Step step in program.Inference)
            kernels[step.Method] = step.Signature();
        var forward = new List<Step>();
        foreach (Step step in program.Forward)
        {
            bool clashes = kernels.TryGetValue(step.Method, out object kernel) && !kernel.Equals(step.Signature());
            forward.Add(clashes ? step with { Method = step.Method + "Training" } : step);
        }

        return program with { Forward = forward.ToEquatableArray() };
    }
}
