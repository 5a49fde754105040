using System.Globalization;

namespace NetGen.Training;

/// <summary>What goes wrong in a training.</summary>
public enum TrainingFault
{
    /// <summary>The loss is infinite or not a number.</summary>
    LossNotFinite,

    /// <summary>Gradients vanish on their way from the last layer to the first.</summary>
    VanishingGradients,

    /// <summary>Gradients explode on their way from the last layer to the first.</summary>
    ExplodingGradients,

    /// <summary>Most units of a ReLU are 0 for every sample.</summary>
    DeadUnits,

    /// <summary>Most units of a sigmoid or tanh are where it is flat.</summary>
    Saturation,

    /// <summary>The figure that should get better goes up and down instead.</summary>
    Oscillation,

    /// <summary>The loss stays where it began, or far above.</summary>
    NoProgress,

    /// <summary>Inputs are neither within [−1, 1] nor standardised.</summary>
    InputsNotNormalized,

    /// <summary>All targets are the same.</summary>
    TargetsAllTheSame,
}

/// <summary>What a <see cref="TrainingMonitor"/> found.</summary>
/// <param name="Fault">What goes wrong.</param>
/// <param name="Where">The layer, or what else it is about.</param>
/// <param name="Value">How strong it is, as the fault's threshold is stated.</param>
/// <param name="Since">The step since which it has been so, without a break.</param>
/// <param name="Step">The step at which it was found.</param>
/// <param name="What">What was seen.</param>
/// <param name="Remedy">What would mend it.</param>
public sealed record TrainingFinding(TrainingFault Fault, string Where, double Value, long Since, long Step, string What, string Remedy)
{
    /// <summary>One line: what, where, since when, and what would mend it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"step {Step}: {What}{(Since < Step ? string.Create(CultureInfo.InvariantCulture, $", since step {Since}") : "")}. {Remedy}.");
}
