using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// Marks the backward steps whose results only the input's gradient needs, the first layer's data gradient above all;
/// they run when the caller asks for it.
/// </summary>
internal static class MarkInputGradient
{
    public static StepProgram Run(StepProgram program)
    {
        var needed = new HashSet<Buffer>();
        var result = new List<Step>();
        foreach (Step step in program.Backward.Reverse())
        {
            bool updatesParameters = step.Operands.Any(operand => operand.Role == OperandRole.ParameterGradient);
            bool isNeeded = updatesParameters || step.Writes.Any(buffer => needed.Contains(buffer.Root));
            if (isNeeded)
                needed.UnionWith(step.Reads.Select(buffer => buffer.Root));
            result.Add(step with { OnlyForInputGradient = !isNeeded });
        }

        result.Reverse();
        return program with { Backward = result.ToEquatableArray() };
    }
}
