using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// The branches of a concatenation write their own channels of the whole, and no copy is left. A part needs vectors of its own, and steps that take
/// pixels lying apart. Keeps the bits.
/// </summary>
internal static class ConcatInPlace
{
    public static Program Run(Program program)
    {
        int heads = program.Loss is null ? 1 : 2;
        Step[] training = Place([.. program.Training]);

        // The heads copy nothing into parts.
        int seed = System.Array.FindIndex(training, step => step is CopyStep copy && copy.From.Kind == BufferKind.OutputGradient);
        return program with
        {
            Inference = Place([.. program.Inference]).ToEquatableArray(),
            Forward = training.Take(seed + 1 - heads).ToEquatableArray(),
            Loss = program.Loss is null ? null : (LossStep)training[seed - 1],
            Seed = (CopyStep)training[seed],
            Backward = training.Skip(seed + 1).ToEquatableArray(),
        };
    }

    private static Step[] Place(Step[] steps)
    {
        for (int i = 0; i < steps.Length;)
        {
            if (steps[i] is CopyStep { To.IsPart: true } copy && CanPlace(copy, steps))
                steps = [.. steps.Where((_, j) => j != i).Select(step => step.Replace(copy.From, copy.To))];
            else
                i++;
        }

        return steps;
    }

    private static bool CanPlace(CopyStep copy, IEnumerable<Step> steps) =>
        copy.From is { Kind: BufferKind.Workspace, IsPart: false } from && from.Order == copy.To.Order && from.Shape == copy.To.Shape && copy.To.IsPadded
        && steps.All(step => step.Reads.Concat(step.Writes).All(buffer => buffer.Root != from || step.Need(buffer).TakesParts));
}
