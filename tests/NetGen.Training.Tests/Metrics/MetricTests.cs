using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using NetGen.Metrics;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Training;

/// <summary>Metrics are scikit-learn's, on ties, on classes without samples and on constant targets too.</summary>
public class MetricTests
{
    private static readonly JsonElement Cases = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "metrics.json"))).RootElement;

    public static TheoryData<int> ClassCases => [.. Enumerable.Range(0, Cases.GetProperty("classes").GetArrayLength())];

    public static TheoryData<int> ValueCases => [.. Enumerable.Range(0, Cases.GetProperty("values").GetArrayLength())];

    [Theory]
    [MemberData(nameof(ClassCases))]
    public void Metrics_of_classes_are_scikit_learns(int index)
    {
        JsonElement sample = Cases.GetProperty("classes")[index];
        int classes = sample.GetProperty("classes").GetInt32();
        float[] outputs = Floats(sample, "outputs");
        int[] targets = [.. sample.GetProperty("targets").EnumerateArray().Select(target => target.GetInt32())];
        foreach (JsonProperty figure in sample.GetProperty("figures").EnumerateObject())
        {
            ClassMetric metric = figure.Name.Split('/') switch
            {
                ["accuracy"] => new Accuracy(),
                ["auc"] => new RocAuc(),
                ["precision", var average] => new Precision(Average(average)),
                ["recall", var average] => new Recall(Average(average)),
                ["f1", var average] => new F1(Average(average)),
                [var top] => new TopKAccuracy(int.Parse(top.Split('_')[1])),
                _ => throw new InvalidOperationException(figure.Name),
            };
            if (figure.Value.ValueKind == JsonValueKind.Null && metric is TopKAccuracy)
                continue;
            Same(figure, Measure(metric, classes, outputs, targets));
        }

        var matrix = new ConfusionMatrix();
        Measure(matrix, classes, outputs, targets);
        Assert.Equal(
            sample.GetProperty("matrix").EnumerateArray().Select(count => count.GetInt64()),
            from target in Enumerable.Range(0, classes) from predicted in Enumerable.Range(0, classes) select matrix[target, predicted]);
        Assert.Equal(sample.GetProperty("figures").GetProperty("accuracy").GetDouble(), matrix.Value, 15);
    }

    [Theory]
    [MemberData(nameof(ValueCases))]
    public void Metrics_of_values_are_scikit_learns(int index)
    {
        JsonElement sample = Cases.GetProperty("values")[index];
        (float[] outputs, float[] targets) = (Floats(sample, "outputs"), Floats(sample, "targets"));
        foreach (JsonProperty figure in sample.GetProperty("figures").EnumerateObject())
        {
            Metric<float> metric = figure.Name switch { "mae" => new MAE(), "mse" => new MSE(), "rmse" => new RMSE(), "r2" => new R2(), _ => throw new InvalidOperationException(figure.Name) };
            Same(figure, Measure(metric, sample.GetProperty("width").GetInt32(), outputs, targets));
        }
    }

    [Fact]
    public void One_output_for_two_classes_is_measured_as_two()
    {
        JsonElement sample = Cases.GetProperty("classes").EnumerateArray().First(sample => sample.GetProperty("classes").GetInt32() == 2);
        float[] outputs = Floats(sample, "outputs");
        float[] logits = [.. Enumerable.Range(0, outputs.Length / 2).Select(i => outputs[(2 * i) + 1] - outputs[2 * i])];
        float[] targets = Floats(sample, "targets");
        JsonElement figures = sample.GetProperty("figures");
        foreach ((string name, ClassMetric metric) in new (string, ClassMetric)[]
        {
            ("accuracy", new Accuracy()), ("auc", new RocAuc()), ("f1/binary", new F1(ClassAverage.Binary)), ("recall/binary", new Recall(ClassAverage.Binary)),
        })
        {
            Assert.Equal(figures.GetProperty(name).GetDouble(), Measure(new Binary(metric), 1, logits, targets), 12);
        }

        Assert.Throws<ArgumentException>(() => Measure(new Binary(new Accuracy()), 1, [1f], [0.5f]));
        Assert.Throws<ArgumentException>(() => new Binary(new Accuracy()).Reset(2));
    }

    [Fact]
    public void Averages_have_names_of_their_own()
    {
        string[] names = [.. Enum.GetValues<ClassAverage>().SelectMany(average => new ClassMetric[] { new Precision(average), new Recall(average), new F1(average) }).Select(metric => metric.Name)];
        Assert.Equal(names.Distinct(), names);
        Assert.Equal(["f1_macro", "f1", "f1"], [new F1().Name, new F1(ClassAverage.Binary).Name, new Binary(new F1(ClassAverage.Binary)).Name]);
    }

    [Fact]
    public void A_confusion_matrix_prints_its_counts()
    {
        var matrix = new ConfusionMatrix();
        Assert.Equal(" ", matrix.ToString());
        var outputs = new float[13 * 3];
        var targets = new int[13];
        (outputs[1], targets[0], outputs[5], targets[1]) = (1, 0, 1, 2);
        Measure(matrix, 3, outputs, targets);
        Assert.Equal("    0   1   2\n0  11   1   0\n1   0   0   0\n2   0   0   1", matrix.ToString());
        var recall = new Recall();
        Measure(recall, 3, outputs, targets);
        Assert.Equal("recall_macro 0.638889", recall.ToString());
    }

    [Fact]
    public void Counts_allocate_nothing()
    {
        Metric<int>[] metrics = [new Accuracy(), new TopKAccuracy(2), new F1(), new ConfusionMatrix()];
        var outputs = new float[40];
        var targets = new int[10];
        foreach (Metric<int> metric in metrics)
            metric.Reset(4);
        Allocations.None(() =>
        {
            foreach (Metric<int> metric in metrics)
                metric.Update(outputs, targets);
        });
    }

    [Fact]
    public void Scores_that_are_no_numbers_are_no_hits_and_large_ones_are_told_apart()
    {
        Assert.Equal(0.5, Measure(new TopKAccuracy(1), 2, [float.NaN, 1, 0, 1], [0, 1]));

        // Their probabilities are both 1.
        Assert.Equal(1, Measure(new RocAuc(), 2, [0, 100, 0, 101], [0, 1]));
        Assert.Equal(0, Measure(new RocAuc(), 2, [0, 101, 0, 100], [0, 1]));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<InvalidOperationException>(() => new Accuracy().Update([1, 2], [0]));
        Assert.Throws<ArgumentException>(() => new Accuracy().Reset(1));
        Assert.Throws<ArgumentException>(() => Measure(new Accuracy(), 3, [1, 2, 3], [3]));
        Assert.Throws<ArgumentException>(() => Measure(new Accuracy(), 3, [1, 2], [0]));
        Assert.Throws<ArgumentException>(() => Measure(new MAE(), 2, [1, 2], [0]));
        Assert.Throws<InvalidOperationException>(() => Measure(new F1(ClassAverage.Binary), 3, [1, 2, 3], [0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TopKAccuracy(0));
    }

    private static double Measure<TTarget>(Metric<TTarget> metric, int size, float[] outputs, TTarget[] targets)
        where TTarget : unmanaged
    {
        metric.Reset(size);
        metric.Update(outputs, targets);

        // Again, in two batches.
        double whole = metric.Value;
        int width = targets.Length == 0 ? 0 : typeof(TTarget) == typeof(float) ? size : 1;
        int first = targets.Length / width / 2;
        metric.Reset(size);
        metric.Update(outputs.AsSpan(0, first * size), targets.AsSpan(0, first * width));
        metric.Update(outputs.AsSpan(first * size), targets.AsSpan(first * width));
        Assert.Equal(whole, metric.Value, 12);
        return whole;
    }

    private static void Same(JsonProperty figure, double value)
    {
        if (figure.Value.ValueKind == JsonValueKind.Null)
            Assert.True(double.IsNaN(value), $"{figure.Name}: expected not a number, but got {value}");
        else
            Assert.True(Math.Abs(figure.Value.GetDouble() - value) <= 1e-12 * Math.Max(1, Math.Abs(value)), $"{figure.Name}: expected {figure.Value.GetDouble()}, but got {value}");
    }

    private static ClassAverage Average(string name) => Enum.Parse<ClassAverage>(name, ignoreCase: true);

    private static float[] Floats(JsonElement sample, string name) => [.. sample.GetProperty(name).EnumerateArray().Select(value => value.GetSingle())];
}
