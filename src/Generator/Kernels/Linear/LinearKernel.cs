namespace NetGen.Generator.Compiler;

/// <summary>What the kernels of a linear layer know of it.</summary>
/// <param name="Stem">The start of its methods' names.</param>
/// <param name="Label">The layer in comments.</param>
/// <param name="Inputs">Input features.</param>
/// <param name="Outputs">Output features.</param>
/// <param name="Form">How the weight is packed.</param>
/// <param name="WeightOffset">Where the weight starts in the packed parameters.</param>
/// <param name="BiasOffset">Where the bias starts; −1 without one.</param>
internal sealed record LinearKernel(string Stem, string Label, int Inputs, int Outputs, LinearForm Form, int WeightOffset, int BiasOffset)
{
    public bool HasBias => BiasOffset >= 0;

    /// <summary>Products of a sample, forward and for each of its gradients.</summary>
    public long MultiplyAccumulates => (long)Inputs * Outputs;

    /// <summary>What its methods' code depends on: neither its names nor where its parameters lie.</summary>
    public LinearKernel Code => this with { Stem = "", Label = "", WeightOffset = 0, BiasOffset = HasBias ? 0 : -1 };

    /// <summary>Weight and bias as operands.</summary>
    public Operand[] Both() => HasBias
        ? [Operand.Parameter("weight", WeightOffset), Operand.Parameter("bias", BiasOffset)]
        : [Operand.Parameter("weight", WeightOffset)];

    /// <summary>What its kernels ask of the input.</summary>
    public BufferNeed InputNeed => Form switch
    {
        LinearForm.Panels => BufferNeed.Elements,
        LinearForm.Tiny => BufferNeed.Elements with { TakesParts = false },
        _ => BufferNeed.Rows,
    };

    /// <summary>What they ask of the output and its gradient.</summary>
    public BufferNeed OutputNeed => Form == LinearForm.Panels ? BufferNeed.StridedRows : BufferNeed.Rows;
}
