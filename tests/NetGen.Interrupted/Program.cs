using System;
using System.Globalization;
using System.Linq;
using NetGen;
using NetGen.Interrupted;
using NetGen.Training;

// A training that may be killed at any moment, and goes on from its last checkpoint: Interrupted <directory> <seed> <epochs>.
(string path, ulong seed, int epochs) = (args[0], ulong.Parse(args[1], CultureInfo.InvariantCulture), int.Parse(args[2], CultureInfo.InvariantCulture));

var network = new Dropping(seed);
var directory = new CheckpointDirectory(path) { Keep = 2 };
var (optimizer, average, samples) = (new Adam(0.01) { AccumulationSteps = 2 }, new ExponentialMovingAverage(0.95), new Samples(seed));
var checkpoint = new TrainingCheckpoint(network) { ["optimizer"] = optimizer, ["average"] = average, ["samples"] = samples };
directory.LoadLatest(checkpoint);
while (samples.Epoch < epochs)
{
    optimizer.LearningRate = 0.01 / (1 + samples.Epoch);
    network.TrainStep(samples.Inputs, samples.Targets, optimizer);
    average.Update(network);
    samples.Next();
    if (samples.Done % 4 == 0)
    {
        directory.Save(checkpoint, samples.Done);
        Console.WriteLine("saved");
    }
}

directory.Save(checkpoint, samples.Done);

namespace NetGen.Interrupted
{
    /// <summary>All that a resumed training restores: parameters, running statistics and dropout masks.</summary>
    [Network(4)]
    [Linear(9, Name = "hidden"), BatchNorm1d(Name = "norm"), ReLU, Dropout(0.5), Linear(3, Name = "head")]
    [MSELoss]
    internal sealed partial class Dropping;

    /// <summary>Samples in an order that is drawn anew for each epoch, batch by batch.</summary>
    internal sealed class Samples : IResumable
    {
        private const int Count = 60;
        private const int Batch = 6;

        private readonly int _seed;
        private readonly float[][] _inputs;
        private readonly float[][] _targets;
        private int[] _order;

        public Samples(ulong seed)
        {
            _seed = (int)seed;
            var random = new Random(_seed);
            _inputs = [.. Enumerable.Range(0, Count).Select(_ => Draw(4))];
            _targets = [.. Enumerable.Range(0, Count).Select(_ => Draw(3))];
            _order = Order(0);

            float[] Draw(int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
        }

        /// <summary>Batches that were trained on.</summary>
        public long Done { get; private set; }

        public long Epoch => Done / (Count / Batch);

        public float[] Inputs => [.. Now.SelectMany(sample => _inputs[sample])];

        public float[] Targets => [.. Now.SelectMany(sample => _targets[sample])];

        private int[] Now => _order[((int)(Done % (Count / Batch)) * Batch)..][..Batch];

        public void Next() => Go(Done + 1);

        public void Save(TrainingState state) => state.Set("done", Done);

        public Action Load(TrainingState state)
        {
            long done = state.GetCount("done");
            return () => Go(done);
        }

        private void Go(long done)
        {
            Done = done;
            _order = Order(Epoch);
        }

        private int[] Order(long epoch)
        {
            int[] order = [.. Enumerable.Range(0, Count)];
            new Random(unchecked((int)((_seed * 31) + epoch))).Shuffle(order);
            return order;
        }
    }
}
