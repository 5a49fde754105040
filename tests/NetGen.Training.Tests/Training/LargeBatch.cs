using System;
using System.Reflection;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Training;

/// <summary>Batches that pass through a small network in several pieces.</summary>
public class LargeBatch
{
    /// <summary>More than twice the largest piece.</summary>
    public const int Samples = 2200;

    [Theory]
    [InlineData(typeof(InPieces))]
    [InlineData(typeof(Healthy))]
    public void Has_several_pieces(Type network)
    {
        Type steps = GeneratedSteps.Of(network);
        Assert.InRange((int)steps.GetProperty("TrainingBatch", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!, 1, Samples / 2);
    }
}
