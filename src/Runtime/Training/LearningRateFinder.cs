using System;
using System.Collections.Generic;
using System.Threading;
using NetGen.Data;

namespace NetGen.Training;

/// <summary>
/// The learning-rate range test (Smith 2017, section 3.3; as in Lightning's <c>lr_find</c>): steps with a learning rate that rises exponentially, and the loss at each. Where the loss falls most steeply, the learning rate is a good one.
/// </summary>
public sealed class LearningRateFinder
{
    // Lightning's: the first losses and the last one are not to be trusted.
    private const int SkippedFirst = 10;
    private const int SkippedLast = 1;

    private LearningRateFinder(double[] rates, double[] losses, double? suggestion) => (LearningRates, Losses, Suggestion) = (rates, losses, suggestion);

    /// <summary>The learning rates, in ascending order; those behind the point where the loss ran away are left out.</summary>
    public IReadOnlyList<double> LearningRates { get; }

    /// <summary>The losses, smoothed.</summary>
    public IReadOnlyList<double> Losses { get; }

    /// <summary>Where the smoothed loss falls most steeply over the logarithm of the learning rate; null where there are too few steps to tell, or it falls nowhere.</summary>
    public double? Suggestion { get; }

    /// <summary>
    /// Runs the test. The network is afterwards what it was, to the bit, but for its gradients; the optimizer takes no part but as a pattern: a copy without state does the steps.
    /// </summary>
    /// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
    /// <param name="network">The network.</param>
    /// <param name="optimizer">The optimizer, which must not have made an update yet.</param>
    /// <param name="data">The training data; as many epochs from 0 on as are needed.</param>
    /// <param name="minimum">The first learning rate.</param>
    /// <param name="maximum">The last learning rate.</param>
    /// <param name="steps">The number of steps.</param>
    /// <param name="smoothing">β of the exponential moving average of the losses; at least 0 and less than 1.</param>
    /// <param name="stopFactor">The test ends where the smoothed loss is this many times the least one, or not finite.</param>
    /// <param name="loss">What is minimised in the place of the loss that the network is declared with, as <see cref="Trainer{TNetwork, TTarget}.Loss"/>; null: that one.</param>
    /// <param name="cancellationToken">Ends it behind the step at hand, and the wait for the next batch.</param>
    /// <exception cref="ArgumentException">A number is out of range, or there are no data.</exception>
    /// <exception cref="InvalidOperationException">The optimizer has made an update.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the network is what it was.</exception>
    public static LearningRateFinder Run<TTarget>(
        ITrainableNetwork<TTarget> network, Optimizer optimizer, DataLoader<TTarget> data, double minimum = 1e-7, double maximum = 1, int steps = 100, double smoothing = 0.95, double stopFactor = 4,
        LossFunction<TTarget>? loss = null, CancellationToken cancellationToken = default)
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(data);
        Optimizer.Positive(minimum, nameof(minimum));
        Optimizer.Positive(maximum, nameof(maximum));
        Optimizer.Share(smoothing, nameof(smoothing));
        if (!(minimum < maximum))
            throw Dataset.Invalid($"Expected a last learning rate above the first, {minimum}, but got {maximum}.", nameof(maximum));
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        if (!(stopFactor > 1))
            throw Dataset.Invalid($"Expected a factor above 1, but got {stopFactor}.", nameof(stopFactor));
        Optimizer copy = optimizer.Unused();
        Action restore = Remember(network);
        try
        {
            return Sweep(new LossSteps<TTarget>(network, loss), copy, data, minimum, maximum, steps, smoothing, stopFactor, cancellationToken);
        }
        finally
        {
            restore();
        }
    }

    private static LearningRateFinder Sweep<TTarget>(
        LossSteps<TTarget> training, Optimizer optimizer, DataLoader<TTarget> data, double minimum, double maximum, int steps, double smoothing, double stopFactor,
        CancellationToken cancellationToken)
        where TTarget : unmanaged
    {
        double range = Runtime.VectorMath.ScalarLog(maximum / minimum), average = 0, best = double.PositiveInfinity;
        var rates = new List<double>();
        var losses = new List<double>();
        long epoch = 0;
        data.Begin(epoch);
        for (int step = 0; step < steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!data.MoveNext(cancellationToken))
            {
                data.Begin(++epoch);
                if (!data.MoveNext(cancellationToken))
                    throw new ArgumentException("Expected data with at least one batch, but there is none.", nameof(data));
            }

            double rate = maximum * Power.Exp(-range * (1 - ((double)step / (steps - 1))));
            optimizer.LearningRate = rate;
            double loss = training.Step(data.Current, optimizer);
            average = (smoothing * average) + ((1 - smoothing) * loss);
            double smoothed = average / (1 - Power.Of(smoothing, step + 1L));
            if (!double.IsFinite(smoothed) || (step > 0 && smoothed > stopFactor * best))
                break;
            best = Math.Min(best, smoothed);
            rates.Add(rate);
            losses.Add(smoothed);
        }

        return new([.. rates], [.. losses], Suggest(rates, losses));
    }

    /// <summary>The steepest descent, by differences of both neighbours (<c>lr_find</c> of Lightning).</summary>
    private static double? Suggest(List<double> rates, List<double> losses)
    {
        int first = SkippedFirst, last = losses.Count - 1 - SkippedLast, steepest = -1;
        double least = 0;
        for (int i = first; i <= last && last > first; i++)
        {
            int before = Math.Max(i - 1, first), after = Math.Min(i + 1, last);
            if ((losses[after] - losses[before]) / (after - before) is var slope && slope < least)
                (steepest, least) = (i, slope);
        }

        return steepest < 0 ? null : rates[steepest];
    }

    private static Action Remember(INetwork network)
    {
        RandomState random = network.RandomState;
        var snapshot = new ParameterSnapshot(network);
        snapshot.Take();
        return () =>
        {
            snapshot.Restore();
            network.RandomState = random;
        };
    }
}
