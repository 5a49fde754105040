using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// In evaluation a batch normalisation scales and shifts each channel. Behind a linear layer or a convolution it moves into that layer's last store. The
/// layer's weight stays as it is, so that nothing has to be made anew when a parameter changes; three numbers a channel are made at each prediction. Keeps the bits.
/// </summary>
internal static class FoldNormalizations
{
    public static StepProgram Run(StepProgram program)
    {
        ILookup<Buffer, Step> readers = Readers.Of(program.Inference);
        int id = Sums.NextId(program);
        var result = new List<Step>();
        foreach (Step step in program.Inference)
        {
            int product = step is NormalizeStep norm && readers[norm.X].Count() == 1 ? result.FindLastIndex(other => other.Writes.Contains(norm.X)) : -1;
            if (product < 0 || result[product] is not ProductStep { CanScale: true } producer)
            {
                result.Add(step);
                continue;
            }

            (Buffer scale, Buffer y) = (((NormalizeStep)step).Scale, ((NormalizeStep)step).Y);
            if (producer.ScaleLanes > 1)
            {
                int maker = result.FindLastIndex(other => other.Writes.Contains(scale));
                BatchNormScaleStep spread = ((BatchNormScaleStep)result[maker]).Spread(producer.ScaleLanes, id++);
                (result[maker], scale) = (spread, spread.Scale);
            }

            // Behind what makes the scale.
            result.RemoveAt(product);
            result.Add((producer.ScaleBy(scale, y) with { Method = producer.Method + "Normalizing" }).With(step));
        }

        return program with { Inference = result.ToEquatableArray() };
    }
}
