namespace NetGen.Generator.Compiler;

/// <summary>What a network may cost, and see at least; null where nothing is said.</summary>
/// <param name="Parameters">Trainable parameters.</param>
/// <param name="Macs">Multiply-accumulates of a sample's forward pass.</param>
/// <param name="TrainingBytes">Bytes of memory that training on a batch takes.</param>
/// <param name="InferenceBytes">Bytes that predicting one takes.</param>
/// <param name="ReceptiveField">The least number of places along each dimension of the input that a place of the last layer with places sees.</param>
/// <param name="Batch">The samples of that batch.</param>
internal sealed record BudgetStatement(long? Parameters, long? Macs, long? TrainingBytes, long? InferenceBytes, long? ReceptiveField, int Batch) : NetworkStatement
{
    /// <summary>What is limited, by the option's name.</summary>
    public (string Option, long? Limit)[] Limits =>
        [(nameof(Parameters), Parameters), (nameof(Macs), Macs), (nameof(TrainingBytes), TrainingBytes), (nameof(InferenceBytes), InferenceBytes), (nameof(ReceptiveField), ReceptiveField)];
}
