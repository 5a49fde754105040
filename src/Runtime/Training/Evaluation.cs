using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace NetGen.Training;

/// <summary>How well a network does on some data.</summary>
public sealed class Evaluation
{
    internal Evaluation(double loss, (string Name, double Value)[] metrics) => (Loss, Metrics) = (loss, metrics);

    /// <summary>The mean loss of a sample, in evaluation mode.</summary>
    public double Loss { get; }

    /// <summary>The metrics with their names, in the trainer's order.</summary>
    public IReadOnlyList<(string Name, double Value)> Metrics { get; }

    /// <summary>A figure.</summary>
    /// <param name="name"><c>loss</c>, or the name of a metric.</param>
    /// <exception cref="KeyNotFoundException">There is none; the message lists those there are.</exception>
    public double this[string name]
    {
        get
        {
            if (name == "loss")
                return Loss;
            foreach ((string candidate, double value) in Metrics)
            {
                if (candidate == name)
                    return value;
            }

            throw new KeyNotFoundException($"There is no figure \"{name}\". There are: loss, {string.Join(", ", Metrics.Select(metric => metric.Name))}.");
        }
    }

    /// <summary>All figures in a line.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"loss {Loss:F4}") + string.Concat(Metrics.Select(metric => string.Create(CultureInfo.InvariantCulture, $"  {metric.Name} {metric.Value:F4}")));
}
