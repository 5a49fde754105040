using System.CommandLine;
using System.Linq;
using NetGen.Samples.Mnist;
using Xunit;

namespace NetGen.Tests.Training;

public class SampleOptionTests
{
    [Theory]
    [InlineData("--epochs 0", "Expected --epochs to be at least 1, but got 0.")]
    [InlineData("--epochs -3", "Expected --epochs to be at least 1, but got -3.")]
    [InlineData("--epochs 1", null)]
    [InlineData("--shares 0 0.5 1", null)]
    [InlineData("--shares 0 1.5", "Expected --shares to be from 0 to 1, but got 1.5.")]
    [InlineData("--shares NaN", "Expected --shares to be from 0 to 1, but got NaN.")]
    [InlineData("", null)]
    public void Numbers_out_of_range_are_refused_before_the_program_starts(string arguments, string? error)
    {
        var epochs = new Option<int?>("--epochs");
        epochs.Require(least: 1);
        var shares = new Option<double[]>("--shares") { AllowMultipleArgumentsPerToken = true };
        shares.Require(least: 0, most: 1);
        ParseResult result = new RootCommand { epochs, shares }.Parse(arguments);
        Assert.Equal(error is null ? [] : [error], result.Errors.Select(found => found.Message));
    }
}
