using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// An activation whose input is a linear layer's output moves into that layer's last store. The activation's input stays only
/// where a gradient reads it. Narrow layers keep theirs apart: an activation across samples fills whole vectors, one across 1 to 4 outputs does not.
/// Keeps the bits.
/// </summary>
internal static class FuseActivations
{
    public static Program Run(Program program)
    {
        var readInBackward = new HashSet<Buffer>(program.Backward.SelectMany(step => step.Reads));
        EquatableArray<Step> forward = Fuse(program.Forward, readInBackward, []);

        // Dropout between a layer and its activation stands in training alone, where the two stay apart: two methods.
        var apart = new HashSet<string>(forward.OfType<LinearForwardStep>().Where(linear => linear.Activation is null).Select(linear => linear.Method));
        return program with { Inference = Fuse(program.Inference, [], apart), Forward = forward };
    }

    private static EquatableArray<Step> Fuse(EquatableArray<Step> steps, HashSet<Buffer> readLater, HashSet<string> apart)
    {
        var result = new List<Step>();
        foreach (Step step in steps)
        {
            if (step is ActivationForwardStep activation
                && result.LastOrDefault() is LinearForwardStep { Activation: null } linear
                && linear.Kernel.Form != LinearForm.Narrow
                && linear.Y == activation.X)
            {
                bool keep = readLater.Contains(linear.Y);
                result[result.Count - 1] = linear with
                {
                    Method = linear.Method + (keep ? "KeepingInput" : apart.Contains(linear.Method) ? activation.Activation.Kind : ""),
                    Activation = activation.Activation,
                    Y = activation.Y,
                    Z = keep ? linear.Y : null,
                };
                continue;
            }

            result.Add(step);
        }

        return result.ToEquatableArray();
    }
}
