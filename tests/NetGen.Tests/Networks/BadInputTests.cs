using System;
using System.Linq;
using NetGen.References;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>What does not fit is refused before anything changes; what is not a number goes through.</summary>
public class BadInputTests
{
    private const int In = OddClassifier.InputSize;
    private const int Out = OddClassifier.OutputSize;

    private readonly OddClassifier _network = new(5);
    private readonly SGD _optimizer = new(0.1);
    private readonly RandomStream _random = new(6);

    [Theory]
    [InlineData((2 * In) - 1, 2 * Out)]
    [InlineData(2 * In, (2 * Out) - 1)]
    [InlineData(2 * In, 3 * Out)]
    [InlineData(0, Out)]
    [InlineData(1, 0)]
    public void Predict_refuses_wrong_lengths(int input, int output) =>
        AssertRefused(() => _network.Predict(new float[input], new float[output]));

    [Fact]
    public void Predict_refuses_overlap()
    {
        var memory = new float[In + Out];
        AssertRefused(() => _network.Predict(memory.AsSpan(0, In), memory.AsSpan(In - 1, Out)));
    }

    [Fact]
    public void Gradients_of_the_input_may_not_overlap_it()
    {
        float[] memory = _random.Floats(3 * In, -1, 1);
        float[] vector = _random.Floats(2 * Out, -1, 1);
        foreach (int start in new[] { 0, 1, In })
        {
            AssertRefused(() => _network.ComputeGradients(memory.AsSpan(0, 2 * In), [0, 1], memory.AsSpan(start, 2 * In)));
            AssertRefused(() => _network.VectorJacobianProduct(memory.AsSpan(0, 2 * In), vector, memory.AsSpan(start, 2 * In)));
        }

        float[] values = [1, 2, 3];
        Assert.Throws<ArgumentException>(() => new TinyRegression().ComputeGradients(values, [0, 0], values));
        Assert.Throws<ArgumentException>(() => new TinyRegression().VectorJacobianProduct(values, [0, 0], values));
    }

    [Theory]
    [InlineData((2 * In) + 1, 2, 0)]
    [InlineData(2 * In, 1, 0)]
    [InlineData(2 * In, 3, 0)]
    [InlineData(2 * In, 2, In)]
    [InlineData(2 * In, 2, 1)]
    [InlineData(0, 0, 0)]
    [InlineData(0, 1, 0)]
    public void Training_refuses_wrong_lengths(int input, int target, int inputGradient)
    {
        AssertRefused(() => _network.ComputeGradients(new float[input], new int[target], new float[inputGradient]));
        if (inputGradient == 0)
            AssertRefused(() => _network.TrainStep(new float[input], new int[target], _optimizer));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(Out)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void Training_refuses_labels_out_of_range(int label)
    {
        int[] labels = [0, 1, label];
        ArgumentException exception = AssertRefused(() => _network.TrainStep(_random.Floats(3 * In, -1, 1), labels, _optimizer));
        Assert.Contains($"{label}", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"{Out - 1}", exception.Message, StringComparison.Ordinal);
        AssertRefused(() => _network.ComputeGradients(_random.Floats(3 * In, -1, 1), labels));
    }

    [Theory]
    [InlineData(2, 2, 3)]
    [InlineData(2, 3, 2)]
    [InlineData(2, 1, 1)]
    [InlineData(0, 0, 1)]
    public void Values_of_wrong_lengths_are_refused(int batch, int targets, int vectors)
    {
        var network = new TinyRegression(1);
        float[] before = network.FlatParameters.ToArray();
        if (targets != batch || batch == 0)
            Assert.Throws<ArgumentException>(() => network.TrainStep(new float[batch * 3], new float[targets * 2], _optimizer));
        if (vectors != batch)
            Assert.Throws<ArgumentException>(() => network.VectorJacobianProduct(new float[batch * 3], new float[vectors * 2]));
        Assert.Equal(before, network.FlatParameters);
    }

    [Fact]
    public void Training_refuses_no_optimizer() =>
        Assert.Throws<ArgumentNullException>(() => _network.TrainStep(new float[In], new int[1], null!));

    [Fact]
    public void Predicting_nothing_writes_nothing()
    {
        _network.Predict([], []);
        var output = new float[3];
        new TinyRegression().Predict([], output.AsSpan(1, 0));
        Assert.All(output, value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_sample_that_is_no_number_spoils_no_other(float value)
    {
        const int Batch = 130;
        float[] input = _random.Floats(Batch * In, -1, 1);
        var expected = new float[Batch * Out];
        _network.Predict(input, expected);
        for (int sample = 0; sample < Batch; sample += 43)
        {
            float[] spoiled = [.. input];
            spoiled[(sample * In) + (sample % In)] = value;
            var output = new float[Batch * Out];
            _network.Predict(spoiled, output);
            if (float.IsNaN(value))
                Assert.All(output[(sample * Out)..((sample + 1) * Out)], y => Assert.True(float.IsNaN(y)));
            expected.AsSpan(sample * Out, Out).CopyTo(output.AsSpan(sample * Out));
            Assert.Equal(expected, output);
        }
    }

    /// <summary>A maximum hands NaN on too; borders, tails of rows and the memory of other samples keep theirs.</summary>
    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_picture_that_is_no_number_spoils_no_other(float value)
    {
        CheckSpoiling(new OddPictures(1), value);
        CheckSpoiling(new OddGraph(1), value);
    }

    private void CheckSpoiling<TNetwork>(TNetwork network, float value)
        where TNetwork : INetwork<TNetwork>
    {
        const int Batch = 5;
        int size = TNetwork.InputSize;
        Assert.Equal(7, TNetwork.OutputSize);
        float[] input = _random.Floats(Batch * size, -1, 1);
        float[] vector = _random.Floats(Batch * 7, -1, 1);
        var expected = new float[Batch * 7];
        var expectedGradient = new float[input.Length];
        network.Predict(input, expected);
        network.VectorJacobianProduct(input, vector, expectedGradient);
        float[] gradients = network.FlatGradients.ToArray();
        foreach (int place in new[] { 0, 17, size / 2, size - 1 })
        {
            float[] spoiled = [.. input];
            spoiled[(2 * size) + place] = value;
            var output = new float[expected.Length];
            var inputGradient = new float[input.Length];
            network.Predict(spoiled, output);
            network.VectorJacobianProduct(spoiled, vector, inputGradient);

            Assert.Contains(output[14..21], y => !float.IsFinite(y));
            Assert.Contains(network.FlatGradients.ToArray(), y => !float.IsFinite(y));
            Assert.Equal([.. expected[..14], .. expected[21..]], (float[])[.. output[..14], .. output[21..]]);
            Assert.Equal([.. expectedGradient[..(2 * size)], .. expectedGradient[(3 * size)..]], (float[])[.. inputGradient[..(2 * size)], .. inputGradient[(3 * size)..]]);
        }

        // Nothing of it is left.
        network.Predict(input, expected);
        network.VectorJacobianProduct(input, vector, new float[input.Length]);
        Assert.Equal(gradients, network.FlatGradients);
        Assert.DoesNotContain(expected, float.IsNaN);
    }

    [Theory]
    [InlineData(-1, 0, 2)]
    [InlineData(0, -1, 2)]
    [InlineData(0, 1, 3)]
    [InlineData(-2, -7, 1)]
    public void Pictures_of_wrong_lengths_are_refused(int input, int output, int labels)
    {
        CheckRefused(new OddPictures(1), input, output, labels);
        CheckRefused(new OddGraph(1), input, output, labels);
    }

    /// <summary>Lengths are relative to those of two pictures.</summary>
    private void CheckRefused<TNetwork>(TNetwork network, int input, int output, int labels)
        where TNetwork : INetwork<TNetwork>, ITrainableNetwork<int>
    {
        int size = TNetwork.InputSize;
        input += 2 * size;
        output += 14;
        float[] before = network.FlatParameters.ToArray();
        Assert.Throws<ArgumentException>(() => network.Predict(new float[input], new float[output]));
        Assert.Throws<ArgumentException>(() => network.VectorJacobianProduct(new float[input], new float[output]));
        if (input != 2 * size || labels != 2)
            Assert.Throws<ArgumentException>(() => network.TrainStep(new float[input], new int[labels], _optimizer));
        Assert.Throws<ArgumentException>(() => network.TrainStep(new float[size], [7], _optimizer));
        Assert.Throws<ArgumentException>(() => network.ComputeGradients(new float[size], [1], new float[size - 1]));
        Assert.Equal(before, network.FlatParameters);
    }

    [Fact]
    public void NaN_reaches_loss_and_gradients_of_every_activation()
    {
        var network = new EveryActivation(1);
        float[] input = _random.Floats(5 * EveryActivation.InputSize, -1, 1);
        input[11] = float.NaN;
        var inputGradient = new float[input.Length];

        float loss = network.ComputeGradients(input, new float[5 * EveryActivation.OutputSize], inputGradient);

        Assert.True(float.IsNaN(loss));
        Assert.All(network.Gradients, gradient => Assert.Contains(gradient.ToArray(), float.IsNaN));
        for (int i = 0; i < input.Length; i++)
            Assert.Equal(i / EveryActivation.InputSize == 1, float.IsNaN(inputGradient[i]));
    }

    [Fact]
    public void NaN_goes_through_relu_and_the_losses()
    {
        var tiny = new TinyRegression(1);
        var output = new float[2];
        tiny.Predict([1, float.NaN, 2], output);
        Assert.All(output, y => Assert.True(float.IsNaN(y)));
        Assert.True(float.IsNaN(tiny.TrainStep([1, float.NaN, 2], [0, 0], _optimizer)));
        Assert.True(float.IsNaN(new HuberRegression().ComputeGradients([1, float.NaN, 2, 3, 4, 5], new float[4])));
        Assert.True(float.IsNaN(new AbsoluteRegression().ComputeGradients([1, float.NaN, 2, 3, 4, 5], new float[4])));
        Assert.True(float.IsNaN(new BinaryClassifier().ComputeGradients([1, float.NaN, 2, 3, 4, 5], new float[4])));
        Assert.True(float.IsNaN(new OddClassifier().ComputeGradients([.. Enumerable.Repeat(float.NaN, In)], [0])));
    }

    [Fact]
    public void NaN_leaves_with_the_batch_that_had_it()
    {
        var network = new PaddedDropout(1);
        const int Batch = 37;
        float[] target = _random.Floats(Batch * PaddedDropout.OutputSize, -1, 1);
        float[] good = _random.Floats(Batch * PaddedDropout.InputSize, -1, 1);
        float expected = network.ComputeGradients(good, target);
        float[] gradients = network.FlatGradients.ToArray();

        Assert.True(float.IsNaN(network.ComputeGradients([.. Enumerable.Repeat(float.NaN, good.Length)], target)));
        float loss = network.ComputeGradients(good, target);

        Assert.Equal(expected, loss);
        Assert.DoesNotContain(network.FlatGradients.ToArray(), float.IsNaN);
        Assert.Equal(gradients, network.FlatGradients);
    }

    [Fact]
    public void NaN_leaves_with_the_parameters_that_had_it()
    {
        AssertCleared(new OddClassifier(1));
        AssertCleared(new TinyRegression(1));
        AssertCleared(new OddPictures(1));
        AssertCleared(new OddGraph(1));
        AssertCleared(new SigmoidMlp(1));
        AssertCleared(new Conv1dChain(1));
        AssertCleared(new PaddedDropout(1));
        AssertCleared(new EveryActivation(1));

        static void AssertCleared(INetwork network)
        {
            float[] before = network.FlatParameters.ToArray();
            float[][] values = [.. network.Parameters.Select(parameter => parameter.ToArray())];
            network.FlatParameters.Fill(float.NaN);
            for (int i = 0; i < values.Length; i++)
                network.Parameters[i].CopyFrom(values[i]);
            Assert.Equal(before, network.FlatParameters);
        }
    }

    /// <summary>An exception that names an argument; parameters, gradients and the dropout of the step to come are as before.</summary>
    private ArgumentException AssertRefused(Action action)
    {
        float[] sample = new RandomStream(8).Floats(In, -1, 1);
        float loss = _network.ComputeGradients(sample, [1]);
        float[] parameters = _network.FlatParameters.ToArray();
        float[] gradients = _network.FlatGradients.ToArray();

        ArgumentException exception = Assert.Throws<ArgumentException>(action);

        Assert.NotNull(exception.ParamName);
        Assert.Equal(parameters, _network.FlatParameters);
        Assert.Equal(gradients, _network.FlatGradients);
        Assert.Equal(loss, _network.ComputeGradients(sample, [1]));
        return exception;
    }
}
