using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training.Checkpoints;

/// <summary>A training that goes on from a checkpoint, all its objects made anew, has the bits of one that never stopped.</summary>
public class ResumeTests
{
    private const int Steps = 14;

    private static readonly Dictionary<string, Func<IReadOnlyList<ParameterGroup>, int, Optimizer>> s_optimizers = new()
    {
        ["SGD"] = (groups, steps) => new SGD(0.1) { Groups = groups, AccumulationSteps = steps },
        ["Momentum"] = (groups, steps) => new SGD(0.1, momentum: 0.9, dampening: 0.3, weightDecay: 0.01) { Groups = groups, AccumulationSteps = steps },
        ["Nesterov"] = (groups, steps) => new SGD(0.1, momentum: 0.9, nesterov: true) { Groups = groups, AccumulationSteps = steps, ClipNorm = 0.5 },
        ["Iterates"] = (groups, steps) => new SGD(0.1, momentum: 0.9, form: MomentumForm.Iterates) { Groups = groups, AccumulationSteps = steps },
        ["Adam"] = (groups, steps) => new Adam(0.01, weightDecay: 0.01) { Groups = groups, AccumulationSteps = steps },
        ["AdamW"] = (groups, steps) => new AdamW(0.01) { Groups = groups, AccumulationSteps = steps, ClipValue = 0.1 },
        ["AMSGrad"] = (groups, steps) => new AdamW(0.01, amsgrad: true) { Groups = groups, AccumulationSteps = steps },
        ["NAdam"] = (groups, steps) => new NAdam(0.01) { Groups = groups, AccumulationSteps = steps },
        ["RAdam"] = (groups, steps) => new RAdam(0.01) { Groups = groups, AccumulationSteps = steps },
        ["Adamax"] = (groups, steps) => new Adamax(0.01) { Groups = groups, AccumulationSteps = steps },
        ["RMSprop"] = (groups, steps) => new RMSprop(0.01, momentum: 0.5, centered: true) { Groups = groups, AccumulationSteps = steps },
        ["Adagrad"] = (groups, steps) => new Adagrad(0.01, learningRateDecay: 0.1, initialAccumulator: 0.5, epsilon: 0) { Groups = groups, AccumulationSteps = steps },
        ["Adadelta"] = (groups, steps) => new Adadelta(1) { Groups = groups, AccumulationSteps = steps },
        ["Lion"] = (groups, steps) => new Lion(0.01, weightDecay: 0.1) { Groups = groups, AccumulationSteps = steps },
    };

    public static TheoryData<string, int> Rules
    {
        get
        {
            var rules = new TheoryData<string, int>();
            foreach (string rule in s_optimizers.Keys)
            {
                rules.Add(rule, 1);
                rules.Add(rule, 3);
            }

            return rules;
        }
    }

    /// <summary>Interrupted behind every step, with gradients of half a batch pending too.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void Interrupted_trainings_end_with_the_same_bits(string rule, int accumulation)
    {
        Check(seed => new Dropping(seed), Dropping.InputSize, Dropping.OutputSize, rule, accumulation, []);
        Check(seed => new Merged(seed), Merged.InputSize, Merged.OutputSize, rule, accumulation, [new("*wide*") { IsFrozen = true }, new(ParameterKinds.Bias) { LearningRateFactor = 0.5 }]);
    }

    [Fact]
    public void A_network_loads_from_a_trainings_checkpoint()
    {
        Run<Dropping> run = Run<Dropping>.Of(seed => new Dropping(seed), 1, "Adam", 1, []);
        run.Train(Dropping.InputSize, Dropping.OutputSize, 0, 5);
        byte[] file = CheckpointFile.Of(run.Checkpoint);
        var network = new Dropping(2);
        CheckpointLoadResult result = network.Load(new OneWayStream(file));
        Assert.Equal(CheckpointFile.Values(run.Network), CheckpointFile.Values(network));
        Assert.Empty(result.Unexpected);
        Assert.DoesNotContain(result.Metadata.Keys, key => key.StartsWith("training/", StringComparison.Ordinal));

        Dictionary<string, double[]> values = CheckpointFile.Values(file);
        Assert.Equal(run.Adam.State["exp_avg"]["hidden.bias"].ToArray().Select(value => (double)value), values["training/optimizer.exp_avg.hidden.bias"]);
        Assert.Equal(run.Average.Parameters["head.weight"].ToArray().Select(value => (double)value), values["training/average.average.head.weight"]);
        Assert.Equal(values.Keys.Count, values.Keys.Distinct().Count());
    }

    [Fact]
    public void A_networks_file_is_no_trainings_checkpoint()
    {
        Run<Dropping> run = Run<Dropping>.Of(seed => new Dropping(seed), 1, "Adam", 1, []);
        string message = Assert.Throws<InvalidDataException>(() => run.Checkpoint.Load(new MemoryStream(CheckpointFile.Of(run.Network)))).Message;
        Assert.Contains("parameters alone: load them with network.Load", message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Corruptions => new()
    {
        { "training/optimizer.learning_rate=NaN", "Expected \"optimizer.learning_rate\" of the checkpoint to be a finite number of at least 0" },
        { "training/optimizer.learning_rate=-1", "\"optimizer.learning_rate\"" },
        { "training/optimizer.learning_rate=1e300", "\"optimizer.learning_rate\"" },
        { "training/optimizer.learning_rate", "Expected \"optimizer.learning_rate\" in the checkpoint, but it is missing" },
        { "training/optimizer.updates=-5", "Expected \"optimizer.updates\" of the checkpoint to be at least 0, but got \"-5\"" },
        { "training/optimizer.updates=1.5", "to be a whole number" },
        { "training/optimizer.pending=1", "Expected \"optimizer.pending\" of the checkpoint to be from 0 to 0, but got \"1\"" },
        { "training/optimizer.rule=NAdam", "Expected \"optimizer.rule\" of the checkpoint to be \"Adam\", but got \"NAdam\"" },
        { "training/network.step=-1", "\"network.step\"" },
        { "training/network.seed=x", "\"network.seed\"" },
        { "training/average.holds=all", "\"average.holds\"" },
        { "training/parts=optimizer", "Expected the parts optimizer, average, but got optimizer." },
        { "training/optimizer.more=1", "Got \"optimizer.more\", which none of the parts knows." },
        { "netgen.structure=0", "Expected a checkpoint of a network of the same layers" },
        { "netgen.version=2", "version 2 of the format" },
        { "-training/optimizer.exp_avg.head.bias", "Expected the tensor \"optimizer.exp_avg.head.bias\" [3] in the checkpoint, but it is missing" },
        { "-training/average.average.head.bias", "Expected the tensor \"average.average.head.bias\" [3] in the checkpoint, but it is missing" },
        { "-head.bias", "Expected the parameter head.bias [3], but it is missing" },
        { "shape", "Expected \"optimizer.exp_avg.head.weight\" of the checkpoint to have the shape [3, 9], but got the shape [9, 3]" },
        { "type", "Expected \"optimizer.exp_avg.head.weight\" of the checkpoint to be of type F32, but got I32" },
    };

    [Theory]
    [MemberData(nameof(Corruptions))]
    public void What_does_not_fit_is_refused_before_anything_changes(string corruption, string message)
    {
        Run<Dropping> saved = Run<Dropping>.Of(seed => new Dropping(seed), 1, "Adam", 1, []);
        saved.Train(Dropping.InputSize, Dropping.OutputSize, 0, 5);
        var file = CheckpointFile.Parse(CheckpointFile.Of(saved.Checkpoint));
        var texts = (JsonObject)file.Header["__metadata__"]!;
        if (corruption == "shape")
            file.Header["training/optimizer.exp_avg.head.weight"]!["shape"] = new JsonArray(9, 3);
        else if (corruption == "type")
            file.Header["training/optimizer.exp_avg.head.weight"]!["dtype"] = "I32";
        else if (corruption[0] == '-')
            Rename(file.Header, corruption[1..], corruption[1..].Replace("head", "tail", StringComparison.Ordinal));
        else if (corruption.Split('=') is [var key, var value])
            texts[key] = value;
        else
            Assert.True(texts.Remove(corruption));

        Run<Dropping> run = Run<Dropping>.Of(seed => new Dropping(seed), 2, "Adam", 1, []);
        run.Train(Dropping.InputSize, Dropping.OutputSize, 0, 3);
        byte[] before = CheckpointFile.Of(run.Checkpoint);
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => run.Checkpoint.Load(new MemoryStream(file.ToArray()))).Message, StringComparison.Ordinal);
        Assert.Equal(before, CheckpointFile.Of(run.Checkpoint));

        // Nor has an optimizer without a network one then.
        Run<Dropping> fresh = Run<Dropping>.Of(seed => new Dropping(seed), 2, "Adam", 1, []);
        Assert.Throws<InvalidDataException>(() => fresh.Checkpoint.Load(new OneWayStream(file.ToArray())));
        Assert.Empty(fresh.Adam.State);
        Assert.Empty(fresh.Average.Parameters);

        static void Rename(JsonObject header, string name, string to)
        {
            JsonNode entry = header[name]!;
            header.Remove(name);
            header.Add(to, entry);
        }
    }

    [Fact]
    public void What_another_optimizer_keeps_is_told()
    {
        Run<Dropping> saved = Run<Dropping>.Of(seed => new Dropping(seed), 1, "AMSGrad", 1, []);
        saved.Train(Dropping.InputSize, Dropping.OutputSize, 0, 5);
        Run<Dropping> run = Run<Dropping>.Of(seed => new Dropping(seed), 2, "AdamW", 1, []);
        Assert.Contains(
            "Got \"optimizer.max_exp_avg_sq.hidden.weight\", which none of the parts knows.",
            Assert.Throws<InvalidDataException>(() => run.Checkpoint.Load(new MemoryStream(CheckpointFile.Of(saved.Checkpoint)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_average_that_is_swapped_in_stays_so()
    {
        Run<Dropping> saved = Run<Dropping>.Of(seed => new Dropping(seed), 1, "Adam", 1, []);
        saved.Train(Dropping.InputSize, Dropping.OutputSize, 0, 5);
        float[] weights = saved.Network.FlatParameters.ToArray();
        saved.Average.Swap(saved.Network);
        Run<Dropping> run = Run<Dropping>.Of(seed => new Dropping(seed), 2, "Adam", 1, []);
        run.Checkpoint.Load(new MemoryStream(CheckpointFile.Of(saved.Checkpoint)));
        Assert.True(run.Average.IsSwapped);
        Assert.Equal(saved.Network.FlatParameters, run.Network.FlatParameters);
        run.Average.Swap(run.Network);
        Assert.Equal(weights, run.Network.FlatParameters);
    }

    /// <summary>Back to a state without updates, from one with.</summary>
    [Fact]
    public void A_training_can_start_again()
    {
        foreach (string rule in s_optimizers.Keys)
        {
            Run<Dropping> run = Run<Dropping>.Of(seed => new Dropping(seed), 1, rule, 3, []);
            byte[] start = CheckpointFile.Of(run.Checkpoint);
            run.Train(Dropping.InputSize, Dropping.OutputSize, 0, 7);
            byte[] expected = CheckpointFile.Of(run.Checkpoint);
            run.Checkpoint.Load(new MemoryStream(start));
            Assert.Equal(start, CheckpointFile.Of(run.Checkpoint));
            run.Train(Dropping.InputSize, Dropping.OutputSize, 0, 7);
            Assert.Equal(expected, CheckpointFile.Of(run.Checkpoint));
        }
    }

    [Fact]
    public void Parts_have_names_of_their_own()
    {
        var network = new Dropping(1);
        foreach (string name in new[] { "", "a.b", "a/b", "a,b", "network" })
            Assert.Throws<ArgumentException>(() => new TrainingCheckpoint(network) { [name] = new Adam() });
        Assert.Throws<ArgumentException>(() => new TrainingCheckpoint(network) { ["a"] = new Adam(), ["a"] = new Adam() });
        var adam = new Adam();
        var checkpoint = new TrainingCheckpoint(network) { ["a"] = adam };
        Assert.Same(adam, checkpoint["a"]);
        Assert.Throws<KeyNotFoundException>(() => checkpoint["b"]);
    }

    [Fact]
    public void Arrays_and_texts_of_a_users_own_come_back()
    {
        var network = new Tiny(1);
        var (saved, loaded) = (new Own { Floats = [1, float.NaN, -0f], Integers = [long.MinValue, 7], Text = "ü\n", Number = 0.1 + 0.2 }, new Own());
        byte[] file = CheckpointFile.Of(new TrainingCheckpoint(network) { ["own"] = saved, ["optimizer"] = new Adam() });
        new TrainingCheckpoint(network) { ["own"] = loaded, ["optimizer"] = new Adam() }.Load(new MemoryStream(file));
        Assert.Equal(saved.Floats.Select(BitConverter.SingleToInt32Bits), loaded.Floats.Select(BitConverter.SingleToInt32Bits));
        Assert.Equal(saved.Integers, loaded.Integers);
        Assert.Equal((saved.Text, saved.Number), (loaded.Text, loaded.Number));
    }

    private static void Check<TNetwork>(Func<ulong, TNetwork> create, int input, int output, string rule, int accumulation, ParameterGroup[] groups)
        where TNetwork : class, ITrainableNetwork<float>
    {
        Run<TNetwork> undisturbed = Run<TNetwork>.Of(create, 1, rule, accumulation, groups);
        undisturbed.Train(input, output, 0, Steps);
        byte[] expected = CheckpointFile.Of(undisturbed.Checkpoint);

        // Interrupted behind each step.
        byte[] file = CheckpointFile.Of(Run<TNetwork>.Of(create, 1, rule, accumulation, groups).Checkpoint);
        for (int step = 0; step < Steps; step++)
        {
            Run<TNetwork> next = Run<TNetwork>.Of(create, (ulong)step + 2, rule, accumulation, groups);
            next.Checkpoint.Load(new MemoryStream(file));
            next.Train(input, output, step, step + 1);
            file = CheckpointFile.Of(next.Checkpoint);
        }

        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(file));

        // What is not saved, such as padding, is the same too.
        Run<TNetwork> last = Run<TNetwork>.Of(create, 99, rule, accumulation, groups);
        last.Checkpoint.Load(new MemoryStream(file));
        undisturbed.Train(input, output, Steps, Steps + 5);
        last.Train(input, output, Steps, Steps + 5);
        Assert.Equal(undisturbed.Network.FlatParameters, last.Network.FlatParameters);
    }

    private sealed record Run<TNetwork>(TNetwork Network, Optimizer Optimizer, ExponentialMovingAverage Average, TrainingCheckpoint Checkpoint)
        where TNetwork : class, ITrainableNetwork<float>
    {
        public Optimizer Adam => Optimizer;

        public static Run<TNetwork> Of(Func<ulong, TNetwork> create, ulong seed, string rule, int accumulation, ParameterGroup[] groups)
        {
            TNetwork network = create(seed);
            Optimizer optimizer = s_optimizers[rule](groups, accumulation);
            var average = new ExponentialMovingAverage(0.9);
            return new Run<TNetwork>(network, optimizer, average, new TrainingCheckpoint(network) { ["optimizer"] = optimizer, ["average"] = average });
        }

        public void Train(int input, int output, int from, int to)
        {
            for (int step = from; step < to; step++)
            {
                var random = new Random(step);
                float[] x = [.. Enumerable.Range(0, 6 * input).Select(_ => random.NextSingle() - 0.5f)];
                float[] y = [.. Enumerable.Range(0, 6 * output).Select(_ => random.NextSingle() - 0.5f)];
                Optimizer.LearningRate *= 0.99;
                Network.TrainStep(x, y, Optimizer);
                Average.Update(Network);
            }
        }
    }

    private sealed class Own : IResumable
    {
        public float[] Floats { get; set; } = [];

        public long[] Integers { get; set; } = [];

        public string Text { get; set; } = "";

        public double Number { get; set; }

        public void Save(TrainingState state)
        {
            state.Set("floats", Floats.AsSpan());
            state.Set("integers", Integers.AsSpan());
            state.Set("text", Text);
            state.Set("number", Number);
        }

        public Action Load(TrainingState state)
        {
            var (floats, integers, text, number) = (state.GetFloats("floats"), state.GetIntegers("integers"), state.GetString("text"), state.GetDouble("number"));
            return () => (Floats, Integers, Text, Number) = (floats, integers, text, number);
        }
    }
}
