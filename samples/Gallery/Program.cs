using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.References;

namespace NetGen.Samples.Gallery;

/// <summary>Shows networks of all kinds, and holds each to its figures: those of the layers' costs, or a property of its function.</summary>
internal static class Program
{
    private static int Main()
    {
        var checks = new Checks();
        SigmoidPerceptron(checks);
        ScalarFunction(checks);
        ResidualPerceptron(checks);
        ConvolutionChain(checks);
        DigitAlexNet(checks);
        ImageAlexNet(checks);
        InceptionModules(checks);
        BottleneckModules(checks);
        Differences(checks);
        SoftMaximum(checks);
        DropoutPlaces(checks);
        Tables(checks);
        return checks.Finish();
    }

    private static void SigmoidPerceptron(Checks checks)
    {
        checks.Show<SigmoidMlp>("R1: perceptron of six layers");
        Cost[] costs = [.. Enumerable.Repeat(Cost.Of(1, 4, 4), 5), Cost.Of(1, 4, 1, isActivated: false)];
        checks.Costs(SigmoidMlp.Layers, costs);
        checks.Totals(Sum(costs), 0, SigmoidMlp.ParameterCount, SigmoidMlp.MultiplyAccumulates, SigmoidMlp.FloatingPointOperations, SigmoidMlp.ActivationEvaluations);

        // Backpropagation by hand, in double precision.
        var network = new SigmoidMlp(1);
        float[] sample = Uniform(SigmoidMlp.InputSize, -1, 1);
        const float Target = 3;
        network.ComputeGradients(sample, [Target]);
        int depth = costs.Length;
        double[][] y = [[.. sample.Select(value => (double)value)], .. new double[depth][]];
        for (int l = 0; l < depth; l++)
        {
            ParameterView weight = network.Parameters[$"{2 * l}.weight"];
            ParameterView bias = network.Parameters[$"{2 * l}.bias"];
            y[l + 1] = [.. Enumerable.Range(0, bias.Length).Select(i => bias[i] + y[l].Select((value, j) => weight[i, j] * value).Sum())];
            if (l + 1 < depth)
                y[l + 1] = [.. y[l + 1].Select(z => 1 / (1 + Math.Exp(-z)))];
        }

        double[] error = [y[depth][0] - Target];
        for (int l = depth - 1; l >= 0; l--)
        {
            if (l + 1 < depth)
                error = [.. error.Zip(y[l + 1], (e, value) => e * value * (1 - value))];
            checks.That($"the gradient of layer {2 * l} is the one by hand", Agree(network.Gradients[$"{2 * l}.weight"], error.SelectMany(e => y[l].Select(value => e * value))) && Agree(network.Gradients[$"{2 * l}.bias"], error));
            ParameterView weight = network.Parameters[$"{2 * l}.weight"];
            error = [.. y[l].Select((_, j) => error.Select((e, i) => e * weight[i, j]).Sum())];
        }

        static bool Agree(ParameterView gradient, IEnumerable<double> byHand) =>
            gradient.ToArray().Zip(byHand).All(pair => Math.Abs(pair.First - pair.Second) <= 2e-6 * byHand.Max(Math.Abs));
    }

    private static void ScalarFunction(Checks checks)
    {
        checks.Show<TwoLayerScalar>("R2: sum of sigmoids");
        Cost[] costs = [Cost.Of(1, 1, 64), Cost.Of(1, 64, 1, isActivated: false)];
        checks.Costs(TwoLayerScalar.Layers, costs);
        checks.Totals(Sum(costs), 0, TwoLayerScalar.ParameterCount, TwoLayerScalar.MultiplyAccumulates, TwoLayerScalar.FloatingPointOperations, TwoLayerScalar.ActivationEvaluations);

        var network = new TwoLayerScalar(1);
        ParameterView[] neurons = [network.Parameters["0.weight"], network.Parameters["0.bias"], network.Parameters["2.weight"]];
        foreach (ParameterView parameter in neurons)
            parameter.CopyFrom([parameter[1], .. parameter.ToArray().AsSpan(1)]);
        float[] before = [.. neurons.Select(parameter => parameter[0])];
        var optimizer = new SGD(0.1);
        float[] x = Uniform(32, -2, 2);
        float[] y = [.. x.Select(value => value * value)];
        for (int step = 0; step < 200; step++)
            network.TrainStep(x, y, optimizer);
        checks.That("two neurons that start equal have moved after 200 steps", neurons.Zip(before).All(pair => pair.First[0] != pair.Second));
        checks.That("and are still equal, bit by bit", neurons.All(parameter => Bits(parameter[0]) == Bits(parameter[1])));
    }

    private static void ResidualPerceptron(Checks checks)
    {
        checks.Show<ResidualMlp>("R3: residual perceptron of ten layers");
        Cost[] costs = [Cost.Of(1, 6, 24), .. Enumerable.Repeat(Cost.Of(1, 24, 24), 8), Cost.Of(1, 24, 1, isActivated: false)];
        checks.Costs(ResidualMlp.Layers, costs);
        checks.Joins(ResidualMlp.Layers, "Residual<SigmoidLayer>", 8, 24);
        checks.Totals(Sum(costs), 8 * 24, ResidualMlp.ParameterCount, ResidualMlp.MultiplyAccumulates, ResidualMlp.FloatingPointOperations, ResidualMlp.ActivationEvaluations);

        foreach (bool isSaturated in new[] { false, true })
        {
            string broken = isSaturated ? "behind them a saturated one" : "behind them one of zeros";
            checks.That($"through the connections gradients reach all layers, {broken}", GradientsBefore(new ResidualMlp(1), "2.7.0.body.0", isSaturated).All(norm => norm > 0));
            checks.That($"without them none does, {broken}", GradientsBefore(new PlainMlp(1), "2.7.0", isSaturated).All(norm => norm == 0));
        }

        // Sums of squares of the gradients of all parameters before the broken layer's.
        static float[] GradientsBefore(INetwork network, string layer, bool isSaturated)
        {
            ParameterView broken = network.Parameters[layer + (isSaturated ? ".bias" : ".weight")];
            broken.CopyFrom([.. Enumerable.Repeat(isSaturated ? 1000f : 0f, broken.Length)]);
            network.VectorJacobianProduct(Uniform(4 * ResidualMlp.InputSize, -1, 1), [1, 1, 1, 1]);
            return [.. network.Gradients.TakeWhile(gradient => gradient.Name != layer + ".weight").Select(gradient => gradient.ToArray().Sum(value => value * value))];
        }
    }

    private static void ConvolutionChain(Checks checks)
    {
        checks.Show<Conv1dChain>("R4: chain of convolutions");
        Cost[] costs = [new(5 + 1, 5 * 124, 124), new(5 + 1, 5 * 120, 120), new(3 + 1, 3 * 118, 118), Cost.Of(1, 118, 1, isActivated: false)];
        checks.Costs(Conv1dChain.Layers, costs);
        checks.Totals(Sum(costs), 0, Conv1dChain.ParameterCount, Conv1dChain.MultiplyAccumulates, Conv1dChain.FloatingPointOperations, Conv1dChain.ActivationEvaluations);

        // Whole numbers, whose sums are exact in any order.
        float[] w = [3, -1, 4, -1, -5];
        float[] x = Whole(Toeplitz.InputSize);
        float[] v = Whole(Toeplitz.OutputSize);
        var y = new float[Toeplitz.OutputSize];
        var inputGradient = new float[Toeplitz.InputSize];
        var network = new Toeplitz();
        network.Parameters["0.weight"].CopyFrom(w);
        network.Parameters["0.bias"].CopyFrom([0]);
        network.Predict(x, y);
        network.VectorJacobianProduct(x, v, inputGradient);
        checks.That("a layer is the product with its Toeplitz matrix", y.Select((value, row) => value == x.Select((_, column) => A(row, column) * x[column]).Sum()).All(equal => equal));
        checks.That("its gradient is that with the transpose", inputGradient.Select((value, column) => value == v.Select((_, row) => A(row, column) * v[row]).Sum()).All(equal => equal));

        float A(int row, int column) => column - row is >= 0 and < 5 ? w[column - row] : 0;
    }

    private static void DigitAlexNet(Checks checks)
    {
        checks.Show<MnistAlexNet>("R5: AlexNet for digits");
        Cost[] costs =
        [
            Cost.Of(4, 1, 96, 25), Cost.Of(3, 96, 96, 23), Cost.Of(5, 96, 256, 23), Cost.Of(3, 256, 384, 11), Cost.Of(3, 384, 384, 11), Cost.Of(3, 384, 256, 11),
            Cost.Of(1, 6400, 800), Cost.Of(1, 800, 10, isActivated: false),
        ];
        checks.Costs(MnistAlexNet.Layers, costs);
        checks.Totals(
            Sum(costs) with { Parameters = 8_925_738 }, 0, MnistAlexNet.ParameterCount, MnistAlexNet.MultiplyAccumulates, MnistAlexNet.FloatingPointOperations, MnistAlexNet.ActivationEvaluations);
    }

    private static void ImageAlexNet(Checks checks)
    {
        checks.Show<AlexNet>("R6: AlexNet");
        Cost[] costs =
        [
            Cost.Of(11, 3, 64, 55), Cost.Of(5, 64, 192, 27), Cost.Of(3, 192, 384, 13), Cost.Of(3, 384, 256, 13), Cost.Of(3, 256, 256, 13),
            Cost.Of(1, 9216, 4096), Cost.Of(1, 4096, 4096), Cost.Of(1, 4096, 1000, isActivated: false),
        ];
        checks.Costs(AlexNet.Layers, costs);
        checks.Equal("multiply-accumulates in convolutions", 655_566_528, Products("Conv2d"));
        checks.Equal("multiply-accumulates in linear layers", 58_621_952, Products("Linear"));
        checks.Totals(
            Sum(costs) with { Parameters = 61_100_840, Products = 655_566_528 + 58_621_952 }, 0,
            AlexNet.ParameterCount, AlexNet.MultiplyAccumulates, AlexNet.FloatingPointOperations, AlexNet.ActivationEvaluations);

        static long Products(string kind) => AlexNet.Layers.Where(layer => layer.Layer.StartsWith(kind, StringComparison.Ordinal)).Sum(layer => layer.Multiplications);
    }

    private static void InceptionModules(Checks checks)
    {
        checks.Show<Inception>("R7: naive Inception module");
        checks.Costs(
            Inception.Layers,
            new Cost(32_896, 33_554_432, 131_072),
            new Cost(442_560, 452_984_832, 196_608),
            new Cost(614_496, 629_145_600, 98_304));
        checks.Joins(Inception.Layers, "Concat<Branch1x1, Branch3x3, Branch5x5>", 1, 0);
        checks.Totals(
            new Cost(1_089_952, 1_115_684_864, 425_984), 0,
            Inception.ParameterCount, Inception.MultiplyAccumulates, Inception.FloatingPointOperations, Inception.ActivationEvaluations);

        checks.Show<BottleneckInception>("R8: Inception module with bottlenecks");
        checks.Costs(
            BottleneckInception.Layers,
            new Cost(32_896, 33_554_432, 131_072),
            new Cost(16_448, 16_777_216, 65_536),
            new Cost(110_784, 113_246_208, 196_608),
            new Cost(16_448, 16_777_216, 65_536),
            new Cost(153_696, 157_286_400, 98_304),
            new Cost(16_448, 16_777_216, 65_536));
        checks.Joins(BottleneckInception.Layers, "Concat<Branch1x1, Reduced3x3, Reduced5x5, Narrow1x1>", 1, 0);
        checks.Totals(
            new Cost(346_720, 354_418_688, 622_592), 0,
            BottleneckInception.ParameterCount, BottleneckInception.MultiplyAccumulates, BottleneckInception.FloatingPointOperations, BottleneckInception.ActivationEvaluations);
    }

    private static void BottleneckModules(Checks checks)
    {
        checks.Show<Bottleneck>("R9: bottleneck");
        Cost[] costs = [Cost.Of(1, 256, 128, 32), Cost.Of(3, 128, 128, 32), Cost.Of(1, 128, 256, 32)];
        checks.Costs(Bottleneck.Layers, costs);
        checks.Totals(
            Sum(costs) with { Parameters = 213_504 }, 0, Bottleneck.ParameterCount, Bottleneck.MultiplyAccumulates, Bottleneck.FloatingPointOperations, Bottleneck.ActivationEvaluations);

        checks.Show<SplitTransformMerge>("R10: split, transform, merge");
        const int Paths = 32;
        const int Sums = (Paths - 1) * 256 * 32 * 32;
        Cost[] path = [Cost.Of(1, 256, 4, 32), Cost.Of(3, 4, 4, 32), Cost.Of(1, 4, 256, 32, isActivated: false)];
        costs = [.. Enumerable.Repeat(path, Paths).SelectMany(layers => layers)];
        checks.Costs(SplitTransformMerge.Layers, costs);
        checks.Joins(SplitTransformMerge.Layers, "Parallel<NarrowPath>(32)", 1, Sums);
        for (int i = 0; i < Paths; i++)
        {
            string key = $"0.branches.{i}.";
            checks.Equal($"parameters in path {i}", 2_456, SplitTransformMerge.Layers.Where(layer => layer.Key.StartsWith(key, StringComparison.Ordinal)).Sum(layer => layer.Parameters));
        }

        checks.Totals(
            Sum(costs) with { Parameters = 78_592 }, Sums,
            SplitTransformMerge.ParameterCount, SplitTransformMerge.MultiplyAccumulates, SplitTransformMerge.FloatingPointOperations, SplitTransformMerge.ActivationEvaluations);
    }

    private static void Differences(Checks checks)
    {
        const int Height = 9;
        const int Width = 21;
        checks.Show<ColourDifferences>("R11: finite differences, colour by colour");
        checks.Equal("parameters", 0, ColourDifferences.ParameterCount);

        float[] x = Uniform(ColourDifferences.InputSize, -2, 2);
        var y = new float[ColourDifferences.OutputSize];
        new ColourDifferences().Predict(x, y);
        bool isExact = true;
        for (int i = 0; i < x.Length; i++)
        {
            (int colour, int pixel) = Math.DivRem(i, Height * Width);
            (int row, int column) = Math.DivRem(pixel, Width);
            float below = row + 1 < Height ? x[i + Width] : 0;
            float right = column + 1 < Width ? x[i + 1] : 0;
            isExact &= y[(2 * colour * Height * Width) + pixel] == below - x[i] && y[(((2 * colour) + 1) * Height * Width) + pixel] == right - x[i];
        }

        checks.That("each output is the difference, exactly", isExact);
    }

    private static void SoftMaximum(Checks checks)
    {
        const double Tolerance = 1e-6;
        checks.Show<SmoothMaximum>("R12: log-sum-exp and softmax");
        float[] x = Uniform(SmoothMaximum.InputSize, -4, 4);
        double[] terms = [.. x.Select(value => Math.Exp(value))];
        double sum = terms.Sum();
        var softmax = new float[x.Length];
        new SoftmaxAlone().Predict(x, softmax);
        (float value, float[] gradient) = Run(new SmoothMaximum(), x);
        checks.That("ν(x) is log Σ exp(x)", Math.Abs(value - Math.Log(sum)) < Tolerance * sum);
        checks.That("softmax is exp(x) / Σ exp(x)", softmax.Zip(terms).All(pair => Math.Abs(pair.First - (pair.Second / sum)) < Tolerance));
        checks.That("the gradient of ν is softmax", gradient.Zip(softmax).All(pair => Math.Abs(pair.First - pair.Second) < Tolerance));

        var logits = new float[x.Length];
        new CrossEntropyAlone().ComputeGradients(x, [5], logits);
        checks.That("that of cross-entropy is softmax, less one at the true class", logits.Select((g, i) => Math.Abs(g - softmax[i] + (i == 5 ? 1 : 0))).All(error => error < Tolerance));

        float[] wide = [.. Enumerable.Repeat(float.MinValue, x.Length)];
        wide[3] = float.MaxValue;
        foreach ((string name, INetwork network) in new (string, INetwork)[] { ("1", new SmoothMaximum()), ("10,000", new SharpMaximum()) })
        {
            (value, gradient) = Run(network, wide);
            checks.That($"β = {name}: of the largest and smallest floats ν is the largest", value == float.MaxValue);
            checks.That($"β = {name}: and its gradient is one-hot", gradient.Select((g, i) => g == (i == 3 ? 1 : 0)).All(equal => equal));
        }

        (value, gradient) = Run(new SharpMaximum(), x);
        checks.That("β = 10,000: ν is the maximum", Math.Abs(value - x.Max()) < Tolerance * Math.Abs(x.Max()));
        checks.That("β = 10,000: and its gradient is one-hot", gradient.Zip(x).All(pair => pair.First == (pair.Second == x.Max() ? 1 : 0)));

        static (float Value, float[] Gradient) Run(INetwork network, float[] input)
        {
            var output = new float[1];
            var inputGradient = new float[input.Length];
            network.Predict(input, output);
            network.VectorJacobianProduct(input, [1f], inputGradient);
            return (output[0], inputGradient);
        }
    }

    private static void DropoutPlaces(Checks checks)
    {
        checks.Show<DropoutBeforeReLU>("R13: dropout before an activation");
        checks.Show<DropoutBehindReLU>("R13: and behind it");
        float[] before = Gradient(new DropoutBeforeReLU(1));
        checks.That("some of the inputs were dropped, others not", before.Any(value => value == 0) && before.Any(value => value > 0));
        checks.That("ReLU: both places give the same bits", before.Zip(Gradient(new DropoutBehindReLU(1))).All(Same));
        checks.That("LeakyReLU, where 1/(1-p) is 2: likewise", Gradient(new DropoutBeforeLeakyReLU(1)).Zip(Gradient(new DropoutBehindLeakyReLU(1))).All(Same));
        checks.That("sigmoid: not so", Gradient(new DropoutBeforeSigmoid(1)).Zip(Gradient(new DropoutBehindSigmoid(1))).Any(pair => Math.Abs(pair.First - pair.Second) > 0.01));

        static bool Same((float First, float Second) pair) => Bits(pair.First) == Bits(pair.Second);

        static float[] Gradient(ITrainableNetwork<float> network)
        {
            var gradient = new float[DropoutBeforeReLU.InputSize];
            network.ComputeGradients(Uniform(gradient.Length, -2, 2), new float[gradient.Length], gradient);
            return gradient;
        }
    }

    /// <summary>All networks of this program.</summary>
    private static void Tables(Checks checks)
    {
        Console.WriteLine();
        Console.WriteLine("Tables and constants");
        Console.WriteLine();
        foreach (Type network in typeof(Program).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(INetwork))))
            checks.Sums(network);
    }

    private static Cost Sum(IEnumerable<Cost> costs) =>
        costs.Aggregate((a, b) => new Cost(a.Parameters + b.Parameters, a.Products + b.Products, a.Activations + b.Activations));

    private static int Bits(float value) => BitConverter.SingleToInt32Bits(value);

    private static float[] Uniform(int count, float low, float high)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => low + ((high - low) * random.NextSingle()))];
    }

    private static float[] Whole(int count) => [.. Uniform(count, -9, 9).Select(value => MathF.Round(value))];
}
