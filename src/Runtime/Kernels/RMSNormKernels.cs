namespace NetGen.Runtime;

// A layer normalisation whose mean is 0; the gradient of its weight is LayerNormWeightGradient.
public static partial class NormKernels
{
    /// <summary>y = x/√(mean of x² + ε) · weight over groups of neighbouring elements of a row.</summary>
    /// <param name="x">The input, <c>[rows, groups · length]</c>.</param>
    /// <param name="strideX">Floats from a row to the next.</param>
    /// <param name="y">The output; its padding becomes zero.</param>
    /// <param name="strideY">Floats from a row to the next.</param>
    /// <param name="weight">One an element of a group; unused without <paramref name="hasWeight"/>.</param>
    /// <param name="hasWeight">Whether there is a weight.</param>
    /// <param name="groups">Groups of a row.</param>
    /// <param name="length">Elements of a group.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="rows">The number of samples.</param>
    public static void RMSNorm(ref float x, int strideX, ref float y, int strideY, ref float weight, bool hasWeight, int groups, int length, float epsilon, nuint rows) =>
        NormalizeRows(false, ref x, strideX, ref y, strideY, ref weight, hasWeight, ref weight, false, groups, length, epsilon, rows);

    /// <summary>The same, and what the gradient needs.</summary>
    /// <inheritdoc cref="RMSNorm"/>
    /// <param name="x"></param>
    /// <param name="strideX"></param>
    /// <param name="y"></param>
    /// <param name="strideY"></param>
    /// <param name="statistics">0 and 1/√(mean of x² + ε) of each group, <c>[rows, groups, 2]</c>; its padding becomes zero.</param>
    /// <param name="strideStatistics">Floats from a row to the next.</param>
    /// <param name="weight"></param>
    /// <param name="hasWeight"></param>
    /// <param name="groups"></param>
    /// <param name="length"></param>
    /// <param name="epsilon"></param>
    /// <param name="rows"></param>
    public static void RMSNormKeeping(
        ref float x, int strideX, ref float y, int strideY, ref float statistics, int strideStatistics, ref float weight, bool hasWeight, int groups, int length, float epsilon, nuint rows) =>
        NormalizeRowsKeeping(false, ref x, strideX, ref y, strideY, ref statistics, strideStatistics, ref weight, hasWeight, ref weight, false, groups, length, epsilon, rows);

    /// <summary>The gradient of the input of <see cref="RMSNorm"/>.</summary>
    /// <param name="dy">The output's gradient, <c>[rows, groups · length]</c>.</param>
    /// <param name="strideDY">Floats from a row to the next.</param>
    /// <param name="x">The input.</param>
    /// <param name="strideX">Floats from a row to the next.</param>
    /// <param name="statistics">What the forward pass kept.</param>
    /// <param name="strideStatistics">Floats from a row to the next.</param>
    /// <param name="dx">The input's gradient; its padding becomes zero.</param>
    /// <param name="strideDX">Floats from a row to the next.</param>
    /// <param name="weight">The weight; unused without <paramref name="hasWeight"/>.</param>
    /// <param name="hasWeight">Whether there is a weight.</param>
    /// <param name="groups">Groups of a row.</param>
    /// <param name="length">Elements of a group.</param>
    /// <param name="rows">The number of samples.</param>
    public static void RMSNormGradient(
        ref float dy, int strideDY, ref float x, int strideX, ref float statistics, int strideStatistics, ref float dx, int strideDX, ref float weight, bool hasWeight, int groups, int length, nuint rows) =>
        GradientOfRows(false, ref dy, strideDY, ref x, strideX, ref statistics, strideStatistics, ref dx, strideDX, ref weight, hasWeight, groups, length, rows);
}
