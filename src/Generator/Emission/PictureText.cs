using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Emission;

/// <summary>A buffer's layout as the runtime's kernels take it.</summary>
internal static class PictureText
{
    /// <summary>An expression for the layout of a buffer; a flat one stands for planes of <paramref name="flat"/>'s shape.</summary>
    public static string Layout(Buffer buffer, Buffer? flat = null)
    {
        if (buffer.Order == BufferOrder.Flat && flat is { Order: not BufferOrder.Flat, Shape: { } picture })
            return Expression(picture.Channels, picture.Height, picture.Width, buffer.Stride, picture.Pixels, picture.Width, 1, 0);
        Picture shape = buffer.Shape;
        return Expression(shape.Channels, shape.Height, shape.Width, buffer.Stride, buffer.ChannelStride, buffer.RowStride, buffer.PixelStride, buffer.Origin, buffer.IsPart && !buffer.IsPadded);
    }

    private static string Expression(int channels, int height, int width, int sample, int channel, int row, int pixel, int origin, bool isExact = false) =>
        "new PictureLayout("
        + string.Join(", ", System.Array.ConvertAll(new[] { channels, height, width, sample, channel, row, pixel, origin }, value => Text.Int(value)))
        + (isExact ? ", isExact: true)" : ")");
}
