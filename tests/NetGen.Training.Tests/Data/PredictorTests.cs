using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using NetGen.Data;
using NetGen.Metrics;
using NetGen.Tests.Infrastructure;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

[Network(3)]
[Linear(5), Tanh, Linear(3)]
[CrossEntropyLoss]
internal sealed partial class ThreeClasses;

[Network(3)]
[Linear(3), Softmax]
internal sealed partial class SoftmaxAtEnd;

[Network(2)]
[Linear(1)]
[BCEWithLogitsLoss]
internal sealed partial class TwoClasses;

[Network(2)]
[Linear(1)]
[MSELoss]
internal sealed partial class OneValue;

public class PredictorTests
{
    private static readonly float[][] s_samples = [[1, 200, 0], [2, -100, 1], [0.5f, 30, 0], [4, 5, 1]];

    private static Predictor<ThreeClasses> Create()
    {
        var network = new ThreeClasses(seed: 2);
        var transform = new Compose(new Standardize(columns: [0, 1]), new OneHot(new Dictionary<int, int> { [2] = 1 }, UnknownCategory.Zeros));
        transform.Fit(s_samples.SelectMany(sample => sample).ToArray(), 3);
        return new Predictor<ThreeClasses>(network, transform, ["a", "b", "c"]);
    }

    [Fact]
    public void It_transforms_what_the_network_does_not()
    {
        Predictor<ThreeClasses> predictor = Create();
        foreach (float[] sample in s_samples)
        {
            float[] transformed = new float[3], expected = new float[3];
            predictor.Transform!.Apply(sample, transformed);
            Assert.NotEqual(sample, transformed);
            predictor.Network.Predict(transformed, expected);
            Assert.Equal(expected, predictor.Predict(sample));

            double[] powers = [.. expected.Select(value => Math.Exp(value))];
            Classification found = predictor.Classify(sample);
            Assert.Equal(Array.IndexOf(expected, expected.Max()), found.Class);
            Assert.Equal(powers.Max() / powers.Sum(), found.Probability, 1e-6);
            Assert.Equal("abc"[found.Class].ToString(), found.Name);
        }

        Assert.Equal(s_samples.Select(sample => predictor.Predict(sample)), predictor.Predict(s_samples));
        Assert.Equal(s_samples.Select(sample => predictor.Classify(sample)), predictor.Classify(s_samples));
    }

    [Fact]
    public void Batches_give_what_samples_give()
    {
        Predictor<ThreeClasses> predictor = Create();
        float[] samples = [.. Enumerable.Range(0, 150).SelectMany(i => s_samples[i % 4])], output = new float[450];
        predictor.Predict(samples, output);
        Assert.Equal(Enumerable.Range(0, 150).SelectMany(i => predictor.Predict(s_samples[i % 4])), output);
        Allocations.None(() =>
        {
            predictor.Predict(samples, output);
            predictor.Classify(samples.AsSpan(0, 3));
        });
        var results = new float[8][];
        Parallel.For(0, 8, i =>
        {
            results[i] = new float[450];
            for (int repeat = 0; repeat < 20; repeat++)
                predictor.Predict(samples, results[i]);
        });
        Assert.All(results, result => Assert.Equal(output, result));
    }

    [Fact]
    public void One_output_is_a_probability_of_class_1()
    {
        var network = new TwoClasses();
        network.Parameters["0.weight"].CopyFrom([1, 0]);
        network.Parameters["0.bias"].CopyFrom([0]);
        var predictor = new Predictor<TwoClasses>(network, classes: ["no", "yes"]);
        foreach (float x in new[] { -30f, -2, -0.1f, 0, 1e-20f, 0.3f, 2, 30 })
        {
            double one = 1 / (1 + Math.Exp(-x));
            Classification found = predictor.Classify([x, 9]);
            Assert.Equal(x > 0 ? (1, "yes") : (0, "no"), (found.Class, found.Name));
            Assert.Equal(Math.Max(one, 1 - one), found.Probability, 1e-6);

            // The metric counts the same decisions.
            var accuracy = new Binary(new Accuracy());
            accuracy.Reset(1);
            accuracy.Update(predictor.Predict([x, 9]), [found.Class]);
            Assert.Equal(1, accuracy.Value);
        }

        var softmax = new Predictor<SoftmaxAtEnd>(new SoftmaxAtEnd(seed: 1));
        Assert.Equal(softmax.Predict([1, 2, 3]).Max(), softmax.Classify([1f, 2, 3]).Probability);
        Assert.Null(softmax.Classify([1f, 2, 3]).Name);
    }

    [Fact]
    public void Targets_come_back_in_their_own_unit()
    {
        var network = new OneValue(seed: 1);
        Standardize targets = new Standardize().FitTargets(new Dataset<float>(new float[4], new float[] { 100, 300 }, 2));
        var predictor = new Predictor<OneValue>(network, targetTransform: targets);
        float[] output = new float[1];
        network.Predict([1, 2], output);
        Assert.Equal((output[0] * 100) + 200, predictor.Predict([1, 2])[0], 1e-3);
        Assert.Equal(predictor.Predict([1, 2]), Again(predictor).Predict([1, 2]));

        // Of several samples each.
        var several = new float[2];
        predictor.Predict([1, 2, 3, -1], several);
        Assert.Equal([predictor.Predict([1, 2])[0], predictor.Predict([3, -1])[0]], several);
    }

    [Fact]
    public void One_file_has_it_all()
    {
        Predictor<ThreeClasses> predictor = Create();
        predictor.Extras.Set("schema.columns", "x y z");
        string path = Path.Combine(Directory.CreateTempSubdirectory("netgen-predictor-").FullName, "model.safetensors");
        try
        {
            predictor.Save(path);
            Predictor<ThreeClasses> loaded = Predictor<ThreeClasses>.Load(path);
            Assert.Equal(predictor.Classify(s_samples), loaded.Classify(s_samples));
            Assert.Equal(["a", "b", "c"], loaded.Classes);
            Assert.Equal("x y z", loaded.Extras.GetString("schema.columns"));
            Assert.Equal(predictor.Classify(s_samples), Again(Again(loaded)).Classify(s_samples));

            // A checkpoint as any other.
            var network = new ThreeClasses(seed: 9);
            network.Load(path);
            Assert.Equal(predictor.Network.FlatParameters.ToArray(), network.FlatParameters.ToArray());

            // And one of the network alone is no predictor.
            network.Save(path);
            string message = path + ": Expected a predictor, as Predictor.Save writes it, but the file has a network without transforms: load it with network.Load, and give it to new Predictor.";
            Assert.Equal(message, Assert.Throws<InvalidDataException>(() => Predictor<ThreeClasses>.Load(path)).Message);
            using (FileStream stream = File.OpenRead(path))
                Assert.Equal(message, Assert.Throws<InvalidDataException>(() => Predictor<ThreeClasses>.Load(stream)).Message);

            // Whatever is wrong, the file is named, once.
            network.Save(path, new CheckpointSaveOptions { Metadata = new Dictionary<string, string> { ["predictor.transforms"] = "many" } });
            Assert.Equal(path + ": Expected \"predictor.transforms\" of the checkpoint to be a whole number, but got \"many\".", Assert.Throws<InvalidDataException>(() => Predictor<ThreeClasses>.Load(path)).Message);
            File.WriteAllText(path, "");
            Assert.StartsWith(path + ": Expected a safetensors file", Assert.Throws<InvalidDataException>(() => Predictor<ThreeClasses>.Load(path)).Message);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void Custom_transforms_are_made_by_their_kind()
    {
        var predictor = new Predictor<OneValue>(new OneValue(seed: 1), new Doubling());
        using var stream = new MemoryStream();
        predictor.Save(stream);
        stream.Position = 0;
        Assert.Equal(predictor.Predict([1, 2]), Predictor<OneValue>.Load(stream, kind => kind == "Doubling" ? new Doubling() : null).Predict([1, 2]));
        stream.Position = 0;
        Assert.Throws<InvalidDataException>(() => Predictor<OneValue>.Load(stream));
    }

    [Fact]
    public void What_does_not_fit_is_told()
    {
        Predictor<ThreeClasses> predictor = Create();
        Assert.Throws<ArgumentException>(() => predictor.Predict(new float[4]));
        Assert.Throws<ArgumentException>(() => predictor.Predict(new float[6]));
        Assert.Throws<ArgumentException>(() => predictor.Predict(new float[6], new float[4]));
        Assert.Throws<ArgumentException>(() => predictor.Predict(new float[5], new float[6]));
        Assert.Throws<ArgumentException>(() => predictor.Predict([], new float[3]));
        Assert.StartsWith("Expected the names of 3 classes, as the network has 3 outputs, but got 2.", Assert.Throws<ArgumentException>(() => new Predictor<ThreeClasses>(new ThreeClasses(), classes: ["a", "b"])).Message);
        Assert.StartsWith("Expected samples that make 3 inputs of the network, but 2 floats make 2.", Assert.Throws<ArgumentException>(() => new Predictor<ThreeClasses>(new ThreeClasses()).Predict([1, 2])).Message);
    }

    private static Predictor<TNetwork> Again<TNetwork>(Predictor<TNetwork> predictor)
        where TNetwork : class, INetwork<TNetwork>
    {
        using var stream = new MemoryStream();
        predictor.Save(stream);
        stream.Position = 0;
        return Predictor<TNetwork>.Load(stream);
    }

    private sealed class Doubling : ITransform
    {
        public string Kind => "Doubling";

        public int OutputSize(int inputSize) => inputSize;

        public void Apply(ReadOnlySpan<float> input, Span<float> output)
        {
            for (int i = 0; i < input.Length; i++)
                output[i] = 2 * input[i];
        }

        public void Save(TrainingState state)
        {
        }

        public Action Load(TrainingState state) => () => { };
    }
}
