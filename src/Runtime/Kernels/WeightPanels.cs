using System;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace NetGen.Runtime;

/// <summary>How a convolution's weight lies in memory; T taps of the kernel, in rows.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum WeightForm
{
    /// <summary>Panels of 16 outputs: <c>[outputs / 16][T][inputs of a group][16]</c>.</summary>
    Panels,

    /// <summary>PyTorch's order: <c>[outputs][inputs of a group][T]</c>.</summary>
    Rows,

    /// <summary>One input and one output a group: <c>[outputs / 16][T][16]</c>.</summary>
    Depthwise,
}

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
    /// Writes a convolution's weight with inputs and outputs exchanged, and of its taps those that a phase of the data gradient needs:
    /// tap (a, b) of the target is tap (firstRow + a rowStep, firstColumn + b columnStep). Lanes of panels behind the last input become zero.
    /// </summary>
    /// <param name="weight">The weight.</param>
    /// <param name="from">Its form.</param>
    /// <param name="target">The exchanged weight; its outputs are the inputs of <paramref name="weight"/>.</param>
    /// <param name="to">Its form.</param>
    /// <param name="outputs">Output channels of all groups.</param>
    /// <param name="inputs">Input channels of all groups.</param>
    /// <param name="groups">The number of groups.</param>
    /// <param name="kernelHeight">Rows of the kernel.</param>
    /// <param name="kernelWidth">Columns of the kernel.</param>
    /// <param name="firstRow">The kernel's row that comes first.</param>
    /// <param name="rowStep">From a row to the next one taken; negative to flip the kernel.</param>
    /// <param name="rowCount">How many rows are taken.</param>
    /// <param name="firstColumn">The kernel's column that comes first.</param>
    /// <param name="columnStep">From a column to the next one taken.</param>
    /// <param name="columnCount">How many columns are taken.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Repack(
        ref float weight,
        WeightForm from,
        ref float target,
        WeightForm to,
        int outputs,
        int inputs,
        int groups,
        int kernelHeight,
        int kernelWidth,
        int firstRow,
        int rowStep,
        int rowCount,
        int firstColumn,
        int columnStep,
        int columnCount)
    {
        int groupInputs = inputs / groups;
        int groupOutputs = outputs / groups;
        nint taps = kernelHeight * kernelWidth;
        nint targetTaps = rowCount * columnCount;
        if (to != WeightForm.Rows && inputs % Panel != 0)
        {
            nint length = targetTaps * groupOutputs * Panel;
            MemoryMarshal.CreateSpan(ref Unsafe.Add(ref target, inputs / Panel * length), (int)length).Clear();
        }

        bool isDense = from == WeightForm.Panels && to == WeightForm.Panels && (groups == 1 || (groupInputs % Panel == 0 && groupOutputs % Panel == 0));
        for (int g = 0; g < groups; g++)
        {
            for (int a = 0; a < rowCount; a++)
            {
                for (int b = 0; b < columnCount; b++)
                {
                    nint tap = ((firstRow + (a * rowStep)) * kernelWidth) + firstColumn + (b * columnStep);
                    nint targetTap = (a * columnCount) + b;
                    if (isDense)
                    {
                        RepackTap(
                            ref Unsafe.Add(ref weight, (g * (nint)groupOutputs * taps * groupInputs) + (tap * groupInputs * Panel)),
                            taps * groupInputs * Panel,
                            ref Unsafe.Add(ref target, (g * (nint)groupInputs * targetTaps * groupOutputs) + (targetTap * groupOutputs * Panel)),
                            targetTaps * groupOutputs * Panel,
                            groupOutputs,
                            groupInputs);
                        continue;
                    }

                    for (int i = 0; i < groupInputs; i++)
                    {
                        for (int o = 0; o < groupOutputs; o++)
                        {
                            Unsafe.Add(ref target, Element(to, (g * groupInputs) + i, o, groupOutputs, targetTap, targetTaps)) =
                                Unsafe.Add(ref weight, Element(from, (g * groupOutputs) + o, i, groupInputs, tap, taps));
                        }
                    }
                }
            }
        }
    }

    /// <summary>Where the weight from an input of its group to an output lies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Element(WeightForm form, nint output, nint input, nint groupInputs, nint tap, nint taps) => form switch
    {
        WeightForm.Panels => (output / Panel * taps * groupInputs * Panel) + (((tap * groupInputs) + input) * Panel) + (output % Panel),
        WeightForm.Rows => (((output * groupInputs) + input) * taps) + tap,
        _ => (output / Panel * taps * Panel) + (tap * Panel) + (output % Panel),
    };

    // One tap of panels to panels. Blocks of 16 inputs x 16 outputs are 1 KiB in one piece on both sides.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RepackTap(ref float weight, nint panel, ref float target, nint targetPanel, int outputs, int inputs)
    {
        Span<float> block = stackalloc float[Panel * Panel];
        for (int o = 0; o < outputs; o += Panel, weight = ref Unsafe.Add(ref weight, panel))
        {
            int rows = int.Min(Panel, outputs - o);
            if (o + Panel < outputs)
                Prefetch(ref Unsafe.Add(ref weight, panel), inputs);
            ref float from = ref weight;
            ref float to = ref Unsafe.Add(ref target, o * Panel);
            for (int i = 0; i < inputs; i += Panel, from = ref Unsafe.Add(ref from, Panel * Panel), to = ref Unsafe.Add(ref to, targetPanel))
            {
                if (inputs - i < Panel)
                {
                    TransposeEdge(ref from, rows, inputs - i, ref to);
                }
                else if (rows == Panel)
                {
                    TransposeBlock(ref from, ref to);
                }
                else
                {
                    TransposeBlock(ref from, ref MemoryMarshal.GetReference(block));
                    block[..(rows * Panel)].CopyTo(MemoryMarshal.CreateSpan(ref to, rows * Panel));
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
