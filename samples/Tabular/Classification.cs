using System;
using System.IO;
using NetGen.Charts;
using NetGen.Csv;
using NetGen.Data;
using NetGen.Metrics;
using NetGen.Training;

namespace NetGen.Samples.Tabular;

/// <summary>Whether a customer stays or leaves, from four numbers and one of three plans.</summary>
[Network(7)]
[Linear(32), ReLU, Dropout(0.2), Linear(32), ReLU, Linear(2)]
[CrossEntropyLoss]
internal sealed partial class CustomerOutcome;

internal static class Classification
{
    public static void Run(string file, string directory)
    {
        TabularData<int> table = CsvReader.ReadClasses(file, new CsvOptions { Target = "outcome", Categorical = ["plan"] });
        (Dataset<int> train, Dataset<int> validation, Dataset<int> test) = table.Data.StratifiedSplit(validation: 0.15, test: 0.15, seed: 1);
        ITransform inputs = table.Transform.Fit(train);

        var trainer = new Trainer<CustomerOutcome, int>(new CustomerOutcome(seed: 1), new AdamW(3e-3))
        {
            Metrics = [new Accuracy(), new F1(), new RocAuc()],
            Callbacks = [new EarlyStopping("val_auc", patience: 15)],
            Checkpoints = new CheckpointDirectory(Path.Combine(directory, "customers")) { Keep = 2 },
        };
        if (trainer.Resume())
            Console.WriteLine($"resumed behind epoch {trainer.EpochCount}");
        trainer.Fit(train.Transform(inputs), epochs: 200, batchSize: 32, validation.Transform(inputs));
        Console.WriteLine($"{trainer.EpochCount} epochs; {trainer.StopReason}");
        Console.WriteLine($"customers: {trainer.Evaluate(test.Transform(inputs))}");

        TrainingReport.Write(Path.Combine(directory, "customers.html"), trainer.History, title: "Customers");
        table.CreatePredictor(trainer.Network).Save(Path.Combine(directory, "customers.safetensors"));
        Predictor<CustomerOutcome> predictor = Predictor<CustomerOutcome>.Load(Path.Combine(directory, "customers.safetensors"));
        Data.Classification found = predictor.Classify(predictor.Schema().Encode("23", "2", "6", "65", "basic"));
        Console.WriteLine($"six calls in the first two months: {found.Name}, {found.Probability:P0}");
    }
}
