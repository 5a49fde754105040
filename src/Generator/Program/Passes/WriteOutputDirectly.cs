using System.Linq;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// Where the rows of the output or of the input's gradient fill whole vectors, the step that computes them writes the caller's span itself
/// and the copy goes. Keeps the bits.
/// </summary>
internal static class WriteOutputDirectly
{
    public static StepProgram Run(StepProgram program) => program with
    {
        Inference = WithoutCopy(program.Inference),
        Backward = WithoutCopy(program.Backward),
    };

    private static EquatableArray<Step> WithoutCopy(EquatableArray<Step> steps)
    {
        var copy = (CopyStep)steps[steps.Count - 1];
        Step[] others = steps.Take(steps.Count - 1).ToArray();

        // A step that computes gradients of parameters too runs when nobody asks for the input's.
        bool isOwn = !copy.From.IsPart && others.Any(step => step.Writes.Contains(copy.From) && !step.Operands.Any(operand => operand.Role == OperandRole.ParameterGradient)) && !others.Any(step => step.Reads.Any(buffer => buffer.Root == copy.From));
        return copy.To.Order == BufferOrder.Flat && copy.From.Order == BufferOrder.Flat && copy.To.IsPadded && isOwn ? others.Select(step => step.Replace(copy.From, copy.To)).ToEquatableArray() : steps;
    }
}
