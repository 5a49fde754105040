using System;
using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace NetGen.Runtime;

/// <summary>Fills parameters as <see cref="Init"/> documents. An element's value depends on seed, parameter and index in PyTorch's order, not on the packing.</summary>
internal static class Initializer
{
    public static void Fill(Span<float> packed, ParameterLayout layout, ulong seed, int parameter)
    {
        (Distribution distribution, double width) = Resolve(layout);
        int inner = layout.Inner;
        int row = 0;
        int column = 0;
        for (int index = 0; index < layout.Length; index += 4)
        {
            Vector256<double> values = distribution switch
            {
                Distribution.Uniform => ((Philox.UniformBlock(seed, parameter, index / 4) * 2) - Vector256<double>.One) * width,
                Distribution.Normal => Philox.NormalBlock(seed, parameter, index / 4) * width,
                _ => Vector256.Create(width),
            };
            for (int i = 0; i < int.Min(4, layout.Length - index); i++)
            {
                packed[layout.PackedIndex(row, column)] = (float)values[i];
                if (++column == inner)
                {
                    column = 0;
                    row++;
                }
            }
        }
    }

    private enum Distribution
    {
        Uniform,
        Normal,
        Constant,
    }

    // The bound of a uniform distribution, the standard deviation of a normal one, the constant.
    private static (Distribution Distribution, double Width) Resolve(ParameterLayout layout)
    {
        double fanIn = layout.FanIn;
        double fans = fanIn + layout.FanOut;
        return layout.Init switch
        {
            Init.Default => (Distribution.Uniform, 1 / Math.Sqrt(fanIn)),
            Init.KaimingUniform => (Distribution.Uniform, Scale(Math.Sqrt(2)) * Math.Sqrt(3 / fanIn)),
            Init.KaimingNormal => (Distribution.Normal, Scale(Math.Sqrt(2)) / Math.Sqrt(fanIn)),
            Init.XavierUniform => (Distribution.Uniform, Scale(1) * Math.Sqrt(6 / fans)),
            Init.XavierNormal => (Distribution.Normal, Scale(1) * Math.Sqrt(2 / fans)),
            Init.Normal => (Distribution.Normal, Scale(1)),
            Init.Uniform => (Distribution.Uniform, Scale(1)),
            Init.Constant => (Distribution.Constant, Scale(0)),
            _ => throw new UnreachableException(),
        };

        double Scale(double standard) => double.IsNaN(layout.Scale) ? standard : layout.Scale;
    }
}
