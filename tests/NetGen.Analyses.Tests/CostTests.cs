using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Reports;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>What networks cost as declared: the reference's tables, gradients that nobody needs, bytes.</summary>
public class CostTests
{
    public static TheoryData<string> References => CostNetworks.References;

    [Fact]
    public void Table_1()
    {
        NetworkCost cost = CostNetworks.Reference("Inception").Cost;
        Assert.Equal(
            ["Conv2d(128, 1) 32896 33554432 33554432 131072", "Conv2d(192, 3, Padding = 1) 442560 452984832 452984832 196608", "Conv2d(96, 5, Padding = 2) 614496 629145600 629145600 98304"],
            Convolutions(cost));
        Assert.Equal((1_089_952, 1_115_684_864, 1_115_684_864, 2_231_369_728, 425_984), Totals(cost));
    }

    [Fact]
    public void Table_2()
    {
        NetworkCost cost = CostNetworks.Reference("BottleneckInception").Cost;
        Assert.Equal(
            [
                "Conv2d(128, 1) 32896 33554432 33554432 131072", "Conv2d(64, 1) 16448 16777216 16777216 65536", "Conv2d(192, 3, Padding = 1) 110784 113246208 113246208 196608",
                "Conv2d(64, 1) 16448 16777216 16777216 65536", "Conv2d(96, 5, Padding = 2) 153696 157286400 157286400 98304", "Conv2d(64, 1) 16448 16777216 16777216 65536",
            ],
            Convolutions(cost));
        Assert.Equal((346_720, 354_418_688, 354_418_688, 708_837_376, 622_592), Totals(cost));
    }

    [Fact]
    public void AlexNet()
    {
        NetworkCost cost = CostNetworks.Reference("AlexNet").Cost;
        Assert.Equal(655_566_528, cost.Layers.Where(layer => layer.Node.Op.Kind == "Conv2d").Sum(layer => layer.Inference.Arithmetic.MultiplyAccumulates));
        Assert.Equal(58_621_952, cost.Layers.Where(layer => layer.Node.Op.Kind == "Linear").Sum(layer => layer.Inference.Arithmetic.MultiplyAccumulates));
        Assert.Equal(61_100_840, cost.Parameters);
    }

    [Fact]
    public void Bottleneck() => Assert.Equal(213_504, CostNetworks.Reference("Bottleneck").Cost.Parameters);

    [Fact]
    public void Split_transform_merge()
    {
        NetworkCost cost = CostNetworks.Reference("SplitTransformMerge").Cost;
        Assert.Equal(78_592, cost.Parameters);
        Assert.Equal(2_456, cost.Layers.Take(5).Sum(layer => layer.Parameters));
        Assert.Equal("Parallel<NarrowPath>(32)", cost.Layers[^1].Node.Op.Display);
        Assert.Equal(31 * 256 * 32 * 32, cost.Layers[^1].Inference.Arithmetic.Additions);
    }

    /// <summary>The first layer has no gradient of its input, and a bias has sums alone.</summary>
    [Fact]
    public void The_backward_half_is_what_is_needed()
    {
        NetworkCost cost = CostNetworks.Of("[Network(6), Linear(5), Tanh, Linear(3, Bias = false), MSELoss] partial class Net;").Cost;
        Assert.Equal(
            [Arithmetic.OfProducts(30) + Arithmetic.Of(0, 5), Arithmetic.OfEvaluations(5) + Arithmetic.Of(5, 0), Arithmetic.OfProducts(15) + Arithmetic.OfProducts(15)],
            cost.Layers.Select(layer => layer.Backward.Arithmetic));
        Assert.Equal(Arithmetic.OfProducts(30), cost.InputGradient.Arithmetic);
        Assert.Equal(cost.Forward + cost.Backward, cost.Training);
    }

    /// <summary>In front of the first parameter nothing has a gradient but for the input's.</summary>
    [Fact]
    public void Nothing_goes_back_beyond_the_first_parameter()
    {
        NetworkCost cost = CostNetworks.Of("[Network(1, 4, 4), Conv2d(2, 1, FixedWeight = [1, -1]), ReLU, MaxPool2d(2), Flatten, Linear(3), MSELoss] partial class Net;").Cost;
        Assert.All(cost.Layers.SkipLast(1), layer => Assert.Equal(default, layer.Backward));
        Assert.Equal(Arithmetic.OfProducts(24) + Arithmetic.Of(0, 3), cost.Layers[^1].Backward.Arithmetic);

        // The linear layer's and the fixed filter's products, the activation's.
        Assert.Equal(Arithmetic.OfProducts(24) + Arithmetic.OfProducts(32) + Arithmetic.OfEvaluations(32) + Arithmetic.Of(32, 0), cost.InputGradient.Arithmetic);
    }

    /// <summary>A value that two branches read gets the sum of two gradients, and the sum of the branches one addition an element.</summary>
    [Fact]
    public void Gradients_of_branches_are_summed()
    {
        NetworkCost cost = CostNetworks.Of("[Block, Linear(7), Tanh] class Body; [Network(5), Linear(7), Residual<Body>, Linear(2), MSELoss] partial class Net;").Cost;
        Assert.Equal(["0", "1.body.0", "1.body.1", "1", "2"], cost.Layers.Select(layer => layer.Node.Key));
        Assert.Equal(Arithmetic.OfProducts(35) + Arithmetic.Of(0, 7) + Arithmetic.Of(0, 7), cost.Layers[0].Backward.Arithmetic);
        Assert.Equal(Arithmetic.Of(0, 7), cost.Layers[3].Forward.Arithmetic);
        Assert.Equal(default, cost.Layers[3].Backward.Arithmetic);
    }

    /// <summary>Counted by hand: of 2 groups of 3 elements the means of elements and squares, ε, root and inverse, then (x − mean) · inverse · weight + bias.</summary>
    [Theory]
    [InlineData("LayerNorm(3)", (6 * 3) + (2 * 4), (6 * 4) + 2, 4 * 6 + 6 + 2 * 2 + 2 * 6, 5 * 6 + 2 * 6 + 6)]
    [InlineData("RMSNorm(3)", (6 * 3) + (2 * 3), 6 + 2, 4 * 6 + 6 + 2 + 2 * 6, 2 * 6 + 6)]
    [InlineData("BatchNorm1d", 6 * 3, 6 * 4, 4 * 6, 5 * 6)]
    public void Normalisations(string layer, long multiplications, long additions, long backwardMultiplications, long backwardAdditions)
    {
        // In front of it something is trained, so that its input has a gradient.
        NetworkCost cost = CostNetworks.Of($"[Network(2, 3), Conv1d(2, 1), {layer}, MSELoss] partial class Net;").Cost;
        Assert.Equal(Arithmetic.Of(multiplications, additions), cost.Layers[1].Forward.Arithmetic);
        Assert.Equal(Arithmetic.Of(backwardMultiplications, backwardAdditions), cost.Layers[1].Backward.Arithmetic);
        Assert.Equal(layer == "BatchNorm1d" ? Arithmetic.Of(6, 12) : cost.Layers[1].Forward.Arithmetic, cost.Layers[1].Inference.Arithmetic);
    }

    [Fact]
    public void Dropout_is_arithmetic_in_training_alone()
    {
        LayerCost dropout = CostNetworks.Of("[Network(4), Linear(6), Dropout(0.5), Linear(1), MSELoss] partial class Net;").Cost.Layers[1];
        Assert.Equal(default, dropout.Inference);
        Assert.Equal(Arithmetic.Of(6, 0), dropout.Forward.Arithmetic);
        Assert.Equal(Arithmetic.Of(6, 0), dropout.Backward.Arithmetic);

        // Forward: the input, the mask, the result. Backward: two gradients and the mask.
        Assert.Equal(new ByteCount(0, 3 * 6 * 4), dropout.Forward.Moved);
        Assert.Equal(new ByteCount(0, 3 * 6 * 4), dropout.Backward.Moved);
    }

    [Fact]
    public void Pools_and_softmax_have_no_operations_of_their_own()
    {
        NetworkCost cost = CostNetworks.Of("[Network(3, 4, 4), Conv2d(3, 1), MaxPool2d(2), AvgPool2d(2), Flatten, Softmax, MSELoss] partial class Net;").Cost;
        Assert.Equal([0L, 0L, 0L, 0L], cost.Layers.Skip(1).Select(layer => layer.Training.Arithmetic.FloatingPointOperations));
        Assert.Equal([0L, 0L, 0L, 3L], cost.Layers.Skip(1).Select(layer => layer.Inference.Arithmetic.ActivationEvaluations));
    }

    /// <summary>What a layer reads and writes, by hand: x 10 floats, y 5, the weight 50 and the bias 5.</summary>
    [Fact]
    public void Bytes()
    {
        NetworkCost cost = CostNetworks.Of("[Network(10), Linear(10), Linear(5), MSELoss] partial class Net;").Cost;
        Assert.Equal(new ByteCount(4 * 55, 4 * 15), cost.Layers[1].Inference.Moved);
        Assert.Equal(cost.Layers[1].Inference.Moved, cost.Layers[1].Forward.Moved);

        // The weight's gradient reads dy and x, the bias's dy; the input's reads dy and the weight and writes dx.
        Assert.Equal(new ByteCount(4 * (50 + 5 + 50), 4 * (5 + 10 + 5 + 5 + 10)), cost.Layers[1].Backward.Moved);
        Assert.Equal(20, cost.Layers[1].OutputBytes);
        Assert.Equal(220 + (60 * 64), cost.Layers[1].Inference.Moved.At(64));
    }

    /// <summary>A linear layer waits for its weight in a small batch, and computes in a large one; a view does neither.</summary>
    [Fact]
    public void The_roofline()
    {
        NetworkCost cost = CostNetworks.Of("[Network(16, 16), Flatten, Linear(256), MSELoss] partial class Net;").Cost;
        Pass linear = cost.Layers[1].Inference.Figures;
        Assert.Equal(2.0 * 65_536 / (4 * (65_536 + 256 + 512)), linear.PerByte(1), 12);
        Assert.Equal("memory", linear.BoundBy(new ReportOptions(1, 10)));
        Assert.Equal("compute", linear.BoundBy(new ReportOptions(64, 10)));
        Assert.Equal("memory", linear.BoundBy(new ReportOptions(64, 30)));
        Assert.Equal("", cost.Layers[0].Inference.Figures.BoundBy(ReportOptions.Default));
    }

    /// <summary>Each node of both halves is in one row, or serves the gradient of the input.</summary>
    [Theory]
    [MemberData(nameof(References))]
    public void Every_node_is_counted_once(string name)
    {
        AnalyzedNetwork network = CostNetworks.Reference(name);
        TrainingGraph training = Differentiation.Run(network.Graph);
        Arithmetic all = training.Graph.Nodes.Aggregate(default(Arithmetic), (sum, node) => sum + OpRule.Of(node.Op).Cost(node, isTraining: true));
        Assert.Equal(all, (network.Cost.Training + network.Cost.InputGradient).Arithmetic);
        Assert.Equal(network.Graph.Cost, network.Cost.Inference.Arithmetic);
        Assert.Equal(network.Graph.Nodes.Count, network.Cost.Layers.Select(layer => layer.Node.Index).Distinct().Count());
    }

    /// <summary>The workspaces are those that the generated class tells, and that the runtime makes.</summary>
    [Theory]
    [InlineData("[Network(784), Linear(128), ReLU, Linear(10), CrossEntropyLoss]")]
    [InlineData("[Network(1, 12, 12), Conv2d(8, 3), ReLU, MaxPool2d(2), Flatten, Linear(3), BatchNorm1d, Linear(1), MSELoss]")]
    [InlineData("[Network(4), Linear(3), Tanh, Linear(1), MSELoss]")]
    public void Memory_is_what_the_class_says(string attributes)
    {
        MemoryCost memory = CostNetworks.Of(attributes + " partial class Net;").Memory;
        Type type = NetworkCompiler.Load($"using NetGen; {attributes} public sealed partial class Net;").GetType("Net")!;
        long Constant(string name) => Convert.ToInt64(type.GetField(name, BindingFlags.Public | BindingFlags.Static)!.GetRawConstantValue(), CultureInfo.InvariantCulture);
        Assert.Equal(new ByteCount(Constant("InferenceFixedBytes"), Constant("InferenceBytesPerSample")), memory.Inference.Bytes);
        Assert.Equal(new ByteCount(Constant("TrainingFixedBytes"), Constant("TrainingBytesPerSample")), memory.Training.Bytes);
        Assert.Equal(Constant("InferenceBatch"), memory.Inference.MostRows);
        Assert.Equal(4 * Constant("PackedParameterCount"), memory.ParameterBytes);

        int batch = new[] { memory.Inference.MostRows, memory.Training.MostRows }.Where(most => most != int.MaxValue).Max() + 1;
        int rows = Math.Min(batch, memory.Training.MostRows);
        int rounded = (rows + memory.Training.RowMultiple - 1) / memory.Training.RowMultiple * memory.Training.RowMultiple;
        Assert.Equal(memory.Inference.At(memory.Inference.MostRows), memory.Inference.At(batch));
        Assert.Equal(((rows < batch ? 3 : 2) * memory.ParameterBytes) + memory.StateBytes + memory.Training.Bytes.At(rounded), memory.TrainingBytes(batch));
        Assert.Equal(attributes.Contains("BatchNorm", StringComparison.Ordinal) ? int.MaxValue : 1024, memory.Training.MostRows);
        Assert.Equal(memory.ParameterBytes + memory.StateBytes + memory.Inference.At(batch), memory.InferenceBytes(batch));
    }

    /// <summary>A batch passes in pieces, so a large one needs what a piece does, and a second copy of the gradients.</summary>
    [Fact]
    public void A_large_batch_fits_where_a_small_one_does()
    {
        MemoryCost memory = CostNetworks.Reference("MnistAlexNet").Memory;
        Assert.Equal(memory.TrainingBytes(64) + memory.ParameterBytes, memory.TrainingBytes(1024));
        Assert.InRange(memory.TrainingBytes(1024), 0, 1.3 * memory.TrainingBytes(64));
    }

    public static TheoryData<string> ModuleTests => [.. Rows().Select(row => row[0])];

    /// <summary>
    /// PyTorch's module tests by the formulas of its FlopCounterMode, which counts two operations a product and no bias: of <c>addmm</c> and <c>mm</c>, <c>convolution</c> and <c>convolution_backward</c>.
    /// </summary>
    [Theory]
    [MemberData(nameof(ModuleTests))]
    public void Operations_are_those_of_FlopCounterMode(string name)
    {
        string[] row = Rows().Single(row => row[0] == name);
        (long[] input, long[] output) = (Sizes(row[3]), Sizes(row[4]));
        var call = new TorchModule(row[1], row[2]);
        if (input.Length < call.Rank)
            (input, output) = ([1, .. input], [1, .. output]);
        NetworkCost cost = CostNetworks.Of($"[Network({string.Join(", ", input.Skip(1))}), {row[6][1..^1]}, MSELoss] partial class Net;").Cost;
        LayerCost layer = Assert.Single(cost.Layers);
        Assert.Equal(output.Skip(1), layer.Node.Output.Sizes.Select(size => (long)size));
        if (row[5].Length > 0)
            Assert.Equal(long.Parse(row[5], CultureInfo.InvariantCulture), layer.Parameters);
        long batch = input[0];
        Assert.Equal(call.Forward(input, output), batch * layer.Inference.Arithmetic.FloatingPointOperations);
        Assert.Equal(call.Forward(input, output), 2 * batch * layer.Inference.Arithmetic.MultiplyAccumulates);

        // The input of a module test asks for its gradient; PyTorch does not count the sums of the bias.
        Assert.Equal(call.WeightGradient(input, output), 2 * batch * layer.Backward.Arithmetic.MultiplyAccumulates * call.Overcount);
        Assert.Equal(call.InputGradient(input, output), 2 * batch * cost.InputGradient.Arithmetic.MultiplyAccumulates);
        Assert.Equal(call.HasBias ? output.Skip(1).Aggregate(1L, (product, size) => product * size) : 0, layer.Backward.Arithmetic.Additions - layer.Backward.Arithmetic.MultiplyAccumulates);
    }

    /// <summary>A module as PyTorch's test constructs it, with the formulas restated.</summary>
    private sealed class TorchModule
    {
        private readonly bool _isLinear;
        private readonly int _groups = 1;
        private readonly long[] _kernel = [];

        public TorchModule(string module, string arguments)
        {
            _isLinear = module == "Linear";
            Rank = _isLinear ? 2 : module == "Conv1d" ? 3 : 4;
            string[] parts = [.. Split(arguments)];
            HasBias = parts.ElementAtOrDefault(2) != "False";
            string? Named(string name) => parts.FirstOrDefault(part => part.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
            if (_isLinear)
                return;
            long[] kernel = [.. (Named("kernel_size") ?? parts[2]).Trim('(', ')').Split(',', StringSplitOptions.RemoveEmptyEntries).Select(size => long.Parse(size, CultureInfo.InvariantCulture))];
            _kernel = kernel.Length == 1 ? [.. Enumerable.Repeat(kernel[0], Rank - 2)] : kernel;
            _groups = int.Parse(Named("groups") ?? "1", CultureInfo.InvariantCulture);
        }

        public int Rank { get; }

        public bool HasBias { get; }

        /// <summary>In <c>convolution_backward</c> the weight's gradient is a convolution of all input channels with all output channels, whatever the groups.</summary>
        public int Overcount => _groups;

        public long Forward(long[] input, long[] output) => _isLinear ? Mm(input[0], input[1], output[1]) : Convolution(input, Weight(input, output), output, isTransposed: false);

        public long WeightGradient(long[] input, long[] output)
        {
            if (_isLinear)
                return Mm(output[1], input[0], input[1]);
            long[] weight = Weight(input, output);
            return Convolution(Transposed(input), Transposed(output), Transposed(weight), isTransposed: false);
        }

        public long InputGradient(long[] input, long[] output) => _isLinear ? Mm(input[0], output[1], input[1]) : Convolution(output, Weight(input, output), input, isTransposed: true);

        /// <summary>mm: m · n · 2 · k.</summary>
        private static long Mm(long m, long k, long n) => m * n * 2 * k;

        /// <summary>convolution: places of the result, or of the input of a transposed one, times taps, samples, both channels, and 2.</summary>
        private static long Convolution(long[] x, long[] weight, long[] result, bool isTransposed) => Product((isTransposed ? x : result).Skip(2)) * Product(weight.Skip(2)) * x[0] * weight[0] * weight[1] * 2;

        private long[] Weight(long[] input, long[] output) => [output[1], input[1] / _groups, .. _kernel];

        private static long[] Transposed(long[] shape) => [shape[1], shape[0], .. shape.Skip(2)];

        private static long Product(IEnumerable<long> sizes) => sizes.Aggregate(1L, (product, size) => product * size);

        /// <summary>Arguments at commas outside of parentheses.</summary>
        private static IEnumerable<string> Split(string arguments)
        {
            int depth = 0, start = 0;
            for (int i = 0; i <= arguments.Length; i++)
            {
                char letter = i < arguments.Length ? arguments[i] : ',';
                depth += letter == '(' ? 1 : letter == ')' ? -1 : 0;
                if (letter != ',' || depth > 0)
                    continue;
                yield return arguments[start..i].Replace(" ", "", StringComparison.Ordinal);
                start = i + 1;
            }
        }
    }

    private static long[] Sizes(string shape) => [.. shape.Split('x').Select(size => long.Parse(size, CultureInfo.InvariantCulture))];

    private static IEnumerable<string[]> Rows()
    {
        using var reader = new StreamReader(CostNetworks.Resource("torch-module-tests.tsv"));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split('\t'))];
    }

    /// <summary>Parameters, multiplications and additions of each convolution, and the evaluations of the activation behind it.</summary>
    private static IEnumerable<string> Convolutions(NetworkCost cost) => cost.Layers.Select((layer, i) => (Layer: layer, Next: cost.Layers.ElementAtOrDefault(i + 1))).Where(pair => pair.Layer.Node.Op.Kind == "Conv2d").Select(pair =>
        string.Create(CultureInfo.InvariantCulture, $"{pair.Layer.Node.Op.Display} {pair.Layer.Parameters} {pair.Layer.Inference.Arithmetic.Multiplications} {pair.Layer.Inference.Arithmetic.Additions} {pair.Next!.Inference.Arithmetic.ActivationEvaluations}"));

    private static (long Parameters, long Multiplications, long Additions, long Operations, long Activations) Totals(NetworkCost cost) =>
        (cost.Parameters, cost.Inference.Arithmetic.Multiplications, cost.Inference.Arithmetic.Additions, cost.Inference.Arithmetic.FloatingPointOperations, cost.Inference.Arithmetic.ActivationEvaluations);
}
