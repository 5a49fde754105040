using System;
using System.Linq;
using System.Runtime.InteropServices;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Training;

[Network(6)]
[Linear(10), BatchNorm1d, ReLU, Dropout(0.5f), Linear(4)]
[CrossEntropyLoss]
internal sealed partial class DroppingClassifier;

/// <summary>A batch of <see cref="LargeBatch.Samples"/> is passed through in several pieces.</summary>
[Network(40)]
[Linear(48), Dropout(0.3f), LayerNorm, Linear(7)]
[CrossEntropyLoss]
internal sealed partial class InPieces;

public class EvaluateLossTests
{
    private const int Batch = 40;
    private static readonly float[] s_inputs = Values(Batch * DroppingClassifier.InputSize, 1);
    private static readonly int[] s_labels = [.. Enumerable.Range(0, Batch).Select(i => i * 7 % DroppingClassifier.OutputSize)];

    /// <summary>−log softmax of the predictions at the labels, their mean, in double.</summary>
    [Fact]
    public void It_is_the_loss_of_the_predictions()
    {
        DroppingClassifier network = Trained();
        var outputs = new float[Batch * DroppingClassifier.OutputSize];
        network.Predict(s_inputs, outputs);
        double expected = Enumerable.Range(0, Batch).Average(i =>
        {
            double[] row = [.. outputs.Skip(i * DroppingClassifier.OutputSize).Take(DroppingClassifier.OutputSize).Select(value => (double)value)];
            return Math.Log(row.Sum(Math.Exp)) - row[s_labels[i]];
        });
        Assert.Equal(expected, network.EvaluateLoss(s_inputs, s_labels), 1e-5);
        Assert.NotEqual(network.EvaluateLoss(s_inputs, s_labels), network.ComputeGradients(s_inputs, s_labels));
    }

    [Fact]
    public void It_is_the_loss_of_training_where_both_modes_are_one()
    {
        var network = new SmallRegression(seed: 3);
        float[] inputs = Values(9 * SmallRegression.InputSize, 3);
        float[] targets = Values(9 * SmallRegression.OutputSize, 4);
        Assert.Equal(network.ComputeGradients(inputs, targets), network.EvaluateLoss(inputs, targets));
    }

    [Fact]
    public void It_gives_the_outputs_of_its_pass()
    {
        Check<DroppingClassifier, int>(Trained(), s_labels);
        Check<InPieces, int>(new InPieces(seed: 1), [.. Enumerable.Range(0, LargeBatch.Samples).Select(i => i % InPieces.OutputSize)]);
        Check<RowsOut, float>(new RowsOut(seed: 1), Values(Batch * RowsOut.OutputSize, 5));
        Check<PixelsOut, float>(new PixelsOut(seed: 1), Values(Batch * PixelsOut.OutputSize, 5));
        Check<PlanesOut, float>(new PlanesOut(seed: 1), Values(Batch * PlanesOut.OutputSize, 5));

        static void Check<TNetwork, TTarget>(TNetwork network, TTarget[] targets)
            where TNetwork : INetwork<TNetwork>, ITrainableNetwork<TTarget>
            where TTarget : unmanaged
        {
            int batch = typeof(TTarget) == typeof(int) ? targets.Length : targets.Length / TNetwork.OutputSize;
            float[] inputs = Values(batch * TNetwork.InputSize, 6);
            float[] expected = new float[batch * TNetwork.OutputSize], outputs = new float[expected.Length];
            network.Predict(inputs, expected);
            Assert.Equal(network.EvaluateLoss(inputs, targets), network.EvaluateLoss(inputs, targets, outputs));
            Assert.Equal(expected, outputs, (a, b) => Math.Abs(a - b) < 1e-5f);
            Allocations.None(() => network.EvaluateLoss(inputs, targets, outputs));
        }
    }

    [Fact]
    public void It_changes_nothing_and_allocates_nothing()
    {
        DroppingClassifier network = Trained();
        network.ComputeGradients(s_inputs, s_labels);
        float[][] before = [network.FlatParameters.ToArray(), network.FlatGradients.ToArray(), .. network.Buffers.Select(buffer => buffer.ToArray())];
        RandomState state = network.RandomState;
        Allocations.None(() => network.EvaluateLoss(s_inputs, s_labels));
        Assert.Equal(before, [network.FlatParameters.ToArray(), network.FlatGradients.ToArray(), .. network.Buffers.Select(buffer => buffer.ToArray())]);
        Assert.Equal(state, network.RandomState);
    }

    /// <summary>Training needs two values a channel, evaluation none.</summary>
    [Fact]
    public void One_sample_is_enough()
    {
        DroppingClassifier network = Trained();
        Assert.Throws<ArgumentException>(() => network.ComputeGradients(s_inputs.AsSpan(0, DroppingClassifier.InputSize), s_labels.AsSpan(0, 1)));
        double sum = 0;
        for (int i = 0; i < Batch; i++)
            sum += network.EvaluateLoss(s_inputs.AsSpan(i * DroppingClassifier.InputSize, DroppingClassifier.InputSize), s_labels.AsSpan(i, 1));
        Assert.Equal(network.EvaluateLoss(s_inputs, s_labels), sum / Batch, 1e-5);
    }

    [Fact]
    public void Bad_arguments_are_told()
    {
        DroppingClassifier network = Trained();
        Assert.Throws<ArgumentException>(() => network.EvaluateLoss([], []));
        Assert.Throws<ArgumentException>(() => network.EvaluateLoss(s_inputs, s_labels.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => network.EvaluateLoss(s_inputs.AsSpan(1), s_labels));
        Assert.Throws<ArgumentException>(() => network.EvaluateLoss(s_inputs.AsSpan(0, DroppingClassifier.InputSize), [DroppingClassifier.OutputSize]));
        var outputs = new float[Batch * DroppingClassifier.OutputSize];
        Assert.Throws<ArgumentException>(() => network.EvaluateLoss(s_inputs, s_labels, outputs.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => network.EvaluateLoss(s_inputs, s_labels, s_inputs.AsSpan(0, outputs.Length)));
        var told = Assert.Throws<ArgumentException>(() => network.EvaluateLoss(s_inputs, MemoryMarshal.Cast<float, int>(outputs)[..Batch], outputs));
        Assert.Contains("targets", told.Message, StringComparison.Ordinal);
    }

    private static DroppingClassifier Trained()
    {
        var network = new DroppingClassifier(seed: 2);
        for (int i = 0; i < 10; i++)
            network.TrainStep(s_inputs, s_labels, new SGD(0.1));
        return network;
    }

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }
}
