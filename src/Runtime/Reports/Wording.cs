using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace NetGen.Reports;

/// <summary>Figures as people read them, whatever the culture.</summary>
internal static class Wording
{
    public static string Shape(IEnumerable<int> sizes) => string.Join("x", sizes.Select(size => Integer(size)));

    /// <summary>1,054,720.</summary>
    public static string Grouped(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string OrNothing(long value) => value == 0 ? "" : Grouped(value);

    public static string Integer(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Three digits; nothing for what is no number.</summary>
    public static string Rounded(double value) => double.IsNaN(value) ? "" : value.ToString(Math.Abs(value) is >= 999.5 and < 1e6 ? "N0" : "G3", CultureInfo.InvariantCulture);

    /// <summary>1.25 MB.</summary>
    public static string Size(double bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        int unit = 0;
        for (; bytes >= 999.5 && unit < units.Length - 1; unit++)
            bytes /= 1000;
        return bytes.ToString(bytes >= 99.5 || unit == 0 ? "0" : bytes >= 9.95 ? "0.0" : "0.00", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    /// <summary>What an output sees of the input: <c>5x5</c>.</summary>
    public static string Field(LayerFigures layer) => Shape(layer.Field.Select(axis => axis.Size));

    /// <summary>How gradients come: unchanged, or through how many saturating activations.</summary>
    public static string Path(LayerFigures layer) => layer.Path switch
    {
        null => "",
        { IsIdentity: true } => "identity",
        { Saturating: 0 } => "open",
        { } path => $"{Integer(path.Saturating)} saturating",
    };

    public static string Deviation(LayerFigures layer) => layer.Signal is { } signal ? Rounded(signal.Deviation) : "";

    public static string Gradient(LayerFigures layer) => layer.Signal is { } signal ? Rounded(signal.Gradient) : "";

    /// <summary>A layer in one line, for the documentation of its property.</summary>
    public static string Sentence(LayerFigures layer)
    {
        string text = $"Output {Shape(layer.Output)}, {Grouped(layer.Parameters)} parameters, {Grouped(layer.Inference.MultiplyAccumulates)} multiply-accumulates";
        if (layer.Field.Count > 0)
            text += $", sees {Field(layer)} of the input";
        if (layer.Signal is not null)
            text += $", deviation {Deviation(layer)} at initialisation{(Gradient(layer) is { Length: > 0 } gradient ? $" and {gradient} of the gradient" : "")}";
        return text + ".";
    }

    /// <summary>What stands under a table: sums, and what they are for a batch.</summary>
    public static IEnumerable<(string Name, string Text)> Totals(NetworkFigures network, ReportOptions options)
    {
        (Pass inference, Pass step, Pass backward) = (network.Sum(layer => layer.Inference), network.Sum(layer => layer.Step), network.Sum(layer => layer.Backward));
        yield return ("forward", Operations(inference) + (inference.Activations == 0 ? "" : $", {Grouped(inference.Activations)} activations"));
        yield return ("backward", Operations(backward));
        yield return ("training step", Operations(step));
        if (network.Steps.Count > 0)
            yield return ("as executed", $"{Grouped(Executed(network, StepFigures.Inference))} multiply-accumulates forward, {Grouped(Executed(network, StepFigures.Backward))} backward");
        string batch = $"batch of {Integer(options.Batch)}";
        yield return ("memory, " + batch, $"{Size(network.Inference.At(options.Batch))} in inference, {Size(network.Training.At(options.Batch))} in training");
        if (step.Bytes(options.Batch) == 0)
            yield break;
        yield return ("moved, " + batch, $"forward {Roofline(inference, options)}; training step {Roofline(step, options)}; balance {Rounded(options.Balance)} FLOP a byte");
    }

    public static string Roofline(Pass pass, ReportOptions options) => $"{Size(pass.Bytes(options.Batch))}, {Rounded(pass.PerByte(options.Batch))} FLOP a byte: bound by {pass.BoundBy(options)}";

    public static long Executed(NetworkFigures network, string phase) => network.Steps.Where(step => step.Phase == phase).Sum(step => step.MultiplyAccumulates);

    private static string Operations(Pass pass) => $"{Grouped(pass.MultiplyAccumulates)} multiply-accumulates, {Grouped(pass.Flops)} FLOPs";
}
