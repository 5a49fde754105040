using System;
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

    /// <summary>How often each digit was taken for each digit.</summary>
    public static void ConfusionMatrix(MnistDataset data, float[] scores)
    {
        var counts = new int[MnistFiles.Classes, MnistFiles.Classes];
        for (int i = 0; i < data.Count; i++)
            counts[data.Labels[i], Guess(scores, i)]++;

        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle("rows: the digit; columns: what the network saw") };
        table.AddColumn("");
        for (int guess = 0; guess < MnistFiles.Classes; guess++)
            table.AddColumn(new TableColumn($"[bold]{guess}[/]").RightAligned());
        for (int label = 0; label < MnistFiles.Classes; label++)
        {
            table.AddRow(Enumerable.Range(0, MnistFiles.Classes)
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
            .OrderByDescending(i => scores[(i * MnistFiles.Classes) + Guess(scores, i)] - scores[(i * MnistFiles.Classes) + data.Labels[i]])
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

    private static int Guess(float[] scores, int image) => TensorPrimitives.IndexOfMax(scores.AsSpan(image * MnistFiles.Classes, MnistFiles.Classes));
}
