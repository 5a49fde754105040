using System;
using System.Globalization;
using NetGen.Training;

namespace NetGen;

/// <summary>
/// The learning rate rises along a straight line before another schedule begins, which then counts from 0 (PyTorch's <c>SequentialLR</c> of <c>LinearLR</c> and the other):
/// η·(start + (1 − start)·count/total).
/// </summary>
public sealed class LinearWarmup : Schedule
{
    private readonly Schedule? _then;

    /// <summary>Creates the schedule; it counts what the other counts.</summary>
    /// <param name="total">The counts of the rise (<c>total_iters</c>).</param>
    /// <param name="then">What follows; null: the learning rate stays.</param>
    /// <param name="startFactor">What the learning rate is multiplied by at first (<c>start_factor</c>); from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public LinearWarmup(long total, Schedule? then = null, double startFactor = 1.0 / 3)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(total);
        if (startFactor is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(startFactor), startFactor.ToString(CultureInfo.InvariantCulture), "Expected a factor from 0 to 1.");
        (Total, _then, StartFactor) = (total, then, startFactor);
        Interval = then?.Interval ?? ScheduleInterval.Epoch;
    }

    /// <summary>The counts of the rise.</summary>
    public long Total { get; }

    /// <summary>What the learning rate is multiplied by at first.</summary>
    public double StartFactor { get; }

    /// <inheritdoc/>
    public override double LearningRate(double initial, long count) => count < Total
        ? initial * (StartFactor + ((1 - StartFactor) * count / Total))
        : _then?.LearningRate(initial, count - Total) ?? initial;

    /// <inheritdoc/>
    public override void Observe(double value) => _then?.Observe(value);

    /// <inheritdoc/>
    public override void Save(TrainingState state) => _then?.Save(state);

    /// <inheritdoc/>
    public override Action Load(TrainingState state) => _then?.Load(state) ?? base.Load(state);
}
