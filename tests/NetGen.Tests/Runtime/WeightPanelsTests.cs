using System;
using System.Linq;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Runtime;

public class WeightPanelsTests
{
    public static TheoryData<WeightForm, WeightForm, int, int, int> Shapes => new()
    {
        { WeightForm.Panels, WeightForm.Panels, 48, 32, 1 },
        { WeightForm.Panels, WeightForm.Panels, 20, 37, 1 },
        { WeightForm.Panels, WeightForm.Panels, 7, 48, 1 },
        { WeightForm.Panels, WeightForm.Panels, 33, 3, 1 },
        { WeightForm.Panels, WeightForm.Panels, 96, 48, 3 },
        { WeightForm.Panels, WeightForm.Panels, 24, 18, 3 },
        { WeightForm.Panels, WeightForm.Panels, 32, 24, 2 },
        { WeightForm.Panels, WeightForm.Rows, 40, 3, 1 },
        { WeightForm.Panels, WeightForm.Rows, 20, 10, 2 },
        { WeightForm.Rows, WeightForm.Panels, 6, 20, 1 },
        { WeightForm.Rows, WeightForm.Panels, 6, 20, 2 },
        { WeightForm.Rows, WeightForm.Rows, 6, 4, 2 },
        { WeightForm.Rows, WeightForm.Rows, 5, 5, 5 },
        { WeightForm.Depthwise, WeightForm.Depthwise, 37, 37, 37 },
        { WeightForm.Depthwise, WeightForm.Rows, 20, 20, 20 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Repack_exchanges_inputs_and_outputs_of_the_taps_asked_for(WeightForm from, WeightForm to, int outputs, int inputs, int groups)
    {
        const int Height = 3;
        const int Width = 4;
        int groupInputs = inputs / groups;
        int groupOutputs = outputs / groups;
        foreach ((int firstRow, int rowStep, int rows, int firstColumn, int columnStep, int columns) in (ReadOnlySpan<(int, int, int, int, int, int)>)[(2, -1, 3, 3, -1, 4), (2, -2, 2, 2, -2, 2), (1, 1, 1, 0, 3, 2)])
        {
            // NaN in the weight's padding must not get into the target.
            var weight = new float[Length(from, outputs, groupInputs, Height * Width)];
            Array.Fill(weight, float.NaN);
            for (int o = 0; o < outputs; o++)
            {
                for (int i = 0; i < groupInputs; i++)
                {
                    for (int t = 0; t < Height * Width; t++)
                        weight[Element(from, o, i, groupInputs, t, Height * Width)] = Number(o, i, t);
                }
            }

            var expected = new float[Length(to, inputs, groupOutputs, rows * columns) + 16];
            float[] target = [.. expected.Select(_ => -3f)];
            Array.Fill(expected, -3f, expected.Length - 16, 16);
            for (int c = 0; c < inputs; c++)
            {
                for (int o = 0; o < groupOutputs; o++)
                {
                    for (int a = 0; a < rows; a++)
                    {
                        for (int b = 0; b < columns; b++)
                        {
                            expected[Element(to, c, o, groupOutputs, (a * columns) + b, rows * columns)] =
                                Number((c / groupInputs * groupOutputs) + o, c % groupInputs, ((firstRow + (a * rowStep)) * Width) + firstColumn + (b * columnStep));
                        }
                    }
                }
            }

            WeightPanels.Repack(ref weight[0], from, ref target[0], to, outputs, inputs, groups, Height, Width, firstRow, rowStep, rows, firstColumn, columnStep, columns);
            Assert.Equal(expected, target);
        }
    }

    private static float Number(int o, int i, int t) => 1 + t + (100 * (i + (100 * o)));

    private static int Length(WeightForm form, int outputs, int groupInputs, int taps) => (form == WeightForm.Rows ? outputs : (outputs + 15) / 16 * 16) * groupInputs * taps;

    private static int Element(WeightForm form, int o, int i, int groupInputs, int t, int taps) => form switch
    {
        WeightForm.Panels => (o / 16 * taps * groupInputs * 16) + (((t * groupInputs) + i) * 16) + (o % 16),
        WeightForm.Rows => (((o * groupInputs) + i) * taps) + t,
        _ => (o / 16 * taps * 16) + (t * 16) + (o % 16),
    };
}
