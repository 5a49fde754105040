using System;
using System.Globalization;
using System.Linq;
using System.Numerics.Tensors;
using System.Text;

namespace NetGen.Metrics;

/// <summary>How often each class was taken for each (<c>confusion_matrix</c>). Its value is the accuracy, and has its name: it takes the place of <see cref="Accuracy"/>.</summary>
public class ConfusionMatrix : ClassMetric
{
    private long[] _counts = [];

    /// <inheritdoc/>
    public override string Name => "accuracy";

    /// <inheritdoc/>
    public override double Value
    {
        get
        {
            long hits = 0;
            for (int i = 0; i < Classes; i++)
                hits += this[i, i];
            return (double)hits / TensorPrimitives.Sum<long>(_counts);
        }
    }

    /// <summary>The number of classes.</summary>
    public int ClassCount => Classes;

    /// <summary>How many samples of a class were taken for another, or for itself.</summary>
    /// <param name="target">The true class, the row.</param>
    /// <param name="predicted">The class of the highest score, the column; of equal scores the first.</param>
    /// <exception cref="ArgumentOutOfRangeException">A class is out of range.</exception>
    public long this[int target, int predicted]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)target, (uint)Classes, nameof(target));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)predicted, (uint)Classes, nameof(predicted));
            return _counts[(target * Classes) + predicted];
        }
    }

    /// <summary>The counts, a row for each true class, a column for each predicted one, with the classes' numbers before and above them.</summary>
    public override string ToString()
    {
        int first = Text(Math.Max(0, Classes - 1)).Length;
        int width = Math.Max(first, Text(_counts.Length == 0 ? 0 : _counts.Max()).Length);
        var text = new StringBuilder(new string(' ', first));
        for (int predicted = 0; predicted < Classes; predicted++)
            text.Append("  ").Append(Text(predicted).PadLeft(width));
        for (int target = 0; target < Classes; target++)
        {
            text.Append('\n').Append(Text(target).PadLeft(first));
            for (int predicted = 0; predicted < Classes; predicted++)
                text.Append("  ").Append(Text(this[target, predicted]).PadLeft(width));
        }

        return text.ToString();

        static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    protected sealed override void Clear()
    {
        if (_counts.Length == Classes * Classes)
            Array.Clear(_counts);
        else
            _counts = new long[checked(Classes * Classes)];
    }

    /// <inheritdoc/>
    protected sealed override void Add(ReadOnlySpan<float> scores, int target) => _counts[(target * Classes) + TensorPrimitives.IndexOfMax(scores)]++;

    /// <summary>True positives, samples of the class and predictions of it.</summary>
    /// <param name="index">The class.</param>
    private protected (long Hits, long Samples, long Predictions) Class(int index)
    {
        long samples = 0;
        long predictions = 0;
        for (int i = 0; i < Classes; i++)
        {
            samples += this[index, i];
            predictions += this[i, index];
        }

        return (this[index, index], samples, predictions);
    }
}

/// <summary>How figures of classes become one (the parameter <c>average</c> of scikit-learn).</summary>
public enum ClassAverage
{
    /// <summary>The mean over the classes that occur among targets or predictions.</summary>
    Macro,

    /// <summary>The figure of all decisions together.</summary>
    Micro,

    /// <summary>The mean over the classes, weighted by their samples.</summary>
    Weighted,

    /// <summary>The figure of class 1, of two.</summary>
    Binary,
}

/// <summary>
/// Precision, recall or F1: a ratio of counts of each class, 0 where it has no denominator. Names are scikit-learn's: <c>f1</c> of class 1 of two, <c>f1_macro</c>, <c>f1_micro</c>, <c>f1_weighted</c>.
/// </summary>
public abstract class ClassRatio : ConfusionMatrix
{
    private readonly string _name;

    private protected ClassRatio(string name, ClassAverage average)
    {
        Average = average;
        _name = average == ClassAverage.Binary ? name : name + "_" + average.ToString().ToLowerInvariant();
    }

    /// <summary>How the classes' figures become one.</summary>
    public ClassAverage Average { get; }

    /// <inheritdoc/>
    public sealed override string Name => _name;

    /// <inheritdoc/>
    public sealed override double Value
    {
        get
        {
            if (Average == ClassAverage.Binary)
                return Classes == 2 ? OfClass(1) : throw new InvalidOperationException($"Expected two classes for ClassAverage.Binary, but there are {Classes}.");
            (double sum, double weights) = (0, 0);
            (long hits, long samples, long predictions) = (0, 0, 0);
            for (int i = 0; i < Classes; i++)
            {
                (long classHits, long classSamples, long classPredictions) = Class(i);
                double weight = Average == ClassAverage.Weighted ? classSamples : classSamples + classPredictions > 0 ? 1 : 0;
                sum += weight * Ratio(classHits, classSamples, classPredictions);
                weights += weight;
                (hits, samples, predictions) = (hits + classHits, samples + classSamples, predictions + classPredictions);
            }

            return samples == 0 ? double.NaN : Average == ClassAverage.Micro ? Ratio(hits, samples, predictions) : sum / weights;
        }
    }

    /// <summary>Name and value.</summary>
    public sealed override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} {Value:G6}");

    /// <summary>The figure of a class.</summary>
    /// <param name="index">The class.</param>
    public double OfClass(int index)
    {
        (long hits, long samples, long predictions) = Class(index);
        return Ratio(hits, samples, predictions);
    }

    private protected abstract double Ratio(long hits, long samples, long predictions);

    private protected static double Divide(double numerator, double denominator) => denominator == 0 ? 0 : numerator / denominator;
}

/// <summary>The share of predictions of a class that are right (<c>precision_score</c>).</summary>
/// <param name="average">How the classes' figures become one.</param>
public sealed class Precision(ClassAverage average = ClassAverage.Macro) : ClassRatio("precision", average)
{
    private protected override double Ratio(long hits, long samples, long predictions) => Divide(hits, predictions);
}

/// <summary>The share of a class's samples that are found (<c>recall_score</c>).</summary>
/// <param name="average">How the classes' figures become one.</param>
public sealed class Recall(ClassAverage average = ClassAverage.Macro) : ClassRatio("recall", average)
{
    private protected override double Ratio(long hits, long samples, long predictions) => Divide(hits, samples);
}

/// <summary>The harmonic mean of precision and recall, 2·TP / (2·TP + FP + FN) (<c>f1_score</c>).</summary>
/// <param name="average">How the classes' figures become one.</param>
public sealed class F1(ClassAverage average = ClassAverage.Macro) : ClassRatio("f1", average)
{
    private protected override double Ratio(long hits, long samples, long predictions) => Divide(2 * hits, samples + predictions);
}
