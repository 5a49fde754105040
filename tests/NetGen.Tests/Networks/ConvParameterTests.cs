using System;
using System.IO;
using System.Linq;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Parameters of convolutions are PyTorch's at the boundary, whatever their packing.</summary>
public class ConvParameterTests
{
    [Fact]
    public void Names_and_shapes_are_pytorchs()
    {
        var network = new OddPictures();
        Assert.Equal(
            ["conv1.weight [6, 3, 3, 3]", "conv1.bias [6]", "conv2.weight [20, 6, 3, 2]", "conv2.bias [20]", "conv3.weight [40, 5, 3, 3]", "conv3.bias [40]", "head.weight [7, 480]", "head.bias [7]"],
            network.Parameters.Select(view => $"{view.Name} [{string.Join(", ", view.Shape.ToArray())}]"));
        Assert.Equal(OddPictures.ParameterCount, network.Parameters.Sum(view => view.Length));
    }

    [Fact]
    public void A_checkpoint_holds_filters_in_pytorchs_order()
    {
        var saved = new OddPictures(1);
        var stream = new MemoryStream();
        saved.Save(stream);

        // In the file the tensors stand one behind the other, in their order of declaration.
        byte[] file = stream.ToArray();
        int start = 8 + (int)BitConverter.ToInt64(file);
        foreach (ParameterView view in saved.Parameters)
        {
            int[] shape = view.Shape.ToArray();
            for (int index = 0; index < view.Length; index++)
            {
                float value = BitConverter.ToSingle(file, start + (4 * index));
                Assert.Equal(value, view[index]);
                if (shape.Length == 4)
                {
                    int taps = shape[2] * shape[3];
                    Assert.Equal(value, view[index / taps / shape[1], index / taps % shape[1], index / shape[3] % shape[2], index % shape[3]]);
                }
            }

            start += 4 * view.Length;
        }

        Assert.Equal(file.Length, start);
        var loaded = new OddPictures(2);
        Assert.NotEqual(saved.FlatParameters.ToArray(), loaded.FlatParameters.ToArray());
        stream.Position = 0;
        loaded.Load(stream);
        Assert.Equal(saved.FlatParameters, loaded.FlatParameters);
    }

    /// <summary>A filter's first values are the same in panels, in rows and depthwise, where seed, number and fan-in are.</summary>
    [Fact]
    public void Initial_values_do_not_depend_on_the_packing()
    {
        var assembly = NetworkCompiler.Load("""
            using NetGen;
            namespace Sample;
            /// <summary>Panels of channels.</summary>
            [Network(16, 9, 9), Conv2d(32, 3)] public partial class Panels;
            /// <summary>Rows of pixels.</summary>
            [Network(16, 9, 32), Conv2d(2, 3)] public partial class Rows;
            /// <summary>Every channel for itself.</summary>
            [Network(32, 9, 9), Conv2d(32, 12, Padding = 3, Groups = 32)] public partial class Depthwise;
            /// <summary>Groups of rows.</summary>
            [Network(64, 9, 9), Conv2d(32, 6, Groups = 16)] public partial class Groups;
            /// <summary>No picture.</summary>
            [Network(144), Linear(32)] public partial class Features;
            """);
        float[][] values = [.. new[] { "Panels", "Rows", "Depthwise", "Groups", "Features" }.Select(name =>
            ((INetwork)Activator.CreateInstance(assembly.GetType("Sample." + name, throwOnError: true)!, 5UL)!).Parameters["0.weight"].ToArray())];
        Assert.All(values, filter => Assert.Equal(values[4][..288], filter[..288]));
        Assert.Equal(288, values[4][..288].Distinct().Count());
    }

    [Fact]
    public void A_linear_layer_behind_pixels_takes_features_in_pytorchs_order()
    {
        // One channel of the 1x1 convolution is one channel of the picture; a weight sees the feature of its number.
        var network = new PixelHead(1);
        float[] eye = [.. Enumerable.Range(0, 16 * 16).Select(i => i / 16 == i % 16 ? 1f : 0f)];
        network.Parameters["0.weight"].CopyFrom(eye);
        network.Parameters["0.bias"].CopyFrom(new float[16]);
        network.Parameters["2.bias"].CopyFrom(new float[5]);
        float[] input = new RandomStream(1).Floats(PixelHead.InputSize, -1, 1);
        for (int feature = 0; feature < PixelHead.InputSize; feature += 7)
        {
            var weight = new float[5 * PixelHead.InputSize];
            weight[(3 * PixelHead.InputSize) + feature] = 1;
            network.Parameters["2.weight"].CopyFrom(weight);
            var output = new float[5];
            network.Predict(input, output);
            Assert.Equal([0, 0, 0, input[feature], 0], output);
        }
    }
}
