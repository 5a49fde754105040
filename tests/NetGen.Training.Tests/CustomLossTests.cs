using System;
using System.Linq;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Training;

[Network(7)]
[Linear(20), BatchNorm1d, ReLU, Dropout(0.3f), Linear(4)]
[MSELoss]
internal sealed partial class RowsOut;

/// <summary>Outputs that lie pixel after pixel, padded.</summary>
[Network(2, 6, 6)]
[Conv2d(20, 3, Padding = 1), BatchNorm2d, LeakyReLU, Dropout(0.25f), Conv2d(5, 3)]
[MSELoss]
internal sealed partial class PixelsOut;

/// <summary>Outputs that lie plane after plane, in rows that are padded.</summary>
[Network(3, 7, 7)]
[Conv2d(3, 3), Sigmoid]
[MSELoss]
internal sealed partial class PlanesOut;

[Network(5)]
[Linear(6), Tanh, Linear(3)]
internal sealed partial class WithoutLoss;

[Network(2, 3, 3)]
[Flatten]
internal sealed partial class Unchanged;

public class CustomLossTests
{
    private const int Batch = 16;

    [Fact]
    public void Rows_train_as_with_the_declared_loss() => TrainsAlike(new RowsOut(3), new RowsOut(3), RowsOut.InputSize, RowsOut.OutputSize);

    [Fact]
    public void Pixels_train_as_with_the_declared_loss() => TrainsAlike(new PixelsOut(3), new PixelsOut(3), PixelsOut.InputSize, PixelsOut.OutputSize);

    [Fact]
    public void Planes_train_as_with_the_declared_loss() => TrainsAlike(new PlanesOut(3), new PlanesOut(3), PlanesOut.InputSize, PlanesOut.OutputSize);

    private static void TrainsAlike(ITrainableNetwork<float> declared, INetwork own, int inputSize, int outputSize)
    {
        float[] x = Values(Batch * inputSize, 1), y = Values(Batch * outputSize, 2);
        CustomLoss mse = (output, gradient) =>
        {
            Assert.Equal(y.Length, output.Length);
            Assert.Equal(-1, gradient.IndexOfAnyExcept(0));
            double sum = 0;
            for (int i = 0; i < output.Length; i++)
            {
                sum += ((double)output[i] - y[i]) * ((double)output[i] - y[i]);
                gradient[i] = 2 * (output[i] - y[i]) * (1f / y.Length);
            }

            return (float)(sum / y.Length);
        };
        float[] dx = new float[x.Length], expected = new float[x.Length];
        var optimizers = (new Adam(0.01), new Adam(0.01));
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(declared.ComputeGradients(x, y, expected), own.ComputeGradients(x, mse, dx), 1e-6);
            Assert.Equal(expected, dx);
            Assert.Equal(declared.FlatGradients, own.FlatGradients);
            Assert.Equal(declared.TrainStep(x, y, optimizers.Item1), own.TrainStep(x, mse, optimizers.Item2), 1e-6);
            Assert.Equal(declared.FlatParameters, own.FlatParameters);
            Assert.All(declared.Buffers, buffer => Assert.Equal(buffer.ToArray(), own.Buffers[buffer.Name].ToArray()));
            Assert.Equal(declared.RandomState, own.RandomState);
        }
    }

    [Fact]
    public void A_network_without_a_loss_gives_the_vectors_product()
    {
        var network = new WithoutLoss(1);
        float[] x = Values(Batch * WithoutLoss.InputSize, 1), v = Values(Batch * WithoutLoss.OutputSize, 2);
        float[] expected = new float[x.Length], dx = new float[x.Length], predicted = new float[v.Length];
        network.Predict(x, predicted);
        network.VectorJacobianProduct(x, v, expected);
        float[] gradients = network.FlatGradients.ToArray();
        float loss = network.ComputeGradients(x, (output, gradient) =>
        {
            Assert.Equal(predicted, output);
            v.CopyTo(gradient);
            return 42;
        }, dx);
        Assert.Equal(42, loss);
        Assert.Equal(expected, dx);
        Assert.Equal(gradients, network.FlatGradients);
    }

    [Fact]
    public void Outputs_may_be_the_inputs()
    {
        var network = new Unchanged(1);
        float[] x = Values(Batch * Unchanged.InputSize, 1), dx = new float[x.Length];
        network.ComputeGradients(x, (output, gradient) =>
        {
            Assert.Equal(x, output);
            output.CopyTo(gradient);
            return 0;
        }, dx);
        Assert.Equal(x, dx);
    }

    [Fact]
    public void Frozen_layers_stay_and_the_optimizers_are_the_same()
    {
        var network = new WithoutLoss(1);
        float[] x = Values(Batch * WithoutLoss.InputSize, 1);
        float[] before = network.Parameters["0.weight"].ToArray();
        network.TrainStep(x, (output, gradient) => Sum(output, gradient), new SGD(0.1) { Groups = [new ParameterGroup("0.*") { IsFrozen = true }] });
        Assert.Equal(before, network.Parameters["0.weight"].ToArray());
        Assert.All(network.Gradients["0.weight"].ToArray(), value => Assert.Equal(0, value));
        Assert.All(network.Gradients["2.bias"].ToArray(), value => Assert.Equal(Batch, value, 1e-4));
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        var network = new PixelsOut(1);
        float[] x = Values(Batch * PixelsOut.InputSize, 1);
        CustomLoss loss = Sum;
        var optimizer = new SGD(0.01);
        Allocations.None(() =>
        {
            network.TrainStep(x, loss, optimizer);
            network.ComputeGradients(x, loss);
        });
    }

    [Fact]
    public void A_loss_that_throws_changes_nothing()
    {
        var network = new RowsOut(1);
        float[] x = Values(Batch * RowsOut.InputSize, 1);
        float[] parameters = network.FlatParameters.ToArray();
        float[][] buffers = [.. network.Buffers.Select(buffer => buffer.ToArray())];
        Assert.Throws<NotFiniteNumberException>(() => network.TrainStep(x, (_, _) => throw new NotFiniteNumberException(), new SGD(0.1)));
        Assert.Equal(parameters, network.FlatParameters);
        Assert.Equal(buffers, network.Buffers.Select(buffer => buffer.ToArray()));
        Assert.Equal(0, network.RandomState.Step);
        network.TrainStep(x, Sum, new SGD(0.1));
        Assert.Equal(1, network.RandomState.Step);
    }

    [Fact]
    public void A_loss_may_predict_with_its_network_but_not_train_it()
    {
        var network = new RowsOut(1);
        float[] x = Values(Batch * RowsOut.InputSize, 1), y = Values(Batch * RowsOut.OutputSize, 2);
        network.TrainStep(x, (output, gradient) =>
        {
            network.Predict(x, new float[output.Length]);
            Assert.Throws<InvalidOperationException>(() => network.ComputeGradients(x, y));
            Assert.Throws<InvalidOperationException>(() => network.TrainStep(x, Sum, new SGD(0.1)));
            Assert.Throws<InvalidOperationException>(() => network.EvaluateLoss(x, y));
            Assert.Throws<InvalidOperationException>(() => network.VectorJacobianProduct(x, y));
            return 0;
        }, new Nested(() =>
        {
            // In the optimizer it may, and a loss there may not again.
            network.ComputeGradients(x, (_, _) =>
            {
                Assert.Throws<InvalidOperationException>(() => network.ComputeGradients(x, y));
                return 0;
            });
            network.ComputeGradients(x, y);
        }));
        Assert.Equal(1, network.RandomState.Step);
    }

    [Fact]
    public void Bad_arguments_are_told()
    {
        var network = new RowsOut(1);
        Assert.Throws<ArgumentNullException>(() => network.TrainStep(new float[14], (CustomLoss)null!, new SGD(0.1)));
        Assert.Throws<ArgumentNullException>(() => network.ComputeGradients(new float[14], (CustomLoss)null!));
        Assert.Throws<ArgumentNullException>(() => network.TrainStep(new float[14], Sum, null!));
        Assert.Throws<ArgumentException>(() => network.TrainStep([], Sum, new SGD(0.1)));
        Assert.Throws<ArgumentException>(() => network.TrainStep(new float[7], Sum, new SGD(0.1)));
        Assert.Throws<ArgumentException>(() => network.ComputeGradients(new float[13], Sum));
        Assert.Throws<ArgumentException>(() => network.ComputeGradients(new float[14], Sum, new float[13]));
    }

    private static float Sum(ReadOnlySpan<float> output, Span<float> gradient)
    {
        gradient.Fill(1);
        float sum = 0;
        foreach (float value in output)
            sum += value;
        return sum;
    }

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    private sealed class Nested(Action action) : IOptimizer
    {
        public void Step(IParameterized model) => action();
    }
}
