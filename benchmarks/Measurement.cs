using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NetGen.Benchmarks;

/// <summary>What a figure is compared with.</summary>
internal enum Rival
{
    /// <summary>libtorch.</summary>
    Torch,

    /// <summary>ONNX Runtime.</summary>
    Ort,

    /// <summary>A plain loop over the same memory.</summary>
    Loop,

    /// <summary>The FMA peak.</summary>
    Peak,

    /// <summary>The network itself on one thread.</summary>
    One,
}

/// <summary>What is to be reached: a share of another's time, or a share of the FMA peak.</summary>
/// <param name="Rival">The other.</param>
/// <param name="Limit">The figure: of the peak a floor, of a time a ceiling.</param>
internal readonly record struct Reach(Rival Rival, double Limit)
{
    public override string ToString() => Rival == Rival.Peak ? ">= " + Text.Percent(Limit) : $"<= {Text.Of(Limit, "0.00")} x {NameOf(Rival)}";

    /// <summary>A rival's name.</summary>
    public static string NameOf(Rival rival) => rival switch { Rival.Torch => "libtorch", Rival.Ort => "ORT", Rival.Loop => "loop", Rival.One => "one thread", _ => "peak" };
}

/// <summary>Another library's time.</summary>
/// <param name="Rival">The library.</param>
/// <param name="Us">Microseconds of one call.</param>
/// <param name="Setting">The setting that made it the fastest; empty as installed.</param>
/// <param name="Note">How its numbers differ from ours; empty where they agree.</param>
internal sealed record RivalTime([property: JsonIgnore] Rival Rival, [property: JsonPropertyName("us")] double Us, [property: JsonPropertyName("setting")] string Setting, [property: JsonPropertyName("note")] string Note);

/// <summary>One line of the report.</summary>
internal sealed record Measurement
{
    /// <summary>The workload's name.</summary>
    [JsonPropertyName("workload")]
    public required string Workload { get; init; }

    /// <summary>Threads.</summary>
    [JsonPropertyName("threads")]
    public required int Threads { get; init; }

    /// <summary><c>train</c>, <c>infer</c>, <c>infer_b1</c>, <c>epoch</c> or <c>step</c>.</summary>
    [JsonPropertyName("mode")]
    public required string Mode { get; init; }

    /// <summary>Microseconds of one call.</summary>
    [JsonPropertyName("us")]
    public required double Us { get; init; }

    /// <summary>Samples of one call.</summary>
    [JsonPropertyName("samples")]
    public required int Samples { get; init; }

    /// <summary>Microseconds of a plain loop over the same memory; null where there is none.</summary>
    [JsonPropertyName("loop_us")]
    public required double? LoopUs { get; init; }

    /// <summary>Microseconds of one call on one thread; null where there is one anyway.</summary>
    [JsonPropertyName("one_us")]
    public double? OneUs { get; init; }

    /// <summary>What the threads were expected to make of it; empty where nothing is known.</summary>
    [JsonPropertyName("forecast")]
    public string Forecast { get; init; } = "";

    /// <summary>The others that have such work.</summary>
    [JsonIgnore]
    public IReadOnlyList<RivalTime> Rivals { get; init; } = [];

    /// <summary>libtorch's time, or null.</summary>
    [JsonPropertyName("torch")]
    public RivalTime? Torch => Rivals.FirstOrDefault(rival => rival.Rival == Rival.Torch);

    /// <summary>ONNX Runtime's time, or null.</summary>
    [JsonPropertyName("ort")]
    public RivalTime? Ort => Rivals.FirstOrDefault(rival => rival.Rival == Rival.Ort);

    /// <summary>Floating-point operations of the layers with weights over time.</summary>
    [JsonPropertyName("gflops")]
    public required double Gflops { get; init; }

    /// <summary><see cref="Gflops"/> over the FMA peak of one core that was measured around this workload.</summary>
    [JsonPropertyName("peak_fraction")]
    public required double PeakFraction { get; init; }

    /// <summary>What is to be reached, if anything.</summary>
    [JsonIgnore]
    public IReadOnlyList<Reach> Reach { get; init; } = [];

    /// <summary>Ours over another's; null where there is no such time.</summary>
    public double? Ratio(Rival rival) => Us / (rival == Rival.Loop ? LoopUs : rival == Rival.One ? OneUs : Rivals.FirstOrDefault(other => other.Rival == rival)?.Us);

    /// <summary>Whether another computes what we do, as far as its numbers were compared.</summary>
    public bool Agrees(Rival rival) => Rivals.All(other => other.Rival != rival || other.Note.Length == 0);

    /// <summary>The heading of the lines of <see cref="ToLine"/>.</summary>
    public static string Heading(bool hasPeers) => Line(
        ["workload", "mode", "us", .. hasPeers ? ["libtorch us", "ratio", "ORT us", "ratio"] : Array.Empty<string>(), "x loop", "GFLOP/s", "of peak"], "reach: reached");

    /// <summary>The line.</summary>
    public string ToLine(bool hasPeers) => Line(
        [
            Workload,
            Mode,
            Text.Microseconds(Us),
            .. hasPeers ? new[] { Rival.Torch, Rival.Ort }.SelectMany(Cells) : [],
            Ratio(Rival.Loop) is { } loop ? Text.Of(loop, "0.00") : "",
            Gflops > 0 ? Text.Of(Gflops, "0.00") : "-",
            Gflops > 0 ? Text.Percent(PeakFraction) : "-",
        ],
        string.Join("; ", [
            .. Reach.Select(Verdict).OfType<string>(),
            .. OneUs is null ? Array.Empty<string>() : [$"{Text.Of(Us / OneUs.Value, "0.000")} x one thread{(Forecast.Length > 0 ? $" (forecast {Forecast})" : "")}"],
            .. Rivals.Select(Remark).OfType<string>(),
        ]));

    /// <summary>Writes the measurements as a list of objects.</summary>
    public static void WriteJson(IReadOnlyList<Measurement> measurements, string path) =>
        File.WriteAllText(path, JsonSerializer.Serialize(measurements, new JsonSerializerOptions { WriteIndented = true }) + "\n");

    private string[] Cells(Rival rival) => Rivals.FirstOrDefault(other => other.Rival == rival) is { } other
        ? [Text.Microseconds(other.Us), Text.Of(Us / other.Us, "0.0000") + " x"]
        : ["-", "-"];

    private string? Verdict(Reach reach) => reach.Rival == Rival.Peak
        ? $"{reach}: {Text.YesOrNo(PeakFraction >= reach.Limit)}"
        : Ratio(reach.Rival) is { } ratio ? $"{reach}: {Text.YesOrNo(ratio <= reach.Limit)}" : null;

    private string? Remark(RivalTime rival)
    {
        string images = Mode == "epoch" ? $"{Text.Of(Samples * 1e6 / Us, "N0")} samples a second, {Benchmarks.Reach.NameOf(rival.Rival)} {Text.Of(Samples * 1e6 / rival.Us, "N0")}" : "";
        string[] said = [.. new[] { images, rival.Setting, rival.Note }.Where(text => text.Length > 0)];
        return said.Length > 0 ? $"{Benchmarks.Reach.NameOf(rival.Rival)}: {string.Join(", ", said)}" : null;
    }

    private static string Line(string[] cells, string remark)
    {
        int[] widths = [42, -9, -10, .. cells.Length > 6 ? [-11, -10, -10, -10] : Array.Empty<int>(), -6, -8, -8];
        IEnumerable<string> padded = cells.Select((cell, i) => i < 2 ? cell.PadRight(Math.Abs(widths[i])) : cell.PadLeft(-widths[i]));
        return (string.Join(" ", padded) + "  " + remark).TrimEnd();
    }
}
