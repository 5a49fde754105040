using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>Sums that the steps which produce their summands can do themselves.</summary>
internal static class Sums
{
    /// <summary>
    /// Takes sums apart. Each of the last summands whose producer can add, <paramref name="add"/> adds the value so far; the others are summed before it.
    /// </summary>
    /// <param name="steps">The steps of a routine, or of one half of it.</param>
    /// <param name="readers">Who reads the buffers, in all of the routine.</param>
    /// <param name="id">The number of the next buffer.</param>
    /// <param name="add">
    /// The producer of a summand that adds a value and writes the result, or null where it cannot: the producer, the summand, whether only the sum reads it,
    /// the value, and the result.
    /// </param>
    public static EquatableArray<Step> Fuse(EquatableArray<Step> steps, ILookup<Buffer, Step> readers, ref int id, Func<Step, Buffer, bool, Buffer, Buffer, Step?> add)
    {
        Step?[] result = [.. steps];
        var before = new Dictionary<int, Step>();

        // The last step that writes a buffer.
        var writers = new Dictionary<Buffer, int>();
        for (int i = 0; i < result.Length; i++)
            Index(i);

        for (int place = 0; place < result.Length; place++)
        {
            if (result[place] is not SumStep sum)
                continue;
            (Buffer Value, int Producer)[] summands = [.. sum.Xs.Select(x => (x, writers.TryGetValue(x.Root, out int writer) ? writer : -1)).OrderBy(summand => summand.Item2)];
            int first = summands.Length;
            while (first > 1 && summands[first - 2].Producer < summands[first - 1].Producer && Added(first - 1, sum.Y, sum.Y) is not null)
                first--;
            if (first == summands.Length)
                continue;

            // The value so far, and then one summand after the other.
            Buffer value = summands[0].Value;
            if (first > 1)
            {
                value = sum.Y with { Id = id++, Name = sum.Y.Name + "Rest" };
                before.Add(summands[first].Producer, new SumStep(sum.Method, summands.Take(first).Select(summand => summand.Value), value).With(sum));
            }

            result[place] = null;
            for (int i = first; i < summands.Length; i++)
            {
                Buffer next = i == summands.Length - 1 ? sum.Y : sum.Y with { Id = id++, Name = sum.Y.Name + "Part" };
                result[summands[i].Producer] = Added(i, value, next)!.With(sum);
                Index(summands[i].Producer);
                value = next;
            }

            Step? Added(int i, Buffer so, Buffer to) =>
                summands[i].Producer < 0 ? null : add(result[summands[i].Producer]!, summands[i].Value, readers[summands[i].Value].Count() == 1, so, to);
        }

        return result.SelectMany((step, i) => before.TryGetValue(i, out Step rest) ? new[] { rest, step } : [step]).OfType<Step>().ToEquatableArray();

        void Index(int place)
        {
            foreach (Buffer buffer in result[place]!.Writes)
                writers[buffer.Root] = place;
        }
    }

    /// <summary>A number that no buffer has.</summary>
    public static int NextId(StepProgram program) =>
        1 + program.Inference.Concat(program.Training).SelectMany(step => step.Reads.Concat(step.Writes)).Max(buffer => buffer.Id);
}
