using System;
using System.Linq;
using NetGen.Runtime;

namespace NetGen.Benchmarks;

/// <summary>What several threads would make of a routine, by the costs that its stages are chosen by.</summary>
/// <param name="Workers">The threads that it is worth.</param>
/// <param name="Serial">The share of the work that one thread does while the others wait.</param>
/// <param name="Meetings">How often all wait for the last.</param>
/// <param name="Imbalance">The share of the time that threads wait since another one has more samples; of tiles it is not known.</param>
/// <param name="Time">The time, as a share of that of one thread.</param>
internal readonly record struct SharingForecast(int Workers, double Serial, int Meetings, double Imbalance, double Time)
{
    /// <summary>What a meeting takes, in thousands of multiply-adds: half a microsecond.</summary>
    private const double Meeting = 20;

    /// <summary>The forecast.</summary>
    /// <param name="splits">The steps of a prediction, or of both halves of training, as <see cref="INetworkKernels.Splits"/> has them.</param>
    /// <param name="rows">Samples.</param>
    /// <param name="multiple">Samples that only one worker may have.</param>
    /// <param name="threads">Threads.</param>
    public static SharingForecast Of(string[] splits, long rows, int multiple, int threads)
    {
        double total = 0, serial = 0, even = 0, time = 0;
        int meetings = 0;
        StepSplit[][] routines = Array.ConvertAll(splits, StepSplit.Parse);
        SharingWorth worth = routines.Length == 2 ? SharingWorth.OfTraining(routines[0], routines[1]) : SharingWorth.OfPrediction(1000 * routines[0].Sum(step => (long)step.Cost));
        int workers = worth.Workers(rows, threads);
        foreach (StepSplit[] steps in routines)
        {
            foreach (Stage stage in workers == 1 ? [new Stage(StageKind.One, 0, steps.Length, 1)] : StepSplit.Stages(steps, rows, multiple, workers, isEager: false))
            {
                double cost = 0;
                for (int i = stage.From; i < stage.To; i++)
                    cost += steps[i].Cost * rows;
                total += cost;
                if (workers > 1 && stage.Meets)
                    meetings++;
                if (stage.Kind == StageKind.One)
                    serial += cost;
                long units = (rows + multiple - 1) / multiple;
                double largest = stage.Kind == StageKind.Samples ? Math.Min(1.0, (double)((units + stage.Parts - 1) / stage.Parts) * multiple / rows) : 1.0 / stage.Parts;
                even += cost / stage.Parts;
                time += cost * largest;
            }
        }

        return new SharingForecast(workers, total > 0 ? serial / total : 0, meetings, time > 0 ? 1 - (even / time) : 0, total > 0 ? (time + (meetings * Meeting)) / total : 1);
    }
}
