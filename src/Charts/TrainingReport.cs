using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using NetGen.Training;

namespace NetGen.Charts;

/// <summary>A training as one HTML page: its curves and the figures of its last and its best epoch. The page holds all that it needs, opens offline and asks nobody for anything.</summary>
public static class TrainingReport
{
    private const string Validation = "val_";
    private const string Epoch = "epoch";

    /// <summary>Figures that are none of the network's quality.</summary>
    private static readonly string[] Circumstances = ["learning_rate", "gradient_norm", "seconds", "samples_per_second"];

    /// <summary>Writes the page of a training.</summary>
    /// <param name="path">The file; an old one is replaced.</param>
    /// <param name="history">The figures of its epochs, at least one.</param>
    /// <param name="statistics">What was measured of its layers, for the predicted signal beside the measured one; null: that is left out. Their curves are in the history.</param>
    /// <param name="title">The page's title.</param>
    /// <exception cref="ArgumentException">The history has no epoch, or the path is empty.</exception>
    /// <exception cref="IOException">The path is a folder's, its folder is missing, or it cannot be written.</exception>
    public static void Write(string path, TrainingHistory history, LayerStatistics? statistics = null, string title = "Training") => Write(path, () => ToHtml(history, statistics, title));

    /// <summary>The page of a training.</summary>
    /// <param name="history">The figures of its epochs, at least one.</param>
    /// <param name="statistics">What was measured of its layers, for the predicted signal beside the measured one; null: that is left out.</param>
    /// <param name="title">The page's title.</param>
    /// <exception cref="ArgumentException">The history has no epoch.</exception>
    public static string ToHtml(TrainingHistory history, LayerStatistics? statistics = null, string title = "Training")
    {
        Require(history, nameof(history));
        ArgumentNullException.ThrowIfNull(title);
        List<Panel?> panels = [.. Qualities(history).Select(name => Panel.Lines(Words(name), Epoch, [Line("training", history, name), Line("validation", history, Validation + name)], IsLoss(name)))];
        panels.Add(Panel.Lines("learning rate", Epoch, [Line("learning rate", history, "learning_rate")], isRatioScaled: true));
        panels.Add(Panel.Lines("gradient norm", Epoch, [Line("all, before clipping", history, "gradient_norm"), .. Parts(history, "gradient_norm/")], isRatioScaled: true));
        panels.Add(Panel.Lines("update ratio, ||Δθ|| / ||θ||", Epoch, Parts(history, "update_ratio/"), isRatioScaled: true));
        panels.Add(Panel.Lines("signal: deviation of the outputs of each layer", Epoch, Parts(history, "signal/"), isRatioScaled: true));
        if (statistics is { Signals: { Count: > 0 } signals })
        {
            panels.Add(Panel.Columns(
                "signal of the first batch: predicted and measured deviation", [.. signals.Select(signal => signal.Layer)],
                [("predicted", [.. signals.Select(signal => signal.Predicted)]), ("measured", [.. signals.Select(signal => signal.Measured)])]));
        }

        panels.Add(Panel.Lines("samples a second", Epoch, [Line("samples a second", history, "samples_per_second")]));
        return ReportPage.Of(title, panels, Table(history));
    }

    /// <summary>Writes the page of several trainings: their curves in common charts, and what they came to by that in which they differ.</summary>
    /// <param name="path">The file; an old one is replaced.</param>
    /// <param name="runs">The trainings, at least one, of at least one epoch each.</param>
    /// <param name="variable">What <see cref="TrainingRun.Value"/> is, such as <c>share of random labels</c>.</param>
    /// <param name="title">The page's title.</param>
    /// <exception cref="ArgumentException">There is no training, one has no epoch, or the path is empty.</exception>
    /// <exception cref="IOException">The path is a folder's, its folder is missing, or it cannot be written.</exception>
    public static void WriteComparison(string path, IReadOnlyList<TrainingRun> runs, string variable, string title = "Trainings") => Write(path, () => ToComparisonHtml(runs, variable, title));

    /// <summary>The page of several trainings.</summary>
    /// <param name="runs">The trainings, at least one, of at least one epoch each.</param>
    /// <param name="variable">What <see cref="TrainingRun.Value"/> is, such as <c>share of random labels</c>.</param>
    /// <param name="title">The page's title.</param>
    /// <exception cref="ArgumentException">There is no training, or one has no epoch.</exception>
    public static string ToComparisonHtml(IReadOnlyList<TrainingRun> runs, string variable, string title = "Trainings")
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(variable);
        ArgumentNullException.ThrowIfNull(title);
        if (runs.Count == 0)
            throw new ArgumentException("Expected at least one training to compare, but there is none.", nameof(runs));
        foreach (TrainingRun run in runs)
            Require(run.History, nameof(runs));

        string[] qualities = [.. runs.SelectMany(run => Qualities(run.History)).Distinct()];
        var panels = new List<Panel?>();
        foreach (string name in qualities.Concat(qualities.Select(name => Validation + name)))
            panels.Add(Panel.Lines(Words(name), Epoch, runs.Select(run => Line(run.Name, run.History, name)), IsLoss(name)));
        foreach ((string name, Func<TrainingHistory, double> figure) in Outcomes(qualities))
            panels.Add(Panel.Lines(name, variable, [new Curve(name, [.. runs.OrderBy(run => run.Value).Select(run => (run.Value, figure(run.History)))])]));
        return ReportPage.Of(title, panels, Table(runs, variable, qualities));
    }

    /// <summary>What a training came to, as a number.</summary>
    private static IEnumerable<(string Name, Func<TrainingHistory, double> Figure)> Outcomes(string[] qualities)
    {
        foreach (string name in qualities)
        {
            if (name == "accuracy")
                yield return ("validation error of the last epoch", history => 1 - Last(history, Validation + name));
            else
                yield return ($"validation {Words(name)} of the last epoch", history => Last(history, Validation + name));
        }

        yield return ("training time, s", history => history["seconds"].Sum());
    }

    private static ReportTable Table(TrainingHistory history)
    {
        string judge = history.Names.Contains(Validation + "loss") ? Validation + "loss" : "loss";
        EpochFigures last = history.Epochs[^1];
        EpochFigures best = history.Epochs.MinBy(epoch => epoch.TryGet(judge, out double value) && !double.IsNaN(value) ? value : double.PositiveInfinity)!;
        return new ReportTable(
            ["figure", string.Create(CultureInfo.InvariantCulture, $"last epoch, {last.Number}"), string.Create(CultureInfo.InvariantCulture, $"best epoch by {judge}, {best.Number}")],
            [.. history.Names.Where(name => !name.Contains('/')).Select(name => new[] { name, Value(last, name), Value(best, name) })]);
    }

    private static ReportTable Table(IReadOnlyList<TrainingRun> runs, string variable, string[] qualities)
    {
        string[] names = [.. qualities.Concat(qualities.Select(name => Validation + name)).Where(name => runs.Any(run => run.History.Names.Contains(name)))];
        return new ReportTable(
            ["training", variable, "epochs", .. names, "seconds"],
            [.. runs.Select(run => (string[])[run.Name, Number(run.Value), Number(run.History.Epochs.Count), .. names.Select(name => Value(run.History.Epochs[^1], name)), Number(run.History["seconds"].Sum())])]);
    }

    /// <summary>Loss and metrics, by the names that they have in training.</summary>
    private static IEnumerable<string> Qualities(TrainingHistory history) =>
        history.Names.Where(name => !name.Contains('/') && !Circumstances.Contains(name)).Select(name => name.StartsWith(Validation, StringComparison.Ordinal) ? name[Validation.Length..] : name).Distinct();

    private static IEnumerable<Curve> Parts(TrainingHistory history, string prefix) =>
        history.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => Line(name[prefix.Length..], history, name));

    private static Curve Line(string label, TrainingHistory history, string name) =>
        new(label, [.. history.Epochs.Select(epoch => ((double)epoch.Number, epoch.TryGet(name, out double value) ? value : double.NaN))]);

    private static double Last(TrainingHistory history, string name) => history.Epochs[^1].TryGet(name, out double value) ? value : double.NaN;

    private static bool IsLoss(string name) => name is "loss" or Validation + "loss";

    private static string Value(EpochFigures epoch, string name) => epoch.TryGet(name, out double value) ? Number(value) : "";

    private static string Number(double value) => value.ToString(Math.Abs(value) is >= 99999.5 and < 1e9 ? "N0" : "G5", CultureInfo.InvariantCulture);

    private static string Words(string name) => (name.StartsWith(Validation, StringComparison.Ordinal) ? "validation " + name[Validation.Length..] : name).Replace('_', ' ');

    private static void Require(TrainingHistory history, string parameter)
    {
        ArgumentNullException.ThrowIfNull(history, parameter);
        if (history.Epochs.Count == 0)
            throw new ArgumentException($"Expected a history of at least one epoch, but it has none{(history.StopReason is { } reason ? $": the training stopped within its first, for {reason}" : "")}.", parameter);
    }

    private static void Write(string path, Func<string> page)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
            throw new IOException($"Expected the path of a file for the report, but {full} is a folder.");
        if (Path.GetDirectoryName(full) is { } folder && !Directory.Exists(folder))
            throw new DirectoryNotFoundException($"Expected the folder {folder} for the report, but it is missing.");
        File.WriteAllText(full, page(), new UTF8Encoding(false));
    }
}
