using System;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace NetGen.Runtime;

/// <summary>Weights in panels of 16 outputs, turned into panels of 16 inputs for the data gradient.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class WeightPanels
{
    private const int Panel = 16;

    /// <summary>
    /// Writes weight[o, column + 16 p + lane] to destination[(p * outputs + o) * 16 + lane] for each output o, panel p and lane;
    /// zero where the input is past the last one.
    /// </summary>
    /// <param name="weight">The packed weight: element (o, i) at (o / 16) * 16 * inputs + i * 16 + o % 16.</param>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <param name="column">The first input, a multiple of 16.</param>
    /// <param name="panels">The number of panels to write.</param>
    /// <param name="destination">16 * outputs * panels floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(ref float weight, int inputs, int outputs, nuint column, int panels, ref float destination)
    {
        Span<float> block = stackalloc float[Panel * Panel];
        for (int o = 0; o < outputs; o += Panel)
        {
            int rows = int.Min(Panel, outputs - o);
            ref float group = ref Unsafe.Add(ref weight, ((nint)o * inputs) + ((nint)column * Panel));
            if (o + Panel < outputs)
                Prefetch(ref Unsafe.Add(ref group, (nint)inputs * Panel), int.Min(panels * Panel, inputs - (int)column));
            for (int p = 0; p < panels; p++)
            {
                int first = (int)column + (p * Panel);
                ref float source = ref Unsafe.Add(ref group, p * Panel * Panel);
                ref float target = ref Unsafe.Add(ref destination, (((nint)p * outputs) + o) * Panel);
                if (inputs - first < Panel)
                {
                    TransposeEdge(ref source, rows, inputs - first, ref target);
                }
                else if (rows == Panel)
                {
                    TransposeBlock(ref source, ref target);
                }
                else
                {
                    TransposeBlock(ref source, ref MemoryMarshal.GetReference(block));
                    block[..(rows * Panel)].CopyTo(MemoryMarshal.CreateSpan(ref target, rows * Panel));
                }
            }
        }
    }

    /// <summary>
    /// Asks for the next 16 outputs' lines while these are moved: they lie a whole panel further, where no hardware prefetcher looks.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Prefetch(ref float lines, int count)
    {
        if (!Sse.IsSupported)
            return;
        for (int i = 0; i < count; i++)
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref lines, i * Panel)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeEdge(ref float source, int outputs, int inputs, ref float target)
    {
        for (int o = 0; o < outputs; o++)
        {
            for (int lane = 0; lane < Panel; lane++)
                Unsafe.Add(ref target, (o * Panel) + lane) = lane < inputs ? Unsafe.Add(ref source, (lane * Panel) + o) : 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeBlock(ref float source, ref float target) => BlockTranspose.Block16(ref source, Panel, ref target, Panel);
}
