using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Compiler.Passes;
using NetGen.Tests.Infrastructure;
using Xunit;
using static NetGen.Tests.Networks.Declarations;
using Buffer = NetGen.Generator.Compiler.Buffer;

namespace NetGen.Tests.Networks;

/// <summary>What holds of the compiler's passes, verifier and memory plan.</summary>
public class PassTests
{
    private static readonly RandomNetwork[] s_networks =
    [
        .. Enumerable.Range(0, 12).Select(number => new RandomNetwork(number, small: false)),
        .. Enumerable.Range(0, 20).Select(number => new RandomNetwork(number, small: true, convolutional: true)),
        .. Enumerable.Range(300, 20).Select(number => new RandomNetwork(number, small: false, composed: true)),
        new(Network("Normal", [3, 6, 7], Loss(ElementwiseLossKind.MSE), Conv2d(16, 3, padding: 1), LayerNorm(), Activation(ActivationKind.ReLU), LayerNorm(7), Conv2d(4, 3)), 3),
        new(Network("Root", [3, 6, 7], Loss(ElementwiseLossKind.MSE), Conv2d(16, 3, padding: 1), RMSNorm(), Activation(ActivationKind.ReLU), RMSNorm(7), Conv2d(4, 3)), 3),
        .. Rewritten().Select(declaration => new RandomNetwork(declaration, 3)),
    ];

    private static readonly Lazy<Dictionary<RandomNetwork, List<float[]>>> s_results = new(() => Results(s_networks));

    public static TheoryData<string> Passes => [.. PassPipeline.Names];

    /// <summary>What each pass rewrites, at pictures of both orders.</summary>
    private static IEnumerable<NetworkDeclaration> Rewritten()
    {
        ActivationOp relu = Activation(ActivationKind.ReLU);
        ActivationOp leaky = Activation(ActivationKind.LeakyReLU, 0.3);
        foreach (int channels in new[] { 2, 16 })
        {
            yield return Network($"Pooled{channels}", [3, 9, 11], Loss(ElementwiseLossKind.MSE), Conv2d(channels, 3, padding: 1), relu, Pool2d(PoolKind.Max, 3, stride: 2, padding: 1), Conv2d(channels, 3), relu);
            yield return Network($"Dropped{channels}", [3, 6, 7], Loss(ElementwiseLossKind.MSE), Conv2d(channels, 3), new DropoutOp(null, 0.5), leaky, Conv2d(channels, 2), new DropoutOp(null, 0.3), relu, Pool2d(PoolKind.Max, 2));
            yield return Network($"Added{channels}", [channels, 6, 17], Loss(ElementwiseLossKind.MSE), Conv2d(channels, 1), Residual(Block("Kept", Conv2d(channels, 3, padding: 1))), relu, Residual(Block("Active", Conv2d(channels, 3, padding: 1), Activation(ActivationKind.Tanh))));
            yield return Network($"Joined{channels}", [channels, 6, 7], Loss(ElementwiseLossKind.MSE), Concat(Block("Wide", Conv2d(16, 3, padding: 1), relu), Block("Far", Conv2d(channels, 1), Activation(ActivationKind.Tanh))), Conv2d(channels, 3));
            yield return Network($"Alike{channels}", [channels, 6, 7], Loss(ElementwiseLossKind.MSE), ParallelSum(Block("Path", Conv2d(4, 1), relu, Conv2d(4, 3, padding: 1), relu, Conv2d(channels, 1)), 3), ParallelConcat(Block("Part", Conv2d(5, 3), relu), 3));
            yield return Network($"Shared{channels}", [channels, 6, 7], Loss(ElementwiseLossKind.MSE), Sum(Block("First", Pool2d(PoolKind.Max, 3, stride: 1), Conv2d(16, 1), relu, Conv2d(channels, 3)), Block("Second", Pool2d(PoolKind.Max, 3, stride: 1), Conv2d(32, 1), relu, Conv2d(channels, 3))));
            yield return Network($"Normalized{channels}", [channels, 6, 7], Loss(ElementwiseLossKind.MSE), Residual(Block("Scaled", Conv2d(channels, 3, padding: 1), BatchNorm2d(), relu, Conv2d(channels, 1), BatchNorm2d())), relu, Concat(Block("Wide", Conv2d(16, 1), BatchNorm2d(), relu), Block("Far", Conv2d(32, 1), BatchNorm2d())), new FlattenOp(null), Linear(8), BatchNorm1d());
            yield return Network($"Uneven{channels}", [3, 6, 7], Loss(ElementwiseLossKind.MSE), Conv2d(channels, 3), new DropoutOp(null, 0.3), leaky, Conv2d(channels, 2), Activation(ActivationKind.GELU));
        }
    }

    [Theory]
    [MemberData(nameof(Passes))]
    [Trait("Lane", "Slow")]
    public void A_pass_keeps_the_bits_or_its_bound(string pass) => CheckWithout(s_networks, pass);

    [Fact]
    [Trait("Lane", "Slow")]
    public void All_passes_keep_the_bits_or_their_bounds() => CheckWithout(s_networks[^16..], [.. PassPipeline.Names]);

    /// <summary>Networks whose code is the same without the passes have the same results.</summary>
    private static void CheckWithout(RandomNetwork[] networks, params string[] passes)
    {
        // What these rewrite is summed in another order. How far that carries in a deep network is compared with single precision in RewriteTests.
        string[] resumming = [nameof(StartWithResiduals), nameof(MergeAlikeBranches), nameof(MergePointwise), nameof(ShareEqualLayers), PassPipeline.UseKernels];
        bool isResumming = passes.Intersect(resumming).Any();
        RandomNetwork[] changed = [.. networks.Where(network => !(isResumming && IsDeep(network)) && GeneratedNetworks.Text(network) != GeneratedNetworks.Text(network, passes))];
        Assert.NotEmpty(changed);
        foreach ((RandomNetwork network, List<float[]> without) in Results(changed, passes))
        {
            bool isExact = !isResumming && (!passes.Contains(nameof(DropoutAfterActivation)) || !RoundsTwice(network.Graph)) && (!passes.Contains(nameof(AddResiduals)) || !SumsMany(network.Graph));
            for (int i = 0; i < without.Count; i++)
            {
                float[] with = s_results.Value[network][i];
                if (isExact)
                {
                    if (!with.AsSpan().SequenceEqual(without[i]))
                        Assert.Fail($"Result {i} of {network} differs without {string.Join(", ", passes)}.");
                    continue;
                }

                double error = with.Zip(without[i], (x, y) => Math.Abs((double)x - y)).Aggregate(0.0, Math.Max);
                if (!(error <= 4e-6 * Math.Max(with.Max(Math.Abs), 1e-3f)))
                    Assert.Fail($"Result {i} of {network} is off by {error} without {string.Join(", ", passes)}.");
            }
        }
    }

    private static bool IsDeep(RandomNetwork network) => network.Graph.Nodes.Any(node => node.Path.Count > 3);

    /// <summary>Whether a sum has more than two values, whose order can change.</summary>
    private static bool SumsMany(Graph graph) => graph.Nodes.Any(node => node.Op is SumOp && node.Sources.Count > 2);

    /// <summary>Whether a mask that is no power of two moves behind a LeakyReLU.</summary>
    private static bool RoundsTwice(Graph graph) => Enumerable.Range(2, Math.Max(0, graph.Nodes.Count - 2)).Any(i =>
        graph.Nodes[i - 2].Op is LinearOp or ConvOp && graph.Nodes[i - 1].Op is DropoutOp { P: not (0 or 0.5) } && graph.Nodes[i].Op is ActivationOp { Function: ActivationKind.LeakyReLU, GradientNeedsInput: false });

    private static Dictionary<RandomNetwork, List<float[]>> Results(RandomNetwork[] networks, params string[] disabled)
    {
        var results = new Dictionary<RandomNetwork, List<float[]>>();
        foreach ((RandomNetwork network, INetwork instance) in networks.Zip(GeneratedNetworks.Create(networks, disabled)))
        {
            Samples samples = network.Batches[0];
            var output = new float[samples.Vector.Length];
            var inputGradient = new float[samples.Input.Length];
            instance.Predict(samples.Input, output);
            instance.VectorJacobianProduct(samples.Input, samples.Vector, inputGradient);
            results.Add(network, [output, inputGradient, Gradients(instance)]);
            var trainingGradient = new float[samples.Input.Length];
            if (instance is ITrainableNetwork<float> values)
                results[network].Add([values.ComputeGradients(samples.Input, samples.Target, trainingGradient)]);
            else if (instance is ITrainableNetwork<int> labels)
                results[network].Add([labels.ComputeGradients(samples.Input, Array.ConvertAll(samples.Target, label => (int)label), trainingGradient)]);
            results[network].AddRange([trainingGradient, Gradients(instance)]);
        }

        return results;

        // As declared: a rewrite orders them in memory as it needs them.
        static float[] Gradients(INetwork network) => [.. network.Gradients.SelectMany(gradient => gradient.ToArray())];
    }

    private static StepProgram Run(NetworkDeclaration declaration, params string[] disabled) => PassPipeline.Run(Build(declaration), disabled);

    private static readonly ActivationOp s_relu = Activation(ActivationKind.ReLU);

    [Fact]
    public void DropoutAfterActivation_lets_the_activation_into_the_layers_store()
    {
        var dropout = new DropoutOp(null, 0.5);
        foreach (LayerOp layer in new LayerOp[] { Linear(20), Conv2d(20, 3) })
        {
            int[] input = layer is LinearOp ? [5] : [5, 6, 6];
            StepProgram with = Run(Network("Net", input, null, layer, dropout, s_relu));
            StepProgram without = Run(Network("Net", input, null, layer, dropout, s_relu), nameof(DropoutAfterActivation));

            Assert.Equal(ActivationKind.ReLU, with.Forward.OfType<ProductStep>().Single().Activation?.Function);
            Assert.Empty(with.Forward.OfType<ActivationForwardStep>());
            Assert.Null(without.Forward.OfType<ProductStep>().Single().Activation);
            Assert.Single(without.Forward.OfType<ActivationForwardStep>());

            // A mask is keyed by the layer's place as declared.
            Assert.Equal(1, with.Forward.OfType<DropoutForwardStep>().Single().Layer);
            foreach (ActivationOp other in new[] { Activation(ActivationKind.Sigmoid), Activation(ActivationKind.Softplus, 1), Activation(ActivationKind.LeakyReLU, -0.5) })
                Assert.Null(Run(Network("Net", input, null, layer, dropout, other)).Forward.OfType<ProductStep>().Single().Activation);
        }
    }

    [Fact]
    public void PoolBeforeReLU_leaves_ReLU_the_fewer_elements()
    {
        NetworkDeclaration declaration = Network("Net", [3, 8, 8], null, Conv2d(16, 3), s_relu, Pool2d(PoolKind.Max, 2));
        StepProgram with = Run(declaration, nameof(FusePoolActivations));
        StepProgram without = Run(declaration, nameof(FusePoolActivations), nameof(PoolBeforeReLU));

        foreach (EquatableArray<Step> steps in new[] { with.Inference, with.Forward })
        {
            Assert.Null(steps.OfType<ConvForwardStep>().Single().Activation);
            Assert.Equal(new Picture(16, 3, 3), steps.OfType<ActivationForwardStep>().Single().Y.Shape);
        }

        Assert.Empty(without.Forward.OfType<ActivationForwardStep>());
        Assert.NotNull(without.Forward.OfType<ConvForwardStep>().Single().Activation);

        // A mean is not the same before ReLU, and other activations are not monotonous at a place without a gradient.
        foreach (LayerOp[] other in new LayerOp[][] { [s_relu, Pool2d(PoolKind.Average, 2)], [Activation(ActivationKind.SiLU), Pool2d(PoolKind.Max, 2)] })
            Assert.NotNull(Run(Network("Net", [3, 8, 8], null, [Conv2d(16, 3), .. other])).Forward.OfType<ConvForwardStep>().Single().Activation);
    }

    [Fact]
    public void FusePoolActivations_makes_pool_and_ReLU_one_step()
    {
        NetworkDeclaration declaration = Network("Net", [3, 8, 8], Loss(ElementwiseLossKind.MSE), Conv2d(16, 3), s_relu, Pool2d(PoolKind.Max, 2));
        StepProgram with = Run(declaration);

        Assert.True(with.Inference.OfType<PoolForwardStep>().Single() is { HasReLU: true, Index: null });
        Assert.True(with.Forward.OfType<PoolForwardStep>().Single() is { HasReLU: true, Index: not null });
        Assert.Single(with.Backward.OfType<PoolBackwardStep>());
        Assert.DoesNotContain(with.Inference.Concat(with.Training), step => step is ActivationForwardStep or ActivationBackwardStep);
        StepProgram without = Run(declaration, nameof(FusePoolActivations));
        Assert.False(without.Forward.OfType<PoolForwardStep>().Single().HasReLU);
        Assert.Single(without.Backward.OfType<ActivationBackwardStep>());
    }

    [Fact]
    public void FuseActivations_moves_them_into_the_convolutions_store()
    {
        foreach (int channels in new[] { 3, 16 })
        {
            StepProgram relu = Run(Network("Net", [4, 8, 20], null, Conv2d(channels, 3), s_relu));
            StepProgram gelu = Run(Network("Net", [4, 8, 20], null, Conv2d(channels, 3), Activation(ActivationKind.GELU)));
            Assert.True(relu.Inference.OfType<ConvForwardStep>().Single() is { Activation.Function: ActivationKind.ReLU, Z: null });
            Assert.True(relu.Forward.OfType<ConvForwardStep>().Single() is { Activation.Function: ActivationKind.ReLU, Z: null });
            Assert.True(gelu.Inference.OfType<ConvForwardStep>().Single() is { Activation.Function: ActivationKind.GELU, Z: null });
            ConvForwardStep keeping = gelu.Forward.OfType<ConvForwardStep>().Single();
            Assert.Equal(ActivationKind.GELU, keeping.Activation?.Function);
            Assert.Contains(gelu.Backward, step => step.Reads.Contains(keeping.Z));
            Assert.NotEqual(keeping.Method, gelu.Inference.OfType<ConvForwardStep>().Single().Method);
            Assert.Empty(relu.Inference.Concat(gelu.Forward).OfType<ActivationForwardStep>());
            StepProgram without = Run(Network("Net", [4, 8, 20], null, Conv2d(channels, 3), s_relu), nameof(FuseActivations));
            Assert.Null(without.Forward.OfType<ConvForwardStep>().Single().Activation);
            Assert.Single(without.Inference.OfType<ActivationForwardStep>());
        }
    }

    [Fact]
    public void FuseActivationGradients_moves_them_into_the_data_gradients_store()
    {
        foreach (int channels in new[] { 3, 16 })
        {
            NetworkDeclaration declaration = Network("Net", [4, 8, 20], null, Conv2d(channels, 3), s_relu, Conv2d(channels, 3));
            StepProgram with = Run(declaration);
            Assert.Equal([ActivationKind.ReLU, null], with.Backward.OfType<ConvDataGradientStep>().Select(step => step.Activation?.Function));
            Assert.Empty(with.Backward.OfType<ActivationBackwardStep>());
            StepProgram without = Run(declaration, nameof(FuseActivationGradients));
            Assert.All(without.Backward.OfType<ConvDataGradientStep>(), step => Assert.Null(step.Activation));
            Assert.Single(without.Backward.OfType<ActivationBackwardStep>());
        }

        // Pixels of a plane that are stored a stride apart do not pass a last store.
        StepProgram spread = Run(Network("Net", [32, 8, 20], null, Conv2d(8, 3, groups: 4), s_relu, Conv2d(8, 3, stride: 2, groups: 4)));
        Assert.True(spread.Backward.OfType<ConvDataGradientStep>().First() is { IsSpread: true, Activation: null });
        Assert.Single(spread.Backward.OfType<ActivationBackwardStep>());
    }

    [Fact]
    public void WriteOutputDirectly_spares_the_copy()
    {
        NetworkDeclaration declaration = Network("Net", [2, 4, 4], null, Conv2d(16, 3), new FlattenOp(null), Linear(16));
        Assert.Equal(BufferKind.Output, Assert.Single(Run(declaration).Inference[^1].Writes).Kind);
        Assert.IsType<LinearForwardStep>(Run(declaration).Inference[^1]);
        Assert.IsType<CopyStep>(Run(declaration, nameof(WriteOutputDirectly)).Inference[^1]);

        // A picture is not in the caller's order.
        Assert.IsType<CopyStep>(Run(Network("Net", [2, 4, 4], null, Conv2d(16, 3))).Inference[^1]);
    }

    [Fact]
    public void MarkInputGradient_leaves_the_first_layers_data_gradient_to_those_who_ask()
    {
        NetworkDeclaration declaration = Network("Net", [3, 8, 8], Loss(ElementwiseLossKind.MSE), Activation(ActivationKind.Tanh), Conv2d(16, 3, padding: 1), s_relu, Conv2d(16, 3, padding: 1));
        StepProgram with = Run(declaration);
        Step[] optional = [.. with.Backward.Where(step => step.OnlyForInputGradient)];

        ConvDataGradientStep gradient = Assert.Single(optional.OfType<ConvDataGradientStep>());
        Assert.Equal(("Conv2d1BackwardData", ActivationKind.Tanh), (gradient.Method, gradient.Activation?.Function));
        Assert.Contains(optional, step => step.Writes.Any(buffer => buffer.Kind == BufferKind.InputGradient));
        Assert.DoesNotContain(optional, step => step is ConvWeightGradientStep or ConvBiasGradientStep);
        Assert.Equal(optional, with.Backward.Skip(with.Backward.Count - optional.Length));
        Assert.DoesNotContain(Run(declaration, nameof(MarkInputGradient)).Backward, step => step.OnlyForInputGradient);
    }

    [Fact]
    public void ShareEqualLayers_computes_a_pool_of_several_branches_once()
    {
        PoolOp pool = Pool2d(PoolKind.Max, 3, stride: 1);
        NetworkDeclaration declaration = Network("Net", [16, 8, 8], Loss(ElementwiseLossKind.MSE), Sum(Block("A", pool, Conv2d(16, 3)), Block("B", pool, s_relu, Conv2d(16, 3)), Block("C", pool, s_relu, Conv2d(16, 1), Conv2d(16, 3))));
        StepProgram with = Run(declaration);
        Assert.Equal((1, 1), (with.Inference.OfType<PoolForwardStep>().Count(), with.Backward.OfType<PoolBackwardStep>().Count()));
        Assert.Single(with.Inference.OfType<ActivationForwardStep>());
        Assert.Equal(3, Run(declaration, nameof(ShareEqualLayers)).Inference.OfType<PoolForwardStep>().Count());

        // Each dropout has numbers of its own, and so have parameters.
        var dropout = new DropoutOp(null, 0.5);
        StepProgram apart = Run(Network("Net", [16], null, Sum(Block("A", dropout, Linear(16)), Block("B", dropout, Linear(16)))));
        Assert.Equal((2, 2), (apart.Forward.OfType<DropoutForwardStep>().Count(), apart.Forward.OfType<LinearForwardStep>().Count()));

        // A join of the same values is the same value, whatever it is called.
        BlockDeclaration skip = Block("Skip", Residual(Declarations.Identity), s_relu);
        Assert.Single(Run(Network("Net", [16], null, Concat(skip, Block("Other", Sum(Declarations.Identity, Declarations.Identity), Activation(ActivationKind.Tanh))))).Inference.OfType<SumStep>());
        BlockDeclaration twice = Block("Twice", Sum(Declarations.Identity, Declarations.Identity));
        Assert.Single(Run(Network("Net", [16], null, Concat(twice, Block("Other", Sum(Declarations.Identity, Declarations.Identity), s_relu)))).Inference.OfType<SumStep>());
    }

    [Fact]
    public void MergeAlikeBranches_makes_one_grouped_convolution()
    {
        BlockDeclaration path = Block("Path", Conv2d(4, 1), s_relu, Conv2d(4, 3, padding: 1), s_relu, Conv2d(16, 1));
        NetworkDeclaration declaration = Network("Net", [16, 8, 8], Loss(ElementwiseLossKind.MSE), ParallelSum(path, 8));
        StepProgram with = Run(declaration);
        ConvForwardStep[] steps = [.. with.Inference.OfType<ConvForwardStep>()];
        Assert.Equal([(32, 1, 1), (32, 8, 1), (16, 1, 8)], steps.Select(step => (step.Conv.Output.Channels, step.Conv.Groups, step.Conv.Biases)));
        Assert.Empty(with.Inference.OfType<SumStep>());
        Assert.Equal((3, 3), (with.Backward.OfType<ConvWeightGradientStep>().Count(), with.Backward.OfType<ConvDataGradientStep>().Count()));
        Assert.Equal(24, Run(declaration, nameof(MergeAlikeBranches)).Inference.OfType<ConvForwardStep>().Count());

        // Of branches side by side all layers are groups.
        steps = [.. Run(Network("Net", [16, 8, 8], null, ParallelConcat(Block("Path", Conv2d(4, 1), s_relu, Conv2d(8, 3)), 8))).Inference.OfType<ConvForwardStep>()];
        Assert.Equal([(32, 1, 1), (64, 8, 1)], steps.Select(step => (step.Conv.Output.Channels, step.Conv.Groups, step.Conv.Biases)));

        // What is not alike stays, and so does a sum of activations.
        Assert.Equal(3, Run(Network("Net", [16, 8, 8], null, Sum(Block("A", Conv2d(4, 1), Conv2d(16, 1)), Block("B", Conv2d(16, 3, padding: 1))))).Inference.OfType<ConvForwardStep>().Count());
        Assert.Equal(2, Run(Network("Net", [16, 8, 8], null, ParallelSum(Block("Path", Conv2d(15, 3), s_relu), 2))).Inference.OfType<ConvForwardStep>().Count());
    }

    [Fact]
    public void MergePointwise_reads_their_input_once()
    {
        NetworkDeclaration declaration = Network(
            "Net", [32, 8, 8], Loss(ElementwiseLossKind.MSE),
            Concat(Block("Direct", Conv2d(48, 1), s_relu), Block("Narrow", Conv2d(16, 1), s_relu, Conv2d(32, 3, padding: 1), s_relu), Block("Wide", Conv2d(64, 1), s_relu, Conv2d(16, 5, padding: 2), s_relu)));
        StepProgram with = Run(declaration);
        StepProgram without = Run(declaration, nameof(MergePointwise));
        Assert.Equal([16, 32, 48, 80], with.Inference.OfType<ConvForwardStep>().Select(step => step.Conv.Output.Channels).Order());
        Assert.Equal([16, 16, 32, 48, 64], without.Inference.OfType<ConvForwardStep>().Select(step => step.Conv.Output.Channels).Order());

        // What reads them reads parts of one buffer, without a copy.
        Assert.Equal([16, 64], with.Inference.OfType<ConvForwardStep>().Select(step => step.X).Where(x => x.IsPart).Select(x => x.Shape.Channels));
        Assert.Single(with.Inference.OfType<CopyStep>(), step => step.From.Kind == BufferKind.Input);
        Assert.Equal(2, with.Backward.OfType<ConvDataGradientStep>().Count(step => step.DX.IsPart));
    }

    [Fact]
    public void StartWithResiduals_leaves_no_sum_where_the_branch_ends_in_a_linear_map()
    {
        foreach (LayerOp layer in new LayerOp[] { Linear(32), Conv2d(32, 3, padding: 1) })
        {
            int[] input = layer is LinearOp ? [32] : [32, 6, 6];
            NetworkDeclaration declaration = Network("Net", input, Loss(ElementwiseLossKind.MSE), layer, Activation(ActivationKind.Tanh), Residual(Block("Body", layer, s_relu, layer)), s_relu);
            StepProgram with = Run(declaration);
            Assert.Empty(with.Inference.Concat(with.Training).OfType<SumStep>());
            foreach (EquatableArray<Step> steps in new[] { with.Inference, with.Forward })
                Assert.True(steps.OfType<ProductStep>().Last() is { Start: not null, Addend: null, Activation.Function: ActivationKind.ReLU });

            // The gradient that passes the layers starts with the one that passes by, and the activation before both is in its store.
            Assert.True(Assert.Single(with.Backward.OfType<DataGradientStep>(), step => step.Start is not null) is { Activation.Function: ActivationKind.Tanh });
            StepProgram without = Run(declaration, nameof(StartWithResiduals));
            Assert.Single(without.Inference.OfType<SumStep>());
            Assert.Equal(2, without.Training.OfType<SumStep>().Count());
        }
    }

    [Fact]
    public void AddResiduals_leaves_no_sum_where_the_branch_ends_in_an_activation()
    {
        foreach (LayerOp layer in new LayerOp[] { Linear(32), Conv2d(32, 3, padding: 1) })
        {
            int[] input = layer is LinearOp ? [32] : [32, 6, 6];
            NetworkDeclaration declaration = Network("Net", input, Loss(ElementwiseLossKind.MSE), Residual(Block("Body", layer, Activation(ActivationKind.Sigmoid))));
            StepProgram with = Run(declaration);
            Assert.True(Assert.Single(with.Inference.OfType<ProductStep>()) is { Start: null, Addend: not null, Kept: null, Activation.Function: ActivationKind.Sigmoid });

            // The gradient of the activation is taken from its output.
            ProductStep forward = Assert.Single(with.Forward.OfType<ProductStep>());
            Assert.True(forward is { Start: null, Addend: not null, Kept: not null, Activation.Function: ActivationKind.Sigmoid });
            Assert.Contains(with.Backward, step => step.Reads.Contains(forward.Kept));
            Assert.Empty(with.Inference.Concat(with.Forward).OfType<SumStep>());
            Assert.Single(Run(declaration, nameof(AddResiduals)).Inference.OfType<SumStep>());
        }
    }

    [Fact]
    public void ConcatInPlace_copies_no_branch()
    {
        NetworkDeclaration declaration = Network(
            "Net", [16, 8, 8], Loss(ElementwiseLossKind.MSE), Conv2d(16, 1), Concat(Block("A", Conv2d(32, 3, padding: 1), s_relu), Block("B", Pool2d(PoolKind.Max, 3, 1, 1)), Block("C", Conv2d(20, 1))), Conv2d(16, 3));
        StepProgram with = Run(declaration);
        foreach (EquatableArray<Step> steps in new[] { with.Inference, with.Forward })
        {
            Buffer[] parts = [.. steps.SelectMany(step => step.Writes).Where(buffer => buffer.IsPart && steps.OfType<ConvForwardStep>().Last().X.Root == buffer.Root)];
            Assert.Equal([(0, 32), (32, 16), (48, 20)], parts.Select(part => (part.FirstChannel, part.Shape.Channels)).Order());
            Assert.DoesNotContain(steps.OfType<CopyStep>(), copy => copy.From.IsPart || copy.To.IsPart);
        }

        // The gradients of the branches are read from that of the whole.
        Assert.True(Assert.Single(with.Backward.OfType<ConvWeightGradientStep>(), step => step.DY.IsPart).DY is { FirstChannel: 48, Shape.Channels: 20 });
        Assert.True(Assert.Single(with.Backward.OfType<ActivationBackwardStep>()).DY is { IsPart: true, FirstChannel: 0, Shape.Channels: 32 });
        Assert.True(Assert.Single(with.Backward.OfType<PoolBackwardStep>()).DY is { IsPart: true, FirstChannel: 32 });
        Assert.Equal(3, Run(declaration, nameof(ConcatInPlace)).Inference.OfType<CopyStep>().Count(copy => copy.To.IsPart));

        // A part within a panel has no vectors of its own.
        Assert.Contains(Run(Network("Net", [16, 8, 8], null, Concat(Block("A", Conv2d(20, 3)), Block("B", Conv2d(16, 3))))).Inference.OfType<CopyStep>(), copy => copy.To.IsPart);
    }

    [Fact]
    public void NameKernels_shares_a_method_between_equal_layers()
    {
        StepProgram program = Run(Network("Net", [32], Loss(ElementwiseLossKind.MSE), Repeat(Block("Layer", Residual(Block("Body", Linear(32), Activation(ActivationKind.Sigmoid)))), 5), Linear(1)));
        LinearForwardStep[] layers = [.. program.Forward.OfType<LinearForwardStep>().Where(step => step.Linear.Outputs == 32)];
        Assert.Equal(5, layers.Length);
        Assert.Single(layers.Select(step => step.Method).Distinct());
        Assert.Equal(5, layers.Select(step => step.Parameters.First().Offset).Distinct().Count());
    }

    /// <summary>Names, shapes, initial values and checkpoints are those of the layers as declared.</summary>
    [Fact]
    public void Parameters_show_no_rewrite()
    {
        string[] rewrites = [nameof(MergeAlikeBranches), nameof(MergePointwise)];
        RandomNetwork[] networks = [.. s_networks[^14..].Where(network => GeneratedNetworks.Text(network) != GeneratedNetworks.Text(network, rewrites))];
        Assert.True(networks.Length >= 3);
        INetwork[] with = GeneratedNetworks.Create(networks);
        INetwork[] without = GeneratedNetworks.Create(networks, rewrites);
        foreach ((INetwork merged, INetwork apart) in with.Zip(without))
        {
            Assert.NotEqual(merged.FlatParameters.ToArray(), apart.FlatParameters.ToArray());
            Assert.Equal(apart.Parameters.Select(view => (view.Name, string.Join(' ', view.Shape.ToArray()))), merged.Parameters.Select(view => (view.Name, string.Join(' ', view.Shape.ToArray()))));
            foreach ((ParameterView expected, ParameterView actual) in apart.Parameters.Zip(merged.Parameters))
                Assert.Equal(expected.ToArray(), actual.ToArray());

            using var file = new MemoryStream();
            using var other = new MemoryStream();
            merged.Save(file);
            apart.Save(other);
            Assert.Equal(other.ToArray(), file.ToArray());

            // What is loaded lies where it lay; padding too.
            float[] before = merged.FlatParameters.ToArray();
            merged.FlatParameters.Clear();
            other.Position = 0;
            merged.Load(other);
            Assert.Equal(before, merged.FlatParameters.ToArray());
        }
    }

    [Fact]
    public void PlaceBorders_gives_the_widest_border_and_zeroes_it_before_it_is_read()
    {
        StepProgram program = Run(Network("Net", [16, 8, 8], null, Conv2d(16, 1), Conv2d(16, 5, padding: 2), Conv2d(16, 3, padding: 1)));
        foreach (Step[] steps in new[] { [.. program.Inference], program.Training.ToArray() })
        {
            Buffer[] x = [.. steps.OfType<ConvForwardStep>().Select(step => step.X)];
            Assert.Equal([default, new Border(2, 2, 2, 2), new Border(1, 1, 1, 1)], x.Select(buffer => buffer.Border));
            foreach (Buffer buffer in x[1..])
            {
                int written = Array.FindIndex(steps, step => step is ConvForwardStep && step.Writes.Contains(buffer));
                int cleared = Array.FindIndex(steps, step => step is ClearBorderStep clear && clear.Buffer == buffer);
                int read = Array.FindIndex(steps, step => step is ConvForwardStep conv && conv.X == buffer);
                Assert.True(cleared >= 0 && cleared < written && written < read);
            }
        }

        // What the data gradient reads has the filter's reach around it.
        Assert.Equal([new Border(1, 1, 1, 1), new Border(2, 2, 2, 2), default], program.Backward.OfType<ConvDataGradientStep>().Select(step => step.DY.Border));
    }

    [Fact]
    public void PlaceBorders_copies_what_cannot_have_one()
    {
        // A softmax writes rows without a border; the caller's memory has no whole vectors of pixels.
        StepProgram program = Run(Network("Net", [3, 8, 8], null, Conv2d(16, 1), new SoftmaxOp(null), Conv2d(16, 3, padding: 1)));
        SoftmaxForwardStep softmax = program.Inference.OfType<SoftmaxForwardStep>().Single();
        Assert.True(softmax.Y.Border.IsEmpty);
        ConvForwardStep reader = program.Inference.OfType<ConvForwardStep>().Last();
        Assert.Equal(new Border(1, 1, 1, 1), reader.X.Border);
        Assert.Contains(program.Inference.OfType<CopyStep>(), copy => copy.From == softmax.Y && copy.To == reader.X);

        program = Run(Network("Net", [3, 8, 24], null, Conv2d(4, 3)));
        CopyStep copied = program.Inference.OfType<CopyStep>().First();
        Assert.Equal((BufferKind.Input, BufferKind.Workspace), (copied.From.Kind, copied.To.Kind));
        Assert.Equal(copied.To, program.Inference.OfType<ConvForwardStep>().Single().X);
    }

    [Fact]
    public void PlaceBorders_copies_the_input_where_it_is_what_a_loss_reads()
    {
        StepProgram program = Run(Network("Net", [16], Loss(ElementwiseLossKind.MSE), new FlattenOp(null)));
        Assert.Equal(program.Loss!.Y, program.Forward.OfType<CopyStep>().Single().To);

        // Each routine has the caller's memory that it is given, and no other.
        Buffer y = program.Loss.Y, input = program.Forward.OfType<CopyStep>().Single().From;
        Assert.Contains("uses the caller's input, which the loss does not have", Assert.Throws<CompilerException>(() => Verifier.VerifyBorders(program with { Loss = (LossStep)program.Loss.Replace(y, input) })).Message, StringComparison.Ordinal);
        Assert.Contains("which the seed does not have", Assert.Throws<CompilerException>(() => Verifier.VerifyBorders(program with { Seed = (CopyStep)program.Seed.Replace(program.Seed.From, input) })).Message, StringComparison.Ordinal);
        Assert.Contains("which the backward half does not have", Assert.Throws<CompilerException>(() => Verifier.VerifyBorders(program with { Backward = program.Inference })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_verifier_refuses_borders_that_are_not_zeroed_too_small_or_in_the_way()
    {
        StepProgram program = Run(Network("Net", [16, 8, 8], null, Conv2d(16, 1), Conv2d(16, 5, padding: 2), Conv2d(16, 1)));
        Verifier.VerifyBorders(program);
        Step[] steps = [.. program.Inference];
        int clear = Array.FindIndex(steps, step => step is ClearBorderStep);
        Buffer bordered = ((ClearBorderStep)steps[clear]).Buffer;

        AssertRefused([.. steps.Where((_, i) => i != clear)], "before it is zero");
        AssertRefused([.. steps.Take(clear), steps[clear + 1], steps[clear + 2], steps[clear], .. steps.Skip(clear + 3)], "before it is zero");
        foreach (Border small in new[] { bordered.Border with { Top = 1 }, bordered.Border with { Left = 1 }, bordered.Border with { Bottom = 1 }, bordered.Border with { Right = 1 } })
            AssertRefused([.. steps.Select(step => step.Replace(bordered, bordered with { Border = small }))], "needs more border");
        StepProgram rows = Lowering.Run(Build(Network("Net", [16, 8, 8], null, Conv2d(16, 1), new SoftmaxOp(null), Conv2d(16, 1))));
        Buffer softmax = rows.Inference.OfType<SoftmaxForwardStep>().Single().Y;
        AssertRefused([.. rows.Inference.Select(step => step.Replace(softmax, softmax with { Border = new Border(1, 1, 1, 1) }))], "cannot pass over the border");
        AssertRefused([.. Lowering.Run(Build(Network("Net", [3, 8, 20], null, Conv2d(4, 3)))).Inference], "works in whole vectors");
        AssertRefused([.. steps.Select(step => step is ConvForwardStep ? step with { Method = "Same" } : step)], "names different kernels");

        void AssertRefused(Step[] inference, string message) => Assert.Contains(
            message, Assert.Throws<CompilerException>(() => Verifier.VerifyBorders(program with { Inference = inference.ToEquatableArray() })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_verifier_refuses_shapes_and_orders_that_do_not_fit()
    {
        StepProgram program = Lowering.Run(Build(Network("Net", [3, 8, 20], null, Conv2d(4, 3), Pool2d(PoolKind.Max, 2), Conv2d(16, 3))));
        Verifier.Verify(program, "nothing");
        foreach (Buffer buffer in program.Inference.SelectMany(step => step.Writes).Where(buffer => buffer.Kind == BufferKind.Workspace))
        {
            AssertRefused(buffer, buffer with { Shape = buffer.Shape with { Channels = buffer.Shape.Channels + 1 } });
            AssertRefused(buffer, buffer with { Shape = new Picture(buffer.Shape.Channels, buffer.Shape.Width, buffer.Shape.Height) });
        }

        Buffer pooled = program.Inference.OfType<PoolForwardStep>().Single().Y;
        AssertRefused(pooled, pooled with { Order = BufferOrder.ChannelsLast });

        void AssertRefused(Buffer from, Buffer to) =>
            Assert.Throws<CompilerException>(() => Verifier.Verify(program with { Inference = program.Inference.Select(step => step.Replace(from, to)).ToEquatableArray() }, "a change"));
    }

    [Fact]
    public void Buffers_that_live_together_lie_apart()
    {
        int shared = 0;
        foreach (NetworkDeclaration network in Enumerable.Range(0, 200).Select(number => RandomNetwork.Draw(number, small: true))
            .Concat(Enumerable.Range(0, 100).Select(number => RandomNetwork.Draw(number, small: true, convolutional: true)))
            .Concat(Enumerable.Range(0, 100).Select(number => RandomNetwork.Draw(number, small: true, composed: true)))
            .Concat(NormalizedNetworks.OfBatches().Select(network => network.Declaration)))
        {
            CompiledNetwork compiled = CompiledNetwork.Compile(Build(network));
            foreach ((Step[] steps, MemoryPlan plan) in new[] { ([.. compiled.Program.Inference], compiled.Inference), (compiled.Program.Training.ToArray(), compiled.Training) })
            {
                var lives = new Dictionary<Buffer, (int First, int Last)>();
                for (int time = 0; time < steps.Length; time++)
                {
                    foreach (Buffer buffer in steps[time].Reads.Concat(steps[time].Writes).Where(b => b.Kind == BufferKind.Workspace).Select(b => b.Root))
                        lives[buffer] = (lives.TryGetValue(buffer, out (int First, int Last) life) ? life.First : time, time);
                }

                foreach (Buffer a in lives.Keys)
                {
                    (int perRow, int start) = plan.Offset(a);
                    bool isShared = start < plan.Fixed;
                    Assert.True(isShared ? perRow == 0 && start + a.Stride <= plan.Fixed : start == plan.Fixed && perRow >= 0 && perRow + a.Stride <= plan.PerSample);
                    shared += isShared ? 1 : 0;
                    foreach (Buffer b in lives.Keys.Where(b => b != a && lives[b].First <= lives[a].Last && lives[a].First <= lives[b].Last))
                    {
                        (int First, int End) x = isShared ? (start, start + a.Stride) : (perRow, perRow + a.Stride);
                        (int otherPerRow, int otherStart) = plan.Offset(b);
                        int other = isShared ? otherStart : otherPerRow;
                        if (otherStart < plan.Fixed == isShared && !(x.End <= other || other + b.Stride <= x.First))
                            Assert.Fail($"{a.Name} and {b.Name} of {network.Name}");
                    }
                }
            }
        }

        Assert.True(shared > 100);
    }

    [Fact]
    public void The_verifier_refuses_a_step_that_reads_too_early_or_writes_twice()
    {
        StepProgram program = Lowering.Run(s_networks.First(n => n.Graph.ParameterCount > 0).Graph);
        Verifier.Verify(program, "nothing");
        EquatableArray<Step> forward = program.Forward;
        Assert.Throws<CompilerException>(() => Verifier.Verify(program with { Forward = forward.Skip(1).ToEquatableArray() }, "a dropped step"));
        Assert.Throws<CompilerException>(() => Verifier.Verify(program with { Forward = forward.Append(forward[0]).ToEquatableArray() }, "a repeated step"));
        Assert.Throws<CompilerException>(() => Verifier.Verify(program with { Forward = forward.Select(s => s with { OnlyForInputGradient = true }).ToEquatableArray() }, "a mark"));
    }

    [Fact]
    public void The_verifier_refuses_state_that_is_not_updated_once_and_last()
    {
        StepProgram program = Run(Network("Net", [4, 3, 3], Loss(ElementwiseLossKind.MSE), BatchNorm2d(), Conv2d(4, 1), BatchNorm2d()));
        Verifier.Verify(program, "nothing");
        Step update = program.Update[0];
        AssertRefused("writes mean a second time", program with { Update = program.Update.Append(update).ToEquatableArray() });
        AssertRefused("writes state, but is no update", program with { Forward = program.Forward.Append(update).ToEquatableArray(), Update = program.Update.Skip(1).ToEquatableArray() });
        AssertRefused("updates state from what the backward half computes", program with { Backward = program.Forward.Where(step => step.Writes.Intersect(update.Reads).Any()).ToEquatableArray() });
        AssertRefused("not all state is updated", program with { Update = program.Update.Skip(1).ToEquatableArray() });

        // One row for all samples, and one that is each sample's.
        Step alone = update with { Operands = new OperandList(update.Operands.Select(operand => operand.Buffer is null ? operand : operand with { Need = BufferNeed.Elements })) };
        AssertRefused("for each sample, others do not", program with { Update = program.Update.Select(step => step == update ? alone : step).ToEquatableArray() });

        static void AssertRefused(string message, StepProgram broken) =>
            Assert.Contains(message, Assert.Throws<CompilerException>(() => Verifier.Verify(broken, "a change")).Message, StringComparison.Ordinal);
    }
}
