using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Compiler.Passes;
using NetGen.Generator.Emission;
using NetGen.Runtime;
using NetGen.Tests.Infrastructure;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

/// <summary>Batch normalisation in training and evaluation, as its kernels and as the general ops that define it.</summary>
public class BatchNormTests
{
    private static readonly ActivationOp s_relu = Activation(ActivationKind.ReLU);
    private static readonly LossOp s_mse = Loss(ElementwiseLossKind.MSE);

    public static TheoryData<string> Forms => ["", PassPipeline.UseKernels];

    /// <summary>Single layers of every shape in both modes: outputs, all gradients and the running statistics behind a training step are PyTorch's.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    [Trait("Lane", "Slow")]
    public void Layers_are_pytorchs(string disabled)
    {
        IReadOnlyDictionary<string, Fixture> cases = Fixture.Load("batch-norm").Cases;
        Assert.Equal(84, cases.Count);
        Fixture[] fixtures = [.. cases.Values];
        NetworkDeclaration[] declarations = [.. fixtures.Select((fixture, i) => Network("Norm" + i, Sizes(fixture), null, Layer(fixture)))];
        INetwork[] networks = Load(disabled, declarations);
        for (int i = 0; i < fixtures.Length; i++)
        {
            (Fixture fixture, INetwork network) = (fixtures[i], networks[i]);
            Fill(network, fixture, name => name[2..]);
            float[] input = fixture.Input;
            float[] output = new float[input.Length], inputGradient = new float[input.Length];
            if (fixture.Metadata("training")!.Value.GetBoolean())
            {
                TrainingPass(network, input, fixture.OutputGradient, inputGradient, output);
                AssertClose(fixture, "", network.Buffers, name => name[2..]);
            }
            else
            {
                network.Predict(input, output);
                network.VectorJacobianProduct(input, fixture.OutputGradient, inputGradient);
            }

            fixture.AssertClose("output", RandomNetwork.ToDouble(output), fixture.Tolerance("output"));
            fixture.AssertClose("grad.input", RandomNetwork.ToDouble(inputGradient), fixture.Tolerance("grad.input"));
            AssertClose(fixture, "grad.", network.Gradients, name => name[2..]);
        }

        static int[] Sizes(Fixture fixture) => [.. fixture.Metadata("input")!.Value.GetProperty("shape").EnumerateArray().Skip(1).Select(size => size.GetInt32())];

        static BatchNormOp Layer(Fixture fixture) => new(
            null, Sizes(fixture).Length == 3 ? 2 : 1, fixture.Metadata("eps")!.Value.GetDouble(),
            fixture.Metadata("momentum") is { ValueKind: System.Text.Json.JsonValueKind.Number } momentum ? momentum.GetDouble() : double.NaN, fixture.ParameterNames.Contains("weight"));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    [Trait("Lane", "Slow")]
    public void Ten_steps_are_pytorchs(string disabled)
    {
        BlockDeclaration body = Block("Body", Conv2d(6, 3, padding: 1, bias: false), BatchNorm2d(), s_relu, Conv2d(6, 3, padding: 1, bias: false), BatchNorm2d());
        INetwork[] networks = Load(
            disabled,
            Network("Mlp", [9], s_mse, Linear(17), BatchNorm1d() with { Momentum = double.NaN }, Activation(ActivationKind.Tanh), Linear(3)),
            Network("Conv", [2, 8, 11], new CrossEntropyLossOp(), Conv2d(5, 3, bias: false), BatchNorm2d(), s_relu, Pool2d(PoolKind.Max, 2), new FlattenOp(null), Linear(4)),
            Network(
                "Sequence", [3, 11], s_mse, Conv1d(8, 3), BatchNorm1d() with { Eps = 0.1, Momentum = 0.3, Affine = false }, Activation(ActivationKind.SiLU), new FlattenOp(null), Linear(16), BatchNorm1d(),
                Activation(ActivationKind.Sigmoid), Linear(2)),
            Network(
                "Residual", [3, 5, 6], new CrossEntropyLossOp(), Conv2d(6, 3, padding: 1, bias: false), BatchNorm2d(), s_relu, Residual(body), s_relu, new AdaptivePoolOp(null, 2, PoolKind.Average, Size2.Of(1), IsGlobal: true),
                new FlattenOp(null), Linear(3)));
        string[] fixtures = ["batch-norm-mlp", "batch-norm-conv", "batch-norm-sequence", "batch-norm-residual"];
        foreach ((INetwork network, string name) in networks.Zip(fixtures))
        {
            Fixture fixture = Fixture.Load(name);
            Func<string, string> key = Keys(network, fixture);
            Fill(network, fixture, key);
            float[] input = fixture.Input;
            int step = input.Length / 10;
            float[] inputGradient = new float[step];
            var losses = new double[10];
            for (int i = 0; i < 10; i++)
            {
                float[] batch = input[(i * step)..((i + 1) * step)];
                if (i == 0)
                {
                    (float[] parameters, float[] buffers) = (network.FlatParameters.ToArray(), Bits(network));
                    _ = Gradients(network, batch, Target(fixture, 0), inputGradient);
                    fixture.AssertClose("train/grad.input", RandomNetwork.ToDouble(inputGradient), fixture.Tolerance("train/grad.input"));
                    AssertClose(fixture, "train/grad.", network.Gradients, key);
                    Assert.Equal(parameters, network.FlatParameters.ToArray());
                    Assert.Equal(buffers, Bits(network));
                }

                losses[i] = Train(network, batch, Target(fixture, i), fixture);
                if (i is not (0 or 1 or 9))
                    continue;
                AssertClose(fixture, $"{i + 1}/", network.Parameters, key);
                AssertClose(fixture, $"{i + 1}/", network.Buffers, key);
            }

            fixture.AssertClose("loss", losses, fixture.Tolerance("loss"));
            Evaluate(network, fixture, input[..step], inputGradient, key);
        }
    }

    /// <summary>ResNet-50 with its normalisations on small pictures: evaluation, gradients, running statistics and three steps.</summary>
    [Fact]
    [Trait("Lane", "Slow")]
    public void A_residual_network_of_fifty_layers_is_pytorchs()
    {
        Fixture fixture = Fixture.Load("resnet50-eighth");
        INetwork network = Load("", ResNet50("ResNet50Eighth", 8, [3, 64, 64], 10)).Single();
        Func<string, string> key = Keys(network, fixture);
        Fill(network, fixture, key);
        float[] input = fixture.Input;
        float[] inputGradient = new float[input.Length];
        Evaluate(network, fixture, input, inputGradient, key);
        _ = Gradients(network, input, fixture.Target, inputGradient);
        fixture.AssertClose("train/grad.input", RandomNetwork.ToDouble(inputGradient), fixture.Tolerance("train/grad.input"));
        AssertClose(fixture, "train/grad.", network.Gradients, key);
        var losses = new double[3];
        for (int i = 0; i < 3; i++)
        {
            losses[i] = Train(network, input, fixture.Target, fixture);
            if (i == 0)
                AssertClose(fixture, "1/", network.Buffers, key);
        }

        fixture.AssertClose("loss", losses, fixture.Tolerance("loss"));
    }

    /// <summary>torchvision's ResNet-50.</summary>
    internal static NetworkDeclaration ResNet50(string name, int width, int[] picture, int classes)
    {
        var layers = new List<LayerOp> { Conv2d(width, 7, 2, 3, bias: false), BatchNorm2d(), s_relu, Pool2d(PoolKind.Max, 3, 2, 1) };
        foreach ((int stage, int count) in new[] { 3, 4, 6, 3 }.Index())
        {
            int inner = width << stage;
            for (int i = 0; i < count; i++)
            {
                int stride = stage > 0 && i == 0 ? 2 : 1;
                BlockDeclaration main = Block(
                    $"Stage{stage}{(i == 0 ? "First" : "")}", Conv2d(inner, 1, bias: false), BatchNorm2d(), s_relu, Conv2d(inner, 3, stride, 1, bias: false), BatchNorm2d(), s_relu,
                    Conv2d(4 * inner, 1, bias: false), BatchNorm2d());
                layers.Add(i > 0 ? Residual(main) : Sum(main, Block($"Down{stage}", Conv2d(4 * inner, 1, stride, bias: false), BatchNorm2d())));
                layers.Add(s_relu);
            }
        }

        return Network(name, picture, new CrossEntropyLossOp(), [.. layers, new AdaptivePoolOp(null, 2, PoolKind.Average, Size2.Of(1), IsGlobal: true), new FlattenOp(null), Linear(classes)]);
    }

    [Fact]
    public void ResNet50_stays_small() => Assert.InRange(NetworkEmitter.Emit(CompiledNetwork.Compile(Build(ResNet50("ResNet50", 64, [3, 224, 224], 1000)))).Length, 0, 1_250_000);

    /// <summary>Predictions, evaluation's products, training's gradients and what a step makes of the state, against the interpreter; the state changes in a step alone.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    [Trait("Lane", "Slow")]
    public void Networks_are_as_accurate_as_single_precision_allows(string disabled)
    {
        RandomNetwork[] networks = [.. NormalizedNetworks.OfBatches().Select(network => new RandomNetwork(network.Declaration, network.Batch))];
        Assert.All(networks, network => Assert.Equal(disabled.Length == 0, GeneratedNetworks.Text(network, disabled).Contains("NormKernels.BatchNormGradient", StringComparison.Ordinal)));
        NetworkComparison.Check(networks, GeneratedNetworks.Create(networks, disabled));
    }

    /// <summary>What a convolution or a linear layer can scale in its last store has the bits of a pass of its own.</summary>
    [Fact]
    [Trait("Lane", "Slow")]
    public void Folded_into_the_layer_before_it_keeps_the_bits()
    {
        RandomNetwork[] networks = [.. NormalizedNetworks.OfBatches().Select(network => new RandomNetwork(network.Declaration, network.Batch))];
        INetwork[] folded = GeneratedNetworks.Create(networks), apart = GeneratedNetworks.Create(networks, nameof(FoldNormalizations));
        int differing = 0;
        for (int i = 0; i < networks.Length; i++)
        {
            differing += GeneratedNetworks.Text(networks[i]) != GeneratedNetworks.Text(networks[i], nameof(FoldNormalizations)) ? 1 : 0;
            foreach (Samples samples in networks[i].Batches)
            {
                (float[] a, float[] b) = (new float[samples.Vector.Length], new float[samples.Vector.Length]);
                networks[i].Fill(folded[i]);
                networks[i].Fill(apart[i]);
                folded[i].Predict(samples.Input, a);
                apart[i].Predict(samples.Input, b);
                Assert.Equal(a, b);

                // A change is seen at once, wherever it was made.
                folded[i].FlatParameters[0] += 0.5f;
                apart[i].FlatParameters[0] += 0.5f;
                folded[i].Buffers[1][0] += 1;
                apart[i].Buffers[1][0] += 1;
                folded[i].Predict(samples.Input, b);
                Assert.NotEqual(a, b);
                apart[i].Predict(samples.Input, a);
                Assert.Equal(a, b);
            }
        }

        Assert.InRange(differing, 18, networks.Length);
    }

    [Fact]
    public void Convolutions_scale_add_and_activate_in_their_last_store()
    {
        BlockDeclaration body = Block("Body", Conv2d(16, 3, padding: 1, bias: false), BatchNorm2d(), s_relu, Conv2d(16, 1), BatchNorm2d());
        NetworkDeclaration declaration = Network("Net", [16, 5, 5], s_mse, Residual(body), s_relu, new FlattenOp(null), Linear(8), BatchNorm1d(), Activation(ActivationKind.GELU));
        StepProgram with = PassPipeline.Run(Build(declaration)), without = PassPipeline.Run(Build(declaration), [nameof(FoldNormalizations)]);
        Assert.DoesNotContain(with.Inference, step => step is NormalizeStep or SumStep or ActivationForwardStep);
        ProductStep[] products = [.. with.Inference.OfType<ProductStep>()];
        Assert.Equal(
            ["ScaleChannels Activate", "AddBias ScaleChannels AddTensor Activate", "AddBias ScaleChannels Activate"],
            products.Select(product => string.Join(' ', product.Epilogue.Select(entry => entry.GetType().Name))));
        Assert.True(products[1] is { ActivatesLast: true, Start: null, Addend: not null });
        Assert.Equal(3, without.Inference.OfType<NormalizeStep>().Count());
        Assert.Equal(without.Training.Count(), with.Training.Count());

        // What something else reads too stays.
        StepProgram shared = PassPipeline.Run(Build(Network("Shared", [16, 5, 5], s_mse, Conv2d(16, 1), Residual(Block("Norm", BatchNorm2d(), s_relu)))));
        Assert.Single(shared.Inference.OfType<NormalizeStep>());
    }

    /// <summary>As the first layer of rows of whole vectors, where the input's gradient could be the caller's memory, and of others, whose ends are.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(21)]
    [InlineData(64)]
    public void As_the_first_layer_it_trains_without_the_inputs_gradient(int features)
    {
        var network = new RandomNetwork(Network($"Leading{features}", [features], s_mse, BatchNorm1d(), Linear(5)), 6);
        NetworkComparison.Check([network], GeneratedNetworks.Create([network]));
        var trainable = (ITrainableNetwork<float>)GeneratedNetworks.Create([network])[0];
        trainable.TrainStep(network.Batches[0].Input, network.Batches[0].Target, new SGD(0.1));
        trainable.VectorJacobianProduct(network.Batches[0].Input, network.Batches[0].Vector);
    }

    [Fact]
    public void Every_normalisation_of_ResNet50_is_folded()
    {
        StepProgram program = PassPipeline.Run(Build(ResNet50("ResNet50", 64, [3, 64, 64], 1000)));
        Assert.DoesNotContain(program.Inference, step => step is NormalizeStep);
        Assert.Equal(53, program.Inference.OfType<ProductStep>().Count(product => product.Scale is not null));
    }

    [Fact]
    public void What_is_kept_is_what_the_runtime_keeps()
    {
        foreach (int channels in new[] { 1, 16, 21 })
        {
            Assert.Equal(NormKernels.BatchNormFloats(channels), BatchNormKernel.Kept(channels));
            Assert.Equal(NormKernels.BatchNormVariance(channels), new BatchNormKernel("", channels, 0, false).Variance);
        }
    }

    [Fact]
    public void One_value_a_channel_is_refused_before_anything_changes()
    {
        INetwork[] networks = Load(
            "",
            Network("Flat", [3], s_mse, BatchNorm1d()), Network("Pixel", [3, 1, 1], s_mse, Conv2d(4, 1), BatchNorm2d()), Network("Picture", [3, 1, 2], s_mse, BatchNorm2d()));
        foreach (INetwork network in networks)
        {
            var trainable = (ITrainableNetwork<float>)network;
            int size = network.GetType().Name == "Picture" ? 6 : 3;
            int outputs = network.GetType().Name == "Pixel" ? 4 : size;
            float[] parameters = network.FlatParameters.ToArray(), buffers = Bits(network);
            float[] input = [.. Enumerable.Range(0, 2 * size).Select(i => (float)i)];
            if (size == 3)
            {
                foreach (Action step in new Action[]
                {
                    () => trainable.TrainStep(input[..size], new float[outputs], new SGD(0.1)),
                    () => trainable.ComputeGradients(input[..size], new float[outputs]),
                })
                {
                    Assert.StartsWith(
                        "Expected more than 1 value per channel when training: a batch normalisation sees one a sample, so at least 2 samples, but got 1.", Assert.Throws<ArgumentException>("input", step).Message, StringComparison.Ordinal);
                    Assert.Equal(parameters, network.FlatParameters.ToArray());
                    Assert.Equal(buffers, Bits(network));
                }
            }
            else
            {
                trainable.TrainStep(input[..size], new float[outputs], new SGD(0.1));
            }

            // Evaluation takes any batch.
            network.VectorJacobianProduct(input[..size], new float[outputs]);
            trainable.TrainStep(input, new float[2 * outputs], new SGD(0.1));
            Assert.NotEqual(buffers, Bits(network));
        }
    }

    [Fact]
    public void State_is_saved_and_loaded_with_pytorchs_names_and_types()
    {
        NetworkDeclaration declaration = Network("Saved", [4, 3, 3], s_mse, Conv2d(5, 1), BatchNorm2d() with { Name = "bn1" }, Block1());
        INetwork network = Load("", declaration).Single();
        Assert.Equal(
            ["bn1.running_mean [5]", "bn1.running_var [5]", "bn1.num_batches_tracked []", "2.body.0.running_mean [5]", "2.body.0.running_var [5]", "2.body.0.num_batches_tracked []"],
            network.Buffers.Select(buffer => buffer.ToString()));
        Assert.Equal(["0.weight", "0.bias", "bn1.weight", "bn1.bias", "2.body.0.weight", "2.body.0.bias"], network.Parameters.Select(parameter => parameter.Name));
        float[] input = [.. Enumerable.Range(0, 72).Select(i => MathF.Sin(i))];
        var trainable = (ITrainableNetwork<float>)network;
        for (int i = 0; i < 3; i++)
            trainable.TrainStep(input, new float[90], new SGD(0.1));
        network.Buffers["bn1.num_batches_tracked"].Int64 = long.MaxValue - 5;
        Assert.Throws<InvalidOperationException>(() => network.Buffers["bn1.running_mean"].Int64);

        using var file = new MemoryStream();
        network.Save(file);
        Assert.Contains("\"bn1.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]}", System.Text.Encoding.UTF8.GetString(file.ToArray()), StringComparison.Ordinal);
        INetwork other = Load("", declaration).Single();
        file.Position = 0;
        other.Load(file);
        Assert.Equal(Bits(network), Bits(other));
        Assert.Equal(long.MaxValue - 5, other.Buffers["bn1.num_batches_tracked"].Int64);
        (float[] a, float[] b) = (new float[90], new float[90]);
        network.Predict(input, a);
        other.Predict(input, b);
        Assert.Equal(a, b);

        // Files of old versions of PyTorch have no counts.
        byte[] old = WithoutCounts(file.ToArray());
        other.Load(new MemoryStream(old));
        Assert.Equal(0, other.Buffers["bn1.num_batches_tracked"].Int64);
        Assert.Equal(network.Buffers["bn1.running_var"].ToArray(), other.Buffers["bn1.running_var"].ToArray());

        // What does not fit leaves everything as it was.
        float[] before = Bits(other);
        string text = System.Text.Encoding.Latin1.GetString(file.ToArray());
        foreach ((string from, string to, string message) in new[]
        {
            ("bn1.running_var", "bn1.running_vax", "does not have"),
            ("\"I64\"", "\"F64\"", "Expected bn1.num_batches_tracked [] to be of type I64, but got F64."),
        })
        {
            InvalidDataException refused = Assert.Throws<InvalidDataException>(() => other.Load(new MemoryStream(System.Text.Encoding.Latin1.GetBytes(text.Replace(from, to, StringComparison.Ordinal)))));
            Assert.Contains(message, refused.Message, StringComparison.Ordinal);
            Assert.Equal(before, Bits(other));
        }

        static CompositeOp Block1() => Residual(Block("Body", BatchNorm2d()));
    }

    [Fact]
    public void Parameters_are_counted_as_pytorch_counts_them()
    {
        Graph graph = Build(Network("Net", [4, 3, 3], s_mse, Conv2d(5, 1), BatchNorm2d(), BatchNorm2d() with { Affine = false }));
        Assert.Equal(25 + 10, graph.ParameterCount);
        Assert.Equal(25_557_032, Build(ResNet50("ResNet50", 64, [3, 224, 224], 1000)).ParameterCount);
        Assert.Equal(1, graph.LeastTrainingBatch);
    }

    [Fact]
    public void Wrong_shapes_and_options_are_refused()
    {
        foreach ((int[] input, BatchNormOp norm) in new[] { (new[] { 3 }, BatchNorm2d()), ([3, 4], BatchNorm2d()), ([3, 4, 5], BatchNorm1d()) })
        {
            var errors = new ErrorSink();
            Assert.Null(Unfolding.Build(Network("Net", input, null, norm), errors));
            Assert.Equal(Rules.NotAPicture, Assert.Single(errors.Errors).Rule);
        }

        foreach (BatchNormOp norm in new[] { BatchNorm1d() with { Eps = -1 }, BatchNorm1d() with { Eps = double.NaN }, BatchNorm1d() with { Momentum = 1.5 }, BatchNorm1d() with { Momentum = -0.1 } })
        {
            var errors = new ErrorSink();
            Assert.Null(Unfolding.Build(Network("Net", [3], null, norm), errors));
            Assert.Equal(Rules.OptionOutOfRange, Assert.Single(errors.Errors).Rule);
        }
    }

    private static INetwork[] Load(string disabled, params NetworkDeclaration[] declarations)
    {
        string[] passes = disabled.Length == 0 ? [] : [disabled];
        Assembly assembly = NetworkCompiler.Load(Print(declarations), declarations.Select(declaration => NetworkEmitter.Emit(CompiledNetwork.Compile(Build(declaration), passes))));
        return [.. declarations.Select(declaration => (INetwork)Activator.CreateInstance(assembly.GetType($"{Declarations.Namespace}.{declaration.Name}", throwOnError: true)!, 0UL)!)];
    }

    /// <summary>The fixture's name of one of the network's tensors: both are in the order of the layers.</summary>
    private static Func<string, string> Keys(INetwork network, Fixture fixture)
    {
        string[] buffers = [.. fixture.Metadata("buffers")!.Value.EnumerateObject().Select(buffer => buffer.Name)];
        var keys = network.Parameters.Zip(fixture.ParameterNames).Concat(network.Buffers.Zip(buffers)).ToDictionary(pair => pair.First.Name, pair => pair.Second);
        Assert.Equal(network.Parameters.Count + network.Buffers.Count, fixture.ParameterNames.Count + buffers.Length);
        Assert.All(keys, key => Assert.Equal(key.Key.Split('.')[^1], key.Value.Split('.')[^1]));
        return name => keys[name];
    }

    private static void Fill(INetwork network, Fixture fixture, Func<string, string> key)
    {
        foreach (ParameterView parameter in network.Parameters)
            parameter.CopyFrom(fixture.Parameter(key(parameter.Name)));
        foreach (ParameterView buffer in network.Buffers)
            buffer.CopyFrom(fixture.Buffer(key(buffer.Name)));
    }

    private static void AssertClose(Fixture fixture, string prefix, ParameterCollection actual, Func<string, string> key)
    {
        foreach (ParameterView view in actual)
        {
            string name = prefix + key(view.Name);
            if (view.IsInt64)
                Assert.Equal(fixture.Tensor(name).Single(), view.Int64);
            else
                fixture.AssertClose(name, RandomNetwork.ToDouble(view.ToArray()), fixture.Tolerance(name));
        }
    }

    private static float[] Target(Fixture fixture, int step) => fixture.Target is var all ? all[(step * all.Length / 10)..((step + 1) * all.Length / 10)] : [];

    private static float Gradients(INetwork network, float[] input, float[] target, float[] inputGradient) => network is ITrainableNetwork<int> classifier
        ? classifier.ComputeGradients(input, Array.ConvertAll(target, label => (int)label), inputGradient)
        : ((ITrainableNetwork<float>)network).ComputeGradients(input, target, inputGradient);

    private static float Train(INetwork network, float[] input, float[] target, Fixture fixture)
    {
        var optimizer = new SGD(fixture.Metadata("learning_rate")!.Value.GetDouble());
        return network is ITrainableNetwork<int> classifier
            ? classifier.TrainStep(input, Array.ConvertAll(target, label => (int)label), optimizer)
            : ((ITrainableNetwork<float>)network).TrainStep(input, target, optimizer);
    }

    private static void Evaluate(INetwork network, Fixture fixture, float[] input, float[] inputGradient, Func<string, string> key)
    {
        float[] output = new float[fixture.OutputGradient.Length];
        network.Predict(input, output);
        fixture.AssertClose("evaluation/output", RandomNetwork.ToDouble(output), fixture.Tolerance("evaluation/output"));
        network.VectorJacobianProduct(input, fixture.OutputGradient, inputGradient);
        fixture.AssertClose("evaluation/grad.input", RandomNetwork.ToDouble(inputGradient), fixture.Tolerance("evaluation/grad.input"));
        AssertClose(fixture, "evaluation/grad.", network.Gradients, key);
    }

    /// <summary>The state, bit for bit.</summary>
    private static float[] Bits(INetwork network) => [.. network.Buffers.SelectMany(buffer => buffer.IsInt64 ? [BitConverter.Int32BitsToSingle((int)buffer.Int64), BitConverter.Int32BitsToSingle((int)(buffer.Int64 >> 32))] : buffer.ToArray())];

    /// <summary>A training pass from any gradient of the output, and the update of the state.</summary>
    private static void TrainingPass(INetwork network, float[] input, float[] outputGradient, float[] inputGradient, float[] output)
    {
        CustomLoss loss = (y, dy) =>
        {
            y.CopyTo(output);
            outputGradient.CopyTo(dy);
            return 0;
        };
        network.ComputeGradients(input, loss, inputGradient);
        network.TrainStep(input, loss, new SGD(0));
    }

    private static byte[] WithoutCounts(byte[] file)
    {
        int length = (int)BitConverter.ToInt64(file);
        using var header = System.Text.Json.JsonDocument.Parse(file.AsMemory(8, length));
        var kept = header.RootElement.EnumerateObject().Where(tensor => tensor.Name != "__metadata__" && tensor.Value.GetProperty("dtype").GetString() == "F32").ToArray();
        int skipped = kept.Min(tensor => tensor.Value.GetProperty("data_offsets")[0].GetInt32());
        string json = "{" + string.Join(",", kept.Select(tensor =>
        {
            int[] offsets = [.. tensor.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32() - skipped)];
            return $"\"{tensor.Name}\":{{\"dtype\":\"F32\",\"shape\":{tensor.Value.GetProperty("shape").GetRawText()},\"data_offsets\":[{offsets[0]},{offsets[1]}]}}";
        })) + "}";
        return [.. BitConverter.GetBytes((long)json.Length), .. System.Text.Encoding.ASCII.GetBytes(json), .. file[(8 + length + skipped)..]];
    }
}
