using System;
using NetGen.Training;

namespace NetGen.Tests.Training;

/// <summary>Does something before a step, behind it and behind an epoch.</summary>
internal sealed class Watcher : TrainingCallback
{
    public Action<TrainingContext>? Begin { get; set; }

    public Action<TrainingContext>? Step { get; set; }

    public Action<TrainingContext, EpochFigures>? Epoch { get; set; }

    public override void OnStepBegin(TrainingContext training) => Begin?.Invoke(training);

    public override void OnStepEnd(TrainingContext training) => Step?.Invoke(training);

    public override void OnEpochEnd(TrainingContext training, EpochFigures epoch) => Epoch?.Invoke(training, epoch);
}
