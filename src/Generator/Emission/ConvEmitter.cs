using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using static NetGen.Generator.Emission.Address;
using Buffer = NetGen.Generator.Compiler.Buffer;

namespace NetGen.Generator.Emission;

/// <summary>
/// Prints the methods of convolutions: loops over samples, groups of channels, chunks of the reduction and tiles of the picture.
/// All three products of a convolution, and all forms of its filter, are the same tiles with other operands.
/// </summary>
internal sealed class ConvEmitter(CodeWriter code, ProductTiles tiles)
{
    /// <summary>One loop of a reduction: how often, and how far both operands move.</summary>
    private sealed record Level(int Count, long AStep, long BStep, string? CountText = null)
    {
        public string Text => CountText ?? Emission.Text.Int(Count);
    }

    /// <summary>The loops of a tile's reduction, the outermost first; loops of one pass are dropped, and what moves evenly is one loop.</summary>
    private static (Dictionary<string, long> Strides, string Outer, string Middle, string Inner) Nest(params Level[] levels)
    {
        var loops = new List<Level>();
        foreach (Level level in levels.Where(level => level.Count > 1 || level.CountText is not null))
        {
            if (loops.Count > 0 && loops[loops.Count - 1] is { CountText: null } outer && level.CountText is null
                && outer.AStep == level.AStep * level.Count && outer.BStep == level.BStep * level.Count)
                loops[loops.Count - 1] = level with { Count = outer.Count * level.Count };
            else
                loops.Add(level);
        }

        while (loops.Count < 3)
            loops.Insert(0, new Level(1, 0, 0));
        (Level o, Level m, Level i) = (loops[0], loops[1], loops[2]);
        var strides = new Dictionary<string, long>
        {
            ["AInner"] = i.AStep,
            ["AMiddle"] = m.AStep - (i.Count * i.AStep),
            ["AOuter"] = o.AStep - (m.Count * m.AStep),
            ["BInner"] = i.BStep,
            ["BMiddle"] = m.BStep - (i.Count * i.BStep),
            ["BOuter"] = o.BStep - (m.Count * m.BStep),
        };
        return (strides, o.Text, m.Text, i.Text);
    }

    /// <summary>A loop from <paramref name="from"/> to <paramref name="to"/>; nothing but the body where it runs once.</summary>
    private void Loop(string name, long from, long to, long step, Action<string> body)
    {
        if (from + step >= to)
        {
            if (from < to)
                body(Text.Int(from));
            return;
        }

        using (code.Loop($"for (nuint {name} = {Text.Int(from)}; {name} < {Text.Int(to)}; {(step == 1 ? name + "++" : $"{name} += {Text.Int(step)}")})"))
            body(name);
    }

    /// <summary>Loops over the tiles of a grid.</summary>
    private void Grid(GridTiles grid, int height, string rowName, string columnName, Action<string, string, int, int> body, Action<string>? before = null)
    {
        int main = height - grid.LastHeight;
        Loop(rowName, 0, main, grid.Height, row =>
        {
            before?.Invoke(row);
            Line(row, grid.Height);
        });
        if (grid.LastHeight > 0)
            Line(Text.Int(main), grid.LastHeight);

        void Line(string row, int lines)
        {
            int column = 0;
            foreach ((int width, int count) in grid.Segments)
            {
                Loop(columnName, column, column + (width * count), width, c => body(row, c, lines, width));
                column += width * count;
            }
        }
    }

    private void Reference(string name, string element) => code.Line($"ref float {name} = ref {element};");

    // ---- Correlations: a forward pass, or a phase of a data gradient ----

    /// <summary>
    /// y[c, row, column] = Σ over taps and input channels of x · w. In every group alike: x and y are told by the place of the first pixel and by
    /// what one row or column of y moves them.
    /// </summary>
    private sealed record Correlation(
        string Name, string Comment, ConvForm Form, int Groups, int Inputs, int Outputs, int Height, int Width,
        Buffer X, long XOrigin, long XRow, long XColumn, int TapRows, int TapColumns, long XTapRow, long XTapColumn,
        Buffer Y, long YOrigin, long YRow, long YColumn, Side? Saved, bool HasBias, ActivationOp? Activation, bool KeepsInput, ActivationOp? Gradient, long SpreadScratch = -1,
        Side? Start = null, Side? Addend = null, bool KeepsOutput = false, int? XFirst = null)
    {
        /// <summary>Narrower pictures have several lines in a tile, whose taps differ.</summary>
        private const int LeastTrimmed = 8;

        /// <summary>The sides with the start of their strides' names.</summary>
        public IEnumerable<(string Name, Side? Side)> Sides => [("Saved", Saved), ("Start", Start), ("Add", Addend)];

        public int Taps => TapRows * TapColumns;

        /// <summary>Rows of x from a row of y to the next.</summary>
        public long RowStep => XRow / X.RowStride;

        /// <summary>
        /// Whether rows of taps that lie in the border, where x is zero, are left out. It depends on the shapes alone, for a sum of -0 would tell.
        /// </summary>
        public bool IsTrimmed => XFirst is { } first && Form == ConvForm.Panels && TapRows > 1 && XTapRow == X.RowStride && Height > 1 && Width >= LeastTrimmed
            && (first < 0 || first + ((Height - 1) * RowStep) + TapRows > X.Shape.Height);
    }

    /// <summary>A value beside y: what is kept or was saved, what starts the sums, what is added to them.</summary>
    private sealed record Side(string Name, Buffer Buffer, long Origin, long Row, long Column)
    {
        /// <summary>A value of y's own pixels.</summary>
        public static Side? Of(string name, Buffer? buffer) => buffer is null ? null : new Side(name, buffer, buffer.Origin, buffer.RowStride, buffer.PixelStride);
    }

    public void Forward(ConvForwardStep step, List<Action> after)
    {
        ConvKernel k = step.Conv;
        ConvOp op = k.Op;
        if (k.Biases > 1)
        {
            int length = (int)Packing.PadToPanel(k.Output.Channels);
            code.Line($"RowKernels.Sum(ref bias, {Text.Int(length)}, {Text.Int(k.Biases)}, ref scratch);");
            code.Line("bias = ref scratch;");
        }

        Correlate(
            new Correlation(
                step.Method + "Strides", $"{k.Label} forward.", k.Form, k.Groups, k.Inputs, k.Outputs, k.Output.Height, k.Output.Width,
                step.X, step.X.Origin - (op.Pads.Top * step.X.RowStride) - (op.Pads.Left * step.X.PixelStride),
                op.Stride.Height * step.X.RowStride, op.Stride.Width * step.X.PixelStride,
                op.Kernel.Height, op.Kernel.Width, op.Dilation.Height * step.X.RowStride, op.Dilation.Width * step.X.PixelStride,
                step.Y, step.Y.Origin, step.Y.RowStride, step.Y.PixelStride,
                Side.Of("z", step.Z) ?? Side.Of("kept", step.Kept), k.HasBias, step.Activation, step.Z is not null, null,
                Start: Side.Of("start", step.Start), Addend: Side.Of("addend", step.Addend), KeepsOutput: step.Kept is not null, XFirst: -op.Pads.Top),
            "x", "weight", "y", after);
    }

    public void DataGradient(ConvDataGradientStep step, List<Action> after)
    {
        ConvKernel k = step.Conv;
        (Buffer dy, Buffer dx, Buffer? saved) = (step.DY, step.DX, step.Saved);
        ConvForm form = dx.Order == BufferOrder.Planes ? ConvForm.Rows : k.Form == ConvForm.Depthwise ? ConvForm.Depthwise : ConvForm.Panels;
        Size2 stride = k.Op.Stride;
        long spread = step.IsSpread ? k.RepackedLength(isPlanes: true) : -1;

        // Phases that see equally many taps and write equally many pixels are one loop.
        var kinds = k.RowPhases().SelectMany(rows => k.ColumnPhases().Select(columns => (Rows: rows, Columns: columns)))
            .GroupBy(phase => (Taps(phase) == 0 ? default : (phase.Rows.TapCount, phase.Columns.TapCount), phase.Rows.Count, phase.Columns.Count)).Select(kind => kind.ToList()).ToList();
        for (int i = 0; i < kinds.Count; i++)
        {
            List<(GradientPhase Rows, GradientPhase Columns)> kind = kinds[i];
            (GradientPhase rows, GradientPhase columns) = kind[0];
            string name = step.Method + (kinds.Count == 1 ? "" : Text.Int(i));
            int taps = Taps(kind[0]);

            // Pixels that see no tap read no filter, and where no pixel sees one there is no scratch for it.
            string filter = taps == 0 ? "weight" : "scratch";
            var correlation = new Correlation(
                name + "Strides", $"{k.Label} backward, data{(stride == Size2.Of(1) ? "" : taps == 0 ? ": pixels that see no tap" : $": pixels that see {Text.Int(rows.TapCount)}x{Text.Int(columns.TapCount)} taps")}.",
                form, k.Groups, taps == 0 ? 1 : k.Outputs, k.Inputs, rows.Count, columns.Count,
                dy, DYOrigin(kind[0]), dy.RowStride, dy.PixelStride, taps == 0 ? 0 : rows.TapCount, taps == 0 ? 0 : columns.TapCount, rows.Step * dy.RowStride, columns.Step * dy.PixelStride,
                dx, Origin(dx, kind[0]), stride.Height * dx.RowStride, stride.Width * dx.PixelStride,
                saved is null ? null : new Side("saved", saved, Origin(saved, kind[0]), stride.Height * saved.RowStride, stride.Width * saved.PixelStride),
                HasBias: false, null, KeepsInput: false, step.Activation, spread, Side.Of("start", step.Start), XFirst: kind.Count == 1 ? rows.First : null);
            if (kind.Count == 1)
            {
                using (kinds.Count == 1 ? default : code.Block())
                {
                    Repack(Text.Int(rows.FirstTap), Text.Int(columns.FirstTap));
                    Correlate(correlation, "dy", filter, "dx", after);
                }

                continue;
            }

            after.Add(() =>
            {
                code.Line();
                code.Line($"// The phases of {correlation.Comment.TrimEnd('.')}: where dy, dx and what was saved start, and the last row and column of taps.");
                code.Line($"private static readonly int[] {name}Phases = new int[]");
                using (code.Block(end: "};"))
                {
                    foreach ((GradientPhase Rows, GradientPhase Columns) phase in kind)
                        code.Line($"{Text.Int(DYOrigin(phase))}, {Text.Int(Origin(dx, phase))}, {Text.Int(saved is null ? 0 : Origin(saved, phase))}, {Text.Int(phase.Rows.FirstTap)}, {Text.Int(phase.Columns.FirstTap)},");
                }
            });
            using (code.Loop($"for (int phase = 0; phase < {Text.Int(kind.Count)}; phase++)"))
            {
                code.Line($"ref int numbers = ref {name}Phases[phase * 5];");
                Reference("dyPhase", "Unsafe.Add(ref dy, numbers)");
                Reference("dxPhase", "Unsafe.Add(ref dx, Unsafe.Add(ref numbers, 1))");
                if (saved is not null)
                    Reference("savedPhase", "Unsafe.Add(ref saved, Unsafe.Add(ref numbers, 2))");
                Repack("Unsafe.Add(ref numbers, 3)", "Unsafe.Add(ref numbers, 4)");
                Side? savedPhase = correlation.Saved is null ? null : correlation.Saved with { Name = "savedPhase", Origin = 0 };
                Correlate(correlation with { XOrigin = 0, YOrigin = 0, Saved = savedPhase }, "dyPhase", filter, "dxPhase", after);
            }

            void Repack(string row, string column)
            {
                if (taps > 0)
                {
                    code.Line(
                        $"WeightPanels.Repack(ref weight, WeightForm.{k.Form}, ref scratch, WeightForm.{form}, {Text.Int(k.Output.Channels)}, {Text.Int(k.Input.Channels)}, {Text.Int(k.Groups)}, "
                        + $"{Text.Int(k.Op.Kernel.Height)}, {Text.Int(k.Op.Kernel.Width)}, {row}, {Text.Int(rows.TapStep)}, {Text.Int(rows.TapCount)}, {column}, {Text.Int(columns.TapStep)}, {Text.Int(columns.TapCount)});");
                }
            }
        }

        if (dx.Order == BufferOrder.Planes && stride != Size2.Of(1) && dx.Shape.Width % Packing.Panel != 0)
            code.Line($"PictureKernels.ClearTails(ref dx, {PictureText.Layout(dx)}, rows);");

        static int Taps((GradientPhase Rows, GradientPhase Columns) phase) => phase.Rows.TapCount * phase.Columns.TapCount;
        long DYOrigin((GradientPhase Rows, GradientPhase Columns) phase) => dy.Origin + (phase.Rows.First * dy.RowStride) + (phase.Columns.First * dy.PixelStride);
        static long Origin(Buffer buffer, (GradientPhase Rows, GradientPhase Columns) phase) =>
            buffer.Origin + (phase.Rows.Residue * buffer.RowStride) + (phase.Columns.Residue * buffer.PixelStride);
    }

    private void Correlate(Correlation c, string x, string weight, string y, List<Action> after)
    {
        if (c.Form == ConvForm.Rows)
            CorrelatePlanes(c, x, weight, y, after);
        else
            CorrelatePixels(c, x, weight, y, after);
    }

    /// <summary>Terms of a sum from which on the time to fetch what was saved passes meanwhile.</summary>
    private const int LeastFetching = 128;

    /// <summary>Lanes are output channels; a tile is some pixels by some panels of channels.</summary>
    private void CorrelatePixels(Correlation c, string x, string weight, string y, List<Action> after)
    {
        bool isDepthwise = c.Form == ConvForm.Depthwise;
        int groups = isDepthwise ? 1 : c.Groups;
        int inputs = isDepthwise ? 1 : c.Inputs;
        int panels = Schedule.Panels(isDepthwise ? c.Groups : c.Outputs);
        long panelStride = (long)c.Taps * inputs * Packing.Panel;
        var chunks = TapChunks.Of(Math.Max(1, c.TapRows), Math.Max(1, c.TapColumns), inputs);
        long channel = c.X.ChannelStride;
        long tapRowStride = (long)c.TapColumns * inputs * Packing.Panel;

        // The innermost loop is the longest that moves x evenly: channels, or the taps of a row where channels are planes.
        var row = new Level(Math.Min(chunks.Rows, c.TapRows), c.XTapRow, tapRowStride, c.IsTrimmed ? "taps" : CountText("tapRow", chunks.Rows, c.TapRows));
        var column = new Level(Math.Min(chunks.Columns, c.TapColumns), c.XTapColumn, inputs * Packing.Panel);
        var input = new Level(chunks.Channels, channel, Packing.Panel, CountText("channel", chunks.Channels, inputs));
        (Dictionary<string, long> strides, string outer, string middle, string inner) = c.Taps == 0
            ? (new Dictionary<string, long>(), "0", "0", "0")
            : channel == 1 ? Nest(row, column, input) : Nest(row, input, column);
        foreach ((string name, long value) in new[]
                 {
                     ("ARow", c.XRow), ("AColumn", c.XColumn), ("BPanel", panelStride), ("CRow", c.YRow), ("CColumn", c.YColumn), ("CPanel", Packing.Panel),
                 })
            strides[name] = value;
        foreach ((string name, Side? side) in c.Sides)
            (strides[name + "Row"], strides[name + "Column"], strides[name + "Panel"]) = side is null ? (0, 0, 0) : (side.Row, side.Column, Packing.Panel);
        after.Add(() => tiles.PrintStrides(
            c.Name, c.Comment, strides, c.HasBias ? 1 : 0, Finishing.Of(c.Activation, c.Gradient), Finishing.IsLong(c.Activation, c.Gradient, c.KeepsInput || c.KeepsOutput), c.KeepsInput, c.KeepsOutput,
            fetchesSaved: c.Gradient is not null && !isDepthwise && (long)c.Taps * inputs >= LeastFetching, starts: c.Start is not null));

        int block = ConvSchedule.SampleBlock(c.X);
        code.ForEachWidth(simd =>
        {
            var grid = GridTiles.Choose(simd.Lanes, c.Height, c.Width, panels, (long)c.Taps * inputs, isDepthwise ? 1 : int.MaxValue, joinsLines: !c.IsTrimmed);
            if (block > 1)
            {
                using (code.Loop($"for (nuint block = 0; block < rows; block += {Text.Int(block)})"))
                {
                    code.Line($"nuint end = rows - block < {Text.Int(block)} ? rows : block + {Text.Int(block)};");
                    Block("block", "end");
                }
            }
            else
            {
                using (code.Loop("for (nuint n = 0; n < rows; n++)"))
                    Block("", "");
            }

            void Block(string from, string to) => Loop("group", 0, groups, 1, group => Segments("panel", grid.Groups, (panel, size) => Chunks(c, chunks, inputs, (tapRow, tapColumn, firstChannel, isFirst, isLast) =>
            {
                bool isBare = new[] { group, panel, tapRow, tapColumn, firstChannel }.All(index => char.IsDigit(index[0]));
                using (from.Length > 0 ? code.Loop($"for (nuint n = {from}; n < {to}; n++)") : isBare ? code.Block() : default)
                    Sample();

                void Sample()
                {
                    // A panel's channels in x are its own where every lane has one.
                    (string, long)[] xTerms = [("n", c.X.Stride), (tapRow, c.XTapRow), (tapColumn, c.XTapColumn), (firstChannel, channel), (isDepthwise ? panel : "0", Packing.Panel), (group, c.Inputs * channel), Offset(c.XOrigin)];
                    Reference("from", Element(x, xTerms));
                    Reference("filter", Element(weight, (panel, panelStride), (group, panels * panelStride), (tapRow, tapRowStride), (tapColumn, inputs * Packing.Panel), (firstChannel, Packing.Panel)));
                    Reference("to", Element(y, ("n", c.Y.Stride), (panel, Packing.Panel), (group, c.Outputs), Offset(c.YOrigin)));
                    if (c.HasBias)
                        Reference("offset", Element("bias", (panel, Packing.Panel), (group, c.Outputs)));
                    foreach ((string name, Side? side) in c.Sides)
                    {
                        if (side is not null)
                            Reference("at" + name, Element(side.Name, ("n", side.Buffer.Stride), (panel, Packing.Panel), (group, c.Outputs), Offset(side.Origin)));
                    }

                    Grid(grid, c.Height, "row", "column", (row, column, lines, width) => code.Line(tiles.Call(
                        new ProductTile(simd.Lanes, lines, width, size, isDepthwise ? TileKind.Elementwise : TileKind.Product), c.Name,
                        Element("from", (row, c.XRow), (column, c.XColumn), (c.IsTrimmed ? "skipped" : "0", c.XTapRow)),
                        c.IsTrimmed ? Element("filter", ("skipped", tapRowStride)) : "filter", c.HasBias ? "offset" : null,
                        Element("to", (row, c.YRow), (column, c.YColumn)),
                        At("Saved", c.Saved, row, column),
                        outer, middle, inner, isFirst, isLast, At("Start", c.Start, row, column), At("Add", c.Addend, row, column))), c.IsTrimmed ? Trim : null);
                }

                // What a chunk has of the rows of taps in the picture; none where they do not meet.
                void Trim(string row)
                {
                    string passed = (c.RowStep == 1 ? $" - (int){row}" : $" - ({Text.Int(c.RowStep)} * (int){row})") + (tapRow == "0" ? "" : $" - (int){tapRow}");
                    string count = CountText("tapRow", chunks.Rows, c.TapRows) ?? Text.Int(c.TapRows);
                    code.Line($"nuint skipped = (nuint)int.Max(0, {Text.Int(-c.XFirst!.Value)}{passed});");
                    code.Line($"int taps = int.Min({count}, {Text.Int(c.X.Shape.Height - c.XFirst!.Value)}{passed}) - (int)skipped;");
                }

                static string? At(string name, Side? side, string row, string column) => side is null ? null : Element("at" + name, (row, side.Row), (column, side.Column));
            })));
        });
    }

    private static string? CountText(string name, int chunk, int total) =>
        chunk >= total ? null : total % chunk == 0 ? Text.Int(chunk) : $"(int)({name} + {Text.Int(chunk)} <= {Text.Int(total)} ? {Text.Int(chunk)} : {Text.Int(total)} - {name})";

    /// <summary>Loops over the chunks of taps and channels.</summary>
    private void Chunks(Correlation c, TapChunks chunks, int inputs, Action<string, string, string, string, string> body)
    {
        Loop("tapRow", 0, Math.Max(1, c.TapRows), chunks.Rows, row => Loop("tapColumn", 0, Math.Max(1, c.TapColumns), chunks.Columns, column => Loop("channel", 0, inputs, chunks.Channels, channel =>
        {
            string Ends(string tail) => string.Join(" && ", new[] { (row, c.TapRows, chunks.Rows), (column, c.TapColumns, chunks.Columns), (channel, inputs, chunks.Channels) }
                .Where(t => !char.IsDigit(t.Item1[0]))
                .Select(t => tail == "first" ? $"{t.Item1} == 0" : $"{t.Item1} + {Text.Int(t.Item3)} >= {Text.Int(t.Item2)}")
                .DefaultIfEmpty("true"));
            body(row, column, channel, Ends("first"), Ends("last"));
        })));
    }

    /// <summary>Lanes are pixels of a row; a tile is some output channels by some vectors of pixels, of one row or, where one vector holds a row, of several.</summary>
    private void CorrelatePlanes(Correlation c, string x, string weight, string y, List<Action> after)
    {
        int vectors = Schedule.Panels(c.Width);
        bool areRows = vectors == 1;
        bool isStrided = c.XColumn > 1;
        bool isSpread = c.SpreadScratch >= 0;
        long pitch = isSpread ? Packing.PadToPanel(c.Width) : 0;
        int channels = c.Taps == 0 || (long)c.Inputs * c.Taps <= 2 * Schedule.ReductionChunk ? c.Inputs : Math.Max(1, Schedule.ReductionChunk / c.Taps);
        TapChunks taps = c.Taps <= 2 * Schedule.ReductionChunk ? new TapChunks(Math.Max(1, c.TapRows), Math.Max(1, c.TapColumns), channels)
            : TapChunks.OfPlane(c.TapRows, c.TapColumns);
        (Dictionary<string, long> strides, string outer, string middle, string inner) = c.Taps == 0
            ? (new Dictionary<string, long>(), "0", "0", "0")
            : Nest(
                new Level(channels, c.Taps, c.X.ChannelStride, CountText("channel", channels, c.Inputs)),
                new Level(Math.Min(taps.Rows, c.TapRows), c.TapColumns, c.XTapRow, CountText("tapRow", taps.Rows, c.TapRows)),
                new Level(Math.Min(taps.Columns, c.TapColumns), 1, c.XTapColumn, CountText("tapColumn", taps.Columns, c.TapColumns)));
        bool joinsRows = areRows && !isSpread;
        foreach ((string name, long value) in new[]
                 {
                     ("AColumn", (long)c.Inputs * c.Taps), ("BPanel", joinsRows ? c.XRow : Packing.Panel * c.XColumn), ("BLane", c.XColumn),
                     ("CColumn", isSpread ? pitch : c.Y.ChannelStride), ("CPanel", joinsRows ? c.YRow : Packing.Panel),
                 })
            strides[name] = value;
        foreach ((string name, Side? side) in c.Sides)
            (strides[name + "Column"], strides[name + "Panel"]) = side is null ? (0, 0) : (side.Buffer.ChannelStride, joinsRows ? side.Row : Packing.Panel);
        after.Add(() => tiles.PrintStrides(c.Name, c.Comment, strides, c.HasBias ? 2 : 0, Finishing.Of(c.Activation, c.Gradient), Finishing.IsLong(c.Activation, c.Gradient, c.KeepsInput || c.KeepsOutput), c.KeepsInput, c.KeepsOutput, starts: c.Start is not null));

        code.ForEachWidth(simd =>
        {
            var grid = GridTiles.Choose(simd.Lanes, 1, c.Outputs, joinsRows ? c.Height : vectors, (long)c.Taps * c.Inputs);
            using (code.Loop("for (nuint n = 0; n < rows; n++)"))
            {
                Loop("group", 0, c.Groups, 1, group => Loop("row", 0, joinsRows ? 1 : c.Height, 1, row => Body(group, row)));
                if (c.Y.Shape.Width % Packing.Panel != 0 && c.YRow == c.Y.RowStride && !isSpread)
                {
                    code.Line($"PictureKernels.ClearTails(ref {Element(y, ("n", c.Y.Stride))}, {PictureText.Layout(c.Y)}, 1);");
                    if (c.KeepsInput || c.KeepsOutput)
                        code.Line($"PictureKernels.ClearTails(ref {Element(c.Saved!.Name, ("n", c.Saved.Buffer.Stride))}, {PictureText.Layout(c.Saved.Buffer)}, 1);");
                }
            }

            void Body(string group, string row)
            {
                Chunks(c, taps, c.Inputs, (tapRow, tapColumn, channel, isFirst, isLast) => Segments("panel", grid.Groups, (panel, size) => Grid(grid, 1, "none", "output", (_, output, _, width) => code.Line(tiles.Call(
                    new ProductTile(simd.Lanes, 1, width, size, isStrided ? TileKind.Strided : TileKind.Product), c.Name,
                    Element(weight, (group, (long)c.Outputs * c.Inputs * c.Taps), (output, (long)c.Inputs * c.Taps), (channel, c.Taps), (tapRow, c.TapColumns), (tapColumn, 1)),
                    Element(x, ("n", c.X.Stride), (group, (long)c.Inputs * c.X.ChannelStride), (channel, c.X.ChannelStride), (row, c.XRow), (panel, strides["BPanel"]), (tapRow, c.XTapRow), (tapColumn, c.XTapColumn), Offset(c.XOrigin)),
                    c.HasBias ? Element("bias", (group, c.Outputs), (output, 1)) : null,
                    isSpread
                        ? Element("scratch", (output, pitch), (panel, Packing.Panel), Offset(c.SpreadScratch))
                        : Element(y, ("n", c.Y.Stride), (group, (long)c.Outputs * c.Y.ChannelStride), (output, c.Y.ChannelStride), (row, c.YRow), (panel, strides["CPanel"]), Offset(c.YOrigin)),
                    At("Saved", c.Saved, output, panel),
                    outer, middle, inner, isFirst, isLast, At("Start", c.Start, output, panel), At("Add", c.Addend, output, panel))))));

                string? At(string name, Side? side, string output, string panel) => side is null ? null : Element(
                    side.Name, ("n", side.Buffer.Stride), (group, (long)c.Outputs * side.Buffer.ChannelStride), (output, side.Buffer.ChannelStride), (row, side.Row), (panel, strides[name + "Panel"]), Offset(side.Origin));

                if (!isSpread)
                    return;
                using (code.Under($"for (nuint output = 0; output < {Text.Int(c.Outputs)}; output++)"))
                {
                    code.Single(
                        $"for (nuint column = 0; column < {Text.Int(c.Width)}; column++)",
                        $"{Element(y, ("n", c.Y.Stride), (group, (long)c.Outputs * c.Y.ChannelStride), ("output", c.Y.ChannelStride), (row, c.YRow), ("column", c.YColumn), Offset(c.YOrigin))} = {Element("scratch", ("output", pitch), ("column", 1), Offset(c.SpreadScratch))};");
                }
            }
        });
    }

    // ---- Weight gradients ----

    public void WeightGradient(ConvWeightGradientStep step, List<Action> after)
    {
        ConvKernel k = step.Conv;
        long origin = step.X.Origin - (k.Op.Pads.Top * step.X.RowStride) - (k.Op.Pads.Left * step.X.PixelStride);
        if (k.Form == ConvForm.Rows)
            DotGradient(step, origin, after);
        else
            OuterGradient(step, origin, after);
    }

    /// <summary>Chunks of samples, or of rows of pixels of one sample where a picture is longer than a chunk.</summary>
    private void PixelChunks(ConvKernel k, int samples, int rows, Action<string, string, string, string, string> body)
    {
        if (rows >= k.Output.Height)
        {
            using (code.Loop($"for (nuint first = 0; first < rows; first += {Text.Int(samples)})"))
            {
                string count = samples == 1 ? "1" : "count";
                if (samples > 1)
                    code.Line($"int count = (int)(rows - first < {Text.Int(samples)} ? rows - first : {Text.Int(samples)});");
                body("first", "0", count, Text.Int(k.Output.Height), "first == 0");
            }

            return;
        }

        using (code.Loop("for (nuint first = 0; first < rows; first++)"))
        {
            Loop("line", 0, k.Output.Height, rows, line => body(
                "first", line, "1", CountText("line", rows, k.Output.Height)!, "first + line == 0"));
        }
    }

    /// <summary>Lanes are output channels; a tile is some taps or input channels by some panels of output channels.</summary>
    private void OuterGradient(ConvWeightGradientStep step, long origin, List<Action> after)
    {
        ConvKernel k = step.Conv;
        (Buffer x, Buffer dy, ConvOp op) = (step.X, step.DY, k.Op);
        bool isDepthwise = k.Form == ConvForm.Depthwise;
        int groups = isDepthwise ? 1 : k.Groups;
        int inputs = isDepthwise ? 1 : k.Inputs;
        int panels = Schedule.Panels(isDepthwise ? k.Output.Channels : k.Outputs);
        long tapStride = (long)inputs * Packing.Panel;
        long panelStride = k.Taps * tapStride;
        OuterGradientPlan plan = OuterGradientPlan.Create(k, x, dy);
        int pixels = plan.Pixels(k);
        bool hasWholeSamples = plan.Rows == k.Output.Height;

        // Of x: what a row and a pixel move, in the picture or among what was gathered.
        long row = plan.GathersInput ? x.RowStride / x.PixelStride * OuterGradientPlan.Slice : x.RowStride;
        long pixel = plan.GathersInput ? OuterGradientPlan.Slice : x.PixelStride;
        long sampleStride = plan.GathersInput ? x.Stride / x.PixelStride * OuterGradientPlan.Slice : x.Stride;
        long firstRow = x.Border.Top - op.Pads.Top;
        long gatheredOrigin = ((hasWholeSamples ? firstRow : 0) * row) + ((x.Border.Left - op.Pads.Left) * pixel);

        var strides = new HashSet<string>();
        string Strides(int size)
        {
            string name = step.Method + (plan.IsGathered ? Text.Int(size) : "") + "Strides";
            if (!strides.Add(name))
                return name;
            long columns = plan.IsGathered ? size * Packing.Panel : dy.PixelStride;
            (Dictionary<string, long> values, _, _, _) = Nest(
                new Level(2, sampleStride, plan.IsGathered ? k.Output.Pixels * columns : dy.Stride, "count"),
                new Level(k.Output.Height, op.Stride.Height * row, plan.IsGathered ? k.Output.Width * columns : dy.RowStride, "lines"),
                new Level(k.Output.Width, op.Stride.Width * pixel, columns, Text.Int(k.Output.Width)));
            foreach ((string stride, long value) in new[]
                     {
                         ("ARow", plan.AreTaps ? op.Dilation.Height * row : 0), ("AColumn", plan.AreTaps ? op.Dilation.Width * pixel : plan.GathersInput ? 1 : x.ChannelStride),
                         ("BPanel", Packing.Panel), ("CRow", plan.AreTaps ? op.Kernel.Width * tapStride : 0), ("CColumn", plan.AreTaps ? tapStride : Packing.Panel), ("CPanel", panelStride),
                     })
                values[stride] = value;
            after.Add(() => tiles.PrintStrides(name, $"{k.Label} backward, weights.", values));
            return name;
        }

        code.ForEachWidth(simd => PixelChunks(k, plan.Samples, plan.Rows, (sample, line, count, lines, isFirst) => Loop("group", 0, groups, 1, group =>
        {
            void Tile(int size, string a, string panel, string tapRow, string tapColumn, string slice, string channel, int height, int width) => code.Line(tiles.Call(
                new ProductTile(simd.Lanes, height, width, size, isDepthwise ? TileKind.Elementwise : TileKind.Product), Strides(size), a,
                plan.IsGathered
                    ? Element("scratch", (panel, (long)pixels * Packing.Panel))
                    : Element("dy", (sample, dy.Stride), (line, dy.RowStride), (panel, Packing.Panel), (group, k.Outputs), Offset(dy.Origin)),
                null, Element("dw", (panel, panelStride), (group, panels * panelStride), (tapRow, op.Kernel.Width * tapStride), (tapColumn, tapStride), (slice, Packing.Panel), (channel, Packing.Panel)), null,
                count, lines, Text.Int(k.Output.Width), isFirst, "true"));

            string Input(string panel, string tapRow, string tapColumn, string channel) => Element(
                "x", (sample, x.Stride), (line, op.Stride.Height * x.RowStride), (tapRow, op.Dilation.Height * x.RowStride), (tapColumn, op.Dilation.Width * x.PixelStride),
                (channel, x.ChannelStride), (isDepthwise ? panel : "0", Packing.Panel), (group, (long)k.Inputs * x.ChannelStride), Offset(origin));

            if (plan.AreTaps)
            {
                var grid = GridTiles.Choose(simd.Lanes, op.Kernel.Height, op.Kernel.Width, panels, pixels, isDepthwise ? 1 : int.MaxValue);
                Loop("channel", 0, inputs, 1, channel => Grid(grid, op.Kernel.Height, "tapRow", "tapColumn", (tapRow, tapColumn, height, width) =>
                    Segments("panel", grid.Groups, (panel, size) => Tile(size, Input(panel, tapRow, tapColumn, channel), panel, tapRow, tapColumn, "0", channel, height, width))));
                return;
            }

            void Taps(Action<string, string> body) =>
                Loop("tapRow", 0, op.Kernel.Height, 1, tapRow => Loop("tapColumn", 0, op.Kernel.Width, 1, tapColumn => body(tapRow, tapColumn)));

            var channels = GridTiles.Choose(simd.Lanes, 1, plan.GathersInput ? OuterGradientPlan.Slice : inputs, panels, pixels, plan.MostPanels);
            if (plan.IsGathered)
                Segments("panel", channels.Groups, (panel, size) => GatherGradient(panel, size * Packing.Panel));
            if (!plan.GathersInput)
            {
                Grid(channels, 1, "none", "channel", (_, channel, height, width) => Segments("panel", channels.Groups, (panel, size) =>
                    Taps((tapRow, tapColumn) => Tile(size, Input(panel, tapRow, tapColumn, channel), panel, tapRow, tapColumn, "0", channel, height, width))));
                return;
            }

            Loop("slice", 0, inputs, OuterGradientPlan.Slice, slice =>
            {
                string gathered = Element("scratch", Offset(plan.GradientScratch));
                string from = hasWholeSamples
                    ? Element("x", (sample, x.Stride), (slice, 1), (group, k.Inputs))
                    : Element("x", (sample, x.Stride), (line, op.Stride.Height * x.RowStride), (slice, 1), (group, k.Inputs), Offset(firstRow * x.RowStride));
                string length = hasWholeSamples ? $"(nuint){count} * {Text.Int(x.Stride / x.PixelStride)}"
                    : $"(nuint)((({lines} - 1) * {Text.Int(op.Stride.Height)}) + {Text.Int(((op.Kernel.Height - 1) * op.Dilation.Height) + 1)}) * {Text.Int(x.RowStride / x.PixelStride)}";
                code.Line($"RowKernels.Copy(ref {from}, {Text.Int(x.PixelStride)}, ref {gathered}, {Text.Int(OuterGradientPlan.Slice)}, {Text.Int(OuterGradientPlan.Slice)}, {length});");
                Grid(channels, 1, "none", "channel", (_, channel, height, width) => Segments("panel", channels.Groups, (panel, size) => Taps((tapRow, tapColumn) => Tile(
                    size, Element("scratch", (tapRow, op.Dilation.Height * row), (tapColumn, op.Dilation.Width * pixel), (channel, 1), Offset(plan.GradientScratch + gatheredOrigin)),
                    panel, tapRow, tapColumn, slice, channel, height, width))));
            });

            // Pixels of a chunk side by side.
            void GatherGradient(string panel, int columns)
            {
                string Copy(string sampleText, string lineText, string to, string length) =>
                    $"RowKernels.Copy(ref {Element("dy", (sampleText, dy.Stride), (lineText, dy.RowStride), (panel, Packing.Panel), (group, k.Outputs), Offset(dy.Origin))}, {Text.Int(dy.PixelStride)}, ref {to}, {Text.Int(columns)}, {Text.Int(columns)}, {length});";
                if (dy.Border.IsEmpty)
                {
                    code.Line(Copy(sample, line, Element("scratch", (panel, (long)pixels * Packing.Panel)), $"(nuint)({count} * {lines} * {Text.Int(k.Output.Width)})"));
                    return;
                }

                using (code.Under($"for (nuint i = 0; i < (nuint){count}; i++)"))
                {
                    code.Single(
                        $"for (nuint j = 0; j < (nuint){lines}; j++)",
                        Copy($"({sample} + i)", line == "0" ? "j" : $"({line} + j)", Element("scratch", (panel, (long)pixels * Packing.Panel), ("i", (long)k.Output.Pixels * columns), ("j", (long)k.Output.Width * columns)), Text.Int(k.Output.Width)));
                }
            }
        })));
    }

    /// <summary>Lanes are pixels, summed at the end; a tile is some output channels by some taps of a row.</summary>
    private void DotGradient(ConvWeightGradientStep step, long origin, List<Action> after)
    {
        ConvKernel k = step.Conv;
        (Buffer x, Buffer dy, ConvOp op) = (step.X, step.DY, k.Op);
        bool isStrided = op.Stride.Width > 1;
        long filter = (long)k.Inputs * k.Taps;
        int vectors = Schedule.Panels(k.Output.Width);
        (Dictionary<string, long> strides, _, _, string inner) = Nest(
            new Level(2, dy.Stride, x.Stride, "count"),
            new Level(k.Output.Height, dy.RowStride, op.Stride.Height * x.RowStride, "lines"),
            new Level(vectors, Packing.Panel, Packing.Panel * op.Stride.Width, Text.Int(vectors)));
        foreach ((string name, long value) in new[] { ("AColumn", (long)dy.ChannelStride), ("BPanel", op.Dilation.Width), ("BLane", op.Stride.Width), ("CColumn", filter), ("CPanel", 1) })
            strides[name] = value;
        after.Add(() => tiles.PrintStrides(step.Method + "Strides", $"{k.Label} backward, weights.", strides));

        (int samples, int chunkRows) = ConvSchedule.PixelChunk(k.Output, Schedule.ReductionChunk * Packing.Panel);
        code.ForEachWidth(simd => PixelChunks(k, samples, chunkRows, (sample, line, count, lines, isFirst) => Loop("group", 0, k.Groups, 1, group =>
        {
            DotTiles dots = DotTiles.Choose(simd.Lanes, k.Outputs, op.Kernel.Width);
            Segments("output", dots.Rows, (output, height) => Loop("channel", 0, k.Inputs, 1, channel => Loop("tapRow", 0, op.Kernel.Height, 1, row => Segments("tapColumn", dots.Columns, (column, width) => code.Line(tiles.Call(
                new ProductTile(simd.Lanes, 1, height, width, isStrided ? TileKind.StridedDot : TileKind.Dot), step.Method + "Strides",
                Element("dy", (sample, dy.Stride), (line, dy.RowStride), (group, (long)k.Outputs * dy.ChannelStride), (output, dy.ChannelStride), Offset(dy.Origin)),
                Element("x", (sample, x.Stride), (line, op.Stride.Height * x.RowStride), (group, (long)k.Inputs * x.ChannelStride), (channel, x.ChannelStride), (row, op.Dilation.Height * x.RowStride), (column, op.Dilation.Width), Offset(origin)),
                null,
                Element("dw", (group, k.Outputs * filter), (output, filter), (channel, k.Taps), (row, op.Kernel.Width), (column, 1)),
                null, count, lines, inner, isFirst, ""))))));
        })));
    }

    private void Segments(string name, EquatableArray<(int Width, int Count)> segments, Action<string, int> body)
    {
        int place = 0;
        foreach ((int width, int count) in segments)
        {
            Loop(name, place, place + (width * count), width, at => body(at, width));
            place += width * count;
        }
    }
}
