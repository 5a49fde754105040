using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Emission;
using NetGen.Tests.Infrastructure;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

/// <summary>Maps and reductions: what layers that have no kernel of their own are made of.</summary>
public class GeneralOpsTests
{
    private static readonly Expression s_a = new Placeholder(0);
    private static readonly Expression s_b = new Placeholder(1);
    private static readonly Expression s_c = new Placeholder(2);
    private static readonly string[] s_bodies = ["layer", "channels", "batch", "rms", "shared"];

    /// <summary>Those of all cases, compiled together.</summary>
    private static readonly Lazy<Assembly> s_networks = new(() => Load(
        [.. from body in s_bodies from channels in body == "batch" ? new[] { 3, 16, 20 } : [3, 16, 20, 60] from hasNeighbours in channels > 20 ? new[] { false } : [false, true] select Compose(body, channels, hasNeighbours)]));

    [Fact]
    public void Derivatives_of_expressions_are_central_differences()
    {
        var random = new RandomStream(7);
        for (int number = 0; number < 300; number++)
        {
            Expression expression = Draw(random, 4);
            double[] at = [.. Enumerable.Range(0, 3).Select(_ => 0.7 + random.Uniform())];
            for (int i = 0; i < 3; i++)
            {
                double step = 1e-6;
                double difference = (Value(expression, [.. at.Select((x, j) => i == j ? x + step : x)]) - Value(expression, [.. at.Select((x, j) => i == j ? x - step : x)])) / (2 * step);
                double derivative = Value(expression.Derivative(i), at);
                if (!(Math.Abs(difference - derivative) <= 1e-6 * Math.Max(1, Math.Abs(derivative))))
                    Assert.Fail($"{expression} by {i} at {string.Join(", ", at)}: {derivative}, differences give {difference}");
            }
        }

        static Expression Draw(RandomStream random, int depth) => depth == 0 || random.Chance(0.15)
            ? random.Chance(0.7) ? new Placeholder(random.Between(0, 2)) : new Constant(random.Between(1, 3))
            : random.Between(0, 4) switch
            {
                0 => Draw(random, depth - 1) + Draw(random, depth - 1),
                1 => Draw(random, depth - 1) - Draw(random, depth - 1),
                2 => Draw(random, depth - 1) * Draw(random, depth - 1),
                3 => Draw(random, depth - 1) / (2 + (Draw(random, depth - 1) is var divisor ? divisor * divisor : divisor)),
                _ => Expression.SquareRoot(1 + (Draw(random, depth - 1) is var root ? root * root : root)),
            };
    }

    [Fact]
    public void Maps_and_reductions_are_read_as_formulas()
    {
        var errors = new ErrorSink();
        var builder = new GraphBuilder(errors);
        var owner = new Owner("norm", "Norm0", EquatableArray.Of(0), 0);
        Value x = builder.Input("input", TensorType.Of(Shape3(4, 2, 3)));
        Value mean = builder.Add(new ReduceOp(ReduceKind.Mean, EquatableArray.Of("N", "H", "W")), [x], owner)!.Result;
        Value y = builder.Add(new MapOp((s_a - s_b) / Expression.SquareRoot((s_b * s_b) + 0.5), x.Type), [x, mean], owner)!.Result;
        Graph graph = new() { Declaration = Network("Net", [4, 2, 3], null), Inputs = EquatableArray.Of(x), Parameters = default, Nodes = builder.Nodes.ToEquatableArray(), Outputs = EquatableArray.Of(y) };
        GraphVerifier.Verify(graph, "nothing");
        Assert.Equal(
            """
            %input f32[C 4, H 2, W 3] = input
            %0 batch f32[C 4] = Mean(N, H, W) %input
            %1 f32[C 4, H 2, W 3] = Map(((a - b) / sqrt(((b * b) + 0.5)))) %input, %0
            output %1

            """,
            graph.ToText());

        // What has no place in the result, or is more than it, is refused.
        Assert.Null(builder.Add(new MapOp(s_a, mean.Type), [x], owner));
        Assert.Null(builder.Add(new MapOp(s_a, TensorType.Of(Shape.Flat(5))), [mean], owner));
        Assert.Null(builder.Add(new ReduceOp(ReduceKind.Sum, EquatableArray.Of("L")), [x], owner));
        Assert.Null(builder.Add(new ReduceOp(ReduceKind.Sum, EquatableArray.Of("N")), [mean], owner));
    }

    public static TheoryData<string, int, int> Cases()
    {
        var cases = new TheoryData<string, int, int>();
        foreach (string body in s_bodies)
        {
            foreach (int channels in new[] { 3, 16, 20 })
            {
                foreach (int batch in body == "batch" ? new[] { 2, 5 } : [1, 5])
                    cases.Add(body, channels, batch);
            }

            // Sums of more than one part.
            cases.Add(body, body == "batch" ? 3 : 60, body == "batch" ? 60 : 1);
        }

        return cases;
    }

    /// <summary>The gradients that the graph holds, interpreted in double, and the generated code, against differences of the forward half.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Lane", "Slow")]
    public void Compositions_of_maps_and_reductions_are_right(string body, int channels, int batch)
    {
        foreach (bool hasNeighbours in channels * batch > 100 || channels > 20 ? new[] { false } : [false, true])
        {
            Graph graph = Compose(body, channels, hasNeighbours);
            var random = new RandomStream((ulong)((channels * 100) + batch));
            float[] input = random.Floats(batch * (int)graph.Input.ElementCount, -1, 1);
            float[] vector = random.Floats(batch * (int)graph.Output.ElementCount, -1, 1);
            float[][] parameters = [.. graph.Parameters.Select(parameter => random.Floats((int)parameter.Spec!.Count, -0.5, 0.9))];
            double[][] tensors = [RandomNetwork.ToDouble(input), .. parameters.Select(RandomNetwork.ToDouble)];

            TrainingGraph training = Differentiation.Run(graph);
            GraphVerifier.Verify(training, nameof(Differentiation));
            var interpreter = new BatchInterpreter(training.Graph, batch);
            double[] Output() => interpreter.Run([tensors[0], RandomNetwork.ToDouble(vector)], tensors[1..], training.ForwardCount)[graph.Outputs[0]];
            double Along() => Output().Zip(vector, (y, v) => y * v).Sum();
            double[] output = Output();
            Dictionary<Value, double[]>? values = hasNeighbours ? null : interpreter.Run([tensors[0], RandomNetwork.ToDouble(vector)], tensors[1..]);

            INetwork network = Create(graph);
            for (int i = 0; i < parameters.Length; i++)
                network.Parameters[i].CopyFrom(parameters[i]);
            float[] inputGradient = new float[input.Length];
            network.VectorJacobianProduct(input, vector, inputGradient);
            float[][] gradients = [inputGradient, .. network.Gradients.Select(gradient => gradient.ToArray())];
            float[] predicted = new float[vector.Length];
            network.Predict(input, predicted);
            if (body != "batch" || batch < 16)
                AssertNear(output, predicted, 2e-5 * Largest(output), "output");

            // A few places of many. A gradient can be all zeros, as that of a bias before a mean is taken off: what it may be off by depends on the others.
            int[][] places = [.. tensors.Select(tensor => Enumerable.Range(0, tensor.Length).Where(_ => random.Chance(10.0 / tensor.Length)).Append(0).ToArray())];
            double[][] differences = [.. places.Select((own, t) => own.Select(place => Difference(tensors[t], place, Along)).ToArray())];
            double largest = differences.Max(Largest);
            for (int t = 0; t < tensors.Length; t++)
            {
                if (values is not null)
                    AssertNear(differences[t], [.. places[t].Select(place => (float)values[training.Graph.Outputs[1 + t]][place])], 1e-6 * largest, $"gradient {t} of the graph");
                AssertNear(differences[t], [.. places[t].Select(place => gradients[t][place])], 3e-5 * largest, $"generated gradient {t}");
            }

            int inside = network.Gradients.Sum(gradient => gradient.ToArray().Count(value => value != 0));
            Assert.Equal(inside, network.FlatGradients.ToArray().Count(value => value != 0));
        }

        static double Difference(double[] tensor, int place, Func<double> value)
        {
            const double Step = 1e-5;
            double at = tensor[place];
            tensor[place] = at + Step;
            double above = value();
            tensor[place] = at - Step;
            double below = value();
            tensor[place] = at;
            return (above - below) / (2 * Step);
        }
    }

    private static void AssertNear(double[] expected, float[] actual, double tolerance, string what)
    {
        double error = expected.Zip(actual, (x, y) => Math.Abs(x - y)).Aggregate(0.0, Math.Max);
        Assert.True(error <= tolerance, $"{what} is off by {error:E2}, allowed {tolerance:E2}.");
    }

    private static double Largest(double[] values) => values.Max(Math.Abs);

    private static Shape Shape3(int channels, int height, int width) => new(EquatableArray.Of(channels, height, width));

    /// <summary>A normalisation out of maps and reductions, alone or between convolutions.</summary>
    internal static Graph Compose(string body, int channels, bool hasNeighbours)
    {
        var builder = new GraphBuilder(new ErrorSink());
        Owner Owner(int index, string stem) => new(index.ToString(System.Globalization.CultureInfo.InvariantCulture), stem, EquatableArray.Of(index), index);
        Shape shape = hasNeighbours || body != "rms" ? Shape3(channels, 4, 5) : Shape.Flat(channels);
        Value input = builder.Input("input", TensorType.Of(shape));
        Value x = input;
        if (hasNeighbours)
            x = builder.AddLayer(Conv2d(channels, 3, padding: 1), [x], Owner(0, "Conv0"))!.Result;
        x = Normalize(builder, body, x, Owner(1, "Norm1"));
        if (hasNeighbours)
            x = builder.AddLayer(Conv2d(channels + 1, 3, padding: 1), [x], Owner(2, "Conv2"))!.Result;
        var graph = new Graph
        {
            Declaration = Network(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Net{body}{channels}{(hasNeighbours ? "between" : "")}"), [.. shape.Sizes], null),
            Inputs = EquatableArray.Of(input),
            Parameters = builder.Parameters.ToEquatableArray(),
            Nodes = builder.Nodes.ToEquatableArray(),
            Outputs = EquatableArray.Of(x),
        };
        GraphVerifier.Verify(graph, "nothing");
        return graph;
    }

    private static Value Normalize(GraphBuilder builder, string body, Value x, Owner owner)
    {
        TensorType type = x.Type;
        string[] names = [.. type.Axes.Select(axis => axis.Name)];
        Value Reduce(Value value, ReduceKind function, params string[] axes) => builder.Add(new ReduceOp(function, axes.ToEquatableArray()), [value], owner)!.Result;
        Value Map(Expression expression, TensorType to, params Value[] values) => builder.Add(new MapOp(expression, to), values, owner)!.Result;
        Value Parameter(string suffix, string[] axes) => builder.Parameter(
            owner.Key, new ParameterSpec(suffix, type.Axes.Where(axis => axes.Contains(axis.Name)).Select(axis => axis.Size).ToEquatableArray(), Initializer.Default, 1, 1) { Axes = axes.ToEquatableArray() });
        string[] over = body switch { "layer" => names, "channels" => ["C"], "batch" => ["N", .. names.Skip(1)], "rms" => names, _ => ["W"] };
        string[] affine = body is "layer" or "shared" ? names : ["C"];
        if (body == "rms")
        {
            Value square = Reduce(Map(s_a * s_a, type, x), ReduceKind.Mean, over);
            return Map(s_a / Expression.SquareRoot(s_b + 1e-3) * s_c, type, x, square, Parameter("weight", affine));
        }

        if (body == "shared")
        {
            // Summed along one axis only, and a parameter that is used twice.
            Value sum = Reduce(x, ReduceKind.Sum, over);
            Value scale = Parameter("weight", affine);
            return Map((s_a * s_c) + (s_b * s_c * s_c), type, x, sum, scale);
        }

        Value mean = Reduce(x, ReduceKind.Mean, over);
        Value centred = Map(s_a - s_b, type, x, mean);
        Value variance = Reduce(Map(s_a * s_a, type, centred), ReduceKind.Mean, over);
        Value deviation = Map(Expression.SquareRoot(s_a + 1e-3), variance.Type, variance);
        Value normal = Map(s_a / s_b, type, centred, deviation);
        return Map((s_a * s_b) + s_c, type, normal, Parameter("weight", affine), Parameter("bias", affine));
    }

    private static Assembly Load(Graph[] graphs) => NetworkCompiler.Load(
        $"namespace {Namespace};\n{string.Concat(graphs.Select(graph => $"/// <summary>A network.</summary>\npublic sealed partial class {graph.Declaration.Name};\n"))}",
        graphs.Select(graph =>
        {
            // Tables and figures are of declared networks: here of some layer of the same sizes.
            CompiledNetwork compiled = CompiledNetwork.Compile(graph);
            var shown = graph with { Nodes = graph.Nodes.Where(node => node.Output.Rank > 0).ToEquatableArray() };
            Graph declared = Unfolding.Build(graph.Declaration with { Layers = EquatableArray.Of<LayerOp>(new ActivationOp(null, ActivationKind.ReLU)) }, new ErrorSink())!;
            var figures = Figures.Of(new AnalyzedNetwork(declared, default));
            return NetworkEmitter.Emit(compiled with { Program = compiled.Program with { Graph = shown } }, figures);
        }));

    private static INetwork Create(Graph graph) => (INetwork)Activator.CreateInstance(s_networks.Value.GetType($"{Namespace}.{graph.Declaration.Name}", throwOnError: true)!, 1UL)!;

    private static double Value(Expression expression, double[] at) => BatchInterpreter.Value(expression, i => at[i], 1);
}

/// <summary>Runs maps, reductions, sums and convolutions of a graph on a batch, as their definitions say.</summary>
internal sealed class BatchInterpreter(Graph graph, int batch)
{
    /// <summary>The values of a graph: of each sample one after the other, or one for all.</summary>
    public Dictionary<Value, double[]> Run(double[][] inputs, double[][] parameters, int count = int.MaxValue)
    {
        var values = new Dictionary<Value, double[]>();
        foreach ((int i, Value input) in graph.Inputs.Index())
            values.Add(input, inputs[i]);
        foreach ((int i, Value parameter) in graph.Parameters.Index())
            values.Add(parameter, parameters[i]);
        foreach (Node node in graph.Nodes.Take(count))
        {
            values.Add(node.Result, node.Op switch
            {
                MapOp map => Map(node, map, values),
                ReduceOp reduce => Reduce(node, reduce, values),
                SumOp => [.. values[node.Inputs[0]].Select((_, i) => node.Inputs.Sum(input => values[input][i]))],
                ConvOp => Convolve(node, values),
                _ => throw new ArgumentOutOfRangeException(nameof(count), node.Op.Display, null),
            });
        }

        return values;
    }

    public static double Value(Expression expression, Func<int, double> operand, int batch) => expression switch
    {
        Constant constant => constant.Value,
        BatchSize => batch,
        Placeholder placeholder => operand(placeholder.Index),
        SquareRoot root => Math.Sqrt(Value(root.Of, operand, batch)),
        Binary binary => (binary.Sign, Value(binary.Left, operand, batch), Value(binary.Right, operand, batch)) switch
        {
            ('+', var x, var y) => x + y,
            ('-', var x, var y) => x - y,
            ('*', var x, var y) => x * y,
            (_, var x, var y) => x / y,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(expression), expression.ToString(), null),
    };

    private double[] Map(Node node, MapOp map, Dictionary<Value, double[]> values)
    {
        (double[] Values, int[] Strides)[] operands = [.. node.Inputs.Select(input => (values[input], Strides(input.Type, map.Type)))];
        return [.. Places(map.Type).Select(place => Value(map.Expression, i => operands[i].Values[Index(place, operands[i].Strides)], batch))];
    }

    private double[] Reduce(Node node, ReduceOp reduce, Dictionary<Value, double[]> values)
    {
        (TensorType from, TensorType to) = (node.Inputs[0].Type, node.Result.Type);
        double[] summands = values[node.Inputs[0]];
        int[] strides = Strides(to, from);
        var sums = new double[Count(to)];
        int element = 0;
        foreach (int[] place in Places(from))
            sums[Index(place, strides)] += summands[element++];
        double divisor = reduce.Function == ReduceKind.Sum ? 1 : (double)Count(from) / sums.Length;
        return [.. sums.Select(sum => sum / divisor)];
    }

    private double[] Convolve(Node node, Dictionary<Value, double[]> values)
    {
        double[][] x = [.. values[node.Inputs[0]].Chunk((int)node.Input.ElementCount)];
        var input = new Value(Graph.InputId, node.Inputs[0].Type);
        Node alone = node with { Inputs = node.ParameterValues.Prepend(input).ToEquatableArray() };
        Graph layer = graph with { Inputs = EquatableArray.Of(input), Parameters = node.ParameterValues.ToEquatableArray(), Nodes = EquatableArray.Of(alone), Outputs = EquatableArray.Of(node.Result) };
        var interpreter = new Interpreter<double>(layer, [.. node.ParameterValues.Select(parameter => values[parameter])]);
        return [.. x.SelectMany(interpreter.Predict)];
    }

    private int Count(TensorType type) => (type.IsPerSample ? batch : 1) * (int)type.Shape.ElementCount;

    /// <summary>Every element in its order, as its place in the batch and along each axis. The array is the same each time.</summary>
    private IEnumerable<int[]> Places(TensorType type)
    {
        int[] sizes = [type.IsPerSample ? batch : 1, .. type.Axes.Select(axis => axis.Size)];
        var place = new int[sizes.Length];
        for (int element = 0; element < Count(type); element++)
        {
            yield return place;
            for (int axis = sizes.Length - 1; axis >= 0 && ++place[axis] == sizes[axis]; axis--)
                place[axis] = 0;
        }
    }

    /// <summary>How far a step along each axis of one type, the batch first, leads in another: nowhere along those that it does not have.</summary>
    private static int[] Strides(TensorType type, TensorType along)
    {
        var strides = new Dictionary<string, int>();
        int stride = 1;
        foreach (Axis axis in type.Axes.Reverse())
        {
            strides.Add(axis.Name, stride);
            stride *= axis.Size;
        }

        return [type.IsPerSample ? stride : 0, .. along.Axes.Select(axis => strides.GetValueOrDefault(axis.Name))];
    }

    private static int Index(int[] place, int[] strides)
    {
        int index = 0;
        for (int axis = 0; axis < place.Length; axis++)
            index += place[axis] * strides[axis];
        return index;
    }
}
