using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>The pass from steps to nests: in which order a kernel does its work is decided by the schedule of its kind, <see cref="Step.ToNest"/>.</summary>
internal static class Schedule
{
    /// <summary>A nest for each method, in the order of the steps that call it first.</summary>
    public static IReadOnlyList<Nest> Of(StepProgram program)
    {
        var methods = new HashSet<string>();
        return [.. program.Inference.Concat(program.Training).Where(step => methods.Add(step.Method)).Select(step => step.ToNest())];
    }
}
