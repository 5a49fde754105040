using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using NetGen.Benchmarks;
using NetGen.Runtime;
using Xunit;

namespace NetGen.Tests.Runtime;

/// <summary>The benchmark's forecasts, against the work that the runtime's threads are given: of a pool that nobody else uses meanwhile, since others would be given some of its threads.</summary>
[CollectionDefinition(nameof(SharingForecastTests), DisableParallelization = true)]
[Collection(nameof(SharingForecastTests))]
public class SharingForecastTests
{
    /// <summary>The share of losses and updates, which are not recorded, is less.</summary>
    private const double Tolerance = 1e-4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>A batch of one piece, and of three; samples that workers have equally many of, and not; tiles too.</summary>
    [Theory]
    [InlineData(64, 2)]
    [InlineData(64, 3)]
    [InlineData(150, 2)]
    [InlineData(150, 3)]
    [InlineData(150, 7)]
    [InlineData(150, 1)]
    public void A_forecast_of_training_is_of_the_work_that_is_done(int batch, int threads)
    {
        NetworkRunner runner = NetworkRunner.Create<Recorded>(1);
        runner.Parallelism = threads;
        var optimizer = new SGD(0.1);
        float[] samples = new float[batch];
        Check(SharingForecast.OfTraining<Recorded, float>(batch, threads, optimizer.SlotCount), threads, () => runner.TrainStep<Recorded, float>(samples, samples, optimizer));
    }

    /// <summary>Few samples, whose steps the workers share in pieces of <see cref="INetworkKernels.InferenceBatch"/>.</summary>
    [Theory]
    [InlineData(30, 16)]
    [InlineData(1, 2)]
    [InlineData(1, 4)]
    [InlineData(20, 1)]
    public void A_forecast_of_a_prediction_is_of_the_work_that_is_done(int batch, int threads)
    {
        NetworkRunner runner = NetworkRunner.Create<Recorded>(1);
        runner.Parallelism = threads;
        float[] input = new float[batch], output = new float[batch];
        Check(SharingForecast.OfPrediction<Recorded>(batch, threads), threads, () => runner.Predict<Recorded>(input, output));
    }

    /// <summary>Each worker has a piece of a large batch.</summary>
    [Theory]
    [InlineData(64, 4, 0)]
    [InlineData(50, 3, 1 - (50.0 / 3 / 17))]
    public void Large_batches_are_forecast_in_pieces(int batch, int threads, double imbalance)
    {
        SharingForecast forecast = SharingForecast.OfPrediction<Recorded>(batch, threads);
        Assert.Equal((threads, 1, 0), (forecast.Workers, forecast.Meetings, forecast.Serial));
        Assert.Equal(imbalance, forecast.Imbalance, 1e-6);
    }

    /// <summary>Steps too small to be shared: one thread trains, and several predict a large batch.</summary>
    [Fact]
    public void Small_networks_are_forecast_too()
    {
        SharingForecast training = SharingForecast.OfTraining<Small, float>(4096, 2, 2), one = SharingForecast.OfPrediction<Small>(1, 2), many = SharingForecast.OfPrediction<Small>(4096, 2);
        Assert.Equal((1, 1, 0, 1), (training.Workers, training.Serial, training.Meetings, training.Time));
        Assert.Equal((1, 1, 0, 1), (one.Workers, one.Serial, one.Meetings, one.Time));
        Assert.Equal((2, 0, 1), (many.Workers, many.Serial, many.Meetings));
        Assert.InRange(many.Time, 0.5, 0.51);
    }

    /// <summary>A loss that one thread computes, the sum of the pieces' gradients and the update, with many outputs and parameters.</summary>
    [Theory]
    [InlineData(64, 3, 7)]
    [InlineData(128, 6, 7 + 3)]
    public void Losses_and_passes_over_parameters_are_forecast_too(int batch, int meetings, int floats)
    {
        SharingForecast forecast = SharingForecast.OfTraining<Large, float>(batch, 2, 2);
        double loss = 4.0 * Large.OutputSize * batch;
        Assert.Equal((2, meetings), (forecast.Workers, forecast.Meetings));
        Assert.Equal(loss / (loss + (2 * 100_000.0 * batch) + (2.0 * floats * Large.PackedParameterCount)), forecast.Serial, 1e-9);
    }

    private static void Check(SharingForecast forecast, int threads, Action run)
    {
        (int Meetings, double Serial, double Imbalance) expected = default;

        // Another test may have the pool, and then fewer threads share less.
        SpinWait.SpinUntil(
            () =>
            {
                Recorded.Works.Clear();
                run();
                expected = Summarize([.. Recorded.Works], threads);
                return expected.Meetings == forecast.Meetings && IsNear(expected.Serial, forecast.Serial) && IsNear(expected.Imbalance, forecast.Imbalance);
            },
            s_patience);
        Assert.Equal(threads, forecast.Workers);
        Assert.Equal(expected.Meetings, forecast.Meetings);
        Assert.Equal(expected.Serial, forecast.Serial, Tolerance);
        Assert.Equal(expected.Imbalance, forecast.Imbalance, Tolerance);

        static bool IsNear(double a, double b) => Math.Abs(a - b) < Tolerance;
    }

    /// <summary>The meetings of what was done, what one did alone, and how much longer it took than shared out evenly.</summary>
    private static (int Meetings, double Serial, double Imbalance) Summarize(IReadOnlyList<Recorded.Share> works, int threads)
    {
        double total = 0, serial = 0, longest = 0, even = 0;
        int meetings = 0;
        foreach (IGrouping<(int Routine, nint Piece), Recorded.Share> routine in works.GroupBy(work => (work.Routine, work.Piece)))
        {
            StepSplit[] steps = StepSplit.Parse(Recorded.Splits.Split(';')[routine.Key.Routine]);
            var parts = new List<Dictionary<int, double>>();
            foreach (IGrouping<int, Recorded.Share> stage in routine.GroupBy(work => work.Work.From).OrderBy(stage => stage.Key))
            {
                if (steps[stage.Key].Free == 0)
                    parts.Add([]);
                foreach ((Recorded.Share share, int i) in stage.OrderBy(share => share.Work.First).ThenBy(share => share.Work.Part).Select((share, i) => (share, i)))
                {
                    Work work = share.Work;
                    double cost = steps[work.From..work.To].Sum(step => step.Cost * (double)work.Rows * (work.Parts == 1 ? 1 : (double)Tiles(step.Tiles, work) / step.Tiles));
                    parts[^1][i] = parts[^1].GetValueOrDefault(i) + cost;
                }
            }

            foreach (double[] group in parts.Select(group => group.Values.ToArray()))
            {
                total += group.Sum();
                longest += group.Max();
                serial += group.Length == 1 ? group.Sum() : 0;
                even += group.Sum() / (group.Length == 1 ? 1 : threads);
                meetings += threads > 1 ? 1 : 0;
            }
        }

        return (meetings, serial / total, 1 - (even / longest));

        static int Tiles(int tiles, Work work) => Enumerable.Range(0, tiles).Count(tile => tiles * (int)work.Part / (int)work.Parts <= tile && tile < tiles * ((int)work.Part + 1) / (int)work.Parts);
    }

    /// <summary>A network of next to nothing.</summary>
    private interface IPlain : ITrainableKernels<float>
    {
        static int INetworkKernels.Contract => NetworkRunner.Contract;

        static int INetworkKernels.InputSize => 1;

        static int INetworkKernels.OutputSize => 1;

        static int INetworkKernels.PackedParameterCount => 16;

        static int INetworkKernels.InferenceBatch => 8;

        static WorkspaceSize INetworkKernels.InferenceWorkspace => new(0, 1, 1);

        static WorkspaceSize INetworkKernels.TrainingWorkspace => new(0, 1, 16);

        static int INetworkKernels.TrainingBatch => 64;

        static ParameterLayout[] INetworkKernels.Layouts => [];

        static string INetworkKernels.Figures => "";

        static void INetworkKernels.Infer(ref float input, ref float parameters, ref float workspace, ref float output, nuint rows)
        {
        }

        static void INetworkKernels.Forward(ref float input, ref float parameters, ref float workspace, ulong seed, long step, long firstSample, bool isTraining, nuint rows)
        {
        }

        static void INetworkKernels.Seed(ref float outputGradient, ref float workspace, nuint rows)
        {
        }

        static double ITrainableKernels<float>.Loss(ref float target, ref float workspace, nuint rows, nuint batch) => 0;
    }

    /// <summary>Steps that note who is to do what of them, and do nothing.</summary>
    private readonly struct Recorded : IPlain
    {
        public sealed record Share(int Routine, nint Piece, Work Work);

        public static ConcurrentQueue<Share> Works { get; } = [];

        public static string Splits => "s900000 T400000x3 O50000 S70000;s900000 B400000x5 S300000 o70000;s500000 t600000x5+1 T400000x3 o90000 t800000x3";

        public static long Cost => 1_420_000;

        public static void Infer(ref float input, ref float parameters, ref float workspace, ref float output, nuint rows) => Note(0, ref input, Work.All(4, rows));

        public static void Forward(ref float input, ref float parameters, ref float workspace, ulong seed, long step, long firstSample, bool isTraining, nuint rows) => Note(1, ref input, Work.All(4, rows));

        public static void Backward(ref float input, ref float parameters, ref float gradients, ref float workspace, ref float inputGradient, bool wantsInputGradient, ReadOnlySpan<bool> runs, nuint rows) =>
            Note(2, ref input, Work.All(5, rows));

        public static void InferPart(ref float input, ref float parameters, ref float workspace, ref float output, nuint batch, in Work work, ref float scratch) => Note(0, ref input, work);

        public static void ForwardPart(ref float input, ref float parameters, ref float workspace, ulong seed, long step, long firstSample, bool isTraining, nuint batch, in Work work, ref float scratch) =>
            Note(1, ref input, work);

        public static void BackwardPart(
            ref float input, ref float parameters, ref float gradients, ref float workspace, ref float inputGradient, bool wantsInputGradient, ReadOnlySpan<bool> runs, nuint batch, in Work work, ref float scratch) =>
            Note(2, ref input, work);

        /// <summary>A piece of the batch is told by where its samples are.</summary>
        private static void Note(int routine, ref float input, in Work work) => Works.Enqueue(new Share(routine, Unsafe.ByteOffset(ref Unsafe.NullRef<float>(), ref input), work));
    }

    /// <summary>A network whose steps are not shared.</summary>
    private readonly struct Small : IPlain
    {
        public static long Cost => 1500;
    }

    /// <summary>A network whose loss and parameters take longer than its steps.</summary>
    private readonly struct Large : IPlain
    {
        public static string Splits => "s100000;s100000;t100000x2";

        public static int OutputSize => 1000;

        public static int PackedParameterCount => 1 << 20;
    }
}
