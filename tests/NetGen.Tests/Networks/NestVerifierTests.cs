using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Kernels;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Compiler.Passes;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

/// <summary>The nests of all kernels hold what the verifier asks of them, and the verifier refuses nests that are broken.</summary>
public class NestVerifierTests
{
    private static readonly ConcurrentDictionary<string, bool> s_verified = new();

    [Fact]
    [Trait("Lane", "Slow")]
    public void Nests_of_flat_networks_hold() => VerifyAll(340, number => RandomNetwork.Draw(number, small: false));

    [Fact]
    [Trait("Lane", "Slow")]
    public void Nests_of_convolutional_networks_hold() => VerifyAll(330, number => RandomNetwork.Draw(number, small: false, convolutional: true));

    [Fact]
    [Trait("Lane", "Slow")]
    public void Nests_of_composed_networks_hold() => VerifyAll(330, number => RandomNetwork.Draw(number, small: false, composed: true));

    [Fact]
    [Trait("Lane", "Slow")]
    public void Nests_of_small_networks_hold() =>
        VerifyAll(150, number => RandomNetwork.Draw(number / 3, small: true, convolutional: number % 3 == 1, composed: number % 3 == 2));

    [Fact]
    [Trait("Lane", "Slow")]
    public void Nests_of_degenerate_networks_hold() => VerifyAll(1000, DegenerateNetworks.Draw);

    /// <summary>Layers that random networks do not have, with their kernels and as what they are made of; a parameter and a state have the room that the nests use.</summary>
    [Fact]
    [Trait("Lane", "Slow")]
    public void Nests_of_normalisations_hold() => Check(
        [.. NormalizedNetworks.OfLayers(), .. NormalizedNetworks.OfRootMeanSquares(), .. NormalizedNetworks.OfBatches().Select(network => network.Declaration), .. SingleNormalizations()],
        declaration =>
        {
            foreach (string[] disabled in new string[][] { [], [PassPipeline.UseKernels], [nameof(FoldNormalizations)], [.. PassPipeline.Names] })
            {
                Verify(Build(declaration), disabled);
                AssertParametersFit(PassPipeline.Run(Build(declaration), disabled));
            }
        });

    private static IEnumerable<NetworkDeclaration> SingleNormalizations()
    {
        foreach (int channels in new[] { 1, 3, 16, 37 })
        {
            foreach (int[] shape in new int[][] { [channels], [channels, 1], [channels, 5], [channels, 3, 4], [channels, 2, 19] })
            {
                foreach (LossOp? loss in new LossOp?[] { null, Loss(ElementwiseLossKind.MSE) })
                {
                    BatchNormOp batch = shape.Length == 3 ? BatchNorm2d() : BatchNorm1d();
                    yield return Network("Batch", shape, loss, batch);
                    yield return Network("Plain", shape, loss, batch with { Affine = false, Momentum = double.NaN });
                    yield return Network("Layer", shape, loss, LayerNorm([.. shape[(shape.Length / 2)..]]), LayerNorm());
                    yield return Network("Root", shape, loss, RMSNorm([.. shape[(shape.Length / 2)..]]), RMSNorm() with { HasWeight = false });
                }
            }
        }
    }

    private static void AssertParametersFit(StepProgram program)
    {
        ParameterLayout[] layouts = [.. program.Parameters.Concat(program.State).Where(layout => !layout.IsPart)];
        foreach (Step step in program.Inference.Concat(program.Training))
        {
            Nest nest = step.ToNest();
            foreach (Operand operand in step.Parameters)
            {
                int end = layouts.Select(layout => layout.Offset).Where(offset => offset > operand.Offset).DefaultIfEmpty(program.PackedParameterCount + program.PackedStateCount).Min();
                Assert.True(operand.Offset + nest.Areas.Single(area => area.Name == operand.Name).Length <= end, $"{step.Method} has no room for its {operand.Name}");
            }
        }
    }

    [Fact]
    [Trait("Lane", "Slow")]
    public void Nests_of_maps_and_reductions_hold()
    {
        Check(
            [.. from body in new[] { "layer", "channels", "batch", "rms", "shared" } from channels in new[] { 3, 16, 20, 60 } from hasNeighbours in new[] { false, true } select (body, channels, hasNeighbours)],
            network => Verify(GeneralOpsTests.Compose(network.body, network.channels, network.hasNeighbours), null));
        Check([.. Maps(), .. Reductions()], step => NestVerifier.Verify(step, step.ToNest()));
    }

    /// <summary>Every operand that a result of each type and order can have: some of its axes, a sample each or once, or a parameter.</summary>
    private static IEnumerable<Step> Maps()
    {
        Expression a = new Placeholder(0), b = new Placeholder(1);
        foreach (TensorType type in Types())
        {
            foreach (BufferOrder order in Orders(type))
            {
                foreach (string[] axes in Subsets([.. type.Axes.Select(axis => axis.Name)]))
                {
                    TensorType some = type with { Axes = type.Axes.Where(axis => axes.Contains(axis.Name)).ToEquatableArray() };
                    foreach (MapOperand operand in Operands("x1", some))
                    {
                        foreach (bool isPerSample in operand.Type.IsPerSample ? [true] : new[] { true, false })
                        {
                            TensorType result = type with { IsPerSample = isPerSample };
                            foreach (BufferOrder other in Orders(type))
                                yield return new MapStep("Map", ((a - b) / Expression.SquareRoot(b + 0.5)) + (new BatchSize() * a), [Given("x0", result, order), operand], Written(result, other));
                        }
                    }
                }
            }
        }
    }

    /// <summary>Over every choice of axes, the batch's among them.</summary>
    private static IEnumerable<Step> Reductions()
    {
        foreach (TensorType type in Types())
        {
            foreach (string[] axes in Subsets([TensorType.Batch, .. type.Axes.Select(axis => axis.Name)]).Where(axes => axes.Length > 0))
            {
                var result = new TensorType(type.Element, type.Axes.Where(axis => !axes.Contains(axis.Name)).ToEquatableArray(), !axes.Contains(TensorType.Batch));
                foreach (BufferOrder order in Orders(type))
                {
                    foreach (ReduceKind function in new[] { ReduceKind.Sum, ReduceKind.Mean })
                    {
                        var reduce = new ReduceOp(function, axes.ToEquatableArray());
                        yield return new ReduceStep("Reduce", reduce, Given("x", type, order), Written(result, BufferOrder.Flat));
                        if (!result.IsPerSample)
                            yield return new ReduceStep("Reduce", reduce, Given("x", type, order), new MapOperand(result, Operand.ParameterGradient("dy", 0)));
                    }
                }
            }
        }
    }

    private static IEnumerable<TensorType> Types() =>
        new int[][] { [5], [3, 7], [3, 2, 5], [17, 2, 3], [36, 6, 6] }.Select(sizes => TensorType.Of(new Shape(sizes.ToEquatableArray())));

    private static BufferOrder[] Orders(TensorType type) => type.Axes.Count == 1 ? [BufferOrder.Flat] : [BufferOrder.Flat, BufferOrder.Planes, BufferOrder.ChannelsLast];

    private static IEnumerable<string[]> Subsets(string[] axes) =>
        Enumerable.Range(0, 1 << axes.Length).Select(set => axes.Where((_, i) => (set >> i & 1) == 1).ToArray());

    private static IEnumerable<MapOperand> Operands(string name, TensorType type)
    {
        yield return Given(name, type, BufferOrder.Flat);
        yield return Given(name, type with { IsPerSample = false }, BufferOrder.Flat);
        yield return new MapOperand(type with { IsPerSample = false }, Operand.Parameter(name, 0));
    }

    private static MapOperand Given(string name, TensorType type, BufferOrder order) => new(type, Operand.Read(name, BufferOf(name, type, order), MapOperand.Reads(type)));

    private static MapOperand Written(TensorType type, BufferOrder order) => new(type, Operand.Write("y", BufferOf("y", type, order), MapOperand.Writes(type)));

    private static NetGen.Generator.Compiler.Buffer BufferOf(string name, TensorType type, BufferOrder order) => new(
        name[^1], name, order == BufferOrder.Flat ? new Picture((int)type.Shape.ElementCount, 1, 1) : Picture.Of(type.Shape), order, BufferKind.Workspace,
        order == BufferOrder.Flat || name == "x1" ? default : new Border(1, 2, 0, 1));

    private static void VerifyAll(int count, Func<int, NetworkDeclaration> draw) => Check([.. Enumerable.Range(0, count)], number =>
    {
        Graph graph = Build(draw(number));
        Verify(graph, null);
        Verify(graph, [.. PassPipeline.Names]);
    });

    private static void Check<T>(T[] all, Action<T> verify)
    {
        var failures = new ConcurrentBag<string>();
        Parallel.For(0, all.Length, number =>
        {
            try
            {
                verify(all[number]);
            }
            catch (InvalidOperationException exception)
            {
                failures.Add($"{number}, {all[number]}: {exception.Message}");
            }
        });
        Assert.True(failures.IsEmpty, string.Join("\n", failures));
    }

    private static void Verify(Graph graph, ICollection<string>? disabled)
    {
        foreach (Step step in Steps(graph, disabled))
        {
            Nest nest = step.ToNest();
            Assert.Equal(step.Scratch, nest.Scratch);

            // Equal nests over equal buffers need one look.
            IEnumerable<string> buffers = nest.Areas.Select(area => area.Buffer is { } buffer
                ? $"{buffer.Shape} {buffer.Order} {buffer.Border} {buffer.Kind} {buffer.PixelStride} {buffer.RowStride} {buffer.Stride} {buffer.FirstChannel}"
                : "");
            if (s_verified.TryAdd(nest.ToText().Replace(step.Method, "", StringComparison.Ordinal) + string.Join(";", buffers), true))
                NestVerifier.Verify(step, nest);
        }
    }

    private static IEnumerable<Step> Steps(Graph graph, ICollection<string>? disabled = null)
    {
        StepProgram program = PassPipeline.Run(graph, disabled);
        return program.Inference.Concat(program.Training).GroupBy(step => step.Method).Select(steps => steps.First());
    }

    // ---- Breaks: one change of a nest each, which the verifier must see ----

    private static readonly NetworkDeclaration s_linear = Network("Linear", [37], Loss(ElementwiseLossKind.MSE), Linear(70), Activation(ActivationKind.Tanh), Linear(21), Linear(3), Linear(9));

    private static readonly NetworkDeclaration s_convolution = Network(
        "Convolution", [3, 5, 9], Loss(ElementwiseLossKind.MSE), Conv2d(18, 3, padding: 1), Activation(ActivationKind.ReLU), Pool2d(PoolKind.Max, 2, 2, 0), Conv2d(5, 3, stride: 2, padding: 1), Activation(ActivationKind.Sigmoid));

    private static readonly NetworkDeclaration s_planes = Network("Planes", [1, 5, 11], Loss(ElementwiseLossKind.MSE), Conv2d(3, 3, padding: 1), Activation(ActivationKind.Sigmoid), Conv2d(3, 3));

    private static readonly NetworkDeclaration s_chunks = Network("Chunks", [1300], Loss(ElementwiseLossKind.MSE), Linear(8));

    private static readonly NetworkDeclaration s_tiny = Network("Tiny", [3], Loss(ElementwiseLossKind.MSE), Linear(4), Linear(2));

    private static readonly NetworkDeclaration s_norms = Network("Norms", [3, 4, 5], Loss(ElementwiseLossKind.MSE), BatchNorm2d(), LayerNorm(4, 5), new FlattenOp(null), BatchNorm1d(), LayerNorm());

    private static readonly NetworkDeclaration s_longNorm = Network("LongNorm", [60, 4, 5], Loss(ElementwiseLossKind.MSE), LayerNorm());

    public static TheoryData<string> Breaks => [.. s_breaks.Keys];

    /// <summary>A network, one of its steps, what its nest becomes, and the samples at which that shows.</summary>
    private static readonly Dictionary<string, (NetworkDeclaration Network, Func<Step, bool> Of, Func<Statement, Statement?> Change, long Rows)> s_breaks = new()
    {
        ["a range that ends too early"] = (s_linear, Is<LinearForwardStep>, Once<Loop>(loop => loop.Range is { Role: RangeRole.Columns } range ? With(loop, to: range.To - range.Step) : null), 5),
        ["a range that ends too late"] = (s_linear, Is<LinearForwardStep>, Once<Loop>(loop => loop.Range is { Role: RangeRole.Columns } range ? With(loop, to: range.To + range.Step) : null), 5),
        ["a missing remainder tile"] = (s_linear, Is<LinearForwardStep>, Once<Loop>(loop => loop.Range is { Role: RangeRole.Rows, Step: 1 } ? Statement.Nothing : null), 5),
        ["tiles that overlap"] = (s_linear, Is<LinearForwardStep>, Once<Loop>(loop => loop.Range is { Role: RangeRole.Columns } range ? With(loop, step: 16, to: range.To - 16) : null), 5),
        ["a reduction that is marked as parallel"] = (s_linear, Is<LinearWeightGradientStep>, Once<Loop>(loop => loop.Range.Role == RangeRole.Chunks ? With(loop, grain: 1) : null), 300),
        ["a transposition left out"] = (s_linear, step => step is LinearDataGradientStep { Linear.Inputs: 70 }, Once<RuntimeCall>(call => call.Function == "WeightPanels.Transpose" ? Statement.Nothing : null), 5),
        ["chunks of another length"] = (s_chunks, Is<LinearForwardStep>, Once<Loop>(loop => loop.Range.Role == RangeRole.Chunks ? With(loop, step: 512) : null), 2),
        ["a chunk that starts its sum anew"] = (s_chunks, Is<LinearForwardStep>, Once<DeclareFlag>(flag => flag.Flag.Name == "isFirst" ? new DeclareFlag(flag.Flag, Condition.Always) : null), 2),
        ["a chunk that goes beyond the batch"] = (s_linear, Is<LinearWeightGradientStep>, Once<Declare>(declare => declare.Variable.Name == "length" ? new Declare(declare.Variable, Tiling.BatchChunk) : null), 300),
        ["terms in reverse"] = (s_convolution, Is<ConvForwardStep>, Once<TileCall>(Reversed), 2),
        ["one term less"] = (s_convolution, Is<ConvForwardStep>, Once<TileCall>(call => call.With(inner: call.Inner - 1)), 2),
        ["a result one further"] = (s_convolution, Is<ConvForwardStep>, Once<TileCall>(call => call.With(c: call.C.At((1, 1)))), 2),
        ["an operand samples further"] = (s_convolution, Is<ConvForwardStep>, Once<TileCall>(call => call.With(a: call.A.At((1, 4096)))), 2),
        ["a bias of another channel"] = (s_convolution, Is<ConvForwardStep>, Once<TileCall>(call => call.With(bias: call.Bias!.At((1, 1)))), 2),
        ["one variant without its remainder"] = (s_linear, Is<LinearForwardStep>, Once<Variants>(variants => new Variants([.. variants.Bodies.Select(body => body.Lanes == 8 ? (8, NestRewriter.Rewrite(body.Body, Once<Loop>(loop => loop.Range is { Role: RangeRole.Rows, From: null, Step: < 6 } ? Statement.Nothing : null))) : body)])), 5),
        ["lanes behind a row that are not cleared"] = (s_planes, step => step is ConvForwardStep { Conv.Form: ConvForm.Rows }, Once<RuntimeCall>(call => call.Function == "PictureKernels.ClearTails" ? Statement.Nothing : null), 2),
        ["padding that counts as an input"] = (s_linear, step => step is LinearForwardStep { Linear.Form: LinearForm.Narrow }, Once<DeclareVectors>(declare => declare.Vectors[0].Value is Load { Most: { } most } load ? new DeclareVectors(declare.Lanes, declare.Vectors[0].Name, new Load(load.Place, load.Index, most + 1)) : null), 2),
        ["a chunk of samples left out"] = (s_tiny, Is<LinearWeightGradientStep>, Once<Loop>(loop => loop.Range is { Role: RangeRole.Chunks } range ? With(loop, from: Tiling.BatchChunk) : null), 300),
        ["a window's picture that is too wide"] = (s_convolution, Is<PoolForwardStep>, Once<RuntimeCall>(call => new RuntimeCall(call.Function, [.. call.Arguments.Select(argument => argument is LayoutArgument { Layout: var layout } ? layout with { Sample = 2 * layout.Sample } : argument)])), 5),
        ["samples that two steps of a parallel range write"] = (s_tiny, Is<LinearForwardStep>, Once<Store>(store => new Store(store.Lanes, store.Value, store.Place.Memory.At(0))), 5),
        ["a reduction that skips its last chunk"] = (s_longNorm, Is<ReduceStep>, Once<Sequence>(block => block.Statements is [.., AssignVector { Name: "total" }, Store] all ? new Sequence([.. all.Where(statement => statement is not AssignVector)]) : null), 2),
        ["a chunk that is added twice"] = (s_longNorm, Is<ReduceStep>, Once<Branch>(branch => new Branch(branch.Condition, new Sequence([.. branch.Then.Parts.Where(statement => statement is not AssignVector { Name: "part" })]), branch.Otherwise)), 2),
        ["terms in chunks of another length"] = (s_longNorm, Is<ReduceStep>, Once<Branch>(branch => new Branch(((Comparison)branch.Condition).A.IsEqualTo(512), branch.Then, branch.Otherwise)), 2),
        ["a broadcast along the wrong axis"] = (s_norms, step => step is MapStep { Inputs: [_, { Type: { IsPerSample: true, Axes.Count: 1 } }, ..] }, Once<Store>(store => AlongOther(store)), 2),
        ["an expression with its operands swapped"] = (s_norms, step => step is MapStep { Inputs.Count: 2 }, Once<Store>(store => store.Value is Evaluated { Operands: [var a, var b] } value ? new Store(1, new Evaluated(value.Expression, [b, a]), store.Place) : null), 2),
        ["what lies beside a result's elements is not cleared"] = (s_norms, step => step is MapStep { Output.Operand.Buffer: { Width: 60, Stride: > 60 } }, Once<RuntimeCall>(call => call.Function == "PictureKernels.ClearBorder" ? Statement.Nothing : null), 2),
        ["a parameter's gradient of too few channels"] = (s_norms, step => step is LayerNormWeightGradientStep { Norm.Length: 60 }, Once<RuntimeCall>(call => With(call, 8, 44)), 2),
        ["statistics of the wrong row"] = (s_norms, Is<RunningStatisticsStep>, Once<RuntimeCall>(call => With(call, 1, ((PlaceArgument)call.Arguments[1]).Place.At((1, -Packing.Panel)))), 2),
        ["statistics of the wrong sample"] = (s_norms, Is<BatchNormGradientStep>, Once<RuntimeCall>(call => With(call, 6, ((PlaceArgument)call.Arguments[6]).Place.At((1, BatchNormKernel.Kept(3))))), 2),
        ["a running mean of too few channels"] = (s_norms, Is<RunningStatisticsStep>, Once<RuntimeCall>(call => With(call, 5, 2)), 2),
        ["gradients of weight and bias swapped"] = (s_norms, Is<BatchNormSumsStep>, Once<RuntimeCall>(call => With(With(call, 4, call.Arguments[5]), 5, call.Arguments[4])), 2),
        ["sums of another row"] = (s_norms, Is<BatchNormGradientStep>, Once<RuntimeCall>(call => With(call, 7, ((PlaceArgument)call.Arguments[7]).Place.At((1, Packing.Panel)))), 2),
        ["weight and bias swapped"] = (s_norms, Is<BatchNormStatisticsStep>, Once<RuntimeCall>(call => With(With(call, 2, call.Arguments[3]), 3, call.Arguments[2])), 2),
        ["another epsilon"] = (s_norms, Is<LayerNormForwardStep>, Once<RuntimeCall>(call => new RuntimeCall(call.Function, [.. call.Arguments.Select(argument => argument is FloatArgument ? 0.5 : argument)])), 2),
    };

    private static RuntimeCall With(RuntimeCall call, int place, Argument argument) => new(call.Function, [.. call.Arguments.Select((own, i) => i == place ? argument : own)]);

    /// <summary>The operand of one axis along the axis behind it.</summary>
    private static Store? AlongOther(Store store)
    {
        if (store.Value is not Evaluated { Operands: [_, Load { Place: { Terms: [var sample, var along] } place }, ..] } value)
            return null;
        var wrong = new Place(place.Memory, [sample, (store.Place.Terms[2].Index, along.Stride)], place.Constant);
        return new Store(1, new Evaluated(value.Expression, [value.Operands[0], new Load(wrong), .. value.Operands.Skip(2)]), store.Place);
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public void A_broken_nest_is_refused(string name)
    {
        (NetworkDeclaration network, Func<Step, bool> isOf, Func<Statement, Statement?> change, long rows) = s_breaks[name];
        int broken = 0;
        foreach (Step step in Steps(Build(network)).Concat(Steps(Build(network), [PassPipeline.UseKernels])).Where(isOf))
        {
            Nest nest = step.ToNest();
            Statement body = NestRewriter.Rewrite(nest.Body, change);
            if (ReferenceEquals(body, nest.Body))
                continue;
            broken++;
            NestVerifier.Execute(step, nest, rows);
            Nest other = NestRewriter.With(nest, body);
            InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() =>
            {
                foreach (int lanes in VectorWidths.Lanes)
                    new NestBounds(other, lanes, rows).Walk();
                NestVerifier.Execute(step, other, rows);
            });
            Assert.StartsWith($"The nest of {step.Method} is broken at ", refusal.Message, StringComparison.Ordinal);
            break;
        }

        Assert.Equal(1, broken);
    }

    /// <summary>Of what a weight gradient gathers of dy, each part gathers the columns of its own tiles; and what another part has gathered is not there.</summary>
    [Fact]
    public void A_part_prepares_what_its_tiles_read()
    {
        const int Rows = 5;
        const int Columns = 256;
        LinearWeightGradientStep step = Steps(Build(Network("Wide", [64], Loss(ElementwiseLossKind.MSE), Linear(Columns)))).OfType<LinearWeightGradientStep>().Single();
        Nest split = TileSplit.Of(step.ToNest())!;
        NestVerifier.Execute(step, split, Rows);
        Area scratch = split.Areas.Single(area => area.Name == "scratch");
        foreach (int lanes in VectorWidths.Lanes)
        {
            var execution = new NestExecution(split, new InitialMemory(split, Rows), lanes, Rows, isTraining: true);
            execution.Walk(parts: 4);
            Assert.Equal(Rows * Columns / 4, execution[scratch].Written.Count(isWritten => isWritten));
        }

        // The last of the verifier's three parts comes first.
        Nest once = NestRewriter.With(split, NestRewriter.Rewrite(split.Body, Once<Loop>(loop => loop.Body is RuntimeCall
            ? new Branch(TileSplit.Part.IsEqualTo(2), With(loop, from: 0, to: Columns), Statement.Nothing)
            : null)));
        Assert.Throws<InvalidOperationException>(() => NestVerifier.Execute(step, once, Rows));
    }

    /// <summary>Gradients of weights that gather: both operands of a layer, panels that cannot be shared out evenly, dy alone or slices of a picture too. Each part has what it reads.</summary>
    [Fact]
    public void Shared_tiles_of_what_is_gathered_hold()
    {
        (NetworkDeclaration Network, string Shared)[] networks =
        [
            (Network("Both", [256], Loss(ElementwiseLossKind.MSE), Linear(96)), "row"),
            (Network("Even", [256], Loss(ElementwiseLossKind.MSE), Linear(128)), "column"),
            (Network("Panels", [32, 2, 3], Loss(ElementwiseLossKind.MSE), Conv2d(128, 1), Activation(ActivationKind.Tanh)), "panel"),
            (Network("Slices", [32, 3, 3], Loss(ElementwiseLossKind.MSE), Conv2d(48, 3, padding: 1), Activation(ActivationKind.Tanh)), "slice"),
            (Network("Whole", [37, 3, 3], Loss(ElementwiseLossKind.MSE), Conv2d(64, 3, padding: 1), Activation(ActivationKind.Tanh)), "panel"),
            (Network("Strided", [72, 5, 4], Loss(ElementwiseLossKind.MSE), Conv2d(64, 3, stride: 2, padding: 2, groups: 2), Activation(ActivationKind.Tanh)), "slice"),
            (Network("Lines", [32, 17, 33], Loss(ElementwiseLossKind.MSE), Conv2d(33, 2), Activation(ActivationKind.Tanh)), "slice"),
        ];
        foreach ((NetworkDeclaration network, string shared) in networks)
        {
            Step step = Steps(Build(network)).Single(step => step is LinearWeightGradientStep or ConvWeightGradientStep);
            Nest split = TileSplit.Of(step.ToNest())!;
            Assert.Contains(shared, split.Body.All().OfType<Loop>().Where(loop => loop.Range.From is { Known: null }).Select(loop => loop.Range.Counter.Name));
            NestVerifier.Execute(step, split, 2);
        }
    }

    private static bool Is<T>(Step step) => step is T;

    /// <summary>Changes the first statement of a kind that a change takes, in every variant.</summary>
    private static Func<Statement, Statement?> Once<T>(Func<T, Statement?> change)
        where T : Statement => statement => statement is T own ? change(own) : null;

    private static Loop With(Loop loop, Number? from = null, Number? to = null, long? step = null, long? grain = null) => new(
        new LoopRange(loop.Range.Counter, from ?? loop.Range.From, to ?? loop.Range.To, step ?? loop.Range.Step, loop.Range.Role) { Grain = grain ?? loop.Range.Grain }, loop.Body);

    /// <summary>The terms of the innermost loop from the last to the first.</summary>
    private static TileCall? Reversed(TileCall call)
    {
        long last = call.Inner.Known!.Value - 1;
        TileStrides s = call.Product.Strides;
        TileStrides reversed = s with { AInner = -s.AInner, AMiddle = s.AMiddle + (2 * (last + 1) * s.AInner), BInner = -s.BInner, BMiddle = s.BMiddle + (2 * (last + 1) * s.BInner) };
        var product = new TileProduct(call.Product.Name) { Comment = "", Strides = reversed, Bias = call.Product.Bias, Activation = call.Product.Activation, KeepsInput = call.Product.KeepsInput, Starts = call.Product.Starts };
        return call.With(a: call.A.At((1, last * s.AInner)), b: call.B.At((1, last * s.BInner)), product: product);
    }
}
