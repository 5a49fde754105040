using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>How a convolution's filter is packed, and so which kernels it has.</summary>
internal enum ConvForm
{
    /// <summary>Panels of 16 outputs, <c>[out/16][kh][kw][in/groups][16]</c>: lanes are output channels.</summary>
    Panels,

    /// <summary>PyTorch's order, <c>[out][in/groups][kh][kw]</c>: lanes are pixels.</summary>
    Rows,

    /// <summary>Every channel for itself, <c>[c/16][kh][kw][16]</c>: lanes are channels.</summary>
    Depthwise,
}

/// <summary>
/// One of the stride's residues along one dimension of a data gradient. The pixels at residue a, a + stride, ... see only every n-th tap:
/// dx[a + m stride] = Σ over j &lt; TapCount of dy[m + First + j Step] · w[FirstTap + j TapStep].
/// </summary>
internal sealed record GradientPhase(int Residue, int Count, int FirstTap, int TapStep, int TapCount, int First, int Step);

/// <summary>What the kernels of a convolution know of it.</summary>
/// <param name="Stem">The start of its methods' names.</param>
/// <param name="Label">The layer in comments.</param>
/// <param name="Op">The layer's options.</param>
/// <param name="Input">The input's picture.</param>
/// <param name="Output">The output's picture.</param>
/// <param name="Form">How the filter is packed.</param>
/// <param name="WeightOffset">Where the filter starts in the packed parameters.</param>
/// <param name="BiasOffset">Where the bias starts; −1 without one.</param>
internal sealed record ConvKernel(string Stem, string Label, ConvOp Op, Picture Input, Picture Output, ConvForm Form, int WeightOffset, int BiasOffset)
{
    /// <summary>How many biases lie there one behind the other, to be summed.</summary>
    public int Biases { get; init; } = 1;

    public bool HasBias => BiasOffset >= 0;

    /// <summary>What its methods' code depends on: neither its names nor where its parameters lie, nor how they start.</summary>
    public ConvKernel Code => this with
    {
        Stem = "",
        Label = "",
        WeightOffset = 0,
        BiasOffset = HasBias ? 0 : -1,
        Op = Op with { Name = null, WeightInit = Initializer.Default, BiasInit = Initializer.Default },
    };

    /// <summary>Weight and bias as operands.</summary>
    public Operand[] Both() => HasBias
        ? [Operand.Parameter("weight", WeightOffset), Operand.Parameter("bias", BiasOffset)]
        : [Operand.Parameter("weight", WeightOffset)];

    public int Groups => Op.Groups;

    /// <summary>Input channels of a group.</summary>
    public int Inputs => Input.Channels / Groups;

    /// <summary>Output channels of a group.</summary>
    public int Outputs => Output.Channels / Groups;

    public int Taps => Op.Kernel.Count;

    /// <summary>Products of a sample, forward and for each of its gradients; those with a border's zeros are among them.</summary>
    public long MultiplyAccumulates => Output.Count * Inputs * Taps;

    /// <summary>The layer as comments show it.</summary>
    public string Display => $"{Op.Kernel} filter"
        + (Op.Stride != Size2.Of(1) ? $", stride {Op.Stride}" : "") + (Op.Dilation != Size2.Of(1) ? $", dilation {Op.Dilation}" : "") + (Groups > 1 ? $", {Groups.ToString(System.Globalization.CultureInfo.InvariantCulture)} groups" : "");

    /// <summary>The order that the output comes in.</summary>
    public BufferOrder OutputOrder => Form == ConvForm.Rows ? BufferOrder.Planes : BufferOrder.ChannelsLast;

    /// <summary>The order that the input's gradient comes in.</summary>
    public BufferOrder GradientOrder => OrderOf(Op, Input, Input.Channels / Groups, Form == ConvForm.Depthwise);

    /// <summary>The form of a convolution's filter; it follows from the shapes alone.</summary>
    public static ConvForm FormOf(ConvOp op, Picture input)
    {
        Picture output = op.Output(input);
        bool isDepthwise = op.Groups == input.Channels && op.Groups == output.Channels && op.Groups >= Packing.Panel;
        return isDepthwise ? ConvForm.Depthwise
            : OrderOf(op, output, output.Channels / op.Groups, isDepthwise: false) == BufferOrder.Planes ? ConvForm.Rows
            : ConvForm.Panels;
    }

    // Lanes are channels where they fill vectors; groups must then end with their panels. Strided pixels do not lie side by side.
    private static BufferOrder OrderOf(ConvOp op, Picture picture, int channelsOfGroup, bool isDepthwise)
    {
        if (isDepthwise)
            return BufferOrder.ChannelsLast;
        if (op.Groups > 1)
            return channelsOfGroup % Packing.Panel == 0 ? BufferOrder.ChannelsLast : BufferOrder.Planes;
        return op.Stride.Width == 1 && FewChannels(picture) ? BufferOrder.Planes : BufferOrder.ChannelsLast;
    }

    // Fewer channels than lanes, and rows that fill vectors better than the channels do.
    private static bool FewChannels(Picture picture) =>
        picture.Channels < Packing.Panel && picture.Channels * Packing.PadToPanel(picture.Width) < (long)Packing.Panel * picture.Width;

    /// <summary>What forward and weight gradient ask of the input: the padding, and with vectors of pixels also what their last lanes touch.</summary>
    public BufferNeed InputNeed(bool vectors)
    {
        Border pads = Op.Pads;
        bool ofPixels = vectors && Form == ConvForm.Rows;
        int columns = ofPixels ? (int)Packing.PadToPanel(Output.Width) : Output.Width;
        int After(int count, int stride, int kernel, int dilation, int before, int size) =>
            Math.Max(0, ((count - 1) * stride) + ((kernel - 1) * dilation) - before - (size - 1));
        var border = new Border(
            pads.Top, pads.Left,
            After(Output.Height, Op.Stride.Height, Op.Kernel.Height, Op.Dilation.Height, pads.Top, Input.Height),
            After(columns, Op.Stride.Width, Op.Kernel.Width, Op.Dilation.Width, pads.Left, Input.Width));
        return new BufferNeed(border, vectors, TakesBorder: true, TakesParts: true);
    }

    /// <summary>What the data gradient asks of the output's gradient.</summary>
    public BufferNeed GradientNeed(bool vectors)
    {
        (int top, int bottom) = Reach(RowPhases(), Output.Height, 1);
        (int left, int right) = Reach(ColumnPhases(), Output.Width, vectors ? Packing.Panel : 1);
        return new BufferNeed(new Border(top, left, bottom, right), vectors || Form == ConvForm.Depthwise, TakesBorder: true, TakesParts: true);

        static (int Before, int After) Reach(IEnumerable<GradientPhase> phases, int size, int lanes)
        {
            int before = 0;
            int after = 0;
            foreach (GradientPhase phase in phases)
            {
                if (phase.TapCount == 0)
                    continue;
                int count = (phase.Count + lanes - 1) / lanes * lanes;
                before = Math.Max(before, -phase.First);
                after = Math.Max(after, count - 1 + phase.First + ((phase.TapCount - 1) * phase.Step) - (size - 1));
            }

            return (before, after);
        }
    }

    /// <summary>The phases of the data gradient's rows.</summary>
    public IReadOnlyList<GradientPhase> RowPhases() => Phases(Input.Height, Op.Kernel.Height, Op.Stride.Height, Op.Dilation.Height, Op.Pads.Top);

    /// <summary>The phases of its columns.</summary>
    public IReadOnlyList<GradientPhase> ColumnPhases() => Phases(Input.Width, Op.Kernel.Width, Op.Stride.Width, Op.Dilation.Width, Op.Pads.Left);

    private static List<GradientPhase> Phases(int size, int kernel, int stride, int dilation, int padding)
    {
        // A residue's taps are evenly spaced: those whose distance is a multiple of the stride.
        int spacing = stride / GreatestCommonDivisor(stride, dilation);
        var phases = new List<GradientPhase>();
        for (int residue = 0; residue < Math.Min(stride, size); residue++)
        {
            int count = (size - residue + stride - 1) / stride;
            int first = 0;
            while (first < Math.Min(spacing, kernel) && (residue + padding - ((long)first * dilation)) % stride != 0)
                first++;
            if (first >= Math.Min(spacing, kernel))
            {
                phases.Add(new GradientPhase(residue, count, 0, 0, 0, 0, 0));
                continue;
            }

            // From the last tap to the first, dy moves forwards.
            int taps = ((kernel - 1 - first) / spacing) + 1;
            int last = first + ((taps - 1) * spacing);
            phases.Add(new GradientPhase(
                residue, count, last, -spacing, taps, First: (residue + padding - (last * dilation)) / stride, Step: spacing * dilation / stride));
        }

        return phases;

        static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
    }

    /// <summary>Floats of the filter repacked for one phase of the data gradient.</summary>
    public long RepackedLength(bool isPlanes)
    {
        long taps = RowPhases().Max(phase => phase.TapCount) * (long)ColumnPhases().Max(phase => phase.TapCount);
        return isPlanes ? Packing.PadToPanel(Input.Channels * Outputs * taps)
            : Packing.PadToPanel(Input.Channels) * taps * (Form == ConvForm.Depthwise ? 1 : Outputs);
    }
}
