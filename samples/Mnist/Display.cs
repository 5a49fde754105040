using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Numerics.Tensors;
using NetGen.Data;
using Spectre.Console;

namespace NetGen.Samples.Mnist;

/// <summary>What the program shows; colours and the moving table where there is a terminal, plain lines elsewhere.</summary>
internal static class Display
{
    /// <summary>Spectre.Console looks at the terminal's type alone; a file or a pipe gets no colours.</summary>
    public static void Prepare()
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Capabilities.Ansi = false;
            AnsiConsole.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
        }
    }

    /// <summary>Runs the training and follows it.</summary>
    public static void Training(IEnumerable<Epoch> training, int epochs)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan TimeLeft(int done) => Stopwatch.GetElapsedTime(start) / done * (epochs - done);

        if (Console.IsOutputRedirected)
        {
            foreach (Epoch epoch in training)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"epoch {epoch.Number}/{epochs}  loss {epoch.Loss:F4}  accuracy {epoch.Accuracy:F4}  {epoch.ImagesPerSecond:N0} images/s  {TimeLeft(epoch.Number).TotalSeconds:F1} s left"));
            }

            return;
        }

        const int width = 20;
        Table table = new Table().AddColumns("", "epoch", "loss", "accuracy", "images/s", "time left").AddEmptyRow();
        foreach (TableColumn column in table.Columns)
            column.RightAligned().NoWrap();
        AnsiConsole.Live(table).Start(live =>
        {
            foreach (Epoch epoch in training)
            {
                int bar = width * epoch.Number / epochs;
                table.UpdateCell(0, 0, $"[green]{new string('━', bar)}[/][grey]{new string('━', width - bar)}[/]");
                table.UpdateCell(0, 1, string.Create(CultureInfo.InvariantCulture, $"{epoch.Number}/{epochs}"));
                table.UpdateCell(0, 2, epoch.Loss.ToString("F4", CultureInfo.InvariantCulture));
                table.UpdateCell(0, 3, epoch.Accuracy.ToString("F4", CultureInfo.InvariantCulture));
                table.UpdateCell(0, 4, epoch.ImagesPerSecond.ToString("N0", CultureInfo.InvariantCulture));
                table.UpdateCell(0, 5, TimeLeft(epoch.Number).TotalSeconds.ToString("F1", CultureInfo.InvariantCulture) + " s");
                live.Refresh();
            }
        });
    }

    /// <summary>How often each digit was taken for each digit.</summary>
    public static void ConfusionMatrix(MnistDataset data, float[] scores)
    {
        var counts = new int[Digit.Classes, Digit.Classes];
        for (int i = 0; i < data.Count; i++)
            counts[data.Labels[i], Guess(scores, i)]++;

        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle("rows: the digit; columns: what the network saw") };
        table.AddColumn("");
        for (int guess = 0; guess < Digit.Classes; guess++)
            table.AddColumn(new TableColumn($"[bold]{guess}[/]").RightAligned());
        for (int label = 0; label < Digit.Classes; label++)
        {
            table.AddRow(Enumerable.Range(0, Digit.Classes)
                .Select(guess => (counts[label, guess], guess == label) switch
                {
                    (0, _) => "[grey]·[/]",
                    (int count, true) => $"[green]{count}[/]",
                    (int count, false) => $"[red]{count}[/]",
                })
                .Prepend($"[bold]{label}[/]")
                .ToArray());
        }

        AnsiConsole.Write(table);
    }

    /// <summary>Draws the mistakes that the network was surest of, as many as fit side by side.</summary>
    public static void Mistakes(MnistDataset data, float[] scores)
    {
        int room = Math.Clamp(AnsiConsole.Profile.Width / (Digit.Width + 2), 1, 6);
        int[] worst = Enumerable.Range(0, data.Count)
            .Where(i => Guess(scores, i) != data.Labels[i])
            .OrderByDescending(i => scores[(i * Digit.Classes) + Guess(scores, i)] - scores[(i * Digit.Classes) + data.Labels[i]])
            .Take(room)
            .ToArray();
        if (worst.Length == 0)
            return;

        var grid = new Grid();
        foreach (int _ in worst)
            grid.AddColumn(new GridColumn().NoWrap().Width(Digit.Width));
        grid.AddRow(worst.Select(i => Digit.Draw(data.Image(i))).ToArray());
        grid.AddRow(worst.Select(i => new Markup($"a {data.Labels[i]}, seen as {Guess(scores, i)}").Centered()).ToArray());
        AnsiConsole.WriteLine("The mistakes that the network was surest of:");
        AnsiConsole.WriteLine();
        AnsiConsole.Write(grid);
        AnsiConsole.WriteLine();
    }

    private static int Guess(float[] scores, int image) => TensorPrimitives.IndexOfMax(scores.AsSpan(image * Digit.Classes, Digit.Classes));
}
