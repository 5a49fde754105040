using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using NetGen.Charts;
using NetGen.Metrics;
using NetGen.Tests.Infrastructure;
using NetGen.Tests.Training;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Charts;

public sealed partial class TrainingReportTests : IDisposable
{
    private static readonly Lazy<(TrainingHistory History, LayerStatistics Statistics)> s_training = new(() => Train(1, 0.6f));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_page_has_the_figures_of_the_training()
    {
        (TrainingHistory history, LayerStatistics statistics) = s_training.Value;
        string page = Written(path => TrainingReport.Write(path, history, statistics, "Clusters"));
        Dictionary<string, JsonElement> figures = Figures(page);
        Assert.Equal(
            ["loss", "accuracy", "learning rate", "gradient norm", "update ratio, ||Δθ|| / ||θ||", "signal: deviation of the outputs of each layer",
             "signal of the first batch: predicted and measured deviation", "samples a second"], figures.Keys);
        Assert.Equal(history["loss"], Values(figures["loss"], "training"));
        Assert.Equal(history["val_loss"], Values(figures["loss"], "validation"));
        Assert.Equal(history["accuracy"], Values(figures["accuracy"], "training"));
        Assert.Equal(history["val_accuracy"], Values(figures["accuracy"], "validation"));
        Assert.Equal(history["learning_rate"], Values(figures["learning rate"], "learning rate"));
        Assert.Equal(history["gradient_norm"], Values(figures["gradient norm"], "all, before clipping"));
        foreach (string name in new[] { "hidden.weight", "hidden.bias", "norm.weight", "norm.bias", "head.weight", "head.bias" })
        {
            Assert.Equal(history["gradient_norm/" + name], Values(figures["gradient norm"], name));
            Assert.Equal(history["update_ratio/" + name], Values(figures["update ratio, ||Δθ|| / ||θ||"], name));
        }

        Assert.Equal(history["signal/head"], Values(figures["signal: deviation of the outputs of each layer"], "head"));
        Assert.Equal(history["samples_per_second"], Values(figures["samples a second"], "samples a second"));
        JsonElement signal = figures["signal of the first batch: predicted and measured deviation"];
        Assert.Equal(statistics.Signals.Select(each => each.Predicted).Where(double.IsFinite), Values(signal, "predicted"));
        Assert.Equal(statistics.Signals.Select(each => each.Measured), Values(signal, "measured"));

        EpochFigures last = history.Epochs[^1], best = history.Epochs.MinBy(epoch => epoch["val_loss"])!;
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"<th>last epoch, {last.Number}</th><th>best epoch by val_loss, {best.Number}</th>"), page, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"<tr><td>val_accuracy</td><td>{last["val_accuracy"]:G5}</td><td>{best["val_accuracy"]:G5}</td></tr>"), page, StringComparison.Ordinal);
        Assert.Equal(page, Written(path => TrainingReport.Write(path, history, statistics, "Clusters")));
    }

    [Fact]
    public void The_page_of_several_trainings_has_the_figures_of_each()
    {
        TrainingRun[] runs = Runs();
        string page = Written(path => TrainingReport.WriteComparison(path, runs, "noise", "Noise"));
        Dictionary<string, JsonElement> figures = Figures(page);
        Assert.Equal(
            ["loss", "accuracy", "validation loss", "validation accuracy", "validation loss of the last epoch", "validation error of the last epoch", "training time, s"], figures.Keys);
        foreach (TrainingRun run in runs)
        {
            Assert.Equal(run.History["loss"], Values(figures["loss"], run.Name));
            Assert.Equal(run.History["val_accuracy"], Values(figures["validation accuracy"], run.Name));
            Assert.Contains($"<tr><td>{run.Name}</td>", page, StringComparison.Ordinal);
        }

        JsonElement error = figures["validation error of the last epoch"];
        Assert.Equal(runs.Select(run => run.Value), error.GetProperty("data")[0].GetProperty("x").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal(runs.Select(run => 1 - run.History["val_accuracy"][^1]), error.GetProperty("data")[0].GetProperty("y").EnumerateArray().Select(value => value.GetDouble()));
    }

    [Fact]
    public void Axes_are_logarithmic_where_values_lie_far_apart_and_what_is_not_finite_is_left_out()
    {
        var history = new TrainingHistory();
        double[] losses = [62, double.NaN, double.PositiveInfinity, 1, 31];
        for (int i = 0; i < losses.Length; i++)
        {
            var epoch = new EpochFigures(i + 1);
            epoch.Set("loss", losses[i]);
            epoch.Set("accuracy", 0.01 * (1 + (20 * i)));
            epoch.Set("learning_rate", 29 - (7 * i));
            epoch.Set("seconds", 1 + i);
            epoch.Set("samples_per_second", 100);
            history.Add(epoch);
        }

        string page = Written(path => TrainingReport.Write(path, history));
        Assert.Contains("<th>last epoch, 5</th><th>best epoch by loss, 4</th>", page, StringComparison.Ordinal);
        Assert.Contains("<tr><td>learning_rate</td><td>1</td><td>8</td></tr>", page, StringComparison.Ordinal);
        Dictionary<string, JsonElement> figures = Figures(page);
        Assert.Equal([62, 1, 31], Values(figures["loss"], "training"));
        Assert.Equal([1, 4, 5], figures["loss"].GetProperty("data")[0].GetProperty("x").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal([true, false, false], new[] { "loss", "accuracy", "learning rate" }.Select(name => figures[name].GetProperty("layout").GetProperty("yaxis").TryGetProperty("type", out JsonElement type) && type.GetString() == "log"));
        Figures(Written(path => TrainingReport.WriteComparison(path, [new("a", 3, history), new("b", 2, history)], "x"))).TryGetValue("training time, s", out JsonElement time);
        Assert.Equal([15, 15], time.GetProperty("data")[0].GetProperty("y").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal([2, 3], time.GetProperty("data")[0].GetProperty("x").EnumerateArray().Select(value => value.GetDouble()));
    }

    /// <summary>Of layers that have no prediction, and of those whose outputs are not finite; the others keep their order.</summary>
    [Fact]
    public void Columns_that_are_not_finite_are_left_out()
    {
        Panel panel = Panel.Columns("signal", ["a", "b", "<c>"], [("predicted", [1, double.NaN, 3]), ("measured", [double.PositiveInfinity, 5, double.NegativeInfinity])])!;
        JsonElement figure = JsonDocument.Parse(panel.Figure).RootElement;
        Assert.Equal([1, 3], Values(figure, "predicted"));
        Assert.Equal([5], Values(figure, "measured"));
        Assert.Equal(["a &lt;c&gt;", "b"], figure.GetProperty("data").EnumerateArray().Select(series => Texts(series.GetProperty("x"))));
        JsonElement axis = figure.GetProperty("layout").GetProperty("xaxis");
        Assert.Equal(("array", "a b &lt;c&gt;"), (axis.GetProperty("categoryorder").GetString(), Texts(axis.GetProperty("categoryarray"))));
        Assert.Null(Panel.Columns("signal", ["a", "b"], [("predicted", [double.NaN, double.NaN]), ("measured", [double.PositiveInfinity, double.NaN])]));
        Assert.Null(Panel.Columns("signal", [], [("predicted", [])]));

        static string Texts(JsonElement texts) => string.Join(' ', texts.EnumerateArray().Select(text => text.GetString()));
    }

    [Fact]
    public void The_page_refers_to_nothing_outside_of_it()
    {
        string page = TrainingReport.ToHtml(s_training.Value.History, s_training.Value.Statistics);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"<script[^>]*\ssrc\s*=", page);
        string markup = Script().Replace(page, "");
        Assert.DoesNotMatch(@"https?:|@import|url\(|<link|<iframe|<img|\s(src|href)\s*=", markup);
        Assert.True(page.Length > 1_000_000, "The library belongs into the page.");
    }

    [Fact]
    public void Names_are_texts_whatever_they_are()
    {
        const string name = "</script><script>alert(1)</script>&\"<b>";
        (TrainingHistory history, _) = s_training.Value;
        string page = TrainingReport.ToComparisonHtml([new TrainingRun(name, 1, history)], name, name);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.Contains($"<h1>{WebUtility.HtmlEncode(name)}</h1>", page, StringComparison.Ordinal);
        Assert.Equal(WebUtility.HtmlEncode(name), Figures(page)["loss"].GetProperty("data")[0].GetProperty("name").GetString());
    }

    [Fact]
    public void What_cannot_be_written_is_told()
    {
        (TrainingHistory history, _) = s_training.Value;
        string missing = Path.Combine(_folder.Path, "missing");
        Assert.Contains($"Expected the folder {missing}", Assert.Throws<DirectoryNotFoundException>(() => TrainingReport.Write(Path.Combine(missing, "report.html"), history)).Message, StringComparison.Ordinal);
        Assert.Contains($"{_folder.Path} is a folder", Assert.Throws<IOException>(() => TrainingReport.Write(_folder.Path, history)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TrainingReport.Write("", history));
        string path = Path.Combine(_folder.Path, "report.html");
        Assert.Contains("at least one epoch", Assert.Throws<ArgumentException>(() => TrainingReport.Write(path, new Trainer<Clusters, int>(new Clusters(), new Adam()).History)).Message, StringComparison.Ordinal);
        Assert.Contains("at least one training", Assert.Throws<ArgumentException>(() => TrainingReport.WriteComparison(path, [], "noise")).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [BrowserFact]
    public void The_pages_work_in_a_browser()
    {
        Shows(TrainingReport.ToHtml(s_training.Value.History, s_training.Value.Statistics));
        Shows(TrainingReport.ToComparisonHtml(Runs(), "noise"));
    }

    /// <summary>Everything is drawn, and nothing is complained of: no error, and no request that the page's policy refuses.</summary>
    private static void Shows(string page)
    {
        const string listener = """
            <head><script>
            const complain = text => document.documentElement.dataset.complaints = (document.documentElement.dataset.complaints ?? '') + text + ';';
            addEventListener('error', e => complain(e.message));
            addEventListener('unhandledrejection', e => complain(e.reason));
            document.addEventListener('securitypolicyviolation', e => complain(e.violatedDirective + ' ' + e.blockedURI));
            console.error = console.warn = (...texts) => complain(texts.join(' '));
            </script>
            """;
        string shown = Browser.Dom(page.Replace("<head>", listener, StringComparison.Ordinal));
        Assert.DoesNotContain("data-complaints", shown[..shown.IndexOf('>', shown.IndexOf("<html", StringComparison.Ordinal))], StringComparison.Ordinal);
        JsonElement[] traces = [.. Figures(page).Values.SelectMany(figure => figure.GetProperty("data").EnumerateArray())];

        // Those of the legends are short.
        string drawn = Script().Replace(shown, "").Replace("<path class=\"js-line\" d=\"M5,0h30\"", "", StringComparison.Ordinal);
        Assert.Equal(traces.Count(trace => trace.GetProperty("type").GetString() == "scatter"), Regex.Count(drawn, "<path class=\"js-line\""));
        Assert.Equal(traces.Where(trace => trace.GetProperty("type").GetString() == "bar").Sum(trace => trace.GetProperty("y").GetArrayLength()), Regex.Count(drawn, "<g class=\"point\"><path"));
    }

    private string Written(Action<string> write)
    {
        string path = Path.Combine(_folder.Path, "report.html");
        write(path);
        return File.ReadAllText(path);
    }

    private static TrainingRun[] Runs() => [new("noise 0.6", 0.6, s_training.Value.History), new("noise 1.5", 1.5, Train(2, 1.5f).History), new("noise 2.5", 2.5, Train(3, 2.5f).History)];

    private static (TrainingHistory History, LayerStatistics Statistics) Train(int seed, float noise)
    {
        var statistics = new LayerStatistics { SampleInterval = 4 };
        var trainer = new Trainer<Clusters, int>(new Clusters(seed: (ulong)seed), new Adam(1e-2) { ClipNorm = 1 }) { Metrics = [new Accuracy()], MeasuresTraining = true, Callbacks = [statistics] };
        return (trainer.Fit(TrainerTests.Data(200, seed, noise), epochs: 8, validation: TrainerTests.Data(60, seed + 10, noise)), statistics);
    }

    /// <summary>What is drawn, by its heading.</summary>
    private static Dictionary<string, JsonElement> Figures(string page) => FigureText().Matches(page)
        .ToDictionary(match => WebUtility.HtmlDecode(match.Groups[1].Value), match => JsonDocument.Parse(match.Groups[2].Value).RootElement);

    private static double[] Values(JsonElement figure, string name) =>
        [.. figure.GetProperty("data").EnumerateArray().Single(trace => trace.GetProperty("name").GetString() == name).GetProperty("y").EnumerateArray().Select(value => value.GetDouble())];

    [GeneratedRegex("<figure><h2>(.*?)</h2><div></div><script type=\"application/json\">(.*?)</script></figure>")]
    private static partial Regex FigureText();

    [GeneratedRegex("<script.*?</script>", RegexOptions.Singleline)]
    private static partial Regex Script();
}
