using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.References;

namespace NetGen.Samples.Gallery;

/// <summary>What a layer with weights costs, as the reference states it.</summary>
/// <param name="Parameters">Weights and biases.</param>
/// <param name="Products">Multiplications, and as many additions: the first goes to the bias.</param>
/// <param name="Activations">Evaluations of the activation behind the layer; 0 where there is none.</param>
internal readonly record struct Cost(long Parameters, long Products, long Activations)
{
    /// <summary>The formula: k² · in · out weights and out biases, all weights used once a pixel. A linear layer has k = 1 and one pixel.</summary>
    public static Cost Of(int kernel, int inputs, int outputs, int side = 1, bool isActivated = true)
    {
        long weights = (long)kernel * kernel * inputs * outputs;
        long pixels = (long)side * side;
        return new Cost(weights + outputs, weights * pixels, isActivated ? outputs * pixels : 0);
    }
}

/// <summary>Compares figures and properties, says what it compared and keeps count of what is wrong.</summary>
internal sealed class Checks
{
    private int _count;
    private int _wrong;

    /// <summary>Begins with a network: prints its table.</summary>
    public void Show<TNetwork>(string title)
        where TNetwork : INetwork<TNetwork>
    {
        Console.WriteLine();
        Console.WriteLine(title);
        Console.WriteLine();
        Console.WriteLine(TNetwork.Summary);
    }

    /// <summary>A figure.</summary>
    public void Equal(string figure, long expected, long actual) => Equal("", (figure, expected, actual));

    /// <summary>A property.</summary>
    public void That(string property, bool holds, string instead = "it does not hold")
    {
        _count++;
        if (!holds)
            _wrong++;
        Console.WriteLine(holds ? $"   right  {property}" : $"   WRONG  {property}, but {instead}");
    }

    /// <summary>Each layer with weights, and the activation behind it, against the reference.</summary>
    /// <param name="layers">The generated table.</param>
    /// <param name="expected">The reference's figures of the layers with weights, in order of execution.</param>
    public void Costs(IReadOnlyList<LayerInfo> layers, params Cost[] expected)
    {
        int[] weighted = [.. Enumerable.Range(0, layers.Count).Where(i => layers[i].Multiplications > 0)];
        Equal("layers with weights", expected.Length, weighted.Length);
        foreach ((int i, Cost cost) in weighted.Zip(expected))
        {
            LayerInfo layer = layers[i];
            Equal(
                $"{layer.Key} {layer.Layer}: ",
                ("parameters", cost.Parameters, layer.Parameters),
                ("multiplications", cost.Products, layer.Multiplications),
                ("additions", cost.Products, layer.Additions),
                ("activation evaluations", cost.Activations, i + 1 < layers.Count ? layers[i + 1].ActivationEvaluations : 0));
        }
    }

    /// <summary>The rows where branches meet.</summary>
    /// <param name="layers">The generated table.</param>
    /// <param name="join">The composition as it is declared.</param>
    /// <param name="count">How many rows there are of it; the network has no other composition.</param>
    /// <param name="additions">The additions of each.</param>
    public void Joins(IReadOnlyList<LayerInfo> layers, string join, int count, long additions)
    {
        LayerInfo[] rows = [.. layers.Where(IsJoin)];
        Equal($"of the rows: {join}", count, rows.Count(row => row.Layer == join));
        Equal("of the rows: a composition", count, rows.Length);
        foreach (LayerInfo row in rows)
        {
            Equal(
                $"{row.Key} {row.Layer}: ",
                ("additions", additions, row.Additions),
                ("parameters", 0, row.Parameters),
                ("multiplications", 0, row.Multiplications),
                ("activation evaluations", 0, row.ActivationEvaluations));
        }
    }

    /// <summary>The table of a network against the constants of its class.</summary>
    public void Sums(Type network)
    {
        var layers = (IReadOnlyList<LayerInfo>)network.GetProperty(nameof(INetwork<SigmoidMlp>.Layers))!.GetValue(null)!;
        long multiplications = layers.Sum(layer => layer.Multiplications);
        Equal(
            $"{network.Name}, sums over its table: ",
            ("parameters", Constant(nameof(SigmoidMlp.ParameterCount)), layers.Sum(layer => layer.Parameters)),
            ("multiplications", Constant(nameof(SigmoidMlp.MultiplyAccumulates)), multiplications),
            ("floating-point operations", Constant(nameof(SigmoidMlp.FloatingPointOperations)), multiplications + layers.Sum(layer => layer.Additions)),
            ("activation evaluations", Constant(nameof(SigmoidMlp.ActivationEvaluations)), layers.Sum(layer => layer.ActivationEvaluations)),
            ("additions elsewhere than in weights and sums of branches", 0, layers.Where(layer => layer.Multiplications == 0 && !IsJoin(layer)).Sum(layer => layer.Additions)));

        long Constant(string name) => Convert.ToInt64(network.GetField(name)!.GetRawConstantValue(), CultureInfo.InvariantCulture);
    }

    /// <summary>The constants of the class.</summary>
    /// <param name="expected">What the reference says of all layers.</param>
    /// <param name="branchSums">Additions where branches meet.</param>
    /// <param name="parameters"><c>ParameterCount</c>.</param>
    /// <param name="multiplyAccumulates"><c>MultiplyAccumulates</c>.</param>
    /// <param name="floatingPointOperations"><c>FloatingPointOperations</c>.</param>
    /// <param name="activations"><c>ActivationEvaluations</c>.</param>
    public void Totals(Cost expected, long branchSums, int parameters, long multiplyAccumulates, long floatingPointOperations, long activations) => Equal(
        "in all: ",
        ("parameters", expected.Parameters, parameters),
        ("multiplications", expected.Products, multiplyAccumulates),
        ("additions", expected.Products + branchSums, floatingPointOperations - multiplyAccumulates),
        ("activation evaluations", expected.Activations, activations));

    /// <summary>Prints the last line.</summary>
    /// <returns>The exit code: 0 where everything was right.</returns>
    public int Finish()
    {
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_count} figures and properties, {_wrong} wrong"));
        return _wrong == 0 ? 0 : 1;
    }

    /// <summary>One line where all are right, else one for each that is not.</summary>
    private void Equal(string prefix, params (string Figure, long Expected, long Actual)[] figures)
    {
        _count += figures.Length;
        if (figures.All(figure => figure.Actual == figure.Expected))
            Console.WriteLine($"   right  {prefix}{string.Join(", ", figures.Select(figure => $"{Text(figure.Expected)} {figure.Figure}"))}");
        foreach ((string name, long expected, long actual) in figures.Where(figure => figure.Actual != figure.Expected))
        {
            _wrong++;
            Console.WriteLine($"   WRONG  {prefix}{Text(expected)} {name}, but the generated class says {Text(actual)}");
        }
    }

    private static bool IsJoin(LayerInfo layer) => layer.Layer.Contains('<', StringComparison.Ordinal);

    private static string Text(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
