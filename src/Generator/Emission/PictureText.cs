using NetGen.Generator.Compiler;

namespace NetGen.Generator.Emission;

/// <summary>A buffer's layout as the runtime's kernels take it.</summary>
internal static class PictureText
{
    /// <summary>An expression for the layout of a buffer; a flat one stands for planes of <paramref name="flat"/>'s shape.</summary>
    public static string Layout(Buffer buffer, Buffer? flat = null)
    {
        bool isPlanesOfRow = buffer.Order == BufferOrder.Flat && flat is { Order: not BufferOrder.Flat };
        Ops(out int channels, out int height, out int width);
        return isPlanesOfRow
            ? Expression(channels, height, width, buffer.Stride, height * width, width, 1, 0)
            : Expression(channels, height, width, buffer.Stride, buffer.ChannelStride, buffer.RowStride, buffer.PixelStride, buffer.Origin);

        void Ops(out int c, out int h, out int w) => (c, h, w) = isPlanesOfRow
            ? (flat!.Shape.Channels, flat.Shape.Height, flat.Shape.Width)
            : (buffer.Shape.Channels, buffer.Shape.Height, buffer.Shape.Width);
    }

    private static string Expression(params int[] values) =>
        "new PictureLayout(" + string.Join(", ", System.Array.ConvertAll(values, value => Text.Int(value))) + ")";
}
