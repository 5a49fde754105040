using NetGen.Training;

namespace NetGen.Charts;

/// <summary>One of several trainings that are compared.</summary>
/// <param name="Name">What stands beside its curves.</param>
/// <param name="Value">That in which the trainings differ, as a number: where it is drawn where a figure is drawn by it.</param>
/// <param name="History">Its figures.</param>
public sealed record TrainingRun(string Name, double Value, TrainingHistory History);
