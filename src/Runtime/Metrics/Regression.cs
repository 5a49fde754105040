using System;

namespace NetGen.Metrics;

/// <summary>The mean of |output − target|; over several values a sample the mean of theirs (<c>mean_absolute_error</c>).</summary>
public sealed class MAE : ValueMetric
{
    private double _sum;

    /// <inheritdoc/>
    public override string Name => "mae";

    /// <inheritdoc/>
    public override bool IsLargerBetter => false;

    /// <inheritdoc/>
    public override double Value => _sum / ((double)Count * Size);

    /// <inheritdoc/>
    protected override void Clear() => _sum = 0;

    /// <inheritdoc/>
    protected override void Add(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets)
    {
        for (int i = 0; i < targets.Length; i++)
            _sum += Math.Abs((double)outputs[i] - targets[i]);
    }
}

/// <summary>The mean of (output − target)²; over several values a sample the mean of theirs (<c>mean_squared_error</c>).</summary>
public sealed class MSE : ValueMetric
{
    private double _sum;

    /// <inheritdoc/>
    public override string Name => "mse";

    /// <inheritdoc/>
    public override bool IsLargerBetter => false;

    /// <inheritdoc/>
    public override double Value => _sum / ((double)Count * Size);

    /// <inheritdoc/>
    protected override void Clear() => _sum = 0;

    /// <inheritdoc/>
    protected override void Add(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets)
    {
        for (int i = 0; i < targets.Length; i++)
            _sum += Squares.Of((double)outputs[i] - targets[i]);
    }
}

/// <summary>The root of the mean of (output − target)²; over several values a sample the mean of their roots (<c>root_mean_squared_error</c>).</summary>
public sealed class RMSE : ValueMetric
{
    private double[] _sums = [];

    /// <inheritdoc/>
    public override string Name => "rmse";

    /// <inheritdoc/>
    public override bool IsLargerBetter => false;

    /// <inheritdoc/>
    public override double Value
    {
        get
        {
            double sum = 0;
            foreach (double squares in _sums)
                sum += Math.Sqrt(squares / Count);
            return sum / Size;
        }
    }

    /// <inheritdoc/>
    protected override void Clear() => Squares.Clear(ref _sums, Size);

    /// <inheritdoc/>
    protected override void Add(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets)
    {
        for (int i = 0; i < targets.Length; i++)
            _sums[i] += Squares.Of((double)outputs[i] - targets[i]);
    }
}

/// <summary>
/// The coefficient of determination, 1 − Σ(output − target)² / Σ(target − mean)²; over several values a sample the mean of theirs (<c>r2_score</c>).
/// Targets that are all the same give 1 where they are met exactly and 0 otherwise; of fewer than two samples it is not a number.
/// </summary>
public sealed class R2 : ValueMetric
{
    private double[] _residuals = [];
    private double[] _means = [];
    private double[] _deviations = [];

    /// <inheritdoc/>
    public override string Name => "r2";

    /// <inheritdoc/>
    public override double Value
    {
        get
        {
            if (Count < 2)
                return double.NaN;
            double sum = 0;
            for (int i = 0; i < Size; i++)
                sum += _deviations[i] != 0 ? 1 - (_residuals[i] / _deviations[i]) : _residuals[i] == 0 ? 1 : 0;
            return sum / Size;
        }
    }

    /// <inheritdoc/>
    protected override void Clear()
    {
        Squares.Clear(ref _residuals, Size);
        Squares.Clear(ref _means, Size);
        Squares.Clear(ref _deviations, Size);
    }

    /// <inheritdoc/>
    protected override void Add(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets)
    {
        // Welford, "Note on a method for calculating corrected sums of squares and products", 1962: it does not cancel, and equal targets give exactly 0.
        for (int i = 0; i < targets.Length; i++)
        {
            _residuals[i] += Squares.Of((double)outputs[i] - targets[i]);
            double before = targets[i] - _means[i];
            _means[i] += before / (Count + 1);
            _deviations[i] += before * (targets[i] - _means[i]);
        }
    }
}

internal static class Squares
{
    public static double Of(double value) => value * value;

    public static void Clear(ref double[] sums, int size)
    {
        if (sums.Length == size)
            Array.Clear(sums);
        else
            sums = new double[size];
    }
}
