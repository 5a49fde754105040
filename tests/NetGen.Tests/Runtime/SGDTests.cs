using System;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Runtime;

public class SGDTests
{
    [Theory]
    [InlineData(1, 0.1, 0)]
    [InlineData(1000, 0.1, 0)]
    [InlineData(1000, 0.01, 0.5)]
    [InlineData(1024, 0.01, 0.5)]
    [InlineData(5003, 0.3, 0.01)]
    public void Steps_follow_the_formula(int length, double rate, double decay)
    {
        float[] parameters = TestNetwork.Values(length, 1);
        float[] gradients = TestNetwork.Values(length, 2);
        float[] before = [.. parameters];
        float[] kept = [.. gradients];
        new SGD(rate, decay).Step(parameters, gradients);
        for (int i = 0; i < length; i++)
        {
            float g = decay == 0 ? gradients[i] : MathF.FusedMultiplyAdd(before[i], (float)decay, gradients[i]);
            Assert.Equal(MathF.FusedMultiplyAdd(g, -(float)rate, before[i]), parameters[i]);
            Assert.Equal(before[i] - (rate * (gradients[i] + (decay * before[i]))), parameters[i], 1e-6);
        }

        Assert.Equal(kept, gradients);
    }

    [Fact]
    public void Steps_allocate_nothing()
    {
        var parameters = new float[3000];
        SGD[] optimizers = [new(0.1), new(0.1, 0.1)];
        foreach (SGD optimizer in optimizers)
            Allocations.None(() => optimizer.Step(parameters, parameters));
    }

    [Fact]
    public void Bad_numbers_and_lengths_are_refused()
    {
        foreach (double value in new[] { -0.1, double.NaN, double.PositiveInfinity, 1e300 })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(value));
            Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(0.1, value));
            Assert.Throws<ArgumentOutOfRangeException>(() => new SGD(0.1).LearningRate = value);
        }

        var parameters = new float[4];
        Assert.Contains("Expected 4 elements, but got 3", Assert.Throws<ArgumentException>(() => new SGD(1).Step(parameters, new float[3])).Message);
        var optimizer = new SGD(0.5, 0.25) { LearningRate = 2 };
        Assert.Equal(2, optimizer.LearningRate);
        Assert.Equal(0.25, optimizer.WeightDecay);
    }
}
