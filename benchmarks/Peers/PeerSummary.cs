using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Benchmarks;

/// <summary>Inference against ONNX Runtime over all workloads.</summary>
internal static class OrtSummary
{
    /// <summary>No workload's share of ONNX Runtime's time should be above this.</summary>
    public const double Worst = 1.1;

    /// <summary>The geometric mean of the shares that should be reached.</summary>
    private const double Mean = 0.7;

    /// <summary>From here on, what a call costs ONNX Runtime apart from the work is no longer what is compared.</summary>
    private const double WorkMicroseconds = 50;

    /// <summary>The line at the end of the table, or null where nothing was compared.</summary>
    public static string? Of(IEnumerable<Measurement> measurements)
    {
        (Measurement Line, double Ratio)[] compared = [.. measurements.Where(line => line.OrtRatio is not null).Select(line => (line, line.OrtRatio!.Value))];
        if (compared.Length == 0)
            return null;

        double mean = GeometricMean(compared);
        (Measurement worst, double ratio) = compared.MaxBy(line => line.Ratio);
        (Measurement Line, double Ratio)[] working = [.. compared.Where(line => line.Line.OrtUs >= WorkMicroseconds)];
        return $"Inference against ONNX Runtime, {compared.Length} lines: geometric mean {Text.Of(mean, "0.000")} x ({Reached(mean, Mean)}), "
            + $"largest {Text.Of(ratio, "0.000")} x in {worst.Workload} {worst.Mode} ({Reached(ratio, Worst)})."
            + (working.Length == 0 ? "" : $" Where it takes {Text.Of(WorkMicroseconds, "0")} us or more, {working.Length} lines: geometric mean {Text.Of(GeometricMean(working), "0.000")} x.");

        static double GeometricMean(IEnumerable<(Measurement Line, double Ratio)> lines) => Math.Exp(lines.Average(line => Math.Log(line.Ratio)));

        string Reached(double value, double limit) =>
            $"reach <= {Text.Of(limit, "0.00")}" + (compared[0].Line.Threads > 1 ? "" : $": {Text.YesOrNo(value <= limit)}");
    }
}
