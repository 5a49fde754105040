namespace NetGen.Generator.Compiler.Passes;

/// <summary>
/// A sum of an activation's output and other values, where the activation is in the last store of a linear layer or a convolution: that store adds them.
/// The activation's output stays only where somebody reads it. Two summands keep their bits; of more, the order of the additions changes.
/// </summary>
internal static class AddResiduals
{
    public static StepProgram Run(StepProgram program)
    {
        int id = Sums.NextId(program);
        return program with
        {
            Inference = Sums.Fuse(program.Inference, Readers.Of(program.Inference), ref id, Add),
            Forward = Sums.Fuse(program.Forward, Readers.Of(program.Training), ref id, Add),
        };
    }

    private static Step? Add(Step producer, Buffer summand, bool isOnlyReader, Buffer value, Buffer result) =>
        producer is ProductStep { CanAdd: true, Activation: not null } product && product.Y == summand && (isOnlyReader || product.CanKeep)
            ? (isOnlyReader ? product : product.Keep()).Add(value, result) with { Method = product.Method + "Adding" }
            : null;
}
