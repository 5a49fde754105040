using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace NetGen.Training;

/// <summary>
/// The instruments of trainings, for OpenTelemetry and <c>dotnet-counters</c>: the meter and the activity source are called <see cref="Name"/>.
/// They cost nothing while nobody listens.
/// </summary>
public static class TrainingInstruments
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "NetGen.Training";

    private static readonly Meter Meter = new(Name);

    internal static readonly ActivitySource Activities = new(Name);
    internal static readonly Histogram<double> Loss = Meter.CreateHistogram<double>("netgen.training.loss", description: "The loss of each step.");
    internal static readonly Counter<long> Steps = Meter.CreateCounter<long>("netgen.training.steps", "{step}", "Steps done.");
    internal static readonly Counter<long> Samples = Meter.CreateCounter<long>("netgen.training.samples", "{sample}", "Samples trained on.");
    internal static readonly Gauge<double> Throughput = Meter.CreateGauge<double>("netgen.training.throughput", "{sample}/s", "Samples a second, of the epoch so far.");
    internal static readonly Gauge<double> TimeLeft = Meter.CreateGauge<double>("netgen.training.time_left", "s", "Seconds until the last epoch's end.");
    internal static readonly Gauge<double> ValidationLoss = Meter.CreateGauge<double>("netgen.training.validation_loss", description: "The loss of the last validation.");
    internal static readonly Gauge<double> LearningRate = Meter.CreateGauge<double>("netgen.training.learning_rate", description: "The learning rate of the last step.");
}
