using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// The branches of a concatenation write their own channels of the whole, and no copy is left. A part needs vectors of its own, and steps that take
/// pixels lying apart. Keeps the bits.
/// </summary>
internal static class ConcatInPlace
{
    public static StepProgram Run(StepProgram program)
    {
        var inference = Routine.Inference(program);
        var training = Routine.Training(program);
        Place(inference);
        List<(Buffer From, Buffer To)> moved = Place(training);
        return Routine.Apply(program, inference, training) with
        {
            Values = program.Values.Select(value => value with { Buffer = moved.Aggregate(value.Buffer, (buffer, move) => buffer.Replace(move.From, move.To)) }).ToEquatableArray(),
        };
    }

    /// <returns>The buffers that have become parts.</returns>
    private static List<(Buffer From, Buffer To)> Place(Routine routine)
    {
        var moved = new List<(Buffer From, Buffer To)>();
        foreach (CopyStep step in routine.Steps.OfType<CopyStep>().Where(copy => copy.To.IsPart).ToList())
        {
            // What it copies may have found its own place in something larger.
            LinkedListNode<Routine.Item> item = routine.Users(step.To).First(user => user.Value.Step is CopyStep copy && copy.To == step.To);
            var copy = (CopyStep)item.Value.Step;
            if (!CanPlace(copy, routine))
                continue;
            routine.Remove(item);
            foreach (LinkedListNode<Routine.Item> user in routine.Users(copy.From).ToList())
                routine.Replace(user, copy.From, copy.To);
            moved.Add((copy.From, copy.To));
        }

        return moved;
    }

    private static bool CanPlace(CopyStep copy, Routine routine) =>
        copy.From is { Kind: BufferKind.Workspace, IsPart: false } from && from.Order == copy.To.Order && from.Shape == copy.To.Shape && copy.To.IsPadded
        && routine.Users(from).All(item => item.Value.Step.Reads.Concat(item.Value.Step.Writes).All(buffer => buffer.Root != from || item.Value.Step.Need(buffer).TakesParts));
}
