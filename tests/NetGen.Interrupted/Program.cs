using System;
using System.Globalization;
using System.Linq;
using NetGen;
using NetGen.Data;
using NetGen.Interrupted;
using NetGen.Training;

// A training that may be killed at any moment, and goes on from its last checkpoint: Interrupted <directory> <seed> <epochs>.
(string path, ulong seed, int epochs) = (args[0], ulong.Parse(args[1], CultureInfo.InvariantCulture), int.Parse(args[2], CultureInfo.InvariantCulture));
var random = new Random((int)seed);
Dataset<float> train = Draw(60), validation = Draw(20);

var trainer = new Trainer<Dropping, float>(new Dropping(seed), new Adam(0.01) { AccumulationSteps = 2 })
{
    Schedule = new LinearWarmup(total: 5, then: new ReduceOnPlateau(patience: 2), startFactor: 0.2),
    Average = new ExponentialMovingAverage(0.95),
    Callbacks = [new EarlyStopping(patience: 1000), new Telling()],
    Checkpoints = new CheckpointDirectory(path) { Keep = 2 },
    StepsPerCheckpoint = 4,
};
trainer.Resume();
trainer.Fit(train, epochs, batchSize: 6, validation, seed);

Dataset<float> Draw(int count) => new(Values(4 * count), Values(3 * count), inputSize: 4, targetSize: 3);

float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

namespace NetGen.Interrupted
{
    /// <summary>All that a resumed training restores: parameters, running statistics and dropout masks.</summary>
    [Network(4)]
    [Linear(9, Name = "hidden"), BatchNorm1d(Name = "norm"), ReLU, Dropout(0.5), Linear(3, Name = "head")]
    [MSELoss]
    internal sealed partial class Dropping;

    /// <summary>Says when the first checkpoint is about to be saved.</summary>
    internal sealed class Telling : TrainingCallback
    {
        private bool _hasTold;

        public override void OnStepEnd(TrainingContext training)
        {
            if (_hasTold || training.Step % 4 != 0)
                return;
            _hasTold = true;
            Console.WriteLine("saving");
        }
    }
}
