using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Benchmarks;

/// <summary>The table of a run.</summary>
internal static class Report
{
    /// <summary>Measures, and prints each line as it is there.</summary>
    public static IReadOnlyList<Measurement> Run(IReadOnlyList<Workload> workloads, Session session, bool hasPeers)
    {
        var measurements = new List<Measurement>();
        if (workloads.Count == 0)
            return measurements;
        Console.WriteLine();
        Console.WriteLine(Measurement.Heading(hasPeers));
        foreach (Workload workload in workloads)
        {
            foreach (Measurement measurement in workload.Run(session))
            {
                measurements.Add(measurement);
                Console.WriteLine(measurement.ToLine(hasPeers));
            }
        }

        foreach (string line in LargeBatches(measurements))
            Console.WriteLine(line);
        return measurements;
    }

    /// <summary>A line for each network whose epochs were timed: samples a second in large batches against small ones, which should not be fewer.</summary>
    private static IEnumerable<string> LargeBatches(IEnumerable<Measurement> measurements)
    {
        const double Reach = 0.95;
        foreach (IGrouping<string, Measurement> epochs in measurements.Where(line => line.Mode == "epoch").GroupBy(line => line.Workload.Split('/')[0]))
        {
            if (epochs.ToArray() is not [{ } small, { } large])
                continue;
            double ratio = small.Us / large.Us;
            yield return $"{large.Workload}: {Text.Of(ratio, "0.00")} x the samples a second of {small.Workload} (reach >= {Text.Of(Reach, "0.00")}: {Text.YesOrNo(ratio >= Reach)})";
        }
    }
}
