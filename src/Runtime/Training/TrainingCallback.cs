using System;

namespace NetGen.Training;

/// <summary>What a training calls on its way (Keras's <c>Callback</c>). One that has to go on after an interruption where it was is an <see cref="IResumable"/> too.</summary>
public abstract class TrainingCallback
{
    /// <summary>The training starts, or goes on.</summary>
    /// <param name="training">The training.</param>
    public virtual void OnTrainBegin(TrainingContext training)
    {
    }

    /// <summary>An epoch starts, or goes on.</summary>
    /// <param name="training">The training.</param>
    public virtual void OnEpochBegin(TrainingContext training)
    {
    }

    /// <summary>A step comes.</summary>
    /// <param name="training">The training.</param>
    public virtual void OnStepBegin(TrainingContext training)
    {
    }

    /// <summary>A step is done; the network has its gradients still.</summary>
    /// <param name="training">The training.</param>
    public virtual void OnStepEnd(TrainingContext training)
    {
    }

    /// <summary>An epoch is done and evaluated.</summary>
    /// <param name="training">The training.</param>
    /// <param name="epoch">Its figures.</param>
    public virtual void OnEpochEnd(TrainingContext training, EpochFigures epoch)
    {
    }

    /// <summary>The training has ended, by its last epoch or by <see cref="TrainingContext.Stop"/>.</summary>
    /// <param name="training">The training.</param>
    public virtual void OnTrainEnd(TrainingContext training)
    {
    }

    /// <summary>The training is interrupted by an exception or a cancellation, which goes on to the caller behind this. Network and optimizer are as behind the last step.</summary>
    /// <param name="training">The training.</param>
    /// <param name="exception">The exception; of a cancellation an <see cref="OperationCanceledException"/>.</param>
    /// <remarks>What this throws does not take the exception's place: it is added to its <see cref="Exception.Data"/>, and the other callbacks are called all the same.</remarks>
    public virtual void OnException(TrainingContext training, Exception exception)
    {
    }

    /// <summary>Whether it may add a figure to an epoch.</summary>
    internal virtual bool MayGive(string figure) => true;
}

/// <summary>What callbacks see of a training.</summary>
public sealed class TrainingContext
{
    internal TrainingContext(INetwork network, IOptimizer optimizer, NetworkReport report, TrainingHistory history) =>
        (Network, Optimizer, Report, History) = (network, optimizer, report, history);

    /// <summary>What is evaluated in the place of the parameters.</summary>
    internal ExponentialMovingAverage? Average { get; set; }

    /// <summary>Whether a larger value of a figure is better; null where no metric gives it.</summary>
    internal Func<string, bool?> IsLargerBetter { get; set; } = static _ => null;

    /// <summary>The network.</summary>
    public INetwork Network { get; }

    /// <summary>The optimizer.</summary>
    public IOptimizer Optimizer { get; }

    /// <summary>What is known of the network since it was built.</summary>
    public NetworkReport Report { get; }

    /// <summary>The figures of the epochs that are done.</summary>
    public TrainingHistory History { get; }

    /// <summary>The epoch at hand, from 1.</summary>
    public int Epoch { get; internal set; }

    /// <summary>The steps done, over all epochs.</summary>
    public long Step { get; internal set; }

    /// <summary>The batches of the epoch that are done.</summary>
    public long Batch { get; internal set; }

    /// <summary>The loss of the last step; not a number before the first.</summary>
    public float Loss { get; internal set; } = float.NaN;

    /// <summary>Why the training stops early; null while it goes on.</summary>
    public string? StopReason => History.StopReason;

    /// <summary>Ends the training behind the step or epoch at hand.</summary>
    /// <param name="reason">Why, in a few words.</param>
    public void Stop(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        History.StopReason ??= reason;
    }

    /// <summary>Does something while the network has what is evaluated: its parameters, or their average.</summary>
    internal void WithEvaluated(Action action)
    {
        bool isAveraged = Average is { Parameters.Count: > 0 };
        if (isAveraged)
            Average!.Swap(Network);
        try
        {
            action();
        }
        finally
        {
            if (isAveraged)
                Average!.Swap(Network);
        }
    }

    internal void Resume() => History.StopReason = null;
}
