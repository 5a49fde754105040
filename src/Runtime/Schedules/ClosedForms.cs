using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Runtime;

namespace NetGen;

/// <summary>The learning rate times a factor in the first epochs or steps, then the learning rate (PyTorch's <c>ConstantLR</c>).</summary>
public sealed class ConstantSchedule : Schedule
{
    /// <summary>Creates the schedule; without arguments the learning rate never changes.</summary>
    /// <param name="factor">At least 0 and finite.</param>
    /// <param name="total">For so many counts (<c>total_iters</c>).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public ConstantSchedule(double factor = 1, long total = 0)
    {
        Factor = Optimizer.NonNegative(factor, nameof(factor));
        ArgumentOutOfRangeException.ThrowIfNegative(total);
        Total = total;
    }

    /// <summary>What the first learning rates are multiplied by.</summary>
    public double Factor { get; }

    /// <summary>How many they are.</summary>
    public long Total { get; }

    /// <inheritdoc/>
    public override double LearningRate(double initial, long count) => count < Total ? initial * Factor : initial;
}

/// <summary>The learning rate is multiplied by γ behind every so many epochs or steps (PyTorch's <c>StepLR</c>): η·γ^⌊count/size⌋.</summary>
public sealed class StepSchedule : Schedule
{
    /// <summary>Creates the schedule.</summary>
    /// <param name="size">How many counts a learning rate lasts (<c>step_size</c>).</param>
    /// <param name="gamma">γ; at least 0 and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public StepSchedule(long size, double gamma = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        Size = size;
        Gamma = Optimizer.NonNegative(gamma, nameof(gamma));
    }

    /// <summary>How many counts a learning rate lasts.</summary>
    public long Size { get; }

    /// <summary>γ.</summary>
    public double Gamma { get; }

    /// <inheritdoc/>
    public override double LearningRate(double initial, long count) => initial * Power.Of(Gamma, count / Size);
}

/// <summary>The learning rate is multiplied by γ at each milestone (PyTorch's <c>MultiStepLR</c>).</summary>
public sealed class MultiStepSchedule : Schedule
{
    private readonly long[] _milestones;

    /// <summary>Creates the schedule.</summary>
    /// <param name="milestones">Counts from which on γ counts once more; equal ones count each.</param>
    /// <param name="gamma">γ; at least 0 and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative or not finite.</exception>
    public MultiStepSchedule(IEnumerable<long> milestones, double gamma = 0.1)
    {
        ArgumentNullException.ThrowIfNull(milestones);
        _milestones = [.. milestones.Order()];
        foreach (long milestone in _milestones)
            ArgumentOutOfRangeException.ThrowIfNegative(milestone, nameof(milestones));
        Gamma = Optimizer.NonNegative(gamma, nameof(gamma));
    }

    /// <summary>The counts from which on γ counts once more, in ascending order.</summary>
    public IReadOnlyList<long> Milestones => _milestones;

    /// <summary>γ.</summary>
    public double Gamma { get; }

    /// <inheritdoc/>
    public override double LearningRate(double initial, long count)
    {
        int passed = 0;
        while (passed < _milestones.Length && _milestones[passed] <= count)
            passed++;
        return initial * Power.Of(Gamma, passed);
    }
}

/// <summary>The learning rate is multiplied by γ behind every epoch or step (PyTorch's <c>ExponentialLR</c>): η·γ^count.</summary>
public sealed class ExponentialSchedule : Schedule
{
    /// <summary>Creates the schedule.</summary>
    /// <param name="gamma">γ; at least 0 and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or not finite.</exception>
    public ExponentialSchedule(double gamma) => Gamma = Optimizer.NonNegative(gamma, nameof(gamma));

    /// <summary>γ.</summary>
    public double Gamma { get; }

    /// <inheritdoc/>
    public override double LearningRate(double initial, long count) => initial * Power.Of(Gamma, count);
}

/// <summary>The learning rate falls to 0 along a power (PyTorch's <c>PolynomialLR</c>): η·(1 − count/total)^power, 0 from the end on.</summary>
public sealed class PolynomialSchedule : Schedule
{
    /// <summary>Creates the schedule.</summary>
    /// <param name="total">The count at which it is 0 (<c>total_iters</c>).</param>
    /// <param name="power">At least 0 and finite; 1 is a straight line.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public PolynomialSchedule(long total, double power = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(total);
        Total = total;
        Exponent = Optimizer.NonNegative(power, nameof(power));
    }

    /// <summary>The count at which it is 0.</summary>
    public long Total { get; }

    /// <summary>The power.</summary>
    public double Exponent { get; }

    /// <inheritdoc/>
    public override double LearningRate(double initial, long count) => initial * Power.Of(1 - ((double)Math.Min(count, Total) / Total), Exponent);
}

/// <summary>
/// The learning rate falls along half a cosine, rises again along the other half, and so on (PyTorch's <c>CosineAnnealingLR</c>; Loshchilov and Hutter 2017):
/// η_min + (η − η_min)·(1 + cos(π·count/half))/2.
/// </summary>
public sealed class CosineAnnealing : Schedule
{
    /// <summary>Creates the schedule.</summary>
    /// <param name="half">The count at which the learning rate is least (<c>T_max</c>).</param>
    /// <param name="minimum">The least learning rate (<c>eta_min</c>).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public CosineAnnealing(long half, double minimum = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(half);
        Half = half;
        Minimum = Optimizer.NonNegative(minimum, nameof(minimum));
    }

    /// <summary>The count at which the learning rate is least.</summary>
    public long Half { get; }

    /// <summary>The least learning rate.</summary>
    public double Minimum { get; }

    /// <inheritdoc/>
    public override double LearningRate(double initial, long count) => Anneal(initial, Minimum, (double)(count % (2 * Half)) / Half);

    /// <summary>From one number to another along half a cosine.</summary>
    internal static double Anneal(double from, double to, double share) => to + ((from - to) * (1 + VectorMath.ScalarCosPi(share)) / 2);
}

/// <summary>
/// The learning rate falls along half a cosine and starts again, each time for longer (PyTorch's <c>CosineAnnealingWarmRestarts</c>; SGDR, Loshchilov and Hutter 2017).
/// </summary>
public sealed class CosineAnnealingWarmRestarts : Schedule
{
    /// <summary>Creates the schedule.</summary>
    /// <param name="first">The counts before the first restart (<c>T_0</c>).</param>
    /// <param name="multiplier">How many times as long each period is as the one before (<c>T_mult</c>).</param>
    /// <param name="minimum">The learning rate at the end of each (<c>eta_min</c>).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public CosineAnnealingWarmRestarts(long first, int multiplier = 1, double minimum = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(first);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(multiplier);
        (First, Multiplier) = (first, multiplier);
        Minimum = Optimizer.NonNegative(minimum, nameof(minimum));
    }

    /// <summary>The counts before the first restart.</summary>
    public long First { get; }

    /// <summary>How many times as long each period is as the one before.</summary>
    public int Multiplier { get; }

    /// <summary>The learning rate at the end of each period.</summary>
    public double Minimum { get; }

    /// <inheritdoc/>
    public override double LearningRate(double initial, long count)
    {
        long period = First;
        if (Multiplier == 1)
            count %= period;
        while (count >= period)
        {
            count -= period;
            period = period > long.MaxValue / Multiplier ? long.MaxValue : period * Multiplier;
        }

        return CosineAnnealing.Anneal(initial, Minimum, (double)count / period);
    }
}

/// <summary>How <see cref="OneCycle"/> goes from one learning rate to another.</summary>
public enum OneCycleAnnealing
{
    /// <summary>Along half a cosine (<c>'cos'</c>).</summary>
    Cosine,

    /// <summary>Along a straight line (<c>'linear'</c>).</summary>
    Linear,
}

/// <summary>
/// One cycle for the whole training (PyTorch's <c>OneCycleLR</c>; Smith and Topin 2018): up to a largest learning rate, then down to a very small one. It counts steps. The optimizer's own
/// learning rate has no part in it, and its momentum is left as it is (PyTorch's <c>cycle_momentum=False</c>). Behind its end the last learning rate stays.
/// </summary>
public sealed class OneCycle : Schedule
{
    /// <summary>Creates the schedule.</summary>
    /// <param name="maximum">The largest learning rate (<c>max_lr</c>).</param>
    /// <param name="total">The steps of the training: epochs times batches (<c>total_steps</c>).</param>
    /// <param name="riseShare">The share of the steps in which it rises (<c>pct_start</c>).</param>
    /// <param name="annealing">The form of rise and fall.</param>
    /// <param name="startDivisor">The first learning rate is the largest divided by this (<c>div_factor</c>).</param>
    /// <param name="endDivisor">The last learning rate is the first divided by this (<c>final_div_factor</c>).</param>
    /// <param name="threePhases">Whether it falls as long as it rose, to the first learning rate, and then to the last (<c>three_phase</c>); otherwise it falls at once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public OneCycle(
        double maximum, long total, double riseShare = 0.3, OneCycleAnnealing annealing = OneCycleAnnealing.Cosine, double startDivisor = 25, double endDivisor = 1e4, bool threePhases = false)
    {
        Maximum = Optimizer.NonNegative(maximum, nameof(maximum));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(total);
        if (riseShare is not (>= 0 and <= 1) || (threePhases && riseShare > 0.5))
            throw new ArgumentOutOfRangeException(nameof(riseShare), riseShare.ToString(CultureInfo.InvariantCulture), $"Expected a share from 0 to {(threePhases ? "0.5, since it falls as long as it rises" : "1")}.");
        Start = Maximum / Optimizer.Positive(startDivisor, nameof(startDivisor));
        End = Start / Optimizer.Positive(endDivisor, nameof(endDivisor));
        (Total, RiseShare, Annealing, ThreePhases) = (total, riseShare, annealing, threePhases);
        Interval = ScheduleInterval.Step;
    }

    /// <summary>The first learning rate.</summary>
    public double Start { get; }

    /// <summary>The largest learning rate.</summary>
    public double Maximum { get; }

    /// <summary>The last learning rate.</summary>
    public double End { get; }

    /// <summary>The steps of the training.</summary>
    public long Total { get; }

    /// <summary>The share of the steps in which it rises.</summary>
    public double RiseShare { get; }

    /// <summary>The form of rise and fall.</summary>
    public OneCycleAnnealing Annealing { get; }

    /// <summary>Whether it falls as long as it rose, to the first learning rate, and then to the last.</summary>
    public bool ThreePhases { get; }

    /// <inheritdoc/>
    public override double LearningRate(double initial, long count)
    {
        double risen = (RiseShare * Total) - 1;
        double fallen = (2 * RiseShare * Total) - 2;
        double last = Total - 1;
        double step = Math.Min(count, last);
        if (step <= risen)
            return Between(Start, Maximum, 0, risen, step);
        if (!ThreePhases)
            return Between(Maximum, End, risen, last, step);
        return step <= fallen ? Between(Maximum, Start, risen, fallen, step) : Between(Start, End, fallen, last, step);
    }

    private double Between(double from, double to, double start, double end, double step)
    {
        double share = end > start ? (step - start) / (end - start) : 1;
        return Annealing == OneCycleAnnealing.Cosine ? CosineAnnealing.Anneal(from, to, share) : ((to - from) * share) + from;
    }
}
