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
        var result = steps.ToList();
        foreach (SumStep sum in steps.OfType<SumStep>())
        {
            (Buffer Value, int Producer)[] summands = [.. sum.Xs.Select(x => (x, result.FindLastIndex(step => step.Writes.Any(y => y.Root == x.Root)))).OrderBy(summand => summand.Item2)];
            int first = summands.Length;
            while (first > 1 && Added(first - 1, sum.Y, sum.Y) is not null && summands[first - 2].Producer < summands[first - 1].Producer)
                first--;
            if (first == summands.Length)
                continue;

            // The value so far, and then one summand after the other.
            Buffer value = summands[0].Value;
            var replaced = new Dictionary<int, Step>();
            for (int i = first; i < summands.Length; i++)
            {
                if (i == first && first > 1)
                    value = sum.Y with { Id = id++, Name = sum.Y.Name + "Rest" };
                Buffer next = i == summands.Length - 1 ? sum.Y : sum.Y with { Id = id++, Name = sum.Y.Name + "Part" };
                replaced.Add(summands[i].Producer, Added(i, value, next)!);
                if (i == first && first > 1)
                    replaced[-1] = sum with { Xs = summands.Take(first).Select(summand => summand.Value).ToEquatableArray(), Y = value };
                value = next;
            }

            int start = summands[first].Producer;
            result = result.SelectMany((step, i) => step == sum ? []
                : i == start && replaced.TryGetValue(-1, out Step rest) ? new[] { rest, replaced[i] }
                : replaced.TryGetValue(i, out Step other) ? [other] : [step]).ToList();

            Step? Added(int i, Buffer so, Buffer to) =>
                summands[i].Producer < 0 ? null : add(result[summands[i].Producer], summands[i].Value, readers[summands[i].Value].Count() == 1, so, to);
        }

        return result.ToEquatableArray();
    }

    /// <summary>A number that no buffer has.</summary>
    public static int NextId(Program program) =>
        1 + program.Inference.Concat(program.Training).SelectMany(step => step.Reads.Concat(step.Writes)).Max(buffer => buffer.Id);
}
