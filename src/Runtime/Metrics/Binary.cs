using System;
using System.Globalization;
using NetGen.Runtime;

namespace NetGen.Metrics;

/// <summary>A metric of classes for networks with one output for two classes and targets 0 or 1, as <see cref="BCEWithLogitsLossAttribute"/> takes them.</summary>
/// <param name="metric">A metric of two classes; class 1 is the one whose output is above the threshold.</param>
/// <param name="threshold">The output above which class 1 is predicted, class 0 at it and below: 0 for logits, 0.5 for probabilities. <see cref="Data.Predictor{TNetwork}.Classify(ReadOnlySpan{float})"/> decides so too.</param>
public sealed class Binary(ClassMetric metric, float threshold = 0) : Metric<float>
{
    /// <inheritdoc/>
    public override string Name => Metric.Name;

    /// <inheritdoc/>
    public override double Value => Metric.Value;

    /// <inheritdoc/>
    public override bool IsLargerBetter => Metric.IsLargerBetter;

    /// <summary>The metric of two classes.</summary>
    public ClassMetric Metric { get; } = metric;

    /// <inheritdoc/>
    public override void Reset(int outputSize)
    {
        if (outputSize != 1)
            throw new ArgumentException($"Expected one output for two classes, but got {outputSize}.", nameof(outputSize));
        Metric.Reset(2);
    }

    /// <inheritdoc/>
    public override void Update(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets)
    {
        Check.Length(targets.Length, outputs.Length, nameof(targets));
        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i] is not (0 or 1))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Expected targets of 0 or 1, but got {targets[i]} at index {i}."), nameof(targets));
        }

        for (int i = 0; i < targets.Length; i++)
            Metric.Update([threshold, outputs[i]], [(int)targets[i]]);
    }
}
