using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using NetGen.Runtime;
using NetGen.Tests.Infrastructure;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Training;

/// <summary>Against PyTorch's learning rates before the steps 0 to 1000.</summary>
public class ScheduleTests
{
    private const double Rate = 0.3;
    private const int Count = 1001;

    private static readonly Fixture s_fixture = Fixture.Load("schedules");

    private static readonly Dictionary<string, Schedule> s_schedules = new()
    {
        ["constant"] = new ConstantSchedule(0.25, 300),
        ["step"] = new StepSchedule(70, 0.7),
        ["multi-step"] = new MultiStepSchedule([900, 5, 200, 200], 0.3),
        ["exponential"] = new ExponentialSchedule(0.99),
        ["polynomial"] = new PolynomialSchedule(800),
        ["polynomial-power"] = new PolynomialSchedule(1000, 0.9),
        ["polynomial-square"] = new PolynomialSchedule(900, 2),
        ["cosine"] = new CosineAnnealing(100),
        ["cosine-minimum"] = new CosineAnnealing(1000, 0.01),
        ["restarts"] = new CosineAnnealingWarmRestarts(90),
        ["restarts-longer"] = new CosineAnnealingWarmRestarts(30, 2, 0.002),
        ["one-cycle"] = new OneCycle(0.5, Count),
        ["one-cycle-linear"] = new OneCycle(0.5, Count, 0.4, OneCycleAnnealing.Linear, startDivisor: 10, endDivisor: 100),
        ["one-cycle-three"] = new OneCycle(0.5, Count, 0.35, threePhases: true),
        ["one-cycle-three-linear"] = new OneCycle(0.5, Count, 0.2, OneCycleAnnealing.Linear, threePhases: true),
        ["one-cycle-falling"] = new OneCycle(0.5, Count, 0),
        ["warmup"] = new LinearWarmup(300, startFactor: 0.2),
        ["warmup-exponential"] = new LinearWarmup(50, new ExponentialSchedule(0.99), 0.1),
        ["warmup-cosine"] = new LinearWarmup(200, new CosineAnnealing(800)),
        ["warmup-restarts"] = new LinearWarmup(20, new CosineAnnealingWarmRestarts(100)),
    };

    private static readonly Dictionary<string, (string Figures, Func<Schedule> Create)> s_plateaus = new()
    {
        ["plateau"] = ("falling", () => new ReduceOnPlateau()),
        ["plateau-absolute"] = ("falling", () => new ReduceOnPlateau(0.5, 3, threshold: 0.02, thresholdMode: PlateauThreshold.Absolute, cooldown: 4, minimum: 1e-3)),
        ["plateau-max"] = ("rising", () => new ReduceOnPlateau(0.8, 2, PlateauMode.Max, 0.01)),
        ["plateau-max-absolute"] = ("rising", () => new ReduceOnPlateau(0.3, 0, PlateauMode.Max, 0.001, PlateauThreshold.Absolute, cooldown: 20, epsilon: 1e-3)),
    };

    public static TheoryData<string> Names => [.. s_schedules.Keys];

    public static TheoryData<string> Plateaus => [.. s_plateaus.Keys];

    /// <summary>
    /// To 1e-12 of the rate itself; where a cosine comes near to −1, PyTorch's 1 + cos has lost digits, and it is 1e-12 of the largest rate.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Learning_rates_are_pytorchs(string name)
    {
        Schedule schedule = s_schedules[name];
        double[] rates = [.. Enumerable.Range(0, Count).Select(count => schedule.LearningRate(Rate, count))];
        foreach (string form in new[] { "/chained", "/closed" }.Where(form => s_fixture.Has(name + form)))
        {
            double[] expected = s_fixture.Tensor(name + form);
            Assert.Equal(Count, expected.Length);
            bool hasCosine = name.Contains("cosine", StringComparison.Ordinal) || name.Contains("restarts", StringComparison.Ordinal) || (schedule is OneCycle { Annealing: OneCycleAnnealing.Cosine });
            for (int i = 0; i < Count; i++)
                Assert.Equal(expected[i], rates[i], 1e-12 * (hasCosine ? expected.Max() : expected[i]));
        }

        Assert.True(rates.Distinct().Count() > 1);
    }

    [Theory]
    [MemberData(nameof(Plateaus))]
    public void Plateaus_are_pytorchs(string name)
    {
        (string figures, Func<Schedule> create) = s_plateaus[name];
        Schedule schedule = create();
        double[] told = s_fixture.Tensor("figures/" + figures), expected = s_fixture.Tensor(name + "/chained");
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(expected[i], schedule.LearningRate(Rate, i), 1e-12 * expected[i]);
            if (i + 1 == Count)
                break;
            schedule.Observe(told[i]);

            // Stopped and resumed after every figure, also below a warm-up.
            var state = new TrainingState();
            schedule.Save(state.Section("schedule"));
            schedule = new LinearWarmup(1, create());
            schedule.Load(state.Section("schedule"))();
            state = new TrainingState();
            schedule.Save(state);
            schedule = create();
            schedule.Load(state)();
        }

        Assert.True(expected.Distinct().Count() > 5);
    }

    [Fact]
    public void A_warm_up_hands_on_what_its_schedule_observes_and_keeps()
    {
        Schedule Warm() => new LinearWarmup(total: 2, then: new ReduceOnPlateau(factor: 0.5, patience: 1), startFactor: 0.5);
        (Schedule schedule, Schedule better, Schedule restored) = (Warm(), Warm(), Warm());
        foreach (double loss in new[] { 1.0, 2, 3 })
        {
            schedule.Observe(loss);
            better.Observe(4 - loss);
        }

        Assert.Equal((0.5, 0.5, 1), (schedule.LearningRate(1, 0), schedule.LearningRate(1, 2), better.LearningRate(1, 2)));
        var state = new TrainingState();
        schedule.Save(state);
        restored.Load(state)();
        Assert.Equal(0.5, restored.LearningRate(1, 2));
    }

    [Fact]
    public void A_warm_up_hands_figures_on()
    {
        var schedule = new LinearWarmup(2, new ReduceOnPlateau(0.5, 0));
        foreach (double figure in new[] { 1.0, 1, 1 })
            schedule.Observe(figure);
        Assert.Equal(0.25, schedule.LearningRate(1, 2));
    }

    [Fact]
    public void What_counts_is_the_schedules()
    {
        Assert.Equal(ScheduleInterval.Step, new OneCycle(1, 10).Interval);
        Assert.Equal(ScheduleInterval.Step, new LinearWarmup(5, new OneCycle(1, 10)).Interval);
        Assert.Equal(ScheduleInterval.Step, new LinearWarmup(5, new CosineAnnealing(9) { Interval = ScheduleInterval.Step }).Interval);
        Assert.Equal(ScheduleInterval.Epoch, new LinearWarmup(5).Interval);
    }

    [Fact]
    public void Rates_behind_the_end_stay()
    {
        Assert.Equal(0, new PolynomialSchedule(10, 0.5).LearningRate(1, 1_000));
        var cycle = new OneCycle(1, 10, threePhases: true);
        Assert.Equal(cycle.End, cycle.LearningRate(5, 9), 1e-18);
        Assert.Equal(cycle.LearningRate(5, 9), cycle.LearningRate(5, long.MaxValue));
        Assert.Equal(1, new OneCycle(1, 10, 0.1).LearningRate(5, 0), 1e-15);
        Assert.InRange(new CosineAnnealingWarmRestarts(3, 1_000_000).LearningRate(1, long.MaxValue), 0, 1);
    }

    [Fact]
    public void Numbers_out_of_range_are_refused_and_damaged_states_too()
    {
        Action[] wrong =
        [
            () => _ = new ConstantSchedule(-1), () => _ = new ConstantSchedule(1, -1), () => _ = new StepSchedule(0), () => _ = new MultiStepSchedule([-1]), () => _ = new ExponentialSchedule(double.NaN),
            () => _ = new PolynomialSchedule(0), () => _ = new CosineAnnealing(0), () => _ = new CosineAnnealingWarmRestarts(1, 0), () => _ = new OneCycle(1, 0), () => _ = new OneCycle(1, 5, 1.1),
            () => _ = new OneCycle(1, 5, 0.6, threePhases: true), () => _ = new OneCycle(1, 5, startDivisor: 0), () => _ = new LinearWarmup(0), () => _ = new LinearWarmup(1, null, 1.5),
            () => _ = new ReduceOnPlateau(1), () => _ = new ReduceOnPlateau(patience: -1), () => _ = new ReduceOnPlateau(cooldown: -1), () => _ = new ReduceOnPlateau(threshold: -1),
        ];
        foreach (Action action in wrong)
            Assert.Throws<ArgumentOutOfRangeException>(action);
        var state = new TrainingState();
        new ReduceOnPlateau().Save(state);
        state.Set("bad", -1);
        var schedule = new ReduceOnPlateau();
        Assert.Throws<InvalidDataException>(() => schedule.Load(state));
        Assert.Throws<InvalidDataException>(() => schedule.Load(new TrainingState()));
    }

    [Fact]
    public void Cosines_are_exact()
    {
        for (int i = -5_000; i <= 5_000; i++)
            Assert.Equal(Math.Cos(Math.PI * (i / 1000.0)), VectorMath.ScalarCosPi(i / 1000.0), 4e-15);
        Assert.Equal([1, 0, -1, 0, 1], new[] { 0, 0.5, 1, 1.5, 2 }.Select(x => Math.Abs(VectorMath.ScalarCosPi(x)) < 1e-300 ? 0 : VectorMath.ScalarCosPi(x)));
        Assert.True(double.IsNaN(VectorMath.ScalarCosPi(double.NaN)) && double.IsNaN(VectorMath.ScalarCosPi(double.PositiveInfinity)));
    }

    /// <summary>The picture of the docs is what the schedules are; NETGEN_ACCEPT_SNAPSHOTS=1 draws it again.</summary>
    [Fact]
    public void The_picture_is_what_is_drawn()
    {
        string path = Path.Combine(Root(), "docs", "pictures", "schedules.svg"), drawn = Draw();
        if (Environment.GetEnvironmentVariable("NETGEN_ACCEPT_SNAPSHOTS") == "1")
            File.WriteAllText(path, drawn);
        Assert.Equal(drawn, File.ReadAllText(path).Replace("\r", "", StringComparison.Ordinal));
    }

    private static string Draw()
    {
        const int Columns = 4, Width = 180, Height = 110, Head = 20, Gap = 16, Points = 360;
        var plateau = new ReduceOnPlateau(0.4, 25);
        (string Name, Func<int, double> Rate)[] panels =
        [
            ("ConstantSchedule", Of(new ConstantSchedule(1.0 / 3, 90))),
            ("StepSchedule", Of(new StepSchedule(60, 0.6))),
            ("MultiStepSchedule", Of(new MultiStepSchedule([120, 240, 300], 0.4))),
            ("ExponentialSchedule", Of(new ExponentialSchedule(0.99))),
            ("PolynomialSchedule", Of(new PolynomialSchedule(360, 2))),
            ("CosineAnnealing", Of(new CosineAnnealing(120))),
            ("CosineAnnealingWarmRestarts", Of(new CosineAnnealingWarmRestarts(52, 2))),
            ("OneCycle", Of(new OneCycle(1, 360))),
            ("OneCycle, three phases", Of(new OneCycle(1, 360, threePhases: true))),
            ("OneCycle, linear", Of(new OneCycle(1, 360, annealing: OneCycleAnnealing.Linear))),
            ("LinearWarmup, CosineAnnealing", Of(new LinearWarmup(60, new CosineAnnealing(300), 0.1))),
            ("ReduceOnPlateau", count =>
            {
                double rate = plateau.LearningRate(1, count);
                plateau.Observe(Math.Max(0.4, 1 - (count / 100.0)));
                return rate;
            }),
        ];
        int rows = (panels.Length + Columns - 1) / Columns;
        int width = (Columns * (Width + Gap)) + Gap, height = (rows * (Head + Height + Gap)) + Gap;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">\n");
        text.Append("<title>Learning rates of the schedules over 360 epochs or steps</title>\n");
        text.Append("<style>text{font:10.5px system-ui,sans-serif;fill:#1f2328}.f{fill:none;stroke:#d1d9e0}.r{fill:none;stroke:#0969da;stroke-width:1.6;stroke-linejoin:round}</style>\n");
        text.Append(CultureInfo.InvariantCulture, $"<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n");
        for (int i = 0; i < panels.Length; i++)
        {
            int x = Gap + (i % Columns * (Width + Gap)), y = Gap + (i / Columns * (Head + Height + Gap));
            text.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{y + 12}\">{panels[i].Name}</text><rect class=\"f\" x=\"{x}\" y=\"{y + Head}\" width=\"{Width}\" height=\"{Height}\"/>");
            text.Append("<polyline class=\"r\" points=\"");
            for (int point = 0; point < Points; point++)
            {
                double rate = panels[i].Rate(point);
                text.Append(CultureInfo.InvariantCulture, $"{(point == 0 ? "" : " ")}{x + (Width * (double)point / (Points - 1)):0.#},{y + Head + Height - 4 - ((Height - 8) * rate):0.#}");
            }

            text.Append("\"/>\n");
        }

        return text.Append("</svg>\n").ToString();

        static Func<int, double> Of(Schedule schedule) => count => schedule.LearningRate(1, count);
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
