using System.Linq;

namespace NetGen.Generator.Compiler.Ops;

/// <summary>The last dimensions of a sample, over which a layer normalises each group of elements: those that are given, or all.</summary>
internal static class NormalizedShape
{
    public static EquatableArray<int> Of(EquatableArray<int> given, Shape input) => given.Count == 0 ? input.Sizes : given;

    /// <summary>The names of their axes.</summary>
    public static EquatableArray<string> Axes(EquatableArray<int> given, TensorType input) =>
        input.Axes.Skip(input.Axes.Count - Of(given, input.Shape).Count).Select(axis => axis.Name).ToEquatableArray();

    /// <summary>Elements of a group.</summary>
    public static int Length(EquatableArray<int> given, Shape input) => Of(given, input).Aggregate(1, (product, size) => product * size);

    /// <summary>Groups of a sample.</summary>
    public static int Groups(EquatableArray<int> given, Shape input) => (int)(input.ElementCount / Length(given, input));

    /// <summary>The input's shape, if these are its last dimensions.</summary>
    public static Shape? Infer(string kind, EquatableArray<int> given, Shape input, ErrorSink errors)
    {
        if (given.Count <= input.Rank && input.Sizes.Skip(input.Rank - given.Count).SequenceEqual(given))
            return input;
        errors.Report(Rules.OptionOutOfRange, kind, "the normalized shape", $"the last dimensions of the input, which is {input}", new Shape(given).ToString());
        return null;
    }

    /// <summary>
    /// Of each element: (subtract the mean,) square, divide by the root, scale and shift; a sum for each mean; of each group the means themselves, ε, the root and its inverse.
    /// </summary>
    public static Arithmetic Cost(Shape input, int groups, bool isCentred, bool hasWeight, bool hasBias)
    {
        long elements = input.ElementCount;
        return Arithmetic.Of(
            (elements * (2 + Count(hasWeight))) + (groups * (3 + Count(isCentred))),
            (elements * (1 + (2 * Count(isCentred)) + Count(hasBias))) + groups);
    }

    /// <summary>
    /// With g the gradient times the weight and x̂ the normalised input: dx = (g − mean of g − x̂ · mean of g x̂)/root, without the mean of g where nothing is centred;
    /// dw the sum of dy x̂; db that of dy. x̂ is computed anew.
    /// </summary>
    public static Arithmetic GradientCost(int gradientOf, Shape input, int groups, bool isCentred, bool hasWeight)
    {
        long elements = input.ElementCount;
        return gradientOf switch
        {
            0 => Arithmetic.Of((elements * (4 + Count(hasWeight))) + (groups * (1 + Count(isCentred))), elements * (isCentred ? 5 : 2)),
            1 => Arithmetic.Of(elements * 2, elements * (1 + Count(isCentred))),
            _ => Arithmetic.Of(0, elements),
        };
    }

    private static int Count(bool value) => value ? 1 : 0;

    /// <summary>A parameter with a number for each element of a group.</summary>
    public static ParameterSpec Parameter(string suffix, Initializer initializer, EquatableArray<int> given, Shape input) =>
        new(suffix, Of(given, input), initializer, 1, 1) { Axes = Axes(given, TensorType.Of(input)) };
}
