using System.Linq;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// Where the output's rows fill whole vectors, the last step of inference writes the caller's span itself and the copy goes. Keeps the bits.
/// </summary>
internal static class WriteOutputDirectly
{
    public static Program Run(Program program)
    {
        var copy = (CopyStep)program.Inference[program.Inference.Count - 1];
        if (!copy.To.IsPadded || copy.From.Kind != BufferKind.Workspace)
            return program;
        var steps = program.Inference.Take(program.Inference.Count - 1).ToList();
        if (steps.Count(step => step.Reads.Contains(copy.From)) > 0)
            return program;
        return program with { Inference = steps.Select(step => step.Replace(copy.From, copy.To)).ToEquatableArray() };
    }
}
