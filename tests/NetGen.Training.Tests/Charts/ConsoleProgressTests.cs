using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using NetGen.Charts;
using NetGen.Tests.Training;
using NetGen.Training;
using Spectre.Console;
using Xunit;

namespace NetGen.Tests.Charts;

public class ConsoleProgressTests
{
    private readonly StringWriter _output = new(CultureInfo.InvariantCulture);

    [Fact]
    public void Redirected_output_gets_lines_at_most_one_a_second()
    {
        var progress = new ConsoleProgress(Console(isInteractive: false));
        for (int batch = 1; batch <= 500; batch++)
            progress.Report(new TrainingProgress(2, 4, batch, 1000, 0.25, 12345.6, TimeSpan.FromSeconds(3723)));
        Assert.Equal(" 25 %  epoch 2/4  1/1000  loss 0.25  12,346 samples/s  1:02:03 left\n", _output.ToString().Replace("\r", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_epoch_has_a_line_without_the_figures_of_single_layers()
    {
        TrainingHistory history = Fit(new ConsoleProgress(Console(isInteractive: false)), out _);
        string[] lines = [.. _output.ToString().Split(Environment.NewLine).Where(line => line.StartsWith("epoch ", StringComparison.Ordinal))];
        Assert.Equal(3, lines.Length);
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"epoch 3: loss {history["loss"][2]:G5}  val_loss {history["val_loss"][2]:G5}  learning_rate 0.01"), lines[2], StringComparison.Ordinal);
        Assert.Contains("gradient_norm/head.bias", history.Names);
        Assert.DoesNotContain("head.bias", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_terminal_gets_a_bar_and_is_as_before_behind_the_training()
    {
        Fit(new ConsoleProgress(Console(isInteractive: true)), out string? reason);
        string output = _output.ToString();
        Assert.Contains("samples/s", output, StringComparison.Ordinal);
        Assert.Contains("━", output, StringComparison.Ordinal);
        Assert.Equal(3, Regex.Count(output, "epoch [123]: loss"));
        Assert.True(output.LastIndexOf("\u001b[?25h", StringComparison.Ordinal) > output.LastIndexOf("\u001b[?25l", StringComparison.Ordinal), "The cursor is hidden.");
        Assert.Null(reason);

        // A training that fails ends the display too; another may follow.
        var progress = new ConsoleProgress(Console(isInteractive: true));
        Assert.Throws<TimeoutException>(() => Fit(progress, out _, new Failing()));
        _output.GetStringBuilder().Clear();
        Fit(progress, out _);
        Assert.Equal(3, Regex.Count(_output.ToString(), "epoch [123]: loss"));
    }

    [Fact]
    public void As_progress_alone_it_has_a_bar_too()
    {
        var data = TrainerTests.Data(100, seed: 1);
        for (int training = 0; training < 2; training++)
        {
            _output.GetStringBuilder().Clear();
            using var progress = new ConsoleProgress(Console(isInteractive: true));
            new Trainer<Clusters, int>(new Clusters(seed: 1), new Adam(1e-2)).Fit(data, epochs: 3, progress: progress);

            // The last batch has ended it.
            string output = _output.ToString();
            Assert.Contains("samples/s", output, StringComparison.Ordinal);
            Assert.Contains("━", output, StringComparison.Ordinal);
            Assert.True(output.LastIndexOf("\u001b[?25h", StringComparison.Ordinal) > output.LastIndexOf("\u001b[?25l", StringComparison.Ordinal), "The cursor is hidden.");
            progress.Dispose();
            Assert.Equal(output, _output.ToString());
        }

        // A source of unknown length has no last batch.
        _output.GetStringBuilder().Clear();
        using (var progress = new ConsoleProgress(Console(isInteractive: true)))
            progress.Report(new TrainingProgress(2, 4, 7, null, 0.25, 12345.6, null));
        Assert.Contains("epoch 2/4  7  loss 0.25", _output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\u001b[?25h", _output.ToString().TrimEnd(), StringComparison.Ordinal);
    }

    private static TrainingHistory Fit(ConsoleProgress progress, out string? reason, params TrainingCallback[] others)
    {
        var trainer = new Trainer<Clusters, int>(new Clusters(seed: 1), new Adam(1e-2)) { Callbacks = [new LayerStatistics(), progress, .. others] };
        TrainingHistory history = trainer.Fit(TrainerTests.Data(100, seed: 1), epochs: 3, validation: TrainerTests.Data(20, seed: 2), progress: progress);
        reason = trainer.StopReason;
        return history;
    }

    private IAnsiConsole Console(bool isInteractive)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(_output),
            Ansi = isInteractive ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = isInteractive ? InteractionSupport.Yes : InteractionSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
        });
        console.Profile.Width = 200;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }

    private sealed class Failing : TrainingCallback
    {
        public override void OnStepEnd(TrainingContext training) => throw new TimeoutException();
    }
}
