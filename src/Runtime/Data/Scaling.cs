using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using NetGen.Training;

namespace NetGen.Data;

/// <summary>x → (x − offset)/scale of each feature, in double precision; what the two are is learnt from the training set.</summary>
public abstract class Scaling : IInvertibleTransform
{
    private readonly int[]? _columns;
    private double[]? _offsets;
    private double[] _scales = [];

    private protected Scaling(int channels, int[]? columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(channels);
        if (columns is not null && (channels > 0 || columns.Distinct().Count() < columns.Length || columns.Any(column => column < 0)))
            throw new ArgumentException("Expected the numbers of different columns, or a number of channels, not both.", nameof(columns));
        (Channels, _columns) = (channels, columns?.Order().ToArray());
    }

    /// <inheritdoc/>
    public abstract string Kind { get; }

    /// <summary>The equal parts of a sample, one after another, that have one offset and scale each: a picture's channels. 0: each feature has its own.</summary>
    public int Channels { get; }

    /// <summary>The features that are scaled; null: all.</summary>
    public IReadOnlyList<int>? Columns => _columns;

    /// <summary>What is subtracted, of each feature or channel that is scaled; empty before the fit.</summary>
    public IReadOnlyList<double> Offsets => _offsets ?? [];

    /// <summary>What is divided by then.</summary>
    public IReadOnlyList<double> Scales => _scales;

    /// <inheritdoc/>
    public int OutputSize(int inputSize)
    {
        CheckSize(inputSize);
        if (_offsets is not null && Channels == 0 && _columns is null && _offsets.Length != inputSize)
            throw Dataset.Invalid($"Expected samples of {_offsets.Length} floats, as those of the fit, but got {inputSize}.", nameof(inputSize));
        return inputSize;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Such samples do not fit, there are none, or a number that would be scaled is not finite; what was learnt before stays.</exception>
    public void Fit(ReadOnlySpan<float> inputs, int inputSize)
    {
        Transforms.CheckFit(inputs, inputSize);
        CheckSize(inputSize);
        int groups = Channels > 0 ? Channels : _columns?.Length ?? inputSize;
        int width = Channels > 0 ? inputSize / Channels : 1;
        var offsets = new double[groups];
        var scales = new double[groups];
        for (int group = 0; group < groups; group++)
        {
            int start = _columns?[group] ?? group * width;
            CheckFinite(inputs, inputSize, start, width);
            (offsets[group], scales[group]) = Learn(new Values(inputs, inputSize, start, width));
        }

        (_offsets, _scales) = (offsets, scales);
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        Prepare(input, output, out int width);
        for (int group = 0; group < _scales.Length; group++)
        {
            int start = _columns?[group] ?? group * width;
            for (int i = start; i < start + width; i++)
                output[i] = (float)((input[i] - _offsets![group]) / _scales[group]);
        }
    }

    /// <inheritdoc/>
    public void Invert(ReadOnlySpan<float> input, Span<float> output)
    {
        Prepare(input, output, out int width);
        for (int group = 0; group < _scales.Length; group++)
        {
            int start = _columns?[group] ?? group * width;
            for (int i = start; i < start + width; i++)
                output[i] = (float)((input[i] * _scales[group]) + _offsets![group]);
        }
    }

    /// <inheritdoc/>
    public virtual void Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("channels", Channels);
        state.SetDoubles("columns", _columns?.Select(column => (double)column));
        state.SetDoubles("offsets", _offsets);
        state.SetDoubles("scales", _scales);
    }

    /// <inheritdoc/>
    public Action Load(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        int[]? columns = state.GetColumns();
        if (state.GetInt64("channels") != Channels || !(columns ?? []).SequenceEqual(_columns ?? []) || (columns is null) != (_columns is null))
            throw new InvalidDataException($"Expected the {Kind} of {Text(Channels, _columns)}, but the checkpoint has one of {Text(state.GetInt64("channels"), columns)}.");
        double[]? offsets = state.GetDoubles("offsets");
        double[] scales = state.GetDoubles("scales") ?? [];
        int expected = offsets is null ? 0 : Channels > 0 ? Channels : _columns?.Length ?? offsets.Length;
        if (scales.Length != expected || (offsets?.Length ?? 0) != expected)
            throw new InvalidDataException($"Expected {expected} offsets and scales of a {Kind}, but the checkpoint has {offsets?.Length ?? 0} and {scales.Length}.");
        return () => (_offsets, _scales) = (offsets, scales);
    }

    /// <summary>Offset and scale.</summary>
    private protected abstract (double Offset, double Scale) Learn(Values values);

    private void CheckSize(int inputSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputSize);
        if (Channels > 0 && inputSize % Channels != 0)
            throw Dataset.Invalid($"Expected samples of {Channels} equal channels, but got {inputSize} floats.", nameof(inputSize));
        if (_columns is [.., var last] && last >= inputSize)
            throw Dataset.Invalid($"Expected samples with a feature {last}, but got {inputSize} floats.", nameof(inputSize));
    }

    private static void CheckFinite(ReadOnlySpan<float> inputs, int inputSize, int start, int width)
    {
        for (int sample = 0; sample < inputs.Length / inputSize; sample++)
        {
            for (int feature = start; feature < start + width; feature++)
            {
                if (inputs[(sample * inputSize) + feature] is var value && !float.IsFinite(value))
                    throw Dataset.Invalid($"Expected finite numbers to learn a scale from, but feature {feature} of sample {sample} is {value}.", nameof(inputs));
            }
        }
    }

    private static string Text(long channels, int[]? columns) => channels > 0 ? $"{channels} channels" : columns is null ? "all features" : "the features " + string.Join(", ", columns);

    private void Prepare(ReadOnlySpan<float> input, Span<float> output, out int width)
    {
        if (_offsets is null)
            throw new InvalidOperationException($"Expected a {Kind} that is fitted: call Fit with the training set first.");
        OutputSize(input.Length);
        Transforms.CheckOutput(output, input.Length);
        width = Channels > 0 ? input.Length / Channels : 1;
        if (_columns is not null && !input.Overlaps(output))
            input.CopyTo(output);
    }

    /// <summary>The values of a feature or channel in all samples.</summary>
    private protected readonly ref struct Values(ReadOnlySpan<float> inputs, int inputSize, int start, int width)
    {
        private readonly ReadOnlySpan<float> _inputs = inputs;

        public long Count => (long)_inputs.Length / inputSize * width;

        public double Sum(double mean, out double squares)
        {
            double sum = 0;
            squares = 0;
            for (int sample = start; sample < _inputs.Length; sample += inputSize)
            {
                foreach (float value in _inputs.Slice(sample, width))
                {
                    double difference = value - mean;
                    sum += difference;
                    squares += difference * difference;
                }
            }

            return sum;
        }

        public (double Least, double Most) Range()
        {
            (double least, double most) = (double.PositiveInfinity, double.NegativeInfinity);
            for (int sample = start; sample < _inputs.Length; sample += inputSize)
            {
                foreach (float value in _inputs.Slice(sample, width))
                    (least, most) = (Math.Min(least, value), Math.Max(most, value));
            }

            return (least, most);
        }
    }
}

/// <summary>
/// Mean 0 and deviation 1 on the training set (scikit-learn's <c>StandardScaler</c>, torchvision's <c>Normalize</c>): the mean is subtracted, then divided by the deviation of the population;
/// by 1 where a feature is constant.
/// </summary>
/// <param name="channels">The equal parts of a sample that have one mean and deviation each, as the channels of a picture; 0: each feature has its own.</param>
/// <param name="columns">The features that are scaled; null: all.</param>
public sealed class Standardize(int channels = 0, int[]? columns = null) : Scaling(channels, columns)
{
    /// <inheritdoc/>
    public override string Kind => nameof(Standardize);

    internal static Standardize Restore(TrainingState state) => new(checked((int)state.GetInt64("channels")), state.GetColumns());

    private protected override (double Offset, double Scale) Learn(Values values)
    {
        const double Epsilon = 1.0 / (1L << 52);
        double count = values.Count;
        double mean = values.Sum(0, out _) / count;
        double sum = values.Sum(mean, out double squares);
        double variance = (squares - (sum * sum / count)) / count;

        // What rounding leaves of a constant (Chan, Golub and LeVeque 1983), as scikit-learn tells it.
        double rounding = (count * Epsilon * variance) + (count * mean * Epsilon * count * mean * Epsilon);
        return (mean, variance <= rounding ? 1 : Math.Sqrt(variance));
    }
}

/// <summary>The least value of the training set becomes 0 and the largest 1, or other bounds (scikit-learn's <c>MinMaxScaler</c>); a constant feature becomes the lower bound.</summary>
public sealed class MinMax : Scaling
{
    /// <summary>Creates the transform.</summary>
    /// <param name="lower">What the least value becomes.</param>
    /// <param name="upper">What the largest value becomes.</param>
    /// <param name="channels">The equal parts of a sample that have one range each, as the channels of a picture; 0: each feature has its own.</param>
    /// <param name="columns">The features that are scaled; null: all.</param>
    /// <exception cref="ArgumentException">The bounds are not finite or not in order.</exception>
    public MinMax(double lower = 0, double upper = 1, int channels = 0, int[]? columns = null)
        : base(channels, columns)
    {
        if (!(lower < upper) || !double.IsFinite(lower) || !double.IsFinite(upper))
            throw Dataset.Invalid($"Expected two finite bounds in ascending order, but got {lower} and {upper}.", nameof(upper));
        (Lower, Upper) = (lower, upper);
    }

    /// <inheritdoc/>
    public override string Kind => nameof(MinMax);

    /// <summary>What the least value becomes.</summary>
    public double Lower { get; }

    /// <summary>What the largest value becomes.</summary>
    public double Upper { get; }

    /// <inheritdoc/>
    public override void Save(TrainingState state)
    {
        base.Save(state);
        state.Set("lower", Lower);
        state.Set("upper", Upper);
    }

    internal static MinMax Restore(TrainingState state) => new(state.GetDouble("lower"), state.GetDouble("upper"), checked((int)state.GetInt64("channels")), state.GetColumns());

    private protected override (double Offset, double Scale) Learn(Values values)
    {
        (double least, double most) = values.Range();
        double scale = (most == least ? 1 : most - least) / (Upper - Lower);
        return (least - (Lower * scale), scale);
    }
}
