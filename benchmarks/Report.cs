using System;
using System.Collections.Generic;

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

        return measurements;
    }
}
