using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler;

/// <summary>
/// What every program must satisfy, before and after each pass. A failure is a bug of the compiler, never the user's.
/// </summary>
internal static class Verifier
{
    public static void Verify(Program program, string after)
    {
        Routine(program.Inference, "inference", after);
        IEnumerable<Step> loss = program.Loss is null ? [] : [program.Loss];
        if (program.Loss is not null && program.Loss.DY != program.Seed.To)
            throw Broken(after, "loss and seed write different buffers");
        Routine(program.Forward.Concat(loss).Concat(program.Backward), "training", after, program.Loss is null ? program.Seed.To : null);
        Routine(program.Forward.Concat([program.Seed]).Concat(program.Backward), "vector-Jacobian product", after);
        foreach (Step step in program.Inference.Concat(program.Forward))
        {
            if (step.OnlyForInputGradient)
                throw Broken(after, step.Method + " is a forward step but marked as the input gradient's");
        }

        // Equal names are one method, so they must be one kernel.
        foreach (IGrouping<string, Step> method in program.Inference.Concat(program.Forward).GroupBy(step => step.Method))
        {
            if (method.Select(Kernel).Distinct().Count() > 1)
                throw Broken(after, method.Key + " names different kernels");
        }

        // What runs without an input gradient may not need what then does not run.
        var optional = new HashSet<Buffer>(program.Backward.Where(step => step.OnlyForInputGradient).SelectMany(step => step.Writes));
        foreach (Step step in program.Backward.Where(step => !step.OnlyForInputGradient))
        {
            if (step.Reads.Any(optional.Contains))
                throw Broken(after, step.Method + " reads what only an input gradient computes");
        }
    }

    private static void Routine(IEnumerable<Step> steps, string name, string after, Buffer? given = null)
    {
        var written = new HashSet<Buffer>();
        if (given is not null)
            written.Add(given);
        foreach (Step step in steps)
        {
            foreach (Buffer buffer in step.Reads)
            {
                if (buffer.Kind is BufferKind.Workspace && !written.Contains(buffer))
                    throw Broken(after, $"{step.Method} in {name} reads {buffer.Name} before it is written");
                if (buffer.Kind is BufferKind.Output or BufferKind.InputGradient)
                    throw Broken(after, $"{step.Method} in {name} reads the caller's {buffer.Name}");
            }

            foreach (Buffer buffer in step.Writes)
            {
                if (buffer.Kind is BufferKind.Input or BufferKind.OutputGradient)
                    throw Broken(after, $"{step.Method} in {name} writes the caller's {buffer.Name}");
                if (!written.Add(buffer))
                    throw Broken(after, $"{step.Method} in {name} writes {buffer.Name} a second time");
            }

            Shapes(step, after);
        }
    }

    /// <summary>All that the step's code depends on.</summary>
    private static string Kernel(Step step)
    {
        string function = step is LinearForwardStep linear ? $"{linear.Activation} {linear.Z is null}" : "";
        return $"{step.GetType().Name} {function} {string.Join(" ", step.Reads.Concat(step.Writes).Select(b => $"{b.Width}/{b.Stride}"))}";
    }

    private static void Shapes(Step step, string after)
    {
        bool fits = step switch
        {
            CopyStep s => s.From.Width == s.To.Width,
            LinearForwardStep s => s.X.Width == s.Kernel.Inputs && s.Y.Width == s.Kernel.Outputs && (s.Z is null || s.Z.Width == s.Y.Width),
            LinearWeightGradientStep s => s.X.Width == s.Kernel.Inputs && s.DY.Width == s.Kernel.Outputs,
            LinearBiasGradientStep s => s.Kernel.HasBias && s.DY.Width == s.Kernel.Outputs,
            LinearDataGradientStep s => s.DX.Width == s.Kernel.Inputs && s.DY.Width == s.Kernel.Outputs
                && (s.Saved is null) == (s.Activation is null) && (s.Saved is null || s.Saved.Stride == s.DX.Stride),
            // Elementwise steps run over padded rows as one flat array.
            _ => step.Reads.Concat(step.Writes).All(b => b.Width == step.Writes.First().Width && b.Stride == step.Writes.First().Stride),
        };
        if (!fits)
            throw Broken(after, $"the shapes of {step.Method} do not fit");
    }

    private static InvalidOperationException Broken(string after, string what) => new($"The program is broken after {after}: {what}.");
}
