using System;
using NetGen.Data;
using NetGen.Training;

namespace NetGen.Samples.Service;

/// <summary>Whether a point of the plane lies inside of a ring.</summary>
[Network(2)]
[Linear(32), ReLU, Linear(32), ReLU, Linear(2)]
[CrossEntropyLoss]
internal sealed partial class RingNetwork;

internal static class Rings
{
    /// <summary>Points of a square of 200 by 200, class 1 where they are 30 to 70 from its middle.</summary>
    public static Dataset<int> Points(int count, int seed)
    {
        var random = new Random(seed);
        (float[] points, int[] classes) = (new float[2 * count], new int[count]);
        for (int i = 0; i < count; i++)
        {
            (float x, float y) = (points[2 * i], points[(2 * i) + 1]) = (200 * (random.NextSingle() - 0.5f), 200 * (random.NextSingle() - 0.5f));
            classes[i] = Math.Sqrt((x * x) + (y * y)) is > 30 and < 70 ? 1 : 0;
        }

        return new Dataset<int>(points, classes, inputSize: 2);
    }

    /// <summary>Trains and saves a predictor.</summary>
    public static void Train(string path)
    {
        Dataset<int> train = Points(4000, seed: 1);
        Standardize scaler = new Standardize().Fit(train);
        var trainer = new Trainer<RingNetwork, int>(new RingNetwork(seed: 1), new Adam(1e-2));
        trainer.Fit(train.Transform(scaler), epochs: 20);
        new Predictor<RingNetwork>(trainer.Network, scaler, classes: ["outside", "inside"]).Save(path);
    }
}
