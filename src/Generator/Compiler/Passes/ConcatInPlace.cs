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
        Step[] inference = [.. program.Inference];
        Place(ref inference, inference.Length);
        Step[] training = [.. program.Forward, .. program.Training.Skip(program.Forward.Count)];
        int forward = Place(ref training, program.Forward.Count);
        int heads = program.Loss is null ? 1 : 2;
        return program with
        {
            Inference = inference.ToEquatableArray(),
            Forward = training.Take(forward).ToEquatableArray(),
            Loss = program.Loss is null ? null : (LossStep)training[forward],
            Seed = (CopyStep)training[forward + heads - 1],
            Backward = training.Skip(forward + heads).ToEquatableArray(),
        };
    }

    /// <summary>Removes what copies it can of the first <paramref name="count"/> steps.</summary>
    /// <returns>How many of those are left.</returns>
    private static int Place(ref Step[] steps, int count)
    {
        for (int i = 0; i < count;)
        {
            if (steps[i] is not CopyStep { To.IsPart: true } copy || !CanPlace(copy, steps))
            {
                i++;
                continue;
            }

            steps = [.. steps.Where((_, j) => j != i).Select(step => step.Replace(copy.From, copy.To))];
            count--;
        }

        return count;
    }

    private static bool CanPlace(CopyStep copy, IEnumerable<Step> steps) =>
        copy.From is { Kind: BufferKind.Workspace, IsPart: false } from && from.Order == copy.To.Order && from.Shape == copy.To.Shape && copy.To.IsPadded
        && steps.All(step => step.Reads.Concat(step.Writes).All(buffer => buffer.Root != from || step.Need(buffer).TakesParts));
}
