using System;
using System.Collections.Generic;
using System.Globalization;
using NetGen.Reports;

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

/// <summary>Steps that workers share in one way without meeting.</summary>
/// <param name="Kind">How they share them.</param>
/// <param name="From">The first step.</param>
/// <param name="To">The step behind the last.</param>
/// <param name="Parts">In how many parts.</param>
/// <param name="Meets">Whether all workers must have done what is before; otherwise each goes on to its part.</param>
internal readonly record struct Stage(StageKind Kind, int From, int To, int Parts, bool Meets = true);

/// <summary>How a step can be shared, as its compiler found from the shapes.</summary>
/// <param name="Kind">s: by samples; t: by tiles; b: by both; o: it cannot.</param>
/// <param name="Meets">Whether all workers must have done the steps before, whatever they shared: its memory was another sample's.</param>
/// <param name="Cost">What a sample costs, in multiply-adds.</param>
/// <param name="Few">Of what can be shared by both, the number of samples up to which tiles are better.</param>
/// <param name="FewWorkers">The workers for whom they are.</param>
/// <param name="Free">So many steps before it have nothing to do with it: none reads, or has in its memory, what the other writes.</param>
/// <param name="Tiles">How many tiles there are of what can be shared by them, at the widest vectors; 0: it is not known.</param>
internal readonly record struct StepSplit(char Kind, bool Meets, long Cost, int Few = 0, int FewWorkers = 0, int Free = 0, int Tiles = 0)
{
    /// <summary>What moving a float takes, in multiply-adds.</summary>
    public const int Move = StepCost.Move;

    /// <summary>Multiply-adds that are done while workers meet a few times.</summary>
    private const long LeastStep = 60_000;

    /// <summary>
    /// What a compiled network says of a routine's steps: a letter each, a capital where they meet before, the cost; behind an x how many tiles there are; behind a colon what are few samples and, behind a stroke, for how many
    /// workers; and behind a plus sign how many steps before it have nothing to do with it.
    /// </summary>
    public static StepSplit[] Parse(string text)
    {
        string[] steps = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Array.ConvertAll(steps, step =>
        {
            string[] parts = step[1..].Split('+');
            string[] numbers = parts[0].Split(':', '/');
            string[] work = numbers[0].Split('x');
            var split = new StepSplit(
                char.ToLowerInvariant(step[0]), char.IsUpper(step[0]), Cost: long.Parse(work[0], NumberStyles.None, CultureInfo.InvariantCulture), Free: parts.Length == 1 ? 0 : Number(parts[1]), Tiles: work.Length == 1 ? 0 : Number(work[1]));
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
        int meeting = 0;
        long units = (rows + multiple - 1) / multiple;
        bool hasMany = IsEven(units, workers);
        for (int i = 0; i < steps.Length; i++)
        {
            StepSplit step = steps[i];
            bool bySamples = step.Kind is 's' or 'b' && units > 1;
            bool byTiles = step.Kind is 't' or 'b';
            bool areFew = rows <= step.Few && workers <= step.FewWorkers;
            StageKind kind = byTiles && !(bySamples && hasMany && !areFew) ? StageKind.Tiles : bySamples ? StageKind.Samples : StageKind.One;

            // What is hardly worth a meeting is done without one, or with what else one does.
            if (step.Cost * rows < LeastStep && !isEager && !Joins(i, kind))
                kind = bySamples && Joins(i, StageKind.Samples) ? StageKind.Samples : StageKind.One;
            bool joins = Joins(i, kind);
            if (joins && stages[^1].Kind == kind)
            {
                stages[^1] = stages[^1] with { To = i + 1 };
                continue;
            }

            meeting = joins ? meeting : stages.Count;
            stages.Add(new Stage(kind, i, i + 1, kind == StageKind.One ? 1 : kind == StageKind.Tiles ? workers : (int)Math.Min(units, workers), Meets: !joins));
        }

        return [.. stages];

        // Whether what it has to do with since the last meeting was done by the same worker: one, or that of its samples.
        bool Joins(int i, StageKind kind)
        {
            StepSplit step = steps[i];
            for (int s = meeting; s < stages.Count; s++)
            {
                Stage stage = stages[s];
                if ((stage.Kind == StageKind.Samples && step.Meets) || ((stage.Kind == StageKind.Tiles || stage.Kind != kind) && i - step.Free > stage.From))
                    return false;
            }

            return stages.Count > 0;
        }
    }
}
