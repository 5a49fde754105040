using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>One constant of a filter: from channel <paramref name="From"/> at an offset to channel <paramref name="To"/>.</summary>
internal sealed record FixedTap(int To, int From, int Row, int Column, double Weight);

/// <summary>
/// Output pixels a stride apart: y[c, First + m Stride, ...] = Σ over taps to c of weight · x[from, m InputStride + row, ...].
/// </summary>
internal sealed record FixedPhase(FixedAxis Rows, FixedAxis Columns, EquatableArray<FixedTap> Taps);

/// <summary>The pixels of a phase along one dimension: the first, the distance to the next and their number, and how far each moves the input.</summary>
internal sealed record FixedAxis(int First, int Stride, int Count, int InputStride);

/// <summary>A filter of constants, its zeros dropped: forward, or turned for the data gradient.</summary>
internal sealed record FixedFilter(string Label, Picture Input, Picture Output, EquatableArray<FixedPhase> Phases)
{
    /// <summary>Whether each tap is a line of code; a filter of many taps is a table.</summary>
    public bool IsUnrolled => Phases.Count <= 4 && Phases.Sum(phase => phase.Taps.Count) <= 128;

    /// <summary>How far its taps, and the lanes behind the last pixel, reach beyond the input.</summary>
    public Border Reach
    {
        get
        {
            var reach = default(Border);
            foreach (FixedPhase phase in Phases)
            {
                int columns = (int)Packing.PadToPanel(phase.Columns.Count);
                foreach (FixedTap tap in phase.Taps)
                {
                    reach = reach.Union(new Border(
                        Math.Max(0, -tap.Row), Math.Max(0, -tap.Column),
                        Math.Max(0, ((phase.Rows.Count - 1) * phase.Rows.InputStride) + tap.Row - (Input.Height - 1)),
                        Math.Max(0, ((columns - 1) * phase.Columns.InputStride) + tap.Column - (Input.Width - 1))));
                }
            }

            return reach;
        }
    }

    public static FixedFilter Forward(ConvKernel kernel)
    {
        ConvOp op = kernel.Op;
        IEnumerable<FixedTap> taps = Taps(kernel).Select(tap => new FixedTap(
            tap.To, tap.From, (tap.Row * op.Dilation.Height) - op.Pads.Top, (tap.Column * op.Dilation.Width) - op.Pads.Left, tap.Weight));
        return new FixedFilter(kernel.Label, kernel.Input, kernel.Output, EquatableArray.Of(new FixedPhase(
            new FixedAxis(0, 1, kernel.Output.Height, op.Stride.Height), new FixedAxis(0, 1, kernel.Output.Width, op.Stride.Width), taps.ToEquatableArray())));
    }

    public static FixedFilter Gradient(ConvKernel kernel)
    {
        FixedTap[] taps = Taps(kernel).ToArray();
        var phases = new List<FixedPhase>();
        foreach (GradientPhase rows in kernel.RowPhases())
        {
            foreach (GradientPhase columns in kernel.ColumnPhases())
            {
                var own = new List<FixedTap>();
                for (int i = 0; i < rows.TapCount; i++)
                {
                    for (int j = 0; j < columns.TapCount; j++)
                    {
                        own.AddRange(taps
                            .Where(tap => tap.Row == rows.FirstTap + (i * rows.TapStep) && tap.Column == columns.FirstTap + (j * columns.TapStep))
                            .Select(tap => new FixedTap(tap.From, tap.To, rows.First + (i * rows.Step), columns.First + (j * columns.Step), tap.Weight)));
                    }
                }

                phases.Add(new FixedPhase(
                    new FixedAxis(rows.Residue, kernel.Op.Stride.Height, rows.Count, 1), new FixedAxis(columns.Residue, kernel.Op.Stride.Width, columns.Count, 1), own.ToEquatableArray()));
            }
        }

        return new FixedFilter(kernel.Label, kernel.Output, kernel.Input, phases.ToEquatableArray());
    }

    /// <summary>The filter's taps by tap number, zeros left out.</summary>
    private static IEnumerable<FixedTap> Taps(ConvKernel kernel)
    {
        int index = 0;
        for (int o = 0; o < kernel.Output.Channels; o++)
        {
            for (int i = 0; i < kernel.Inputs; i++)
            {
                for (int row = 0; row < kernel.Op.Kernel.Height; row++)
                {
                    for (int column = 0; column < kernel.Op.Kernel.Width; column++)
                    {
                        double weight = kernel.Op.FixedWeight[index++];
                        if ((float)weight != 0)
                            yield return new FixedTap(o, (o / kernel.Outputs * kernel.Inputs) + i, row, column, weight);
                    }
                }
            }
        }
    }
}
