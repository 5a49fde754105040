using System.Linq;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Runtime;

public sealed class RowKernelsTests
{
    /// <summary>Blocks of 16, what is left over on either side, and strides that are wider than the rows: nothing else is read into the result or written.</summary>
    [Fact]
    public void Transpose_puts_each_element_in_its_place_and_writes_nothing_else()
    {
        const float Untouched = -1;
        foreach (int rows in new[] { 1, 3, 4, 15, 16, 21, 64 })
        {
            foreach (int width in new[] { 1, 2, 4, 5, 16, 18, 37 })
            {
                (int fromStride, int toStride) = (width + 3, rows + 5);
                float[] from = [.. Enumerable.Range(0, ((rows - 1) * fromStride) + width).Select(i => (float)i)];
                float[] to = [.. Enumerable.Repeat(Untouched, width * toStride)];
                RowKernels.Transpose(ref from[0], fromStride, ref to[0], toStride, width, (nuint)rows);
                for (int j = 0; j < width; j++)
                {
                    for (int i = 0; i < toStride; i++)
                        Assert.Equal(i < rows ? from[(i * fromStride) + j] : Untouched, to[(j * toStride) + i]);
                }
            }
        }
    }
}
