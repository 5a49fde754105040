using System;
using System.Diagnostics;
using System.Globalization;
using NetGen.Training;
using Spectre.Console;

namespace NetGen.Samples.Mnist;

/// <summary>Shows a training epoch by epoch: a table that moves where there is a terminal, plain lines elsewhere.</summary>
/// <param name="epochs">Epochs in all.</param>
internal sealed class EpochTable(int epochs) : TrainingCallback
{
    private const int Width = 20;

    private readonly Table _table = new Table().AddColumns("", "epoch", "loss", "accuracy", "images/s", "time left").AddEmptyRow();
    private LiveDisplayContext? _live;
    private long _start;
    private int _firstEpoch;

    /// <summary>Runs the training and follows it.</summary>
    public void Follow(Action training)
    {
        if (Console.IsOutputRedirected)
        {
            training();
            return;
        }

        foreach (TableColumn column in _table.Columns)
            column.RightAligned().NoWrap();
        AnsiConsole.Live(_table).Start(live =>
        {
            _live = live;
            training();
        });
    }

    /// <inheritdoc/>
    public override void OnTrainBegin(TrainingContext training) => (_start, _firstEpoch) = (Stopwatch.GetTimestamp(), training.History.Epochs.Count);

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext training, EpochFigures epoch)
    {
        int bar = Width * epoch.Number / epochs;
        double left = Stopwatch.GetElapsedTime(_start).TotalSeconds / (epoch.Number - _firstEpoch) * (epochs - epoch.Number);
        string[] cells =
        [
            $"[green]{new string('━', bar)}[/][grey]{new string('━', Width - bar)}[/]",
            Text($"{epoch.Number}/{epochs}"), Text($"{epoch["loss"]:F4}"), Text($"{epoch["val_accuracy"]:F4}"), Text($"{epoch["samples_per_second"]:N0}"), Text($"{left:F1} s"),
        ];
        if (_live is null)
        {
            Console.WriteLine($"epoch {cells[1]}  loss {cells[2]}  accuracy {cells[3]}  {cells[4]} images/s  {cells[5]} left");
            return;
        }

        for (int column = 0; column < cells.Length; column++)
            _table.UpdateCell(0, column, cells[column]);
        _live.Refresh();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
