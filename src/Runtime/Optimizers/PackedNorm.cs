using System;
using NetGen.Runtime;

namespace NetGen;

/// <summary>The norm of packed floats, summed in sixteen lanes whose order does not depend on the width of vectors.</summary>
internal static class PackedNorm
{
    public const int Lanes = 16;

    /// <summary>The norm of a parameter's elements.</summary>
    public static double Of(Span<float> packed, ParameterLayout layout)
    {
        Span<double> lanes = stackalloc double[Lanes];
        lanes.Clear();
        AddSquares(packed, layout, lanes);
        return Root(lanes);
    }

    /// <summary>Adds the squares of a parameter's elements.</summary>
    public static void AddSquares(Span<float> packed, ParameterLayout layout, Span<double> lanes)
    {
        if (layout.PackedLength > 0)
        {
            UpdateKernels.AddSquares(ref packed[layout.Offset], lanes, layout.PackedLength);
            return;
        }

        // Other parameters lie between its elements.
        for (int row = 0; row < layout.Rows; row++)
        {
            for (int column = 0; column < layout.Inner; column++)
            {
                double value = packed[layout.PackedIndex(row, column)];
                lanes[0] += value * value;
            }
        }
    }

    /// <summary>The root of the lanes' sum; they are used up.</summary>
    public static double Root(Span<double> lanes)
    {
        for (int width = Lanes / 2; width > 0; width /= 2)
        {
            for (int i = 0; i < width; i++)
                lanes[i] += lanes[i + width];
        }

        return Math.Sqrt(lanes[0]);
    }
}
