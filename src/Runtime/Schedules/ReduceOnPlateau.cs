using System;
using System.IO;
using NetGen.Training;

namespace NetGen;

/// <summary>What of a monitored figure is better.</summary>
public enum PlateauMode
{
    /// <summary>Less, as of a loss (<c>'min'</c>).</summary>
    Min,

    /// <summary>More, as of an accuracy (<c>'max'</c>).</summary>
    Max,
}

/// <summary>How a threshold is meant.</summary>
public enum PlateauThreshold
{
    /// <summary>As a share of the best figure (<c>'rel'</c>).</summary>
    Relative,

    /// <summary>As a difference from the best figure (<c>'abs'</c>).</summary>
    Absolute,
}

/// <summary>
/// The learning rate is multiplied by a factor when the monitored figure has not become better for some epochs (PyTorch's <c>ReduceLROnPlateau</c>). It is a function of what
/// <see cref="Observe"/> was told, not of the count. A figure that is not a number is not better.
/// </summary>
public sealed class ReduceOnPlateau : Schedule
{
    private double _best;
    private long _bad;
    private long _cooldown;
    private long _reductions;

    /// <summary>Creates the schedule.</summary>
    /// <param name="factor">What the learning rate is multiplied by; at least 0 and less than 1.</param>
    /// <param name="patience">So many figures may be no better; the next one reduces the learning rate.</param>
    /// <param name="mode">What is better.</param>
    /// <param name="threshold">Only what is better by this counts; at least 0.</param>
    /// <param name="thresholdMode">How the threshold is meant.</param>
    /// <param name="cooldown">So many figures behind a reduction do not count as bad.</param>
    /// <param name="minimum">The least learning rate (<c>min_lr</c>).</param>
    /// <param name="epsilon">A reduction by no more than this is left (<c>eps</c>).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public ReduceOnPlateau(
        double factor = 0.1, int patience = 10, PlateauMode mode = PlateauMode.Min, double threshold = 1e-4, PlateauThreshold thresholdMode = PlateauThreshold.Relative, int cooldown = 0,
        double minimum = 0, double epsilon = 1e-8)
    {
        Factor = Optimizer.Share(factor, nameof(factor));
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        ArgumentOutOfRangeException.ThrowIfNegative(cooldown);
        Threshold = Optimizer.NonNegative(threshold, nameof(threshold));
        Minimum = Optimizer.NonNegative(minimum, nameof(minimum));
        Epsilon = Optimizer.NonNegative(epsilon, nameof(epsilon));
        (Patience, Mode, ThresholdMode, Cooldown) = (patience, mode, thresholdMode, cooldown);
        _best = mode == PlateauMode.Min ? double.PositiveInfinity : double.NegativeInfinity;
    }

    /// <summary>What the learning rate is multiplied by.</summary>
    public double Factor { get; }

    /// <summary>So many figures may be no better.</summary>
    public int Patience { get; }

    /// <summary>What is better.</summary>
    public PlateauMode Mode { get; }

    /// <summary>Only what is better by this counts.</summary>
    public double Threshold { get; }

    /// <summary>How the threshold is meant.</summary>
    public PlateauThreshold ThresholdMode { get; }

    /// <summary>So many figures behind a reduction do not count as bad.</summary>
    public int Cooldown { get; }

    /// <summary>The least learning rate.</summary>
    public double Minimum { get; }

    /// <summary>A reduction by no more than this is left.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public override double LearningRate(double initial, long count)
    {
        double rate = initial;
        for (long i = 0; i < _reductions; i++)
        {
            double reduced = Math.Max(rate * Factor, Minimum);
            if (!(rate - reduced > Epsilon))
                break;
            rate = reduced;
        }

        return rate;
    }

    /// <inheritdoc/>
    public override void Observe(double value)
    {
        if (IsBetter(value))
            (_best, _bad) = (value, 0);
        else
            _bad++;
        if (_cooldown > 0)
        {
            _cooldown--;
            _bad = 0;
        }

        if (_bad > Patience)
        {
            _reductions++;
            _cooldown = Cooldown;
            _bad = 0;
        }
    }

    /// <inheritdoc/>
    public override void Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("best", _best);
        state.Set("bad", _bad);
        state.Set("cooldown", _cooldown);
        state.Set("reductions", _reductions);
    }

    /// <inheritdoc/>
    public override Action Load(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        double best = state.GetDouble("best");
        long bad = Count("bad"), cooldown = Count("cooldown"), reductions = Count("reductions");
        return () => (_best, _bad, _cooldown, _reductions) = (best, bad, cooldown, reductions);

        long Count(string name) => state.GetInt64(name) is >= 0 and var count
            ? count
            : throw new InvalidDataException($"Expected \"{name}\" of a plateau's schedule to be at least 0, but got {state.GetString(name)}.");
    }

    private bool IsBetter(double value) => (Mode, ThresholdMode) switch
    {
        (PlateauMode.Min, PlateauThreshold.Relative) => value < _best * (1 - Threshold),
        (PlateauMode.Min, _) => value < _best - Threshold,
        (_, PlateauThreshold.Relative) => value > _best * (Threshold + 1),
        _ => value > _best + Threshold,
    };
}
