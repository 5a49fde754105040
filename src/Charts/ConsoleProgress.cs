using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NetGen.Training;
using Spectre.Console;

namespace NetGen.Charts;

/// <summary>
/// Shows on the console where a training is: a bar with the loss, samples a second and the time left, and a line for each epoch. Where the output is redirected, it writes lines, at most one a second.
/// It is both a callback and the <c>progress</c> of <c>Fit</c>: give it as both. As <c>progress</c> alone it has no lines of epochs, and is not told where a training stops before its last batch: dispose it then.
/// </summary>
/// <example><code>
/// var console = new ConsoleProgress();
/// var trainer = new Trainer&lt;Classifier, int&gt;(network, new Adam(1e-3f)) { Callbacks = [console] };
/// trainer.Fit(train, epochs: 10, progress: console);
/// </code></example>
public sealed class ConsoleProgress : TrainingCallback, IProgress<TrainingProgress>, IDisposable
{
    private readonly IAnsiConsole _console;
    private readonly bool _isLive;
    private TaskCompletionSource? _end;
    private Task? _display;
    private volatile ProgressTask? _bar;
    private bool _isCallback;
    private long _lastLine;
    private bool _hasLine;

    /// <summary>Shows it on the console of the process.</summary>
    public ConsoleProgress()
        : this(AnsiConsole.Console) => _isLive &= !Console.IsOutputRedirected;

    /// <summary>Shows it on another console.</summary>
    /// <param name="console">The console; lines are written where it is not interactive.</param>
    public ConsoleProgress(IAnsiConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        _console = console;
        _isLive = console.Profile.Capabilities is { Interactive: true, Ansi: true };
    }

    /// <inheritdoc/>
    public override void OnTrainBegin(TrainingContext training)
    {
        _isCallback = true;
        Start();
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        Start();
        if (_bar is { } bar)
        {
            bar.Description = Markup.Escape(Text(value));
            bar.IsIndeterminate = value.Batches is null;
            bar.Value = Share(value) ?? 0;
            if (!_isCallback && value.Epoch == value.Epochs && value.Batch == value.Batches)
                End();
        }
        else if (!_isLive && (!_hasLine || Stopwatch.GetElapsedTime(_lastLine).TotalSeconds >= 1))
        {
            (_hasLine, _lastLine) = (true, Stopwatch.GetTimestamp());
            WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(Share(value) is { } share ? $"{100 * share,3:F0} %  " : "")}{Text(value)}"));
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext training, EpochFigures epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);

        // Those of single parameters and layers are too many for a line.
        WriteLine(string.Create(CultureInfo.InvariantCulture, $"epoch {epoch.Number}: ")
            + string.Join("  ", epoch.Names.Where(name => !name.Contains('/')).Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} {epoch[name]:G5}"))));
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        End();
        if (training.StopReason is { } reason)
            WriteLine("stopped: " + reason);
    }

    /// <inheritdoc/>
    public override void OnException(TrainingContext training, Exception exception) => End();

    /// <summary>Ends the display where a training did not.</summary>
    public void Dispose() => End();

    private void Start()
    {
        if (!_isLive || _display is not null)
            return;

        // Spectre's display lives as long as its function runs, here until the training's end.
        _end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task end = _end.Task;
        _display = _console.Progress().AutoClear(true)
            .Columns(new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(async display =>
            {
                _bar = display.AddTask("…", maxValue: 1);
                await end.ConfigureAwait(false);
            });
    }

    private void End()
    {
        _end?.TrySetResult();
        _display?.Wait(CancellationToken.None);
        (_end, _display, _bar) = (null, null, null);
    }

    private void WriteLine(string text)
    {
        // Above the display; a plain line otherwise, which is not wrapped at the width of a console that is none.
        if (_isLive)
            _console.WriteLine(text);
        else
            _console.Profile.Out.Writer.WriteLine(text);
    }

    private static double? Share(TrainingProgress value) =>
        value.Batches is { } batches ? Math.Min(1, (value.Epoch - 1 + ((double)value.Batch / batches)) / value.Epochs) : null;

    private static string Text(TrainingProgress value)
    {
        string batches = value.Batches is { } count ? string.Create(CultureInfo.InvariantCulture, $"{value.Batch}/{count}") : string.Create(CultureInfo.InvariantCulture, $"{value.Batch}");
        string left = value.TimeLeft is { } time ? "  " + Duration(time) + " left" : "";
        return string.Create(CultureInfo.InvariantCulture, $"epoch {value.Epoch}/{value.Epochs}  {batches}  loss {value.Loss:G4}  {value.SamplesPerSecond:N0} samples/s{left}");
    }

    private static string Duration(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");
}
