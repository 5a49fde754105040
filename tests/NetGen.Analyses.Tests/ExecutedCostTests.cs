using System;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Kernels;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Compiler.Passes;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>What compiled networks do, by the loops of their kernels, beside what they cost as declared.</summary>
public class ExecutedCostTests
{
    /// <summary>All rewrites but the mark of what only the input's gradient needs.</summary>
    private static readonly string[] s_rewrites = [.. PassPipeline.Names.Where(name => name != nameof(MarkInputGradient))];

    public static TheoryData<string> References => CostNetworks.References;

    /// <summary>Where all sizes fill vectors and nothing is padded, the loops do what is declared, forward to the last multiply-add.</summary>
    [Theory]
    [InlineData("[Network(64), Linear(128), ReLU, Linear(64), Tanh, Linear(32), MSELoss]")]
    [InlineData("[Network(16, 18, 18), Conv2d(32, 3), ReLU, Conv2d(16, 1), MaxPool2d(2), Flatten, Linear(16), MSELoss]")]
    [InlineData("[Network(16, 40), Conv1d(16, 5), ReLU, Conv1d(48, 3, Stride = 2), MSELoss]")]
    [InlineData("[Network(32, 12, 12), Conv2d(32, 3, Groups = 2), Conv2d(32, 3, Groups = 32), MSELoss]")]
    [InlineData("[Network(3000), Linear(16), MSELoss]")]
    public void Executed_is_declared(string attributes)
    {
        AnalyzedNetwork network = CostNetworks.Of(attributes + " partial class Net;");
        Assert.Equal(network.Cost.Forward.Arithmetic.MultiplyAccumulates, network.Executed.MultiplyAdds(ExecutedPhase.Forward));
        Assert.Equal(network.Cost.Inference.Arithmetic.MultiplyAccumulates, network.Executed.MultiplyAdds(ExecutedPhase.Inference));
        Assert.Equal(network.Cost.Forward.Arithmetic.MultiplyAccumulates, network.Executed.MultiplyAccumulates(ExecutedPhase.Forward));
        Assert.Equal(network.Cost.Backward.Arithmetic.MultiplyAccumulates, network.Executed.MultiplyAccumulates(ExecutedPhase.Backward));
    }

    /// <summary>Ten outputs take sixteen lanes, three take four; of a filter's three rows two lie in the picture at its upper and its lower edge.</summary>
    [Theory]
    [InlineData("[Network(32), Linear(10)]", 32 * 16)]
    [InlineData("[Network(4), Linear(3)]", 4 * 4)]
    [InlineData("[Network(16, 8, 8), Conv2d(16, 3, Padding = 1)]", 16 * 16 * 8 * 3 * ((6 * 3) + 2 + 2))]
    [InlineData("[Network(16, 8, 8), Conv2d(20, 1)]", 16 * 32 * 64)]
    public void Padding_is_counted_and_a_border_is_not(string attributes, long multiplyAdds)
    {
        AnalyzedNetwork network = CostNetworks.Of(attributes + " partial class Net;");
        Assert.Equal(multiplyAdds, network.Executed.MultiplyAdds(ExecutedPhase.Inference));
        Assert.Equal(network.Cost.Inference.Arithmetic.MultiplyAccumulates, network.Executed.MultiplyAccumulates(ExecutedPhase.Inference));
    }

    /// <summary>Without rewrites the products of the steps are those of the layers, forward and backward; constants that are zero are not executed.</summary>
    [Theory]
    [MemberData(nameof(References))]
    public void Without_rewrites_products_are_those_declared(string name)
    {
        AnalyzedNetwork network = CostNetworks.Reference(name);
        var executed = ExecutedCost.Of(CompiledNetwork.Compile(network.Graph, s_rewrites));
        bool hasConstants = network.Graph.Nodes.Any(node => node.Op is ConvOp { IsFixed: true });
        Assert.Equal(hasConstants, network.Cost.Forward.Arithmetic.MultiplyAccumulates != executed.MultiplyAccumulates(ExecutedPhase.Forward));
        Assert.Equal(network.Cost.Backward.Arithmetic.MultiplyAccumulates, executed.MultiplyAccumulates(ExecutedPhase.Backward));
        Assert.Equal(network.Cost.InputGradient.Arithmetic.MultiplyAccumulates == 0, executed.Steps.All(step => !step.OnlyForInputGradient || step.MultiplyAccumulates == 0));
    }

    /// <summary>
    /// Of the paths of R10 each reads the picture, writes one of its own, and they are summed; merged, they read it once and write it once. The products stay as
    /// many, for each is still there: 32 first layers side by side, 32 last ones stacked. The 31 additions of pictures are in the sums of the last layer.
    /// </summary>
    [Fact]
    public void Merged_paths_read_and_write_once()
    {
        AnalyzedNetwork network = CostNetworks.Reference("SplitTransformMerge");
        var apart = ExecutedCost.Of(CompiledNetwork.Compile(network.Graph, s_rewrites));
        Assert.Equal(network.Cost.Inference.Arithmetic.MultiplyAccumulates, network.Executed.MultiplyAccumulates(ExecutedPhase.Inference));
        Assert.True(10 * network.Executed.Moved(ExecutedPhase.Inference).PerSample < apart.Moved(ExecutedPhase.Inference).PerSample);
        Assert.Equal(3, network.Executed.Steps.Count(step => step.Phase == ExecutedPhase.Inference && step.MultiplyAccumulates > 0));
        Assert.Equal(96, apart.Steps.Count(step => step.Phase == ExecutedPhase.Inference && step.MultiplyAccumulates > 0));
        Assert.Contains(network.Executed.Steps, step => step.Layers.Contains("0.branches.0.0 to 0.branches.31.0"));
    }

    /// <summary>R11's filters are 162 numbers of which 12 are not zero.</summary>
    [Fact]
    public void Zeros_of_a_fixed_filter_are_not_executed()
    {
        AnalyzedNetwork network = CostNetworks.Reference("ColourDifferences");
        Assert.Equal(6 * 9 * 9 * 21, network.Cost.Inference.Arithmetic.MultiplyAccumulates);
        Assert.Equal(12 * 9 * 21, network.Executed.MultiplyAccumulates(ExecutedPhase.Inference));
    }

    /// <summary>A fused step names what has become a part of it.</summary>
    [Theory]
    [InlineData("[Network(32), Linear(16, Name = \"a\"), ReLU, Linear(16, Name = \"b\"), BatchNorm1d, Tanh]", "a, 1 | 3 | b, 3, 4")]
    [InlineData("[Network(16, 8, 8), Conv2d(16, 3, Name = \"c\"), MaxPool2d(2), ReLU]", "c | c | 1, 2 | ")]
    [InlineData("[Block, Linear(16), ReLU] class Body; [Network(16), Residual<Body>]", "0.body.0, 0.body.1, 0")]
    public void Steps_know_their_layers(string attributes, string layers)
    {
        AnalyzedNetwork network = CostNetworks.Of(attributes + " partial class Net;");
        Assert.Equal(layers, string.Join(" | ", network.Executed.Steps.Where(step => step.Phase == ExecutedPhase.Inference).Select(step => string.Join(", ", step.Layers))));
    }

    [Fact]
    public void A_gradient_of_an_activation_is_a_part_of_the_step_behind_it()
    {
        AnalyzedNetwork network = CostNetworks.Of("[Network(32), Linear(32, Name = \"a\"), ReLU, Linear(32, Name = \"b\"), MSELoss] partial class Net;");
        Assert.Contains(network.Executed.Steps, step => step.Phase == ExecutedPhase.Backward && step.Layers.SequenceEqual(["b", "1"]));
        Assert.Equal(["a"], Assert.Single(network.Executed.Steps, step => step.OnlyForInputGradient && step.MultiplyAccumulates > 0).Layers);
    }

    /// <summary>By the counts of ranges as by going through all of them, at every width, and a batch is so many samples.</summary>
    [Theory]
    [InlineData("LeNet5")]
    [InlineData("SmallBottleneck")]
    [InlineData("ResidualMlp")]
    [InlineData("Conv1dChain")]
    [InlineData("LinearSmoothMaximum")]
    [InlineData("ColourDifferences")]
    public void Counts_are_those_of_all_steps(string name)
    {
        foreach (Nest nest in CostNetworks.Reference(name).Compiled.Nests)
        {
            foreach (int lanes in VectorWidths.Lanes)
            {
                long one = NestCost.MultiplyAdds(nest, lanes, rows: 1);
                Assert.Equal(3 * one, NestCost.MultiplyAdds(nest, lanes, rows: 3));
                Assert.Equal(one, NestCost.MultiplyAdds(nest, lanes, rows: 1, isExhaustive: true));
            }
        }
    }

    /// <summary>The bytes of a step are those of the elements of its buffers, and of its parameters with their padding.</summary>
    [Fact]
    public void Bytes_of_steps()
    {
        ExecutedCost executed = CostNetworks.Of("[Network(32), Linear(16), ReLU, Linear(16), MSELoss] partial class Net;").Executed;
        ExecutedStep[] inference = [.. executed.Steps.Where(step => step.Phase == ExecutedPhase.Inference)];
        Assert.Equal(
            [new ByteCount(4 * ((32 * 16) + 16), 4 * (32 + 16)), new ByteCount(4 * ((16 * 16) + 16), 4 * (16 + 16))],
            inference.Select(step => step.Moved));
    }
}
