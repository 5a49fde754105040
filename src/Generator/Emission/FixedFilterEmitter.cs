using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using static NetGen.Generator.Emission.Address;
using Buffer = NetGen.Generator.Compiler.Buffer;

namespace NetGen.Generator.Emission;

/// <summary>Prints convolutions whose filter is constants. Lanes are pixels of a row.</summary>
internal sealed class FixedFilterEmitter(CodeWriter code)
{
    /// <summary>The taps stand in the code, and nothing else does.</summary>
    public void Unrolled(FixedConvStep step)
    {
        (Buffer x, Buffer y) = (step.X, step.Y);
        code.ForEachWidth(simd =>
        {
            using (code.Loop("for (nuint n = 0; n < rows; n++)"))
            {
                foreach (FixedPhase phase in step.Filter.Phases)
                {
                    using (code.Loop($"for (nuint line = 0; line < {Text.Int(phase.RowCount)}; line++)"))
                    using (code.Loop($"for (nuint column = 0; column < {Text.Int(phase.ColumnCount)}; column += {Text.Int(simd.Lanes)})"))
                        Pixels(simd, phase);
                }
            }
        });
        ClearTails(y);

        void Pixels(Simd simd, FixedPhase phase)
        {
            for (int channel = 0; channel < y.Shape.Channels; channel++)
            {
                string sum = $"{simd.Type}.Zero";
                bool isFirst = true;
                foreach (FixedTap tap in phase.Taps.Where(tap => tap.To == channel))
                {
                    string load = Load(simd, phase, Element(
                        "x", ("n", x.Stride), ("line", (long)phase.InputRowStride * x.RowStride), ("column", phase.InputColumnStride), Offset(Place(x, tap))));
                    if (isFirst)
                        code.Line($"{simd.Type} sum{Text.Int(channel)} = {(tap.Weight == 1 ? load : $"{load} * {simd.Broadcast(Text.Float(tap.Weight))}")};");
                    else
                        code.Line($"sum{Text.Int(channel)} = {simd.MultiplyAdd(load, simd.Broadcast(Text.Float(tap.Weight)), "sum" + Text.Int(channel))};");
                    isFirst = false;
                    sum = "sum" + Text.Int(channel);
                }

                Store(simd, phase, sum, Text.Int(phase.ColumnCount), Element(
                    "y", ("n", y.Stride), ("line", (long)phase.RowStride * y.RowStride), ("column", phase.ColumnStride),
                    Offset(y.Origin + ((long)channel * y.ChannelStride) + ((long)phase.FirstRow * y.RowStride) + phase.FirstColumn)));
            }
        }
    }

    /// <summary>Loops over a table of taps, phase after phase and channel after channel.</summary>
    public void Table(FixedConvStep step)
    {
        (Buffer x, Buffer y) = (step.X, step.Y);
        FixedPhase any = step.Filter.Phases[0];
        var sums = new List<string>();
        var taps = new List<FixedTap>();
        foreach (FixedPhase phase in step.Filter.Phases)
        {
            for (int channel = 0; channel < y.Shape.Channels; channel++)
            {
                taps.AddRange(phase.Taps.Where(tap => tap.To == channel));
                long place = y.Origin + ((long)channel * y.ChannelStride) + ((long)phase.FirstRow * y.RowStride) + phase.FirstColumn;
                sums.AddRange([Text.Int(place), Text.Int(phase.RowCount), Text.Int(phase.ColumnCount), Text.Int(taps.Count)]);
            }
        }

        code.Line("// Of each output channel and phase where it starts in y, its lines and columns, and the end of its taps.");
        Numbers("int", "sums", sums);
        Numbers("int", "places", [.. taps.Select(tap => Text.Int(Place(x, tap)))]);
        Numbers("float", "weights", [.. taps.Select(tap => Text.Float(tap.Weight))]);
        code.ForEachWidth(simd =>
        {
            using (code.Loop("for (nuint n = 0; n < rows; n++)"))
            {
                code.Line("int first = 0;");
                using (code.Loop("for (int i = 0; i < sums.Length; i += 4)"))
                {
                    code.Line("nuint columns = (nuint)sums[i + 2];");
                    code.Line("int end = sums[i + 3];");
                    using (code.Loop("for (nuint line = 0; line < (nuint)sums[i + 1]; line++)"))
                    using (code.Loop($"for (nuint column = 0; column < columns; column += {Text.Int(simd.Lanes)})"))
                    {
                        code.Line($"ref float from = ref {Element("x", ("n", x.Stride), ("line", (long)any.InputRowStride * x.RowStride), ("column", any.InputColumnStride))};");
                        code.Line($"{simd.Type} sum = {simd.Type}.Zero;");
                        code.Single(
                            "for (int tap = first; tap < end; tap++)",
                            $"sum = {simd.MultiplyAdd(Load(simd, any, "Unsafe.Add(ref from, places[tap])"), simd.Broadcast("weights[tap]"), "sum")};");
                        Store(simd, any, "sum", "columns", Element(
                            "y", ("n", y.Stride), ("line", (long)any.RowStride * y.RowStride), ("column", any.ColumnStride), ("(nuint)sums[i]", 1)));
                    }

                    code.Line("first = end;");
                }
            }
        });
        ClearTails(y);
    }

    /// <summary>A table in the assembly's data.</summary>
    private void Numbers(string type, string name, List<string> numbers)
    {
        const int PerLine = 24;
        using (code.Block($"global::System.ReadOnlySpan<{type}> {name} = new {type}[]", "};"))
        {
            for (int i = 0; i < numbers.Count; i += PerLine)
                code.Line(string.Join(", ", numbers.Skip(i).Take(PerLine)) + ",");
        }
    }

    private static long Place(Buffer x, FixedTap tap) => x.Origin + ((long)tap.From * x.ChannelStride) + ((long)tap.Row * x.RowStride) + tap.Column;

    private static string Load(Simd simd, FixedPhase phase, string place) => phase.InputColumnStride == 1
        ? $"{simd.Class}.LoadUnsafe(ref {place})"
        : $"VectorStrides.Load{Text.Int(simd.Bits)}(ref {place}, {Text.Int(phase.InputColumnStride)})";

    private void Store(Simd simd, FixedPhase phase, string sum, string count, string place) => code.Line(phase.ColumnStride == 1
        ? $"{sum}.StoreUnsafe(ref {place});"
        : $"VectorStrides.Store({sum}, ref {place}, {Text.Int(phase.ColumnStride)}, (int)({count} - column));");

    private void ClearTails(Buffer y)
    {
        if (y.Shape.Width % Packing.Panel != 0)
            code.Line($"PictureKernels.ClearTails(ref y, {PictureText.Layout(y)}, rows);");
    }
}
