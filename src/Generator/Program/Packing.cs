using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>
/// Where the element (o, i) of a matrix [rows, inner] lies: Offset + (o / Panel) * PanelStride + i' * InnerStride + o % Panel, where
/// i' = (i % Minor) * (inner / Minor) + i / Minor: an inner index of channels and then <paramref name="Minor"/> taps or pixels is stored taps first.
/// The layout depends on the shape alone, never on the machine.
/// </summary>
internal sealed record ParameterLayout(string Name, ParameterSpec Spec, int Offset, int Panel, int PanelStride, int InnerStride, int PackedLength, int Minor = 1)
{
    /// <summary>The first row of a part of a larger matrix.</summary>
    public int FirstRow { get; init; }

    /// <summary>Channels of that matrix.</summary>
    public int MinorStride { get; init; }

    /// <summary>Whether other parameters lie between its elements.</summary>
    public bool IsPart { get; init; }

    /// <summary>Rows of padding behind a part's own.</summary>
    public int PaddingRows { get; init; }

    /// <summary>A declared parameter whose matrix is a part of this one.</summary>
    public ParameterLayout Part(ParameterPart part)
    {
        ParameterSpec spec = part.Parameter.Spec!;
        return this with
        {
            Name = part.Parameter.Name!,
            Spec = spec,
            Offset = part.FirstInput == 0 ? Offset : Offset + (part.FirstInput * (InnerStride > 1 ? InnerStride : (int)(spec.Count / spec.Shape[0]) / spec.Shape[1])),
            FirstRow = part.FirstOutput,
            MinorStride = Minor > 1 ? Spec.Shape[1] : 0,
            IsPart = true,
            PaddingRows = part.FirstOutput + spec.Shape[0] == Spec.Shape[0] ? (Panel - (Spec.Shape[0] % Panel)) % Panel : 0,
        };
    }
}

/// <summary>How a linear layer's weight is packed, and so which kernels it has.</summary>
internal enum LinearForm
{
    /// <summary>Panels of 16 outputs, <c>[out/16][in][16]</c>; lanes are outputs.</summary>
    Panels,

    /// <summary>Few outputs: rows <c>[out][in]</c>; lanes are inputs, a dot product an output.</summary>
    Narrow,

    /// <summary>At most 4 by 4: one panel of 4, held in registers, unrolled whole.</summary>
    Tiny,
}

/// <summary>How parameters and rows of activations are laid out in memory.</summary>
internal static class Packing
{
    /// <summary>Floats of a panel: outputs that stand side by side in memory.</summary>
    public const int Panel = 16;

    /// <summary>The largest side of a tiny layer, and the floats of its one panel.</summary>
    public const int TinyPanel = 4;

    /// <summary>Outputs up to this many are rows of their own; a panel of 16 would be mostly padding.</summary>
    private const int NarrowOutputs = 4;

    /// <summary>The length of a row in memory: 1, 4 or a multiple of 16, so that whole vectors load and store it.</summary>
    public static int Pad(int width) => width == 1 ? 1 : width <= TinyPanel ? TinyPanel : (int)PadToPanel(width);

    /// <summary>Rounded up to whole panels.</summary>
    public static long PadToPanel(long width) => (width + Panel - 1) / Panel * Panel;

    public static LinearForm Form(int outputs, long inputs) =>
        outputs > NarrowOutputs ? LinearForm.Panels : inputs <= TinyPanel ? LinearForm.Tiny : LinearForm.Narrow;

    /// <summary>Floats that the parameter of an op takes, padded so that the next one starts on a cache line.</summary>
    public static long PackedLength(Op op, Shape input, ParameterSpec parameter)
    {
        if (parameter.Shape.Count <= 1)
            return PadToPanel(parameter.Count);
        long outputs = parameter.Shape[0];
        long inputs = parameter.Count / outputs;
        if (op is not (ConvOp or LinearOp))
            return PadToPanel(parameter.Count);
        if (op is ConvOp convolution)
            return ConvKernel.FormOf(convolution, Picture.Of(input)) == ConvForm.Rows ? PadToPanel(parameter.Count) : PadToPanel(outputs) * inputs;
        return Form((int)outputs, inputs) switch
        {
            LinearForm.Narrow => outputs * PadToPanel(inputs),
            LinearForm.Tiny => PadToPanel(TinyPanel * inputs),
            _ => PadToPanel(outputs) * inputs,
        };
    }

    /// <summary>The layout of a parameter that starts at <paramref name="offset"/>.</summary>
    /// <param name="node">The first node that reads it.</param>
    /// <param name="value">The parameter.</param>
    /// <param name="offset">Where it starts.</param>
    public static ParameterLayout Layout(Node node, Value value, int offset)
    {
        string name = value.Name!;
        ParameterSpec parameter = value.Spec!;
        int length = (int)PackedLength(node.Op, node.Input, parameter);
        if (parameter.Shape.Count <= 1)
            return new ParameterLayout(name, parameter, offset, length, length, 0, length);
        int outputs = parameter.Shape[0];
        int inputs = (int)(parameter.Count / outputs);
        if (node.Op is not (ConvOp or LinearOp))
            return new ParameterLayout(name, parameter, offset, 1, inputs, 1, length);
        if (node.Op is ConvOp convolution)
        {
            return ConvKernel.FormOf(convolution, Picture.Of(node.Input)) == ConvForm.Rows
                ? new ParameterLayout(name, parameter, offset, 1, inputs, 1, length)
                : new ParameterLayout(name, parameter, offset, Panel, Panel * inputs, Panel, length, convolution.Kernel.Count);
        }

        LinearForm form = Form(outputs, inputs);
        if (form == LinearForm.Narrow)
            return new ParameterLayout(name, parameter, offset, 1, (int)PadToPanel(inputs), 1, length);
        int panel = form == LinearForm.Tiny ? TinyPanel : Panel;
        return new ParameterLayout(name, parameter, offset, panel, panel * inputs, panel, length);
    }
}
