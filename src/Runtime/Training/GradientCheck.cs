using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace NetGen.Training;

/// <summary>
/// Compares a network's gradients with central differences of its loss (<c>torch.autograd.gradcheck</c>). Sums are in 32 bits, so a difference quotient is known up to a bound,
/// which is taken from the rounding of the loss and from how quotients of different steps differ; only what is beyond it is told.
/// </summary>
public static class GradientCheck
{
    // Steps of the difference quotients, each a quarter of the one before.
    private const int StepCount = 5;
    private const double FirstStep = 1.0 / 16;

    // Rounding errors of a loss in units of its last place, seen on networks of up to twenty layers.
    private const double LossUlps = 16;
    private const double Ulp = 1.0 / (1 << 23);

    /// <summary>Checks the gradients of the loss, in training mode with the dropout masks of the step to come. Parameters, buffers and the random state are left as they were.</summary>
    /// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
    /// <param name="network">The network.</param>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="target">Class numbers <c>[batch]</c> or values <c>[batch, output]</c>.</param>
    /// <param name="entries">Elements that are checked of each parameter and of the input, drawn at random; all where it has fewer.</param>
    /// <param name="seed">The seed of which.</param>
    /// <exception cref="ArgumentException">A span's length does not fit, the batch is empty, or a label is out of range.</exception>
    public static GradientCheckReport Run<TTarget>(ITrainableNetwork<TTarget> network, ReadOnlySpan<float> input, ReadOnlySpan<TTarget> target, int entries = 50, int seed = 0)
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(network);
        float[] x = input.ToArray();
        TTarget[] y = target.ToArray();
        var inputGradient = new float[x.Length];
        network.ComputeGradients(x, y, inputGradient);
        return Run(network, x, inputGradient, () => network.ComputeGradients(x, y), Math.Abs, entries, seed);
    }

    /// <summary>Checks the gradients of a loss of one's own, that of the loss by the outputs included: in training mode with the dropout masks of the step to come. Parameters, buffers and the random state are left as they were.</summary>
    /// <param name="network">The network.</param>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="loss">Gives the loss and its gradient from the outputs.</param>
    /// <param name="entries">Elements that are checked of each parameter and of the input, drawn at random; all where it has fewer.</param>
    /// <param name="seed">The seed of which.</param>
    /// <exception cref="ArgumentException">A span's length does not fit, or the batch is empty.</exception>
    public static GradientCheckReport Run(INetwork network, ReadOnlySpan<float> input, CustomLoss loss, int entries = 50, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(network);
        float[] x = input.ToArray();
        var inputGradient = new float[x.Length];
        network.ComputeGradients(x, loss, inputGradient);
        return Run(network, x, inputGradient, () => network.ComputeGradients(x, loss), Math.Abs, entries, seed);
    }

    /// <summary>Checks the vector-Jacobian product, the gradients of <c>Σ output·outputGradient</c> in evaluation mode. Parameters are left as they were.</summary>
    /// <param name="network">The network.</param>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="outputGradient"><c>[batch, output]</c>.</param>
    /// <param name="entries">Elements that are checked of each parameter and of the input, drawn at random; all where it has fewer.</param>
    /// <param name="seed">The seed of which.</param>
    /// <exception cref="ArgumentException">A span's length does not fit, or the batch is empty.</exception>
    public static GradientCheckReport Run(INetwork network, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, int entries = 50, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(network);
        float[] x = input.ToArray();
        float[] weights = outputGradient.ToArray();
        var outputs = new float[weights.Length];
        var inputGradient = new float[x.Length];
        network.VectorJacobianProduct(x, weights, inputGradient);
        double magnitude = 0;
        return Run(network, x, inputGradient, Loss, _ => magnitude, entries, seed);

        double Loss()
        {
            network.Predict(x, outputs);
            (double sum, magnitude) = (0, 0);
            for (int i = 0; i < outputs.Length; i++)
            {
                double product = (double)outputs[i] * weights[i];
                sum += product;
                magnitude += Math.Abs(product);
            }

            return sum;
        }
    }

    private static GradientCheckReport Run(INetwork network, float[] input, float[] inputGradient, Func<double> loss, Func<double, double> magnitude, int entries, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(entries);
        var random = new Random(seed);
        var checks = new List<GradientCheckEntry>();

        // Losses overwrite the gradients.
        float[][] gradients = [.. network.Gradients.Select(gradient => gradient.ToArray())];
        for (int i = 0; i < network.Parameters.Count; i++)
        {
            ParameterView parameter = network.Parameters[i];
            foreach (int index in Draw(random, parameter.Length, entries))
                checks.Add(Check(parameter.Name, index, gradients[i][index], parameter[index], value => parameter[index] = value, loss, magnitude));
        }

        foreach (int index in Draw(random, input.Length, entries))
            checks.Add(Check("input", index, inputGradient[index], input[index], value => input[index] = value, loss, magnitude));
        return new GradientCheckReport(checks);
    }

    private static IEnumerable<int> Draw(Random random, int length, int count)
    {
        if (length <= count)
            return Enumerable.Range(0, length);
        var drawn = new SortedSet<int>();
        while (drawn.Count < count)
            drawn.Add(random.Next(length));
        return drawn;
    }

    private static GradientCheckEntry Check(string name, int index, float gradient, float value, Action<float> set, Func<double> loss, Func<double, double> magnitude)
    {
        double middle = loss();
        double scale = Math.Max(Math.Abs(value), 0.25);
        var quotients = new double[StepCount];
        var lower = new double[StepCount];
        var upper = new double[StepCount];
        var rounding = new double[StepCount];
        try
        {
            double step = FirstStep * scale;
            for (int i = 0; i < StepCount; i++, step /= 4)
            {
                (float right, float left) = ((float)(value + step), (float)(value - step));
                set(right);
                double above = loss();
                set(left);
                double below = loss();
                quotients[i] = (above - below) / ((double)right - left);
                double fromRight = (above - middle) / ((double)right - value);
                double fromLeft = (middle - below) / ((double)value - left);
                (lower[i], upper[i]) = (Math.Min(fromLeft, fromRight), Math.Max(fromLeft, fromRight));
                rounding[i] = LossUlps * Ulp * Math.Max(magnitude(middle), Math.Max(Math.Abs(above), Math.Abs(below))) / step;
            }
        }
        finally
        {
            set(value);
        }

        // The step whose quotient is known best. Where a kink lies within a step, the slopes of both sides differ, and the quotient is off by half of that at most.
        (int best, double smooth, double bound) = (0, double.PositiveInfinity, double.PositiveInfinity);
        double gap = 0;
        for (int i = StepCount - 1; i > 0; i--)
        {
            // Bends in both directions hide each other; those within a smaller step are within this one too.
            gap = Math.Max(gap - rounding[i], upper[i] - lower[i]);
            double change = Math.Abs(quotients[i] - quotients[i - 1]) / 15;
            if (i + 1 < StepCount)
                change = Math.Max(change, Math.Abs(quotients[i + 1] - quotients[i]) - rounding[i + 1]);
            double certain = rounding[i] + change;
            double error = certain + (gap / 2);
            if (error < bound)
                (best, smooth, bound) = (i, certain, error);
        }

        double relative = 1e-3 * Math.Max(Math.Abs(gradient), Math.Abs(quotients[best]));
        double tolerance = (1.5 * bound) + relative;
        double distance = Math.Abs(gradient - quotients[best]);
        GradientVerdict verdict = distance <= (1.5 * smooth) + relative ? GradientVerdict.Agrees : distance <= tolerance ? GradientVerdict.Kink : GradientVerdict.Differs;
        return new GradientCheckEntry(name, index, gradient, quotients[best], tolerance, verdict);
    }
}

/// <summary>What a check of an element of the gradient found.</summary>
public enum GradientVerdict
{
    /// <summary>The gradient is the difference quotient, up to the bound of its error.</summary>
    Agrees,

    /// <summary>The loss has a kink here, as of a ReLU or a maximum, and the gradient is between the slopes on both sides.</summary>
    Kink,

    /// <summary>The gradient is wrong.</summary>
    Differs,
}

/// <summary>An element of a gradient that was checked.</summary>
/// <param name="Name">The parameter's name, or <c>input</c>.</param>
/// <param name="Index">Its place in row-major order.</param>
/// <param name="Gradient">What the backward pass says.</param>
/// <param name="Numeric">What differences of the loss say.</param>
/// <param name="Tolerance">How far they may be apart.</param>
/// <param name="Verdict">What was found.</param>
public sealed record GradientCheckEntry(string Name, int Index, double Gradient, double Numeric, double Tolerance, GradientVerdict Verdict)
{
    /// <summary>How far they are apart, in tolerances.</summary>
    public double Ratio => Math.Abs(Gradient - Numeric) / Tolerance;
}

/// <summary>What a check of gradients found.</summary>
public sealed class GradientCheckReport
{
    private const int Shown = 10;

    internal GradientCheckReport(List<GradientCheckEntry> entries) => Entries = [.. entries.OrderByDescending(entry => entry.Verdict == GradientVerdict.Differs).ThenByDescending(entry => entry.Ratio)];

    /// <summary>The elements that were checked, the worst first.</summary>
    public IReadOnlyList<GradientCheckEntry> Entries { get; }

    /// <summary>Whether no element differs.</summary>
    public bool IsPassed => Entries.All(entry => entry.Verdict != GradientVerdict.Differs);

    /// <summary>A line with the counts, one a parameter, and the elements that differ, the worst ten of them.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        int kinks = Entries.Count(entry => entry.Verdict == GradientVerdict.Kink);
        int wrong = Entries.Count(entry => entry.Verdict == GradientVerdict.Differs);
        text.Append(CultureInfo.InvariantCulture, $"{(IsPassed ? "passed" : "FAILED")}: {Entries.Count} elements, {Entries.Count - kinks - wrong} agree, {kinks} at a kink, {wrong} differ");
        foreach (IGrouping<string, GradientCheckEntry> parameter in Entries.GroupBy(entry => entry.Name).OrderByDescending(group => group.Max(entry => entry.Verdict)))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {parameter.Key}: {parameter.Count()} elements");
            int differing = parameter.Count(entry => entry.Verdict == GradientVerdict.Differs);
            if (differing > 0)
                text.Append(CultureInfo.InvariantCulture, $", {differing} differ");
        }

        foreach (GradientCheckEntry entry in Entries.Where(entry => entry.Verdict == GradientVerdict.Differs).Take(Shown))
            text.Append(CultureInfo.InvariantCulture, $"\n  {entry.Name}[{entry.Index}]: gradient {entry.Gradient:G6}, differences {entry.Numeric:G6} ± {entry.Tolerance:G2}");
        return text.ToString();
    }
}
