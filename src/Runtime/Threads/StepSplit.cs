using System;
using System.Collections.Generic;
using System.Globalization;

namespace NetGen.Runtime;

/// <summary>How several workers share a stage.</summary>
internal enum StageKind
{
    /// <summary>One does it.</summary>
    One,

    /// <summary>Each has some samples.</summary>
    Samples,

    /// <summary>Each has some tiles of the result.</summary>
    Tiles,
}

/// <summary>Steps that workers do without meeting.</summary>
/// <param name="Kind">How they share them.</param>
/// <param name="From">The first step.</param>
/// <param name="To">The step behind the last.</param>
/// <param name="Parts">In how many parts.</param>
internal readonly record struct Stage(StageKind Kind, int From, int To, int Parts);

/// <summary>How a step can be shared, as its compiler found from the shapes.</summary>
/// <param name="Kind">s: by samples; t: by tiles; b: by both; o: it cannot.</param>
/// <param name="Meets">Whether all workers must have done the steps before, whatever they shared: its memory was another sample's.</param>
/// <param name="Cost">What a sample costs, in thousands of multiply-adds.</param>
/// <param name="Few">Of what can be shared by both, the number of samples up to which tiles are better.</param>
/// <param name="FewWorkers">The workers for whom they are.</param>
internal readonly record struct StepSplit(char Kind, bool Meets, int Cost, int Few = 0, int FewWorkers = 0)
{
    /// <summary>Thousands of multiply-adds that are done while workers meet a few times.</summary>
    private const long LeastStep = 60;

    /// <summary>What a compiled network says of a routine's steps: a letter each, a capital where they meet before, the cost, and behind a colon what are few samples and, behind a stroke, for how many workers.</summary>
    public static StepSplit[] Parse(string text)
    {
        string[] steps = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Array.ConvertAll(steps, step =>
        {
            string[] numbers = step[1..].Split(':', '/');
            var split = new StepSplit(char.ToLowerInvariant(step[0]), char.IsUpper(step[0]), Number(numbers[0]));
            return numbers.Length == 1 ? split : split with { Few = Number(numbers[1]), FewWorkers = Number(numbers[2]) };
        });

        static int Number(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    /// <summary>Whether workers have equally much of so many samples, or nearly.</summary>
    public static bool IsEven(long samples, int workers) => samples % workers == 0 || samples >= 4 * workers;

    /// <summary>The stages of a routine.</summary>
    /// <param name="steps">Its steps.</param>
    /// <param name="rows">The number of samples.</param>
    /// <param name="multiple">What only one worker may have: so many samples from a multiple of the number on.</param>
    /// <param name="workers">The number of workers.</param>
    /// <param name="isEager">Whether the smallest step is shared.</param>
    public static Stage[] Stages(StepSplit[] steps, long rows, int multiple, int workers, bool isEager)
    {
        var stages = new List<Stage>(steps.Length);
        long units = (rows + multiple - 1) / multiple;
        bool hasMany = IsEven(units, workers);
        for (int i = 0; i < steps.Length; i++)
        {
            StepSplit step = steps[i];
            bool bySamples = step.Kind is 's' or 'b' && units > 1;
            bool byTiles = step.Kind is 't' or 'b';
            bool areFew = rows <= step.Few && workers <= step.FewWorkers;
            StageKind kind = byTiles && !(bySamples && hasMany && !areFew) ? StageKind.Tiles : bySamples ? StageKind.Samples : StageKind.One;
            Stage last = stages.Count == 0 ? new Stage(StageKind.Tiles, 0, 0, 0) : stages[^1];

            // What is hardly worth a meeting goes with what is before it.
            if (step.Cost * rows < LeastStep && !isEager)
                kind = last.Kind == StageKind.Samples && bySamples && !step.Meets ? StageKind.Samples : StageKind.One;
            if (kind == last.Kind && kind != StageKind.Tiles && (kind == StageKind.One || !step.Meets))
                stages[^1] = last with { To = i + 1 };
            else
                stages.Add(new Stage(kind, i, i + 1, kind == StageKind.One ? 1 : kind == StageKind.Tiles ? workers : (int)Math.Min(units, workers)));
        }

        return [.. stages];
    }
}
