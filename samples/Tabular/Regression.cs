using System;
using System.IO;
using NetGen.Charts;
using NetGen.Csv;
using NetGen.Data;
using NetGen.Metrics;
using NetGen.Training;

namespace NetGen.Samples.Tabular;

/// <summary>The price of a home from four numbers and one of three kinds.</summary>
[Network(7)]
[Linear(32), ReLU, Linear(32), ReLU, Linear(1)]
[MSELoss]
internal sealed partial class HomePrice;

internal static class Regression
{
    public static void Run(string file, string directory)
    {
        TabularData<float> table = CsvReader.ReadValues(file, new CsvOptions { Target = "price", Categorical = ["kind"], Missing = MissingValues.Mean });
        (Dataset<float> train, Dataset<float> validation, Dataset<float> test) = table.Data.Split(validation: 0.15, test: 0.15, seed: 1);
        ITransform inputs = table.Transform.Fit(train);
        Standardize prices = new Standardize().FitTargets(train);
        Dataset<float> Scaled(Dataset<float> data) => data.Transform(inputs).TransformTargets(prices);

        var trainer = new Trainer<HomePrice, float>(new HomePrice(seed: 1), new Adam(3e-3))
        {
            Metrics = [new R2()],
            Callbacks = [new EarlyStopping(patience: 15)],
            Checkpoints = new CheckpointDirectory(Path.Combine(directory, "homes")) { Keep = 2 },
        };
        if (trainer.Resume())
            Console.WriteLine($"resumed behind epoch {trainer.EpochCount}");
        trainer.Fit(Scaled(train), epochs: 200, batchSize: 32, Scaled(validation));
        Console.WriteLine($"{trainer.EpochCount} epochs; {trainer.StopReason}");
        Console.WriteLine($"homes: {trainer.Evaluate(Scaled(test))}");

        TrainingReport.Write(Path.Combine(directory, "homes.html"), trainer.History, title: "Homes");
        table.CreatePredictor(trainer.Network, prices).Save(Path.Combine(directory, "homes.safetensors"));
        Predictor<HomePrice> predictor = Predictor<HomePrice>.Load(Path.Combine(directory, "homes.safetensors"));
        float[] home = predictor.Schema().Encode("84", "3", "1998", "2.5", "flat");
        Console.WriteLine($"a flat of 84 square metres: {predictor.Predict(home)[0]:F0} thousand");
    }
}
