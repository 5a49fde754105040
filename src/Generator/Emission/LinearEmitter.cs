using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using static NetGen.Generator.Emission.Address;

namespace NetGen.Generator.Emission;

/// <summary>Prints linear layers: products of rows by panels of weights, dot products of few outputs, and tiny matrices in registers.</summary>
internal sealed class LinearEmitter(CodeWriter code, ProductTiles products)
{
    private readonly HashSet<string> _strides = [];

    public void Forward(LinearForwardStep step, List<Action> after)
    {
        switch (step.Linear.Form)
        {
            case LinearForm.Tiny: TinyForward(step); break;
            case LinearForm.Narrow: NarrowForward(step); break;
            default: PanelsForward(step, after); break;
        }
    }

    public void WeightGradient(LinearWeightGradientStep step, List<Action> after)
    {
        if (step.Linear.Form == LinearForm.Tiny)
            TinyWeightGradient(step);
        else
            PanelsWeightGradient(step, after);
    }

    public void DataGradient(LinearDataGradientStep step, List<Action> after)
    {
        if (step.Linear.Form == LinearForm.Tiny)
            TinyDataGradient(step);
        else
            PanelsDataGradient(step, after);
    }

    // ---- Panels ----

    private void PanelsForward(LinearForwardStep step, List<Action> after)
    {
        LinearKernel kernel = step.Linear;
        int panels = Schedule.Panels(kernel.Outputs);
        var product = new Product(
            step.Method, kernel.Inputs, Schedule.ReductionChunk, ARow: step.X.Stride, AStep: 1, BStep: Packing.Panel, BPanel: kernel.Inputs * Packing.Panel,
            CRow: step.Y.Stride, CPanel: Packing.Panel, SavedRow: (step.Z ?? step.Kept)?.Stride ?? 0, kernel.HasBias, step.Activation, step.Z is not null,
            StartRow: step.Start?.Stride ?? 0, AddRow: step.Addend?.Stride ?? 0, KeepsOutput: step.Kept is not null);
        var operands = new Operands("x", "weight", "bias", "y", step.Z is not null ? "z" : step.Kept is not null ? "kept" : "", "start", "addend");
        code.ForEachWidth(simd =>
        {
            TileSchedule tiles = Schedule.Tiles(simd.Lanes, panels);
            int[] heights = tiles.Rows.Where(height => height > 1).ToArray();
            InChunks(product, () => InRowBlocks(Schedule.RowBlock(kernel.Inputs), () =>
            {
                ColumnGroups(tiles.Groups, (column, width) => RowLoops(product, simd, operands, column, width, heights, "end", after));
                EquatableArray<int> rowGroups = Schedule.RowTiles(simd.Lanes, panels).Groups;
                string rest = $"for (nuint row = end - ((end - block) % {Text.Int(heights[heights.Length - 1])}); row < end; row++)";
                using (code.Loop(rest))
                {
                    if (rowGroups.Count == 1)
                        Tile(product, simd, operands, "0", panels, 1, "row", after);
                    else
                        ColumnGroups(rowGroups, (column, width) => Tile(product, simd, operands, column, width, 1, "row", after), isScope: false);
                }
            }));
        });
    }

    private void PanelsDataGradient(LinearDataGradientStep step, List<Action> after)
    {
        LinearKernel kernel = step.Linear;
        bool isNarrow = kernel.Form == LinearForm.Narrow;
        int columns = Schedule.Panels(kernel.Inputs);
        var product = new Product(
            step.Method, kernel.Outputs, Schedule.ReductionChunk, ARow: step.DY.Stride, AStep: 1,
            BStep: isNarrow ? columns * Packing.Panel : Packing.Panel, BPanel: isNarrow ? Packing.Panel : kernel.Outputs * Packing.Panel,
            CRow: step.DX.Stride, CPanel: Packing.Panel, SavedRow: step.Saved?.Stride ?? 0, Gradient: step.Activation, StartRow: step.Start?.Stride ?? 0);
        var operands = new Operands("dy", isNarrow ? "weight" : "scratch", "", "dx", step.Saved is null ? "" : "saved", "start", "");
        if (product.HasShortRows)
        {
            Transpose("0", 1);
            InChunks(product, () => RowLoops(product, TinySimd, operands, "0", 1, [8, 1], "rows", after, start: "0"));
            return;
        }

        code.ForEachWidth(simd =>
        {
            TileSchedule tiles = Schedule.Tiles(simd.Lanes, columns);
            ColumnGroups(tiles.Groups, (column, panels) =>
            {
                if (isNarrow)
                {
                    InChunks(product, () => RowLoops(product, simd, operands, column, panels, tiles.Rows, "rows", after, start: "0"));
                    return;
                }

                // Of the weight, what a column group needs is transposed, then all samples pass.
                Transpose(column, panels);
                Operands at = operands with { C = Element("dx", (column, 1)), Saved = step.Saved is null ? "" : Element("saved", (column, 1)), Start = Element("start", (column, 1)) };
                InChunks(product, () => RowLoops(product, simd, at, "0", panels, tiles.Rows, "rows", after, start: "0"));
            });
        });

        void Transpose(string column, int panels) => code.Line(
            $"WeightPanels.Transpose(ref weight, {Text.Int(kernel.Inputs)}, {Text.Int(kernel.Outputs)}, {column}, {Text.Int(panels)}, ref scratch);");
    }

    private void PanelsWeightGradient(LinearWeightGradientStep step, List<Action> after)
    {
        LinearKernel kernel = step.Linear;
        bool isNarrow = kernel.Form == LinearForm.Narrow;
        if (isNarrow)
        {
            int columns = Schedule.Panels(kernel.Inputs);
            var product = new Product(
                step.Method, null, Schedule.BatchChunk, ARow: 1, AStep: step.DY.Stride, BStep: step.X.Stride, BPanel: Packing.Panel,
                CRow: columns * Packing.Panel, CPanel: Packing.Panel);
            var operands = new Operands("dy", "x", "", "dw", "", "", "");
            code.ForEachWidth(simd =>
            {
                TileSchedule tiles = Schedule.Tiles(simd.Lanes, columns);
                InChunks(product, () => ColumnGroups(
                    tiles.Groups, (column, panels) => RowTiles(product, simd, operands, column, panels, tiles.Rows, kernel.Outputs, after), isScope: false));
            });

            // What stands in the padding of x is no input.
            int padding = (columns * Packing.Panel) - kernel.Inputs;
            for (int o = 0; o < kernel.Outputs && padding > 0; o++)
                code.Line($"RowKernels.Fill(ref {Element("dw", (Text.Int(o), columns * Packing.Panel), Offset(kernel.Inputs))}, {Text.Int(padding)}, 0f);");
            return;
        }

        // A tile reads its columns of x and dy sample after sample. Gathered, they stand side by side; where they are, a row is a page
        // further each time, and at a stride of a power of two all rows compete for the same few sets of the cache.
        bool gathersGradient = Schedule.GathersGradient(kernel);
        bool gathersInput = Schedule.GathersInput(kernel, step.X);
        code.ForEachWidth(simd =>
        {
            TileSchedule tiles = Schedule.Tiles(simd.Lanes, Schedule.Panels(kernel.Outputs));
            int height = tiles.Rows[0];
            int main = kernel.Inputs / height * height;
            string Name(int panels) => gathersGradient || gathersInput ? $"{step.Method}{Text.Int(panels)}V{Text.Int(simd.Bits)}" : step.Method;
            Product Product(int panels) => new(
                Name(panels), null, Schedule.BatchChunk, ARow: 1, AStep: gathersInput ? height : step.X.Stride,
                BStep: gathersGradient ? panels * Packing.Panel : step.DY.Stride, BPanel: Packing.Panel,
                CRow: Packing.Panel, CPanel: kernel.Inputs * Packing.Panel);
            InChunks(Product(1), () =>
            {
                if (gathersGradient)
                {
                    ColumnGroups(tiles.Groups, (column, panels) => Gather("dy", step.DY.Stride, "scratch", column, panels * Packing.Panel, panels * Packing.Panel), isScope: false);
                }

                if (gathersInput)
                {
                    code.Line($"ref float inputs = ref Unsafe.Add(ref scratch, {Text.Int(Schedule.BatchChunk * Packing.Pad(kernel.Outputs))});");
                    using (code.Under($"for (nuint row = 0; row < {Text.Int(main)}; row += {Text.Int(height)})"))
                        Gather("x", step.X.Stride, "inputs", "row", height, height);
                    if (main < kernel.Inputs)
                        Gather("x", step.X.Stride, "inputs", Text.Int(main), kernel.Inputs - main, height);
                }

                void Groups(string from, string to, IEnumerable<int> heights, int? literalRow) => ColumnGroups(tiles.Groups, (column, panels) =>
                {
                    string dy = gathersGradient
                        ? Element("scratch", (column, Schedule.BatchChunk))
                        : Element("dy", ("first", step.DY.Stride), (column, 1));
                    Product product = Product(panels);
                    void At(string row, int rows, string x) => Tile(product, simd, x, dy, Element("dw", (row, Packing.Panel), (column, kernel.Inputs)), panels, rows, after);
                    if (literalRow is null)
                    {
                        using (code.Under($"for (nuint row = {from}; row < {to}; row += {Text.Int(height)})"))
                            At("row", height, gathersInput ? Element("inputs", ("row", Schedule.BatchChunk)) : Element("x", ("first", step.X.Stride), ("row", 1)));
                        return;
                    }

                    int row = literalRow.Value;
                    foreach (int rows in heights)
                    {
                        for (; row + rows <= kernel.Inputs; row += rows)
                        {
                            At(Text.Int(row), rows, gathersInput
                                ? Element("inputs", Offset((main * Schedule.BatchChunk) + row - main))
                                : Element("x", ("first", step.X.Stride), (Text.Int(row), 1)));
                        }
                    }
                }, isScope: false);

                if (gathersInput)
                {
                    int block = Schedule.InputBlock / height * height;
                    using (code.Loop($"for (nuint block = 0; block < {Text.Int(main)}; block += {Text.Int(block)})"))
                    {
                        code.Line($"nuint end = block + {Text.Int(block)} < {Text.Int(main)} ? block + {Text.Int(block)} : {Text.Int(main)};");
                        Groups("block", "end", [], null);
                    }
                }
                else if (main > 0)
                {
                    Groups("0", Text.Int(main), [], null);
                }

                if (main < kernel.Inputs)
                    Groups("", "", tiles.Rows.Skip(1), main);
            });
        });

        void Gather(string from, int stride, string to, string column, int width, int toStride) => code.Line(
            $"RowKernels.Copy(ref {Element(from, ("first", stride), (column, 1))}, {Text.Int(stride)}, ref {Element(to, (column, Schedule.BatchChunk))}, {Text.Int(toStride)}, {Text.Int(width)}, length);");
    }

    /// <summary>The names of a product's operands.</summary>
    private sealed record Operands(string A, string B, string Bias, string C, string Saved, string Start, string Addend);

    /// <summary>Cuts a long reduction; chunks are added in order, so the bits depend on the shapes alone.</summary>
    private void InChunks(Product product, Action body)
    {
        if (!product.IsChunked)
        {
            body();
            return;
        }

        string total = product.K is { } k ? Text.Int(k) : "rows";
        string chunk = Text.Int(product.Chunk);
        using (code.Loop($"for (nuint first = 0; first < {total}; first += {chunk})"))
        {
            code.Line($"nuint length = {total} - first < {chunk} ? {total} - first : {chunk};");
            code.Line("bool isFirst = first == 0;");
            if (product.K is not null)
                code.Line($"bool isLast = first + length == {total};");
            body();
        }
    }

    /// <summary>Blocks of rows that stay in the second-level cache while all columns pass.</summary>
    private void InRowBlocks(int size, Action body)
    {
        using (code.Loop($"for (nuint block = 0; block < rows; block += {Text.Int(size)})"))
        {
            code.Line($"nuint end = rows - block < {Text.Int(size)} ? rows : block + {Text.Int(size)};");
            body();
        }
    }

    /// <summary>A loop for each run of equal groups; the body gets the first column as an expression.</summary>
    private void ColumnGroups(EquatableArray<int> groups, Action<string, int> body, bool isScope = true)
    {
        int column = 0;
        for (int i = 0; i < groups.Count;)
        {
            int run = 1;
            while (i + run < groups.Count && groups[i + run] == groups[i])
                run++;
            int width = groups[i] * Packing.Panel;
            using (run > 1 ? code.Loop($"for (nuint column = {Text.Int(column)}; column < {Text.Int(column + (run * width))}; column += {Text.Int(width)})") : isScope ? code.Block() : default)
                body(run == 1 ? Text.Int(column) : "column", groups[i]);
            column += run * width;
            i += run;
        }
    }

    /// <summary>Loops over a number of rows known at run time, the tallest tiles first.</summary>
    private void RowLoops(
        Product product, Simd simd, Operands operands, string column, int panels, IEnumerable<int> heights, string end, List<Action> after, string start = "block")
    {
        code.Line($"nuint row = {start};");
        foreach (int height in heights)
        {
            using (code.Under($"for (; row + {Text.Int(height)} <= {end}; row += {Text.Int(height)})"))
                Tile(product, simd, operands, column, panels, height, "row", after);
        }
    }

    /// <summary>Tiles over rows known now.</summary>
    private void RowTiles(Product product, Simd simd, Operands operands, string column, int panels, IEnumerable<int> heights, int count, List<Action> after)
    {
        int row = 0;
        foreach (int height in heights)
        {
            for (; row + height <= count; row += height)
                Tile(product, simd, operands, column, panels, height, Text.Int(row), after);
        }
    }

    private void Tile(
        Product product, Simd simd, Operands operands, string column, int panels, int rows, string row, List<Action> after)
    {
        string first = product.IsChunked ? "first" : "0";
        Tile(
            product, simd,
            Element(operands.A, (row, product.ARow), (first, product.AStep)),
            Element(operands.B, (column, product.BPanel / Packing.Panel), (first, product.BStep)),
            Element(operands.C, (row, product.CRow), (column, product.CPanel / Packing.Panel)),
            panels, rows, after,
            Element(operands.Bias, (column, 1)), operands.Saved.Length == 0 ? "" : Element(operands.Saved, (row, product.SavedRow), (column, 1)),
            product.StartRow > 0 ? Element(operands.Start, (row, product.StartRow), (column, 1)) : null, product.AddRow > 0 ? Element(operands.Addend, (row, product.AddRow), (column, 1)) : null);
    }

    private void Tile(
        Product product, Simd simd, string a, string b, string c, int panels, int rows, List<Action> after,
        string bias = "", string saved = "", string? start = null, string? addend = null)
    {
        TileKind kind = product.CRow == 1 ? TileKind.Scalar : product.HasShortRows ? TileKind.Short : TileKind.Product;
        string length = !product.IsChunked ? Text.Int(product.K!.Value) : "(int)length";
        code.Line(products.Call(
            new ProductTile(simd.Lanes, 1, rows, panels, kind), product.Strides, a, b, product.HasBias ? bias : null, c,
            saved.Length > 0 ? saved : null,
            "1", "1", length, product.IsChunked ? "isFirst" : "true", product.IsChunked && product.K is not null ? "isLast" : "true", start, addend));
        if (_strides.Add(product.Strides))
            after.Add(() => product.PrintStrides(products));
    }

    public void BiasGradient(LinearBiasGradientStep step)
    {
        LinearKernel kernel = step.Linear;
        int stride = step.DY.Stride;
        if (stride % Packing.Panel == 0)
        {
            code.Line($"PictureKernels.BiasGradient(ref dy, {PictureText.Layout(step.DY)}, ref db, rows);");
            return;
        }

        if (stride == 1)
        {
            code.Line("float total = 0;");
            using (BatchChunks())
            {
                code.Line("float sum = 0;");
                code.Single("for (nuint n = first; n < end; n++)", "sum += Unsafe.Add(ref dy, n);");
                code.Line("total += sum;");
            }

            code.Line("db = total;");
            return;
        }

        code.Line($"{TinySimd.Type} total = {TinySimd.Type}.Zero;");
        using (BatchChunks())
        {
            code.Line($"{TinySimd.Type} sum = {TinySimd.Type}.Zero;");
            code.Single("for (nuint n = first; n < end; n++)", $"sum += {TinySimd.Load(Element("dy", ("n", stride)), 0)};");
            code.Line("total += sum;");
        }

        code.Line(TinySimd.Store("total", "db", 0));
    }

    private CodeWriter.Closing BatchChunks()
    {
        string chunk = Text.Int(Schedule.BatchChunk);
        CodeWriter.Closing block = code.Loop($"for (nuint first = 0; first < rows; first += {chunk})");
        code.Line($"nuint end = rows - first < {chunk} ? rows : first + {chunk};");
        return block;
    }

    // ---- Narrow: lanes are inputs, and 16 of them share each reduction whatever the vector. ----

    private void NarrowForward(LinearForwardStep step)
    {
        LinearKernel kernel = step.Linear;
        int padded = (int)Packing.PadToPanel(kernel.Inputs);
        int tail = kernel.Inputs % Packing.Panel;
        int whole = kernel.Inputs - tail;
        code.ForEachWidth(simd =>
        {
            int vectors = simd.PerPanel;
            using (code.Loop("for (nuint n = 0; n < rows; n++)"))
            {
                code.Line($"ref float row = ref {Element("x", ("n", step.X.Stride))};");
                for (int o = 0; o < kernel.Outputs; o++)
                    code.Line($"{simd.Type} {string.Join(", ", Enumerable.Range(0, vectors).Select(v => $"s{o}{v} = {simd.Type}.Zero"))};");

                void Block(string i, bool isTail)
                {
                    for (int v = 0; v < vectors; v++)
                    {
                        string load = $"{simd.Class}.LoadUnsafe(ref row, {i}{(v == 0 ? "" : $" + {v * simd.Lanes}")})";
                        code.Line($"{simd.Type} x{v} = {(isTail && (v + 1) * simd.Lanes > tail ? Masked(simd, load, tail - (v * simd.Lanes)) : load)};");
                    }

                    for (int o = 0; o < kernel.Outputs; o++)
                    {
                        for (int v = 0; v < vectors; v++)
                        {
                            int offset = (o * padded) + (v * simd.Lanes);
                            string w = $"{simd.Class}.LoadUnsafe(ref weight, {i}{(offset == 0 ? "" : $" + {Text.Int(offset)}")})";
                            code.Line($"s{o}{v} = {simd.MultiplyAdd($"x{v}", w, $"s{o}{v}")};");
                        }
                    }
                }

                if (whole > Packing.Panel)
                {
                    using (code.Loop($"for (nuint i = 0; i < {Text.Int(whole)}; i += {Packing.Panel})"))
                        Block("i", isTail: false);
                }
                else if (whole > 0)
                {
                    using (code.Block())
                        Block("0", isTail: false);
                }

                if (tail > 0)
                {
                    using (code.Block())
                        Block(Text.Int(whole), isTail: true);
                }

                code.Line($"ref float result = ref {Element("y", ("n", step.Y.Stride))};");
                for (int o = 0; o < kernel.Outputs; o++)
                {
                    string sum = $"VectorMath.Sum16({string.Join(", ", Enumerable.Range(0, vectors).Select(v => $"s{o}{v}"))})";
                    code.Line($"{Simd.At("result", o)} = {sum}{(kernel.HasBias ? $" + {Simd.At("bias", o)}" : "")};");
                }

                for (int o = kernel.Outputs; o < step.Y.Stride; o++)
                    code.Line($"{Simd.At("result", o)} = 0;");
            }
        });
    }

    /// <summary>The first <paramref name="lanes"/> lanes of a vector, zero behind.</summary>
    private static string Masked(Simd simd, string vector, int lanes) => lanes <= 0
        ? $"{simd.Type}.Zero"
        : $"{simd.Class}.ConditionalSelect({simd.Class}.LessThan({simd.Class}<int>.Indices, {simd.Class}.Create({Text.Int(lanes)})).AsSingle(), {vector}, {simd.Type}.Zero)";

    // ---- Tiny: at most 4 x 4, one 128-bit vector a row, the same code on every machine. ----

    private static readonly Simd TinySimd = new(Packing.TinyPanel);

    private string TinyLoad(string reference, int stride) =>
        stride == 1 ? $"{TinySimd.Class}.CreateScalar({reference})" : $"{TinySimd.Class}.LoadUnsafe(ref {reference})";

    private void TinyStore(string vector, string reference, int stride) =>
        code.Line(stride == 1 ? $"{reference} = {vector}.ToScalar();" : $"{vector}.StoreUnsafe(ref {reference});");

    private void TinyForward(LinearForwardStep step)
    {
        LinearKernel kernel = step.Linear;
        for (int i = 0; i < kernel.Inputs; i++)
            code.Line($"{TinySimd.Type} w{i} = {TinySimd.Load("weight", i * Packing.TinyPanel)};");
        code.Line($"{TinySimd.Type} start = {(kernel.HasBias ? $"{TinySimd.Class}.LoadUnsafe(ref bias)" : TinySimd.Type + ".Zero")};");
        using (code.Loop("for (nuint n = 0; n < rows; n++)"))
        {
            code.Line($"ref float row = ref {Element("x", ("n", step.X.Stride))};");
            code.Line($"{TinySimd.Type} sum = start;");
            for (int i = 0; i < kernel.Inputs; i++)
                code.Line($"sum = {TinySimd.MultiplyAdd(TinySimd.Broadcast(Simd.At("row", i)), $"w{i}", "sum")};");
            if (step.Z is not null)
                TinyStore("sum", Element("z", ("n", step.Z.Stride)), step.Z.Stride);
            if (step.Activation is not null)
                code.Line($"sum = {ActivationText.Forward(step.Activation, "sum")};");
            TinyStore("sum", Element("y", ("n", step.Y.Stride)), step.Y.Stride);
        }
    }

    private void TinyWeightGradient(LinearWeightGradientStep step)
    {
        LinearKernel kernel = step.Linear;
        for (int i = 0; i < kernel.Inputs; i++)
            code.Line($"{TinySimd.Type} total{i} = {TinySimd.Type}.Zero;");
        using (BatchChunks())
        {
            for (int i = 0; i < kernel.Inputs; i++)
                code.Line($"{TinySimd.Type} sum{i} = {TinySimd.Type}.Zero;");
            using (code.Loop("for (nuint n = first; n < end; n++)"))
            {
                code.Line($"ref float row = ref {Element("x", ("n", step.X.Stride))};");
                code.Line($"{TinySimd.Type} d = {TinyLoad(Element("dy", ("n", step.DY.Stride)), step.DY.Stride)};");
                for (int i = 0; i < kernel.Inputs; i++)
                    code.Line($"sum{i} = {TinySimd.MultiplyAdd(TinySimd.Broadcast(Simd.At("row", i)), "d", $"sum{i}")};");
            }

            for (int i = 0; i < kernel.Inputs; i++)
                code.Line($"total{i} += sum{i};");
        }

        for (int i = 0; i < kernel.Inputs; i++)
            code.Line(TinySimd.Store($"total{i}", "dw", i * Packing.TinyPanel));
    }

    private void TinyDataGradient(LinearDataGradientStep step)
    {
        LinearKernel kernel = step.Linear;
        for (int o = 0; o < kernel.Outputs; o++)
        {
            IEnumerable<string> lanes = Enumerable.Range(0, Packing.TinyPanel)
                .Select(i => i < kernel.Inputs ? Simd.At("weight", (i * Packing.TinyPanel) + o) : "0f");
            code.Line($"{TinySimd.Type} w{o} = {TinySimd.Class}.Create({string.Join(", ", lanes)});");
        }

        using (code.Loop("for (nuint n = 0; n < rows; n++)"))
        {
            code.Line($"ref float row = ref {Element("dy", ("n", step.DY.Stride))};");
            code.Line($"{TinySimd.Type} sum = {TinySimd.Broadcast("row")} * w0;");
            for (int o = 1; o < kernel.Outputs; o++)
                code.Line($"sum = {TinySimd.MultiplyAdd(TinySimd.Broadcast(Simd.At("row", o)), $"w{o}", "sum")};");
            if (step.Activation is not null)
                code.Line($"sum *= {ActivationText.Derivative(step.Activation, TinyLoad(Element("saved", ("n", step.DX.Stride)), step.DX.Stride))};");
            TinyStore("sum", Element("dx", ("n", step.DX.Stride)), step.DX.Stride);
        }
    }
}
