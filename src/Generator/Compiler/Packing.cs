using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>
/// Where the element (o, i) of a matrix [rows, inner] lies: offset + (o / Panel) * PanelStride + i * InnerStride + o % Panel.
/// The layout depends on the shape alone, never on the machine.
/// </summary>
internal sealed record ParameterLayout(string Name, ParameterSpec Spec, int Offset, int Panel, int PanelStride, int InnerStride, int PackedLength);

/// <summary>How parameters and rows of activations are laid out in memory.</summary>
internal static class Packing
{
    /// <summary>Floats of a panel: outputs that stand side by side in memory.</summary>
    public const int Panel = 16;

    /// <summary>Outputs up to this many are rows of their own, reduced across lanes; a panel would be mostly padding.</summary>
    public const int NarrowOutputs = 3;

    /// <summary>The length of a row in memory: 1, 4 or a multiple of 16, so that full vectors load and store it.</summary>
    public static int Pad(int width) => width == 1 ? 1 : width <= 4 ? 4 : (int)PadLong(width);

    private static long PadLong(long width) => (width + Panel - 1) / Panel * Panel;

    /// <summary>Floats that the parameter takes, padded so that the next one starts on a cache line.</summary>
    public static long PackedLength(ParameterSpec parameter)
    {
        long outputs = parameter.Shape[0];
        if (parameter.Shape.Count == 1)
            return PadLong(outputs);
        long inner = parameter.Count / outputs;
        return IsNarrow((int)outputs, inner)
            ? outputs * PadLong(inner)
            : outputs <= 4 ? PadLong(4 * inner) : PadLong(outputs) * inner;
    }

    public static bool IsNarrow(int outputs, long inputs) => outputs <= NarrowOutputs && inputs > 8;

    /// <summary>The layout of a parameter that starts at <paramref name="offset"/>.</summary>
    public static ParameterLayout Layout(string name, ParameterSpec parameter, int offset)
    {
        int outputs = parameter.Shape[0];
        int length = (int)PackedLength(parameter);
        if (parameter.Shape.Count == 1)
            return new ParameterLayout(name, parameter, offset, length, length, 0, length);
        int inner = (int)(parameter.Count / outputs);
        if (IsNarrow(outputs, inner))
            return new ParameterLayout(name, parameter, offset, 1, (int)PadLong(inner), 1, length);
        int panel = outputs <= 4 ? 4 : Panel;
        return new ParameterLayout(name, parameter, offset, panel, panel * inner, panel, length);
    }
}
