using System;
using System.Linq;
using NetGen.Data;
using NetGen.Metrics;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

public class EarlyStoppingTests
{
    private static readonly Dataset<int> s_data = TrainerTests.Data(64, seed: 1);
    private static readonly Dataset<int> s_validation = TrainerTests.Data(32, seed: 2);

    [Theory]
    [InlineData("rank", null, false)]
    [InlineData("val_rank", null, false)]
    [InlineData("val_accuracy", null, true)]
    [InlineData("val_rank", true, true)]
    [InlineData("val_loss", null, false)]
    [InlineData("loss", true, true)]
    public void A_figures_metric_says_which_is_better(string figure, bool? told, bool expected)
    {
        var stopping = new EarlyStopping(figure, patience: 2, isLargerBetter: told);
        var trainer = new Trainer<Clusters, int>(new Clusters(seed: 1), new Adam(1e-2)) { Metrics = [new Accuracy(), new Rank()], MeasuresTraining = true, Callbacks = [stopping] };
        double[] values = trainer.Fit(s_data, 6, 16, s_validation)[figure];
        Assert.Equal(expected, stopping.IsLargerBetter);
        Assert.Equal(expected ? values.Max() : values.Min(), stopping.Best);
    }

    [Theory]
    [InlineData("val_error", false)]
    [InlineData("some_rmse", false)]
    [InlineData("val_score", true)]
    public void Of_other_figures_the_name_says_it(string figure, bool expected) => Assert.Equal(expected, new EarlyStopping(figure).IsLargerBetter);

    [Fact]
    public void A_figure_that_will_not_come_is_refused_before_the_first_step()
    {
        Assert.Contains("\"val_loss\"", Refused(null, new EarlyStopping()), StringComparison.Ordinal);
        Assert.Contains("an epoch has: loss, val_loss, val_accuracy", Refused(s_validation, new EarlyStopping("val_acc")), StringComparison.Ordinal);
        Assert.Contains("MeasuresTraining", Refused(s_validation, new EarlyStopping("accuracy")), StringComparison.Ordinal);
        Assert.Contains("\"score\"", Refused(s_validation, new EarlyStopping("score"), new Scorer("score")), StringComparison.Ordinal);
        Assert.Contains("\"score\"", Refused(s_validation, new LayerStatistics(), new EarlyStopping("score")), StringComparison.Ordinal);
        Assert.Contains("\"val_loss\"", Refused(null, new Scorer("score"), new EarlyStopping()), StringComparison.Ordinal);

        // What another callback gives is known when it has.
        Assert.Equal(2, Trainer(new Scorer("score"), new EarlyStopping("score")).Fit(s_data, 2).Epochs.Count);
        Assert.Equal(1, Trainer(new Scorer("score"), new EarlyStopping("other")) is var late && Assert.Throws<InvalidOperationException>(() => late.Fit(s_data, 2)) is not null ? late.EpochCount : 0);

        static string Refused(Dataset<int>? validation, params TrainingCallback[] callbacks)
        {
            Trainer<Clusters, int> trainer = Trainer(callbacks);
            string message = Assert.Throws<InvalidOperationException>(() => trainer.Fit(s_data, 2, validation: validation)).Message;
            Assert.Equal(0, trainer.StepCount);
            return message;
        }

        static Trainer<Clusters, int> Trainer(params TrainingCallback[] callbacks) => new(new Clusters(seed: 1), new Adam()) { Metrics = [new Accuracy()], Callbacks = callbacks };
    }

    [Fact]
    public void A_figure_that_never_is_a_number_is_told_as_such()
    {
        var trainer = new Trainer<Clusters, int>(new Clusters(seed: 1), new Adam()) { Callbacks = [new Scorer("score", double.NaN), new EarlyStopping("score", patience: 3)] };
        trainer.Fit(s_data, 9);
        Assert.Equal((3, "score was never a number in 3 epochs (last: NaN)"), (trainer.EpochCount, trainer.StopReason));
        trainer.Fit(s_data, 9);
        Assert.Equal((3, "score was never a number in 3 epochs (last: NaN)"), (trainer.EpochCount, trainer.StopReason));
    }

    /// <summary>The mean rank of the true class.</summary>
    private sealed class Rank : ClassMetric
    {
        private double _sum;
        private long _count;

        public override string Name => "rank";

        public override bool IsLargerBetter => false;

        public override double Value => _sum / _count;

        protected override void Clear() => (_sum, _count) = (0, 0);

        protected override void Add(ReadOnlySpan<float> scores, int target)
        {
            _count++;
            foreach (float score in scores)
                _sum += score >= scores[target] ? 1 : 0;
        }
    }

    private sealed class Scorer(string name, double value = 1) : TrainingCallback
    {
        public override void OnEpochEnd(TrainingContext training, EpochFigures epoch) => epoch.Set(name, value);
    }
}
