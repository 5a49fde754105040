using System;

namespace NetGen.Benchmarks;

/// <summary>An update rule that others have as well.</summary>
/// <param name="Name">PyTorch's name.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="Momentum">The momentum, of rules where it is an option.</param>
internal readonly record struct Rule(string Name, double LearningRate, double Momentum = 0)
{
    /// <summary>A new optimizer of ours; what is not said is PyTorch's default.</summary>
    public Optimizer Create() => Name switch
    {
        "SGD" => new SGD(LearningRate, Momentum),
        "Adam" => new Adam(LearningRate),
        "AdamW" => new AdamW(LearningRate),
        "NAdam" => new NAdam(LearningRate),
        "RAdam" => new RAdam(LearningRate),
        "RMSprop" => new RMSprop(LearningRate, momentum: Momentum),
        "Adagrad" => new Adagrad(LearningRate),
        "Adadelta" => new Adadelta(LearningRate),
        "Adamax" => new Adamax(LearningRate),
        _ => throw new NotSupportedException($"There is no rule {Name}."),
    };

    public override string ToString() => Name.ToLowerInvariant() + (Momentum > 0 ? "-momentum" : "");
}
