using NetGen.Reports;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>The workspace of a routine as the memory plan has it.</summary>
/// <param name="Bytes">Its bytes: scratch and what all samples share, and those of a sample.</param>
/// <param name="RowMultiple">Samples are rounded up to a multiple of it.</param>
/// <param name="MostRows">The samples of one pass; a larger batch takes several, one after the other.</param>
internal sealed record Workspace(ByteCount Bytes, int RowMultiple, int MostRows)
{
    /// <summary>Bytes for a batch.</summary>
    public long At(int batch) => With(0).At(batch);

    /// <summary>It and what is there whatever runs.</summary>
    /// <param name="always">Bytes of that.</param>
    public Memory With(long always) => new(always + Bytes.Fixed, Bytes.PerSample, RowMultiple, MostRows == int.MaxValue ? 0 : MostRows);
}

/// <summary>The memory that a compiled network takes.</summary>
/// <param name="Inference">Activations of <c>Predict</c>.</param>
/// <param name="Training">Activations and their gradients in training.</param>
/// <param name="ParameterBytes">Parameters with their padding.</param>
/// <param name="StateBytes">What is neither trained nor computed anew: running statistics.</param>
internal sealed record MemoryCost(Workspace Inference, Workspace Training, long ParameterBytes, long StateBytes)
{
    public static MemoryCost Of(CompiledNetwork network)
    {
        return new MemoryCost(
            Workspace(network.Inference, network.InferenceRows), Workspace(network.Training, network.TrainingRows ?? int.MaxValue),
            (long)network.Program.PackedParameterCount * sizeof(float), (long)network.Program.PackedStateCount * sizeof(float));

        static Workspace Workspace(MemoryPlan plan, int mostRows) => new(new ByteCount((long)plan.Fixed * sizeof(float), (long)plan.PerSample * sizeof(float)), plan.RowMultiple, mostRows);
    }

    /// <summary>What predicting takes: parameters, state and activations.</summary>
    public Memory OfInference => Inference.With(ParameterBytes + StateBytes);

    /// <summary>What training takes: parameters, their gradients, and those of a piece where a batch has several, state and activations. An optimizer's memory comes to it.</summary>
    public Memory OfTraining => Training.With((2 * ParameterBytes) + StateBytes) with { OfPieces = ParameterBytes };

    /// <summary>What predicting a batch takes.</summary>
    public long InferenceBytes(int batch) => OfInference.At(batch);

    /// <summary>What training on a batch takes.</summary>
    public long TrainingBytes(int batch) => OfTraining.At(batch);
}
