using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NetGen.Benchmarks;

/// <summary>What is to be reached: a share of PyTorch's time, or a share of the FMA peak.</summary>
/// <param name="Limit">The figure.</param>
/// <param name="OfPeak">Whether it is a share of the peak and a floor, else a ratio of times and a ceiling.</param>
internal readonly record struct Reach(double Limit, bool OfPeak)
{
    public static Reach OfTorch(double ratio) => new(ratio, false);

    public static Reach OfPeakShare(double share) => new(share, true);

    public override string ToString() => OfPeak ? ">= " + Text.Percent(Limit) : "<= " + Text.Of(Limit, "0.00") + " x";
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

    /// <summary>Floating-point operations of the linear layers over time.</summary>
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

    /// <summary>Whether the reach, which is meant for one thread, was reached; null where there is none or no PyTorch to compare with.</summary>
    [JsonIgnore]
    public bool? IsReached => Reach switch
    {
        _ when Threads > 1 => null,
        null => null,
        { OfPeak: true } reach => PeakFraction >= reach.Limit,
        { } reach => Ratio is { } ratio ? ratio <= reach.Limit : null,
    };

    /// <summary>The heading of the lines of <see cref="ToString"/>.</summary>
    public static string Heading =>
        Line("workload", "mode", "us", "PyTorch us", "ratio", "GFLOP/s", "of peak", "reach", "reached");

    public override string ToString() => Line(
        Workload,
        Mode,
        Text.Microseconds(Us),
        TorchUs is { } torch ? Text.Microseconds(torch) : "-",
        Ratio is { } ratio ? Text.Of(ratio, "0.0000") + " x" : "-",
        Text.Of(Gflops, "0.00"),
        Text.Percent(PeakFraction),
        Reach?.ToString() ?? "",
        IsReached switch { true => "yes", false => "no", null => "" });

    /// <summary>Writes the measurements as a list of objects.</summary>
    public static void WriteJson(IReadOnlyList<Measurement> measurements, string path) =>
        File.WriteAllText(path, JsonSerializer.Serialize(measurements, new JsonSerializerOptions { WriteIndented = true }) + "\n");

    private static string Line(string workload, string mode, string us, string torch, string ratio, string gflops, string peak, string reach, string reached) =>
        $"{workload,-32} {mode,-9} {us,10} {torch,11} {ratio,10} {gflops,8} {peak,8} {reach,10} {reached}".TrimEnd();
}
