using System.Linq;

namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// A sum of a linear layer's or a convolution's output and other values: the layer's accumulators start with those. So does a data gradient whose input has
/// other readers. Layers of at most 4 features and data gradients of several phases cannot. Adds before the products what was added behind them: an element
/// moves by at most the rounding of as many sums as it has products.
/// </summary>
internal static class StartWithResiduals
{
    public static StepProgram Run(StepProgram program)
    {
        int id = Sums.NextId(program);
        ILookup<Buffer, Step> training = Readers.Of(program.Training);
        return program with
        {
            Inference = Sums.Fuse(program.Inference, Readers.Of(program.Inference), ref id, Start),
            Forward = Sums.Fuse(program.Forward, training, ref id, Start),
            Backward = Sums.Fuse(program.Backward, training, ref id, Start),
        };
    }

    private static Step? Start(Step producer, Buffer summand, bool isOnlyReader, Buffer value, Buffer result) =>
        isOnlyReader && producer is FusedStep { CanAdd: true, Activation: null } product && product.Result == summand
            ? product.Add(value, result) with { Method = product.Method + "Adding" }
            : null;
}
