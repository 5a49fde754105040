using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using NetGen.Runtime;

namespace NetGen.Benchmarks;

/// <summary>
/// What several threads would make of a call, by what its steps cost and the stages in which the runtime, which is asked for them, would share them.
/// Costs are in multiply-adds.
/// </summary>
internal sealed class SharingForecast
{
    /// <summary>What a meeting takes: half a microsecond.</summary>
    private const double Meeting = 20_000;

    // What there is to do, what of that one thread does while the others wait, how long all of it takes, and how long it would if threads had equally much.
    private double _total;
    private double _serial;
    private double _longest;
    private double _even;

    private SharingForecast()
    {
    }

    /// <summary>The threads that it is worth.</summary>
    public int Workers { get; private set; } = 1;

    /// <summary>The share of the work that one thread does while the others wait.</summary>
    public double Serial => _total > 0 ? _serial / _total : 0;

    /// <summary>How often all wait for the last.</summary>
    public int Meetings { get; private set; }

    /// <summary>The share of the time that threads wait since another one has more samples or tiles.</summary>
    public double Imbalance => _longest > 0 ? 1 - (_even / _longest) : 0;

    /// <summary>The time, as a share of that of one thread.</summary>
    public double Time => _total > 0 ? (_longest + (Meetings * Meeting)) / _total : 1;

    /// <summary>Of a training step.</summary>
    /// <typeparam name="TKernels">The network's steps.</typeparam>
    /// <typeparam name="TTarget">Its loss's target.</typeparam>
    /// <param name="batch">Samples.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="slots">Numbers that the optimizer keeps for a parameter.</param>
    public static SharingForecast OfTraining<TKernels, TTarget>(int batch, int threads, int slots)
        where TKernels : struct, ITrainableKernels<TTarget>
        where TTarget : unmanaged
    {
        var forecast = new SharingForecast();
        bool isSmall = TKernels.Splits.Length == 0;
        int workers = 1;
        for (int first = 0, rows; first < batch; first += rows)
        {
            rows = Math.Min(batch - first, TKernels.TrainingBatch);
            workers = isSmall ? 1 : Math.Max(1, NetworkSplits<TKernels>.Training.Workers(rows, threads));

            // The loss reads the outputs and writes their gradient.
            double loss = 2.0 * StepSplit.Move * TKernels.OutputSize * rows;
            if (isSmall)
            {
                forecast.Add([loss + (3.0 * TKernels.Cost * rows)], workers);
            }
            else
            {
                forecast.Add(NetworkSplits<TKernels>.Forward, rows, TKernels.TrainingWorkspace, workers);
                forecast.AddShared(loss, rows, TKernels.SumsLossBySample ? workers : 1);
                forecast.Add(NetworkSplits<TKernels>.Backward, rows, TKernels.TrainingWorkspace, workers);
            }

            if (first > 0)
                OfParameters(3);
        }

        OfParameters(3 + (2 * slots));
        return forecast;

        void OfParameters(int floats) => forecast.AddShared(
            (double)floats * StepSplit.Move * TKernels.PackedParameterCount, TKernels.PackedParameterCount, NetworkRunner.ThreadsFor(TKernels.PackedParameterCount, threads, areAwake: workers > 1));
    }

    /// <summary>Of a prediction.</summary>
    /// <typeparam name="TKernels">The network's steps.</typeparam>
    /// <param name="batch">Samples.</param>
    /// <param name="threads">Threads.</param>
    public static SharingForecast OfPrediction<TKernels>(int batch, int threads)
        where TKernels : struct, INetworkKernels
    {
        var forecast = new SharingForecast();
        int workers = Math.Max(1, NetworkRunner.PredictionWorkers<TKernels>(batch, threads, isEager: false));
        if (workers == 1 || NetworkRunner.HasPieces<TKernels>(batch, workers))
        {
            forecast.AddShared((double)TKernels.Cost * batch, batch, workers, workers == 1 ? 1 : PiecewisePass<TKernels>.CountOf(batch, workers));
            return forecast;
        }

        for (int first = 0; first < batch; first += TKernels.InferenceBatch)
            forecast.Add(NetworkSplits<TKernels>.Inference, Math.Min(batch - first, TKernels.InferenceBatch), TKernels.InferenceWorkspace, workers);
        return forecast;
    }

    /// <summary>One of the methods for steps whose type is not known before.</summary>
    public static MethodInfo Method(string name, params Type[] types) => typeof(SharingForecast).GetMethod(name)!.MakeGenericMethod(types);

    /// <summary>A routine, in the stages in which the workers would run it.</summary>
    private void Add(StepSplit[] steps, int rows, WorkspaceSize workspace, int workers)
    {
        List<double> parts = [];
        foreach (Stage stage in workers == 1 ? [new Stage(StageKind.One, 0, steps.Length, 1)] : StepSplit.Stages(steps, rows, workspace.RowMultiple, workers, isEager: false))
        {
            if (stage.Meets)
            {
                Add(parts, workers);
                parts = [];
            }

            for (int part = 0; part < stage.Parts; part++)
            {
                if (part == parts.Count)
                    parts.Add(0);
                foreach (StepSplit step in steps.AsSpan(stage.From, stage.To - stage.From))
                    parts[part] += step.Cost * rows * Share(step, part);
            }

            double Share(StepSplit step, int part) => stage.Kind switch
            {
                StageKind.Samples => ShareOf(rows, workspace.RowMultiple, part, stage.Parts),
                StageKind.Tiles when step.Tiles > 0 => ShareOf(step.Tiles, 1, part, stage.Parts),
                _ => 1.0 / stage.Parts,
            };
        }

        Add(parts, workers);
    }

    /// <summary>Something of so many samples or floats, of which each worker has a part, or whoever is free takes the next one.</summary>
    private void AddShared(double cost, int length, int workers, int parts = 0)
    {
        workers = Math.Max(1, Math.Min(workers, length));
        parts = Math.Max(parts, workers);
        Add([.. Enumerable.Range(0, parts).Select(part => cost * ShareOf(length, 1, part, parts))], workers);
    }

    /// <summary>What is done between two meetings, in parts that the workers do at once.</summary>
    private void Add(IReadOnlyList<double> parts, int workers)
    {
        if (parts.Count == 0)
            return;
        double sum = parts.Sum();
        _total += sum;
        double[] loads = new double[workers];
        foreach (double part in parts)
            loads[Array.IndexOf(loads, loads.Min())] += part;
        _longest += loads.Max();
        _even += sum / (parts.Count == 1 ? 1 : workers);
        _serial += parts.Count == 1 ? sum : 0;
        Meetings += workers == 1 ? 0 : 1;
        Workers = Math.Max(Workers, workers);
    }

    private static double ShareOf(int length, int multiple, int part, int parts) =>
        (double)(ParallelJob.Bound((nuint)length, (nuint)multiple, part + 1, parts) - ParallelJob.Bound((nuint)length, (nuint)multiple, part, parts)) / length;
}
