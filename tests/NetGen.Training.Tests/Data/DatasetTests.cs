using System;
using NetGen.Data;
using Xunit;

namespace NetGen.Tests.Training;

public class DatasetTests
{
    [Fact]
    public void Arrays_are_taken_as_they_are()
    {
        float[] inputs = [0, 1, 10, 11, 20, 21];
        var data = new Dataset<int>(inputs, new[] { 7, 8, 9 }, 2);
        Assert.Equal((3, 2, 1), (data.Count, data.InputSize, data.TargetSize));
        Assert.Equal([10, 11], data.Input(1).ToArray());
        Assert.Equal([9], data.Target(2).ToArray());
        Assert.True(data.Inputs.Overlaps(inputs));
        Assert.True(data.Slice(1, 2).Inputs.Overlaps(inputs.AsSpan(2)));
        Assert.Equal([8, 9], data.Slice(1, 2).Targets.ToArray());
        Dataset<int> subset = data.Subset([2, 0]);
        Assert.Equal([20, 21, 0, 1], subset.Inputs.ToArray());
        Assert.Equal([9, 7], subset.Targets.ToArray());
    }

    [Fact]
    public void Jagged_arrays_and_spans_are_copied()
    {
        float[][] rows = [[1, 2], [3, 4]];
        int[] labels = [1, 0];
        Dataset<int> classes = Dataset.From(rows, labels);
        Dataset<float> values = Dataset.From(rows, [new[] { 5f, 6, 7 }, [8, 9, 10]]);
        Dataset<float> spans = Dataset.From<float>([1, 2, 3, 4], [5f, 6], 2);
        (rows[0][0], labels[0]) = (-1, -1);
        Assert.Equal([1, 2, 3, 4], classes.Inputs.ToArray());
        Assert.Equal([1, 0], classes.Targets.ToArray());
        Assert.Equal(3, values.TargetSize);
        Assert.Equal([8, 9, 10], values.Target(1).ToArray());
        Assert.Equal([1, 2, 3, 4], spans.Inputs.ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_told()
    {
        Assert.StartsWith("Expected whole samples, a multiple of 2 floats, but got 3.", Error(() => new Dataset<int>(new float[3], new int[1], 2)));
        Assert.StartsWith("Expected 4 numbers, 2 for each of 2 samples, but got 3.", Error(() => new Dataset<float>(new float[4], new float[3], 2, 2)));
        Assert.StartsWith("Expected rows of one length above 0, but row 0 has 2 numbers and row 1 has 1.", Error(() => Dataset.From([[1f, 2], [3]], [0, 1])));
        Assert.StartsWith("Expected at least one sample, but got none.", Error(() => Dataset.From<int>([], (int[])[])));
        Assert.StartsWith("Expected 2 numbers, 1 for each of 2 samples, but got 1.", Error(() => Dataset.From([[1f], [3]], [0])));
        var data = new Dataset<int>(new float[4], new int[2], 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Input(2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Target(-1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Subset([0, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Slice(1, 2));

        static string Error(Action action) => Assert.Throws<ArgumentException>(action).Message;
    }
}
