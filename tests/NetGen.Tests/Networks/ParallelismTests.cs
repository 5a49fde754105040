using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Compiler.Passes;
using NetGen.Generator.Emission;
using NetGen.References;
using NetGen.Runtime;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Several threads compute the bits that one computes.</summary>
public class ParallelismTests
{
    private static readonly int[] s_threads = [2, 3, 7, 16];

    private static readonly Dictionary<string, Action> s_networks = new()
    {
        ["MnistMlp"] = () => Compare<MnistMlp, int>(67, Labels<MnistMlp>),
        ["LeNet5"] = () => Compare<LeNet5, int>(37, Labels<LeNet5>),
        ["SmallBottleneck"] = () => Compare<SmallBottleneck, float>(19, Values<SmallBottleneck>),
        ["SmallSplitTransformMerge"] = () => Compare<SmallSplitTransformMerge, float>(19, Values<SmallSplitTransformMerge>),
        ["Inception"] = () => Compare<Inception, float>(3, Values<Inception>),
        ["BottleneckInception"] = () => Compare<BottleneckInception, float>(3, Values<BottleneckInception>),
        ["Conv1dChain"] = () => Compare<Conv1dChain, float>(19, Values<Conv1dChain>),
        ["MnistAlexNet"] = () => Compare<MnistAlexNet, int>(5, Labels<MnistAlexNet>),
        ["NormalizedRows"] = () => Compare<NormalizedRows, int>(67, Labels<NormalizedRows>),
        ["NormalizedPictures"] = () => Compare<NormalizedPictures, int>(19, Labels<NormalizedPictures>),
        ["Standardized"] = () => Compare<Standardized, float>(19, Values<Standardized>),
        ["DroppedPictures"] = () => Compare<DroppedPictures, float>(19, Values<DroppedPictures>),
    };

    public static TheoryData<string> Networks => [.. s_networks.Keys];

    [Theory]
    [MemberData(nameof(Networks))]
    [Trait("Lane", "Slow")]
    public void The_number_of_threads_changes_no_bit(string name) => s_networks[name]();

    /// <summary>Small networks of all kinds, whose every step is shared: against the interpreter, and bit by bit against one thread.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [Trait("Lane", "Slow")]
    public void Shared_steps_of_drawn_networks_compute_the_same(bool convolutional, bool composed)
    {
        RandomNetwork[] networks = [.. Enumerable.Range(400, 12).Select(number => new RandomNetwork(number, small: false, convolutional, composed))];
        (INetwork[] alone, INetwork[] together) = Pairs(networks, Shared(networks));
        NetworkComparison.Check(networks, together);
        AssertSameBits(networks, alone, together);
    }

    /// <summary>Normalisations as kernels and as what they are made of, of one panel of channels and of several, where they can stand: against the interpreter, and bit by bit against one thread.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(PassPipeline.UseKernels)]
    [Trait("Lane", "Slow")]
    public void Shared_steps_of_normalisations_compute_the_same(string disabled)
    {
        RandomNetwork[] networks = [.. NormalizedNetworks.OfBatches().Skip(12).Select(network => new RandomNetwork(network.Declaration, network.Batch)), new RandomNetwork(Declarations.Network(
            "Plain", [3, 5, 4], Declarations.Loss(ElementwiseLossKind.MSE), Declarations.Conv2d(18, 3, padding: 1), Declarations.BatchNorm2d() with { Affine = false }, Declarations.Activation(ActivationKind.Tanh)), 9)];
        string[] passes = disabled.Length == 0 ? [] : [disabled];
        (INetwork[] alone, INetwork[] together) = Pairs(networks, Shared(networks, passes));
        NetworkComparison.Check(networks, together);
        AssertSameBits(networks, alone, together);
    }

    /// <summary>Where a sample has many outputs, the loss is summed sample by sample: against the interpreter, and bit by bit against one thread.</summary>
    [Fact]
    public void Losses_of_many_outputs_are_shared_by_samples()
    {
        RandomNetwork[] networks =
        [
            new(Declarations.Network("Pictures", [4, 32, 33], Declarations.Loss(ElementwiseLossKind.MSE), Declarations.Conv2d(4, 3, padding: 1), Declarations.Activation(ActivationKind.Tanh)), 5),
            new(Declarations.Network("Pixels", [3, 16, 17], Declarations.Loss(ElementwiseLossKind.L1), Declarations.Conv2d(18, 3, padding: 1), Declarations.Activation(ActivationKind.Tanh)), 4),
            new(Declarations.Network("Rows", [9], Declarations.Loss(ElementwiseLossKind.BCEWithLogits), Declarations.Linear(4100)), 5),
            new(Declarations.Network("Classes", [9], new CrossEntropyLossOp(), Declarations.Linear(4100)), 5),
        ];
        string[] sources = Shared(networks);
        Assert.All(sources, source => Assert.Contains("SumsLossBySample => true", source, StringComparison.Ordinal));
        (INetwork[] alone, INetwork[] together) = Pairs(networks, sources);
        NetworkComparison.Check(networks, alone);
        NetworkComparison.Check(networks, together);
        foreach (((RandomNetwork network, INetwork one), INetwork many) in networks.Zip(alone).Zip(together))
        {
            network.Fill(one);
            network.Fill(many);
            Samples samples = network.Batches[^1];
            Assert.Equal(Bits(one, samples), Bits(many, samples));
            Assert.Equal(Losses(one, samples), Losses(many, samples));
        }

        static float[] Losses(INetwork network, Samples samples)
        {
            if (network is ITrainableNetwork<float> values)
                return [values.EvaluateLoss(samples.Input, samples.Target), values.ComputeGradients(samples.Input, samples.Target), .. network.FlatGradients];
            int[] labels = [.. samples.Target.Select(label => (int)label)];
            var classes = (ITrainableNetwork<int>)network;
            return [classes.EvaluateLoss(samples.Input, labels), classes.ComputeGradients(samples.Input, labels), .. network.FlatGradients];
        }
    }

    /// <summary>Of a batch larger than a piece of the forward half, in stages as they are where small steps go with what is before them.</summary>
    [Fact]
    public void Pieces_of_the_forward_half_cut_no_step_that_mixes_samples()
    {
        const int Batch = 600;
        StepSplit[] forward = StepSplit.Parse(Splits(typeof(MixedSamples))[1]);
        Assert.Contains(StepSplit.Stages(forward, Batch, 1, 2, isEager: false), stage => stage.Kind == StageKind.One && stage.To - stage.From > 1);
        Compare<MixedSamples, float>(Batch, Values<MixedSamples>, isEager: false);
    }

    /// <summary>What is frozen leaves its steps out, whoever would have done them.</summary>
    [Fact]
    public void Frozen_layers_are_left_out_by_all_threads()
    {
        float[] input = Workload(40 * LeNet5.InputSize);
        int[] target = Labels<LeNet5>(40);
        float[][] one = Run(1), many = Run(3);
        Assert.Equal(one[0], many[0]);
        Assert.Equal(one[1], many[1]);

        float[][] Run(int threads)
        {
            var network = new LeNet5(5);
            if (threads == 1)
                network.Parallelism = 1;
            else
                Share(network, threads);
            var optimizer = new Adam(1e-3) { Groups = [new ParameterGroup(network.Parameters[2].Name) { IsFrozen = true }, new ParameterGroup(network.Parameters[3].Name) { IsFrozen = true }] };
            for (int step = 0; step < 2; step++)
                network.TrainStep(input, target, optimizer);
            return [network.FlatParameters.ToArray(), network.FlatGradients.ToArray()];
        }
    }

    /// <summary>Each thread has a piece of a large batch, and computes what one does.</summary>
    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(1000)]
    public void Large_batches_of_small_networks_are_predicted_in_pieces(int batch)
    {
        float[] input = Workload(batch * SmallMlp.InputSize);
        var network = new SmallMlp(5) { Parallelism = 1 };
        var expected = new float[batch * SmallMlp.OutputSize];
        network.Predict(input, expected);
        foreach (int threads in s_threads)
        {
            Share(network, threads);
            var output = new float[expected.Length];
            network.Predict(input, output);
            Assert.Equal(expected, output);
        }
    }

    /// <summary>Threads for as much work as there is, of which each has a piece; none is counted where it is little.</summary>
    [Theory]
    [InlineData(31, 0, 0)]
    [InlineData(33, 0, 2)]
    [InlineData(120, 0, 7)]
    [InlineData(256, 1, 7)]
    [InlineData(400, 2, 7)]
    [InlineData(2000, 7, 7)]
    public void Small_networks_are_worth_threads_by_the_batch(int batch, int workers, int eager)
    {
        Assert.Equal([""], Splits(typeof(SmallMlp)));
        MethodInfo workersOf = typeof(NetworkRunner).GetMethod(nameof(NetworkRunner.PredictionWorkers), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(GeneratedSteps.Of(typeof(SmallMlp)));
        Assert.Equal(workers, workersOf.Invoke(null, [batch, 7, false]));
        Assert.Equal(eager, workersOf.Invoke(null, [batch, 7, true]));
    }

    /// <summary>The networks of reinforcement learning: little for a sample, and much for a batch.</summary>
    [Fact]
    public void Small_steps_of_large_batches_are_shared()
    {
        string[] splits = CompiledNetwork.Compile(new RandomNetwork(Declarations.Network("Critic", [8], Declarations.Loss(ElementwiseLossKind.MSE), Declarations.Linear(64), Declarations.Linear(64), Declarations.Linear(1)), 1).Graph).Splits.Split(';');
        (StepSplit[] forward, StepSplit[] backward) = (StepSplit.Parse(splits[1]), StepSplit.Parse(splits[2]));
        SharingWorth worth = SharingWorth.OfTraining(forward, backward);
        Assert.Equal((0, 1, 2), (worth.Workers(16, 2), worth.Workers(32, 2), worth.Workers(1024, 2)));
        foreach (StepSplit[] half in new[] { forward, backward })
        {
            Assert.Contains(half, step => step.Cost is > 59 and < 1000);
            Assert.All(
                StepSplit.Stages(half, 1024, 1, 2, isEager: false).Where(stage => stage.Kind == StageKind.One),
                stage => Assert.DoesNotContain(half[stage.From..stage.To], step => step.Kind != 'o' && step.Cost > 59));
        }
    }

    /// <summary>How the steps of its three routines can be shared.</summary>
    private static string[] Splits(Type network) => ((string?)GeneratedSteps.Of(network).GetProperty(nameof(INetworkKernels.Splits))?.GetValue(null) ?? "").Split(';');

    [Fact]
    public void A_number_of_threads_is_checked()
    {
        var network = new LeNet5();
        Assert.Null(network.Parallelism);
        foreach (int threads in new[] { 0, -1, WorkerThreads.Most + 1 })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => network.Parallelism = threads);
            Assert.Throws<ArgumentOutOfRangeException>(() => WorkerThreads.Count = threads);
        }

        network.Parallelism = WorkerThreads.Most;
        Assert.Equal(WorkerThreads.Most, network.Parallelism);
        network.Parallelism = null;
        Assert.Null(network.Parallelism);
    }

    [Fact]
    public void A_number_of_threads_may_be_set_while_others_compute()
    {
        var network = new LeNet5 { Parallelism = 2 };
        Task setting = Task.Run(() =>
        {
            for (int i = 0; i < 10_000_000; i++)
                network.Parallelism = (i & 1) == 0 ? null : 2;
        });
        while (!setting.IsCompleted)
        {
            if (network.Parallelism is { } threads and not 2)
                Assert.Fail($"There are {threads} threads, a number that nobody set.");
        }
    }

    [Theory]
    [InlineData(null, 4, 4)]
    [InlineData("2", 4, 2)]
    [InlineData("0", 4, 4)]
    [InlineData("many", 4, 4)]
    [InlineData("-1", 4, 4)]
    [InlineData("1000", 4, 4)]
    [InlineData(null, 1000, WorkerThreads.Most)]
    public void A_process_starts_with_the_variable_or_its_processors(string? variable, int processors, int count) => Assert.Equal(count, WorkerThreads.Initial(variable, processors));

    [Fact]
    public void Training_and_predicting_with_several_threads_allocate_nothing()
    {
        var network = new LeNet5();
        Share(network, 3);
        var optimizer = new Adam(1e-3);
        float[] input = Workload(40 * LeNet5.InputSize);
        int[] target = Labels<LeNet5>(40);
        var output = new float[40 * LeNet5.OutputSize];
        Allocations.None(() => network.TrainStep(input, target, optimizer));
        Allocations.None(() => network.Predict(input, output));
        Allocations.None(() => network.Predict(input.AsSpan(0, LeNet5.InputSize), output.AsSpan(0, LeNet5.OutputSize)));
    }

    /// <summary>In a process of its own, where what allocates is a helper, and what takes a processor waits for work; none for half a second, all for a tenth of one's time.</summary>
    [Fact]
    [Trait("Lane", "Slow")]
    public void No_thread_allocates_and_without_work_they_sleep()
    {
        long[] least = Array.ConvertAll(ChildProcess.Probe([], "rest"), line => long.Parse(line, CultureInfo.InvariantCulture));
        Assert.Equal(0, least[0]);
        Assert.InRange(least[1], 0, 50);
    }

    /// <summary>Nor do batches and numbers of threads in turn: more than a program has, with stages for each.</summary>
    [Fact]
    public void Batches_and_threads_in_turn_allocate_nothing()
    {
        var network = new LeNet5();
        float[] input = Workload(130 * LeNet5.InputSize);
        int[] target = Labels<LeNet5>(130);
        var output = new float[130 * LeNet5.OutputSize];
        Allocations.None(() =>
        {
            for (int batch = 130; batch > 0; batch -= 5)
            {
                for (int threads = 4; threads > 1; threads--)
                {
                    Share(network, threads);
                    network.EvaluateLoss(input.AsSpan(0, batch * LeNet5.InputSize), target.AsSpan(0, batch));
                    network.Predict(input.AsSpan(0, batch * LeNet5.InputSize), output.AsSpan(0, batch * LeNet5.OutputSize));
                }
            }
        });
    }

    /// <summary>A batch of several pieces, the last of them not full: what the interpreter computes of it, masks of dropout among it.</summary>
    [Fact]
    [Trait("Lane", "Slow")]
    public void A_batch_in_pieces_is_as_accurate()
    {
        RandomNetwork[] networks =
        [
            new(Declarations.Network(
                "Pieces", [40], new CrossEntropyLossOp(),
                Declarations.Linear(48), new DropoutOp(null, 0.3), Declarations.LayerNorm(), Declarations.Linear(7)), 2200),
            new(Declarations.Network(
                "PiecesOfPictures", [2, 5, 6], Declarations.Loss(ElementwiseLossKind.MSE),
                Declarations.Conv2d(18, 3, padding: 1), new DropoutOp(null, 0.3), Declarations.Conv2d(3, 2), new FlattenOp(null), Declarations.Linear(2)), 1100),
        ];
        Assert.All(networks, network => Assert.True(CompiledNetwork.Compile(network.Graph).TrainingRows < network.Batch));
        NetworkComparison.Check(networks);
    }

    /// <summary>Gradients of the pieces behind the first are added by all threads.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Lane", "Slow")]
    public void Threads_change_no_bit_of_a_batch_in_pieces(bool isEager) => Compare<MnistMlp, int>(2200, Labels<MnistMlp>, isEager);

    /// <summary>Of clipping by the norm, of accumulation and of a moving average each thread has a run, in ranges that are treated alike.</summary>
    [Fact]
    public void Threads_change_no_bit_of_passes_over_parameters()
    {
        float[] input = Workload(20 * MnistMlp.InputSize);
        int[] target = Labels<MnistMlp>(20);
        (float[][] Values, double Norm) one = Run(1);
        foreach (int threads in s_threads)
        {
            (float[][] Values, double Norm) many = Run(threads);
            Assert.Equal(BitConverter.DoubleToInt64Bits(one.Norm), BitConverter.DoubleToInt64Bits(many.Norm));
            foreach ((float[] expected, float[] actual) in one.Values.Zip(many.Values))
                Assert.True(expected.AsSpan().SequenceEqual(actual), $"{threads} threads have other bits");
        }

        (float[][] Values, double Norm) Run(int threads)
        {
            var network = new MnistMlp(5);
            if (threads == 1)
                network.Parallelism = 1;
            else
                Share(network, threads);
            var optimizer = new Adam(1e-3) { ClipNorm = 1e-3, AccumulationSteps = 3, Groups = [new ParameterGroup(ParameterKinds.Bias) { WeightDecay = 0 }] };
            var average = new ExponentialMovingAverage(0.9);
            for (int step = 0; step < 7; step++)
            {
                network.TrainStep(input, target, optimizer);
                average.Update(network);
            }

            float[][] values = [network.FlatParameters.ToArray(), .. average.Parameters.Select(parameter => parameter.ToArray()), .. optimizer.State["exp_avg_sq"].Select(parameter => parameter.ToArray())];
            return (values, optimizer.GradientNorm);
        }
    }

    /// <summary>A layer whose weights are many beside its activations is shared by tiles in training, where others update them, and by samples in predictions and beyond the batch from which on activations are more.</summary>
    [Fact]
    public void Weights_that_others_update_are_read_by_tiles_where_samples_are_few()
    {
        string[] splits = MnistSplits().Split(';');
        StepSplit inference = StepSplit.Parse(splits[0])[0], forward = StepSplit.Parse(splits[1])[0];
        Assert.Equal(('b', 0), (inference.Kind, inference.Few));
        Assert.Equal(('b', 784 * 128 / (784 + 128)), (forward.Kind, forward.Few));
        Assert.Equal((4, 4), (inference.Tiles, forward.Tiles));
        Assert.Equal(StageKind.Samples, Kind(inference, 64));
        Assert.Equal(StageKind.Tiles, Kind(forward, 64));
        Assert.Equal(StageKind.Samples, Kind(forward, 256));
        Assert.Equal(StageKind.Samples, Kind(forward, 64, workers: 4));

        static string MnistSplits() => CompiledNetwork.Compile(new RandomNetwork(Declarations.Network("Mnist", [784], new CrossEntropyLossOp(), Declarations.Linear(128), Declarations.Linear(10)), 1).Graph).Splits;

        static StageKind Kind(StepSplit step, int rows, int workers = 2) => StepSplit.Stages([step], rows, 1, workers, isEager: false)[0].Kind;
    }

    /// <summary>One sample's picture is copied by lines, and a bias's gradient summed by panels of channels, where there are several.</summary>
    [Theory]
    [InlineData(32, "tt")]
    [InlineData(16, "oo")]
    public void Copies_and_gradients_of_biases_are_shared(int channels, string gradients)
    {
        string[] splits = CompiledNetwork.Compile(new RandomNetwork(Declarations.Network("Pictures", [16, 40, 40], Declarations.Loss(ElementwiseLossKind.MSE), Declarations.Conv2d(channels, 1)), 1).Graph).Splits.Split(';');
        StepSplit[] inference = StepSplit.Parse(splits[0]), backward = StepSplit.Parse(splits[2]);
        Assert.Equal("bbb", Kinds(inference));
        Assert.Equal((40, 40), (inference[0].Tiles, inference[^1].Tiles));
        Assert.All(StepSplit.Stages(inference, 1, 1, 2, isEager: false), stage => Assert.Equal(StageKind.Tiles, stage.Kind));
        Assert.Equal([StageKind.Samples], StepSplit.Stages(inference, 64, 1, 2, isEager: false).Select(stage => stage.Kind));
        Assert.Contains(gradients, Kinds(backward), StringComparison.Ordinal);

        static string Kinds(StepSplit[] steps) => string.Concat(steps.Select(step => step.Kind));
    }

    /// <summary>Statistics of a batch, and the sums of their gradients, are shared by channels: panels of a pixel's, each for itself in planes. What is done with them is shared by samples.</summary>
    [Theory]
    [InlineData(false, 32, 't')]
    [InlineData(false, 16, 'o')]
    [InlineData(true, 3, 't')]
    [InlineData(true, 1, 'o')]
    public void Statistics_of_a_batch_are_shared_by_channels(bool arePlanes, int channels, char shared)
    {
        LayerOp[] layers = arePlanes ? [] : [Declarations.Conv2d(channels, 1)];
        NetworkDeclaration declaration = Declarations.Network("Pictures", [channels, 40, 40], Declarations.Loss(ElementwiseLossKind.MSE), [.. layers, Declarations.BatchNorm2d(), Declarations.Conv2d(channels, 3)]);
        CompiledNetwork network = CompiledNetwork.Compile(new RandomNetwork(declaration, 1).Graph);
        string[] splits = network.Splits.Split(';');
        var kinds = network.Program.Forward.Concat(network.Program.Backward).Zip(StepSplit.Parse(splits[1] + " " + splits[2]))
            .Where(step => step.First is BatchNormStatisticsStep or NormalizeStep or BatchNormSumsStep or BatchNormGradientStep).ToDictionary(step => step.First.GetType(), step => step.Second.Kind);
        Assert.Equal(arePlanes, network.Program.Forward.OfType<BatchNormStatisticsStep>().Single().X.Order == BufferOrder.Planes);
        Assert.Equal([shared, 's', shared, 's'], [kinds[typeof(BatchNormStatisticsStep)], kinds[typeof(NormalizeStep)], kinds[typeof(BatchNormSumsStep)], kinds[typeof(BatchNormGradientStep)]]);
    }

    /// <summary>
    /// Between two meetings a worker goes on: from its samples to its tiles of what has nothing to do with them, and to what one does alone. Steps that need what others did wait, and so
    /// does what stands where another sample's values were.
    /// </summary>
    [Theory]
    [InlineData("s9000 t9000", "S T")]
    [InlineData("s9000 t9000+1", "S+T")]
    [InlineData("t9000 t9000", "T T")]
    [InlineData("t9000 t9000+1", "T")]
    [InlineData("s9000 t9000+1 s9000+1", "S+T+S")]
    [InlineData("s9000 t9000+1 s9000", "S+T S")]
    [InlineData("s9000 t9000+1 S9000+2", "S+T S")]
    [InlineData("t9000 S9000+1", "T+S")]
    [InlineData("s9000 s9000 t9000+1 t9000+2", "S T")]
    [InlineData("s9000 s9000 t9000+2 t9000+3", "S+T")]
    [InlineData("s9000 o9000+1 o9000", "S+O O")]
    [InlineData("o9000 s9000+1 o9000+1", "O+S+O")]
    [InlineData("o9000 S9000 o9000", "O S O")]
    [InlineData("t9000 t0+1 o0+2", "T+O")]
    [InlineData("t9000 t0", "T O")]
    [InlineData("s9000 t937", "S O")]
    [InlineData("s9000 t938", "S T")]
    [InlineData("s9000 b0:99/9", "S")]
    public void Workers_go_on_where_they_need_not_meet(string splits, string stages)
    {
        var text = new System.Text.StringBuilder();
        foreach (Stage stage in StepSplit.Stages(StepSplit.Parse(splits), 64, 1, 2, isEager: false))
            text.Append(text.Length == 0 ? "" : stage.Meets ? " " : "+").Append(stage.Kind.ToString()[0]);
        Assert.Equal(stages, text.ToString());
    }

    /// <summary>The address of everything that a worker touches between two meetings, against all that the others write there.</summary>
    [Theory]
    [InlineData("rows")]
    [InlineData("pictures")]
    [InlineData("composed")]
    [InlineData("normalized")]
    public void Workers_meet_before_they_touch_what_another_one_writes(string kind)
    {
        IEnumerable<Graph> graphs = kind == "normalized"
            ? NormalizedNetworks.OfBatches().Select(network => Declarations.Build(network.Declaration))
            : Enumerable.Range(400, 40).Select(number => new RandomNetwork(number, small: false, convolutional: kind == "pictures", composed: kind == "composed").Graph);
        int goingOn = 0;
        foreach (Graph graph in graphs)
        {
            CompiledNetwork network = CompiledNetwork.Compile(graph, isShared: true);
            string[] splits = network.Splits.Split(';');
            (IReadOnlyList<Step> Steps, MemoryPlan Plan)[] routines = [([.. network.Program.Inference], network.Inference), ([.. network.Program.Forward], network.Training), ([.. network.Program.Backward], network.Training)];
            foreach (((IReadOnlyList<Step> steps, MemoryPlan plan), string text) in routines.Zip(splits))
            {
                foreach ((int rows, int workers, bool isEager) in new[] { (1, 2, true), (2, 2, true), (7, 3, true), (64, 2, true), (64, 2, false), (600, 3, false) })
                {
                    var group = new List<Touch>();
                    foreach (Stage stage in StepSplit.Stages(StepSplit.Parse(text), rows, plan.RowMultiple, workers, isEager))
                    {
                        if (stage.Meets)
                            group.Clear();
                        goingOn += stage.Meets ? 0 : 1;
                        int first = group.Count;
                        for (int step = stage.From; step < stage.To; step++)
                            group.AddRange(Touch.Of(steps[step], step, stage, plan, rows));
                        foreach (Touch touch in group.Skip(first))
                            Assert.DoesNotContain(group, touch.Meets);
                    }
                }
            }
        }

        Assert.NotEqual(0, goingOn);
    }

    /// <summary>Floats that a worker touches.</summary>
    private sealed record Touch(int Step, StageKind Kind, int Part, object Memory, long From, long To, bool IsWritten)
    {
        public static IEnumerable<Touch> Of(Step step, int number, Stage stage, MemoryPlan plan, int rows)
        {
            long units = (rows + plan.RowMultiple - 1) / plan.RowMultiple;
            long paddedRows = units * plan.RowMultiple;
            for (int part = 0; part < stage.Parts; part++)
            {
                bool bySamples = stage.Kind == StageKind.Samples;
                long first = bySamples ? Math.Min(rows, units * part / stage.Parts * plan.RowMultiple) : 0;
                long end = bySamples ? Math.Min(rows, units * (part + 1) / stage.Parts * plan.RowMultiple) : rows;
                foreach (Operand operand in step.Operands.Where(operand => operand.Buffer is not null || operand.Role is OperandRole.ParameterGradient or OperandRole.State))
                {
                    if (operand.Buffer?.Root is not { } root)
                    {
                        yield return new Touch(number, stage.Kind, part, operand.Role, operand.Offset, operand.Offset + 1, true);
                        continue;
                    }

                    bool isWorkspace = root.Kind == BufferKind.Workspace;
                    bool isShared = isWorkspace && plan.IsShared(root);
                    (int perRow, int before) = isWorkspace ? plan.Offset(root) : default;
                    long start = (perRow * paddedRows) + before;
                    yield return new Touch(
                        number, stage.Kind, part, isWorkspace ? BufferKind.Workspace : root.Id,
                        start + (isShared ? 0 : first * root.Stride), start + (isShared ? root.Stride : end * root.Stride), operand.IsWritten);
                }
            }
        }

        /// <summary>Whether another worker's would meet it. Tiles of one step are apart.</summary>
        public bool Meets(Touch other) =>
            Part != other.Part && (IsWritten || other.IsWritten) && Memory.Equals(other.Memory) && From < other.To && other.From < To && (Step != other.Step || Kind != StageKind.Tiles);
    }

    /// <summary>Threads are worth what they do between two meetings; in predictions, where each can have samples of its own, what they do at all.</summary>
    [Theory]
    [InlineData(1, 30_000_000, 16, 16)]
    [InlineData(1000, 30_000, 1, 16)]
    public void Many_small_steps_of_training_are_not_worth_threads(int count, int cost, int training, int prediction)
    {
        StepSplit[] steps = [.. Enumerable.Repeat(new StepSplit('t', false, cost), count)];
        Assert.Equal(training, SharingWorth.OfTraining(steps, []).Workers(1, 16));
        Assert.Equal(prediction, SharingWorth.OfPrediction((long)count * cost).Workers(1, 16));
    }

    /// <summary>An update is little beside the waking of threads that had no part in its gradients.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(64, true)]
    public void Gradients_tell_an_update_whether_threads_are_awake(int batch, bool shares)
    {
        var network = new LeNet5 { Parallelism = 2 };
        NetworkRunner runner = NetworkRunner.Of(network)!;
        Assert.True(runner.SharesGradients);
        network.TrainStep(Workload(batch * LeNet5.InputSize), Labels<LeNet5>(batch), new SGD(0.1));
        Assert.Equal(shares, runner.SharesGradients);
    }

    [Fact]
    public void A_workspace_does_not_grow_beyond_a_piece_and_steps_allocate_nothing()
    {
        float[] input = Workload(1024 * LeNet5.InputSize);
        int[] target = Labels<LeNet5>(1024);
        var optimizer = new SGD(0.01);
        LeNet5 network = Used();
        Allocations.None(() => network.TrainStep(input, target, optimizer));
        Allocations.None(() => network.EvaluateLoss(input, target));

        // What the runtime allocates once on a thread is not counted in every attempt.
        Assert.InRange(Enumerable.Range(0, 3).Min(_ => Growth(Used())), 0, 2048);

        LeNet5 Used()
        {
            var used = new LeNet5();

            // Each pass waits for the pool, which another test may have: how threads share the steps of so many samples is noted where they do it first.
            Share(used, 2);
            used.ComputeGradients(input.AsSpan(0, 256 * LeNet5.InputSize), target.AsSpan(0, 256));
            return used;
        }

        long Growth(LeNet5 used)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            used.ComputeGradients(input, target);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    /// <summary>The networks' other halves, whose steps workers can share however small they are.</summary>
    private static string[] Shared(IEnumerable<RandomNetwork> networks, params string[] disabled) =>
        [.. networks.Select(network => NetworkEmitter.Emit(CompiledNetwork.Compile(network.Graph, disabled, isShared: true)))];

    /// <summary>Each network twice: for one thread, and for three.</summary>
    private static (INetwork[] Alone, INetwork[] Together) Pairs(RandomNetwork[] networks, string[] sources)
    {
        System.Reflection.Assembly assembly = NetworkCompiler.Load(Declarations.Print(networks.Select(network => network.Graph.Declaration)), sources);
        INetwork[] alone = GeneratedNetworks.Create(networks, assembly);
        INetwork[] together = GeneratedNetworks.Create(networks, assembly);
        foreach ((INetwork one, INetwork many) in alone.Zip(together))
        {
            one.Parallelism = 1;
            Share(many, 3);
        }

        return (alone, together);
    }

    private static void Share(INetwork network, int threads)
    {
        network.Parallelism = threads;
        NetworkRunner.Of(network)!.IsEager = true;
    }

    private static void AssertSameBits(RandomNetwork[] networks, INetwork[] alone, INetwork[] together)
    {
        foreach (((RandomNetwork network, INetwork one), INetwork many) in networks.Zip(alone).Zip(together))
        {
            network.Fill(one);
            network.Fill(many);
            one.RandomState = many.RandomState = new RandomState(7, 3);
            Samples samples = network.Batches[^1];
            Assert.Equal(Bits(one, samples), Bits(many, samples));
        }
    }

    /// <summary>The bits of all that a network computes of a batch.</summary>
    private static List<uint> Bits(INetwork network, Samples samples)
    {
        var bits = new List<uint>();
        void Add(ReadOnlySpan<float> values)
        {
            foreach (float value in values)
                bits.Add(BitConverter.SingleToUInt32Bits(value));
        }

        var output = new float[samples.Vector.Length];
        network.Predict(samples.Input, output);
        Add(output);
        var inputGradient = new float[samples.Input.Length];
        network.VectorJacobianProduct(samples.Input, samples.Vector, inputGradient);
        Add(network.FlatGradients);
        Add(inputGradient);
        network.ComputeGradients(samples.Input, (outputs, gradient) => Half(outputs, gradient), inputGradient);
        Add(network.FlatGradients);
        Add(inputGradient);
        return bits;
    }

    private static float Half(ReadOnlySpan<float> outputs, Span<float> gradient)
    {
        outputs.CopyTo(gradient);
        return 0.5f;
    }

    private static void Compare<TNetwork, TTarget>(int batch, Func<int, TTarget[]> targets, bool isEager = true)
        where TNetwork : INetwork<TNetwork>, ITrainableNetwork<TTarget>
        where TTarget : unmanaged
    {
        float[] input = Workload(batch * TNetwork.InputSize);
        TTarget[] target = targets(batch);
        float[][] one = Run(1);
        foreach (int threads in s_threads)
        {
            foreach ((float[] expected, float[] actual) in one.Zip(Run(threads)))
                Assert.True(expected.AsSpan().SequenceEqual(actual), $"{threads} threads have other bits");
        }

        float[][] Run(int threads)
        {
            TNetwork network = TNetwork.Create(5);
            if (threads == 1 || !isEager)
                network.Parallelism = threads;
            else
                Share(network, threads);
            var inputGradient = new float[input.Length];
            var optimizer = new Adam(1e-3);
            float loss = network.ComputeGradients(input, target, inputGradient);
            for (int step = 0; step < 2; step++)
                loss += network.TrainStep(input, target, optimizer);
            return [[loss], inputGradient, network.FlatGradients.ToArray(), network.FlatParameters.ToArray(), Predict(network, 1), Predict(network, batch)];
        }

        float[] Predict(TNetwork network, int samples)
        {
            var output = new float[samples * TNetwork.OutputSize];
            network.Predict(input.AsSpan(0, samples * TNetwork.InputSize), output);
            return output;
        }
    }

    private static float[] Workload(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }

    private static float[] Values<TNetwork>(int batch)
        where TNetwork : INetwork<TNetwork> => Workload(batch * TNetwork.OutputSize);

    private static int[] Labels<TNetwork>(int batch)
        where TNetwork : INetwork<TNetwork> => [.. Enumerable.Range(0, batch).Select(i => i * 7 % TNetwork.OutputSize)];
}

[Block, Linear(80, Bias = false), BatchNorm1d, ReLU, Linear(80, Bias = false), BatchNorm1d]
internal sealed class NormalizedRow;

/// <summary>Normalisations of rows of several panels, the last not full, in branches too.</summary>
[Network(48)]
[Linear(80, Bias = false), BatchNorm1d, ReLU, Residual<NormalizedRow>, ReLU, Residual<NormalizedRow>, ReLU, Linear(24), BatchNorm1d(Affine = false), Tanh, Linear(5)]
[CrossEntropyLoss]
internal sealed partial class NormalizedRows;

[Block, Conv2d(40, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(40, 3, Padding = 1, Bias = false), BatchNorm2d]
internal sealed class NormalizedPicture;

/// <summary>Normalisations of planes, of pixels of several panels, the last not full, in branches too, and of what one pixel is left of.</summary>
[Network(3, 11, 13)]
[BatchNorm2d, Conv2d(6, 3, Padding = 1, Bias = false), BatchNorm2d, Tanh, Conv2d(40, 3, Stride = 2, Bias = false), BatchNorm2d, ReLU]
[Residual<NormalizedPicture>, ReLU, GlobalAvgPool2d, BatchNorm2d, Flatten, Linear(5)]
[CrossEntropyLoss]
internal sealed partial class NormalizedPictures;

/// <summary>A normalisation whose gradient is that of no parameter, and still sums over the batch.</summary>
[Network(3, 10, 10)]
[Conv2d(20, 3), BatchNorm2d(Affine = false), ReLU, Conv2d(20, 3), BatchNorm2d(Affine = false), Tanh, Flatten, Linear(3)]
[MSELoss]
internal sealed partial class Standardized;

/// <summary>Masks of pictures, rows of one float, and a normalisation between steps that go sample by sample.</summary>
[Network(3, 12, 12)]
[Conv2d(20, 3, Padding = 1), ReLU, Dropout(0.3), Conv2d(20, 3, Stride = 2), BatchNorm2d, GELU, AvgPool2d(2), Flatten]
[Linear(40), Tanh, Dropout(0.2), Linear(4), LayerNorm, Linear(1)]
[MSELoss]
internal sealed partial class DroppedPictures;

/// <summary>Its steps are too small to be shared, predictions of large batches are not.</summary>
[Network(16)]
[Linear(32), Tanh, Linear(32), Tanh, Linear(3)]
[MSELoss]
internal sealed partial class SmallMlp;

/// <summary>Statistics of a batch behind a large step, small themselves.</summary>
[Network(784)]
[Linear(16), BatchNorm1d, ReLU, Linear(32)]
[MSELoss]
internal sealed partial class MixedSamples;
