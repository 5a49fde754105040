using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using NetGen.Generator.Compiler.Ops;
using NetGen.Tests.Infrastructure;
using NetGen.Tests.Networks;
using Xunit;

namespace NetGen.Tests.Runtime;

/// <summary>The largest errors over some x, in units in the last place of the exact result.</summary>
internal readonly record struct LargestErrors(double Value, double Derivative)
{
    public LargestErrors And(LargestErrors other) => new(Math.Max(Value, other.Value), Math.Max(Derivative, other.Derivative));
}

/// <summary>
/// The errors of generated networks of one activation, and of PyTorch's float32, sign by sign and binade by binade of x; the binades at the ends are ranges.
/// What PyTorch gives where it errs most is in <c>Fixtures/accuracy.tsv</c>, which <c>make_accuracy.py</c> writes.
/// </summary>
internal sealed class ActivationAccuracy
{
    public const int First = -13;
    public const int Last = 7;

    /// <summary>Of a network, and the x of a binade or of a range at the ends.</summary>
    public const int Inputs = 4096;

    private readonly Dictionary<(bool IsNegative, int Exponent), (LargestErrors Own, LargestErrors PyTorch)> _errors = [];

    public static readonly IReadOnlyList<ActivationOp> Functions =
    [
        Declarations.Activation(ActivationKind.ReLU), Declarations.Activation(ActivationKind.LeakyReLU, 0.01), Declarations.Activation(ActivationKind.Sigmoid),
        Declarations.Activation(ActivationKind.Tanh), Declarations.Activation(ActivationKind.GELU), Declarations.Activation(ActivationKind.GELUTanh),
        Declarations.Activation(ActivationKind.SiLU), Declarations.Activation(ActivationKind.Softplus, 1), Declarations.Activation(ActivationKind.ELU, 1),
        Declarations.Activation(ActivationKind.Exp),
    ];

    private static readonly Lazy<Assembly> s_assembly = new(() => NetworkCompiler.Load(Declarations.Print(
        Functions.Select(function => Declarations.Network(function.Function + "Alone", [Inputs], null, function)))));

    public ActivationAccuracy(ActivationOp function)
    {
        INetwork network = Network(function.Function);
        double parameter = (float)function.Parameter;
        Dictionary<(bool, int), LargestErrors> torch = ReadFixture(function.Function, parameter);
        foreach (bool isNegative in (ReadOnlySpan<bool>)[false, true])
        {
            for (int exponent = First; exponent <= Last; exponent++)
                _errors[(isNegative, exponent)] = (Own(network, function.Function, parameter, isNegative, exponent), torch[(isNegative, exponent)]);
        }
    }

    /// <summary>Sign and binade of x, with the errors there.</summary>
    public IEnumerable<(bool IsNegative, int Exponent, LargestErrors Own, LargestErrors PyTorch)> Binades =>
        _errors.Select(entry => (entry.Key.IsNegative, entry.Key.Exponent, entry.Value.Own, entry.Value.PyTorch));

    /// <summary>A network of the function alone.</summary>
    public static INetwork Network(ActivationKind function) =>
        (INetwork)Activator.CreateInstance(s_assembly.Value.GetType($"{Declarations.Namespace}.{function}Alone", throwOnError: true)!, 1UL)!;

    /// <summary>The values and derivatives at some x, as many as the networks have inputs or fewer.</summary>
    public static (float[] Values, float[] Derivatives) Evaluate(INetwork network, ReadOnlySpan<float> x)
    {
        var input = new float[Inputs];
        x.CopyTo(input);
        float[] values = new float[Inputs];
        float[] derivatives = new float[Inputs];
        network.Predict(input, values);
        network.VectorJacobianProduct(input, [.. Enumerable.Repeat(1f, Inputs)], derivatives);
        return (values[..x.Length], derivatives[..x.Length]);
    }

    private static LargestErrors Own(INetwork network, ActivationKind function, double parameter, bool isNegative, int exponent)
    {
        // The ranges at the ends have as many x as a binade, the largest numbers among them.
        int first = exponent == First ? -126 : exponent;
        int last = exponent == Last ? 127 : exponent;
        long start = (long)(first + 127) << 23;
        long end = (long)(last + 128) << 23;
        float[] x = [.. Enumerable.Range(0, Inputs).Select(i => BitConverter.UInt32BitsToSingle((uint)(start + (i * (end - 1 - start) / (Inputs - 1))) | (isNegative ? 1U << 31 : 0)))];
        (float[] values, float[] derivatives) = Evaluate(network, x);
        var largest = new LargestErrors(0, 0);
        for (int i = 0; i < x.Length; i++)
        {
            (DoubleDouble value, DoubleDouble derivative) = ExactActivation.Of(function, x[i], parameter);
            largest = largest.And(new LargestErrors(Error(values[i], value), Error(derivatives[i], derivative)));
        }

        return largest;
    }

    /// <summary>In units in the last place of the exact number; NaN for NaN, and none where that is no finite float.</summary>
    private static double Error(float value, DoubleDouble exact)
    {
        if (float.IsInfinity(value) && value == (float)exact.High)
            return 0;
        double magnitude = Math.Abs(exact.High);
        int exponent = magnitude == 0 ? -1000 : Math.ILogB(magnitude);
        DoubleDouble difference = exact - value;
        return Math.Abs(difference.High + difference.Low) / Math.ScaleB(1, Math.Max(exponent - 23, -149));
    }

    private static Dictionary<(bool IsNegative, int Exponent), LargestErrors> ReadFixture(ActivationKind function, double parameter)
    {
        var result = new Dictionary<(bool, int), LargestErrors>();
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Fixtures", "accuracy.tsv")))
        {
            string[] parts = line.Split('\t');
            if (parts[0] != function.ToString())
                continue;
            float[] numbers = [.. parts[3..].Select(bits => BitConverter.UInt32BitsToSingle(uint.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture)))];
            result.Add(
                (parts[1] == "-", int.Parse(parts[2], CultureInfo.InvariantCulture)),
                new LargestErrors(Error(numbers[1], ExactActivation.Of(function, numbers[0], parameter).Value), Error(numbers[3], ExactActivation.Of(function, numbers[2], parameter).Derivative)));
        }

        Assert.Equal(2 * (Last - First + 1), result.Count);
        return result;
    }
}
