using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NetGen.Benchmarks;

/// <summary>What a figure is compared with.</summary>
internal enum Rival { Torch, Ort, Peak }

/// <summary>What is to be reached: a share of another's time, or a share of the FMA peak.</summary>
/// <param name="Rival">The other.</param>
/// <param name="Limit">The figure: of the peak a floor, of a time a ceiling.</param>
internal readonly record struct Reach(Rival Rival, double Limit)
{
    public override string ToString() => Rival switch
    {
        Rival.Peak => ">= " + Text.Percent(Limit),
        Rival.Ort => "<= " + Text.Of(Limit, "0.00") + " x ORT",
        _ => "<= " + Text.Of(Limit, "0.00") + " x",
    };
}

/// <summary>One line of the report.</summary>
internal sealed record Measurement
{
    /// <summary>The workload's name.</summary>
    [JsonPropertyName("workload")]
    public required string Workload { get; init; }

    /// <summary>Threads.</summary>
    [JsonPropertyName("threads")]
    public required int Threads { get; init; }

    /// <summary><c>train</c>, <c>infer</c> or <c>infer_b1</c>.</summary>
    [JsonPropertyName("mode")]
    public required string Mode { get; init; }

    /// <summary>Microseconds of one call.</summary>
    [JsonPropertyName("us")]
    public required double Us { get; init; }

    /// <summary>PyTorch's microseconds; null where there is no PyTorch.</summary>
    [JsonPropertyName("torch_us")]
    public required double? TorchUs { get; init; }

    /// <summary>ONNX Runtime's microseconds; null where there is no ONNX Runtime, or it has no such work.</summary>
    [JsonPropertyName("ort_us")]
    public required double? OrtUs { get; init; }

    /// <summary>Floating-point operations of the layers with weights over time.</summary>
    [JsonPropertyName("gflops")]
    public required double Gflops { get; init; }

    /// <summary><see cref="Gflops"/> over the FMA peak that was measured around this workload.</summary>
    [JsonPropertyName("peak_fraction")]
    public required double PeakFraction { get; init; }

    /// <summary>What was to be reached, if anything.</summary>
    [JsonIgnore]
    public Reach? Reach { get; init; }

    /// <summary>Ours over PyTorch's.</summary>
    [JsonIgnore]
    public double? Ratio => Us / TorchUs;

    /// <summary>Ours over ONNX Runtime's.</summary>
    [JsonIgnore]
    public double? OrtRatio => Us / OrtUs;

    /// <summary>Whether the reach, which is meant for one thread, was reached; null where there is none or nobody to compare with.</summary>
    [JsonIgnore]
    public bool? IsReached => Reach switch
    {
        _ when Threads > 1 => null,
        null => null,
        { Rival: Rival.Peak } reach => PeakFraction >= reach.Limit,
        { } reach => (reach.Rival == Rival.Ort ? OrtRatio : Ratio) is { } ratio ? ratio <= reach.Limit : null,
    };

    /// <summary>The heading of the lines of <see cref="ToString"/>.</summary>
    public static string Heading =>
        Line("workload", "mode", "us", "PyTorch us", "ratio", "ORT us", "ratio", "GFLOP/s", "of peak", "reach", "reached");

    public override string ToString() => Line(
        Workload,
        Mode,
        Text.Microseconds(Us),
        TorchUs is { } torch ? Text.Microseconds(torch) : "-",
        Ratio is { } ratio ? Text.Of(ratio, "0.0000") + " x" : "-",
        OrtUs is { } ort ? Text.Microseconds(ort) : "-",
        OrtRatio is { } ortRatio ? Text.Of(ortRatio, "0.0000") + " x" : "-",
        Text.Of(Gflops, "0.00"),
        Text.Percent(PeakFraction),
        Reach?.ToString() ?? "",
        Text.YesOrNo(IsReached));

    /// <summary>Writes the measurements as a list of objects.</summary>
    public static void WriteJson(IReadOnlyList<Measurement> measurements, string path) =>
        File.WriteAllText(path, JsonSerializer.Serialize(measurements, new JsonSerializerOptions { WriteIndented = true }) + "\n");

    private static string Line(
        string workload, string mode, string us, string torch, string ratio, string ort, string ortRatio, string gflops, string peak, string reach, string reached) =>
        $"{workload,-42} {mode,-9} {us,10} {torch,11} {ratio,10} {ort,10} {ortRatio,10} {gflops,8} {peak,8} {reach,13} {reached}".TrimEnd();
}
