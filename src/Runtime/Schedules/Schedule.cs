using System;
using NetGen.Training;

namespace NetGen;

/// <summary>When a schedule goes on.</summary>
public enum ScheduleInterval
{
    /// <summary>Behind every epoch.</summary>
    Epoch,

    /// <summary>Behind every update of the parameters.</summary>
    Step,
}

/// <summary>How the learning rate changes in the course of a training (<c>torch.optim.lr_scheduler</c>).</summary>
public abstract class Schedule : IResumable
{
    /// <summary>What counts: epochs or updates.</summary>
    public ScheduleInterval Interval { get; init; }

    /// <summary>The learning rate.</summary>
    /// <param name="initial">The optimizer's at the start of the training.</param>
    /// <param name="count">Epochs or updates done.</param>
    public abstract double LearningRate(double initial, long count);

    /// <summary>Tells what the epoch's monitored figure is: the validation loss where there is one, otherwise the training loss.</summary>
    /// <param name="value">The figure.</param>
    public virtual void Observe(double value)
    {
    }

    /// <inheritdoc/>
    public virtual void Save(TrainingState state)
    {
    }

    /// <inheritdoc/>
    public virtual Action Load(TrainingState state) => static () => { };
}
