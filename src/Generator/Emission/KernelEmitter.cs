using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using Buffer = NetGen.Generator.Compiler.Buffer;

namespace NetGen.Generator.Emission;

/// <summary>Prints one method a step, with the tiles it calls behind it.</summary>
internal sealed class KernelEmitter
{
    private readonly CodeWriter code;
    private readonly ProductTiles _tiles;
    private readonly ConvEmitter _convolutions;
    private readonly HashSet<string> _methods = [];

    public KernelEmitter(CodeWriter writer)
    {
        code = writer;
        _tiles = new ProductTiles(writer);
        _convolutions = new ConvEmitter(writer, _tiles);
    }

    /// <summary>Prints what the steps share; after the last of them.</summary>
    public void EmitTiles() => _tiles.Print();

    /// <summary>The arguments of a step's method beside its buffers.</summary>
    public static IEnumerable<string> ExtraParameters(Step step) => step switch
    {
        LinearForwardStep => ["ref float parameters"],
        LinearDataGradientStep => step.Scratch > 0 ? ["ref float parameters", "ref float scratch"] : ["ref float parameters"],
        LinearWeightGradientStep => step.Scratch > 0 ? ["ref float gradients", "ref float scratch"] : ["ref float gradients"],
        ConvWeightGradientStep { Scratch: > 0 } => ["ref float gradients", "ref float scratch"],
        LinearBiasGradientStep or ConvBiasGradientStep or ConvWeightGradientStep => ["ref float gradients"],
        ConvForwardStep => ["ref float parameters"],
        ConvDataGradientStep => ["ref float parameters", "ref float scratch"],
        DropoutForwardStep { Scratch: > 0 } => ["ref float scratch", "ulong seed", "long step", "bool isTraining"],
        DropoutForwardStep => ["ulong seed", "long step", "bool isTraining"],
        LossStep { Loss.TakesClassNumbers: true } => ["ref int target"],
        LossStep => ["ref float target"],
        _ => [],
    };

    /// <summary>The buffers of a step in the order of its parameters.</summary>
    public static IReadOnlyList<(string Name, Buffer Buffer)> Buffers(Step step) => step switch
    {
        CopyStep s => [("from", s.From), ("to", s.To)],
        ClearBorderStep s => [("picture", s.Buffer)],
        ProductStep { Z: { } z } s => [("x", s.X), ("z", z), ("y", s.Y)],
        ProductStep s => [("x", s.X), ("y", s.Y)],
        ConvWeightGradientStep s => [("x", s.X), ("dy", s.DY)],
        ConvBiasGradientStep s => [("dy", s.DY)],
        FixedConvStep s => [("x", s.X), ("y", s.Y)],
        PoolForwardStep { Index: { } index } s => [("x", s.X), ("y", s.Y), ("index", index)],
        PoolForwardStep s => [("x", s.X), ("y", s.Y)],
        PoolBackwardStep { Index: { } index } s => [("dy", s.DY), ("index", index), ("dx", s.DX)],
        PoolBackwardStep s => [("dy", s.DY), ("dx", s.DX)],
        LogSumExpForwardStep s => [("x", s.X), ("y", s.Y)],
        LogSumExpBackwardStep s => [("dy", s.DY), ("x", s.X), ("dx", s.DX)],
        LinearWeightGradientStep s => [("x", s.X), ("dy", s.DY)],
        LinearBiasGradientStep s => [("dy", s.DY)],
        DataGradientStep { Saved: { } saved } s => [("dy", s.DY), ("saved", saved), ("dx", s.DX)],
        DataGradientStep s => [("dy", s.DY), ("dx", s.DX)],
        ActivationForwardStep s => [("x", s.X), ("y", s.Y)],
        ActivationBackwardStep s => [("dy", s.DY), ("saved", s.Saved), ("dx", s.DX)],
        SoftmaxForwardStep s => [("x", s.X), ("y", s.Y)],
        SoftmaxBackwardStep s => [("dy", s.DY), ("y", s.Y), ("dx", s.DX)],
        DropoutForwardStep s => [("x", s.X), ("mask", s.Mask), ("y", s.Y)],
        DropoutBackwardStep s => [("dy", s.DY), ("mask", s.Mask), ("dx", s.DX)],
        LossStep s => [("y", s.Y), ("dy", s.DY)],
        _ => throw new InvalidOperationException($"No kernel for {step.GetType().Name}."),
    };

    /// <summary>Prints the step's method unless an equal one stands already.</summary>
    public void Emit(Step step)
    {
        if (!_methods.Add(step.Method))
            return;
        code.Line();
        foreach (string line in Comment(step))
            code.Line("// " + line);
        var after = new List<Action>();
        string parameters = string.Join(", ", Buffers(step).Select(b => "ref float " + b.Name).Concat(ExtraParameters(step)).Append("nuint rows"));
        code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using (code.Block($"public static {(step is LossStep ? "double" : "void")} {step.Method}({parameters})"))
        {
            switch (step)
            {
                case CopyStep s when s.From.Order != BufferOrder.Flat || s.To.Order != BufferOrder.Flat:
                    code.Line($"PictureKernels.Copy(ref from, {PictureText.Layout(s.From, s.To)}, ref to, {PictureText.Layout(s.To, s.From)}, rows);");
                    break;
                case ClearBorderStep s: code.Line($"PictureKernels.ClearBorder(ref picture, {PictureText.Layout(s.Buffer)}, rows);"); break;
                case ConvForwardStep s: _convolutions.Forward(s, after); break;
                case ConvWeightGradientStep s: _convolutions.WeightGradient(s, after); break;
                case ConvDataGradientStep s: _convolutions.DataGradient(s, after); break;
                case ConvBiasGradientStep s:
                    code.Line($"PictureKernels.BiasGradient(ref dy, {PictureText.Layout(s.DY)}, ref Unsafe.Add(ref gradients, {Text.Int(s.Conv.BiasOffset)}), rows);");
                    break;
                case FixedConvStep s: FixedConvolution(s); break;
                case PoolForwardStep s: Pool(s, after); break;
                case PoolBackwardStep s:
                    code.Line(s.Index is null
                        ? $"PoolKernels.AverageGradient(ref dy, {PictureText.Layout(s.DY)}, ref dx, {PictureText.Layout(s.DX)}, {Windows(s.Pool, after)}, rows);"
                        : $"PoolKernels.MaxGradient(ref dy, {PictureText.Layout(s.DY)}, ref index, {PictureText.Layout(s.Index)}, ref dx, {PictureText.Layout(s.DX)}, {Windows(s.Pool, after)}, rows);");
                    break;
                case LogSumExpForwardStep s:
                    code.Line($"RowKernels.LogSumExp(ref x, ref y, {Text.Float(s.Beta)}, {Text.Int(s.X.Width)}, {Text.Int(s.X.Stride)}, {Text.Int(s.Y.Stride)}, rows);");
                    break;
                case LogSumExpBackwardStep s:
                    code.Line($"RowKernels.LogSumExpGradient(ref dy, ref x, ref dx, {Text.Float(s.Beta)}, {Text.Int(s.X.Width)}, {Text.Int(s.X.Stride)}, {Text.Int(s.DY.Stride)}, rows);");
                    break;
                case CopyStep s: code.Line($"RowKernels.Copy(ref from, {s.From.Stride}, ref to, {s.To.Stride}, {s.From.Width}, rows);"); break;
                case LinearForwardStep { Linear.Form: LinearForm.Tiny } s: TinyForward(s); break;
                case LinearForwardStep { Linear.Form: LinearForm.Narrow } s: NarrowForward(s); break;
                case LinearForwardStep s: PanelsForward(s, after); break;
                case LinearWeightGradientStep { Linear.Form: LinearForm.Tiny } s: TinyWeightGradient(s); break;
                case LinearWeightGradientStep s: WeightGradient(s, after); break;
                case LinearBiasGradientStep s: BiasGradient(s); break;
                case LinearDataGradientStep { Linear.Form: LinearForm.Tiny } s: TinyDataGradient(s); break;
                case LinearDataGradientStep s: DataGradient(s, after); break;
                case ActivationForwardStep s: Elementwise([("x", s.X)], ("y", s.Y), x => ActivationText.Forward(s.Activation, x[0]), keepsZero: ActivationText.KeepsZero(s.Activation)); break;
                case ActivationBackwardStep s: Elementwise([("dy", s.DY), ("saved", s.Saved)], ("dx", s.DX), x => $"({x[0]} * {ActivationText.Derivative(s.Activation, x[1])})"); break;
                case SoftmaxForwardStep s: code.Line($"RowKernels.Softmax(ref x, ref y, {Text.Int(s.X.Shape.Channels)}, {Text.Int(s.X.PixelStride)}, rows{Pixels(s.X)});"); break;
                case SoftmaxBackwardStep s: code.Line($"RowKernels.SoftmaxGradient(ref dy, ref y, ref dx, {Text.Int(s.Y.Shape.Channels)}, {Text.Int(s.Y.PixelStride)}, rows{Pixels(s.Y)});"); break;
                case DropoutForwardStep s: Dropout(s); break;
                case DropoutBackwardStep s: Elementwise([("dy", s.DY), ("mask", s.Mask)], ("dx", s.DX), x => $"({x[0]} * {x[1]})"); break;
                case LossStep s: Loss(s); break;
            }
        }

        foreach (Action action in after)
            action();
    }

    private static IEnumerable<string> Comment(Step step)
    {
        switch (step)
        {
            case CopyStep { From.Order: BufferOrder.Flat, To.Order: BufferOrder.Flat } s:
                yield return $"Copies rows of {Text.Int(s.From.Width)} from a distance of {Text.Int(s.From.Stride)} to one of {Text.Int(s.To.Stride)}{(s.To.Stride > s.To.Width ? ", padding with zeros" : "")}.";
                break;
            case CopyStep s:
                yield return $"Copies pictures of {s.From.Shape.Display} from {Place(s.From)} to {Place(s.To)}.";
                break;
            case ClearBorderStep s:
                yield return $"Zeroes the border of {s.Buffer.Name}, {s.Buffer.Shape.Display}: {s.Buffer.Border.Top} above, {s.Buffer.Border.Left} before, {s.Buffer.Border.Bottom} below, {s.Buffer.Border.Right} behind.";
                break;
            case ConvForwardStep s:
                yield return $"{s.Conv.Label} forward, {s.Conv.Display}: {s.Conv.Input.Display} to {s.Conv.Output.Display}{(s.Activation is null ? "" : ", " + s.Activation.Display)}"
                    + (s.Z is null ? "." : "; z keeps the activation's input for its gradient.");
                yield return Cost(s.Conv) + Lanes(s.Conv.Form);
                break;
            case ConvWeightGradientStep s:
                yield return $"{s.Conv.Label} backward, weights: at each tap dy times x, summed over the pixels of all samples.";
                yield return Cost(s.Conv) + Lanes(s.Conv.Form);
                break;
            case ConvBiasGradientStep s:
                yield return $"{s.Conv.Label} backward, bias: dy summed over the pixels of all samples.";
                break;
            case ConvDataGradientStep s:
                yield return $"{s.Conv.Label} backward, data: {s.Conv.Output.Display} to {s.Conv.Input.Display}, the filter transposed and turned"
                    + (s.Activation is null ? "." : $", times {s.Activation.Display}' at what the forward pass saved.");
                yield return Cost(s.Conv) + Lanes(s.DX.Order == BufferOrder.Planes ? ConvForm.Rows : s.Conv.Form == ConvForm.Depthwise ? ConvForm.Depthwise : ConvForm.Panels);
                break;
            case FixedConvStep s:
                yield return $"{s.Filter.Label}, a filter of constants: {s.Filter.Input.Display} to {s.Filter.Output.Display}; its zeros are not here.";
                break;
            case PoolForwardStep s:
                yield return $"{s.Pool.Label}, {(s.Pool.Function == PoolKind.Max ? "maximum" : "mean")} of windows: {s.Pool.Input.Display} to {s.Pool.Output.Display}{(s.HasReLU ? ", then ReLU" : "")}{(s.Index is null ? "" : "; index keeps the pixel of each maximum")}.";
                break;
            case PoolBackwardStep s:
                yield return $"{s.Pool.Label} backward: {s.Pool.Output.Display} to {s.Pool.Input.Display}, {(s.Index is null ? "the shares of each mean" : "dy goes where the maximum was")}.";
                break;
            case LogSumExpForwardStep s:
                yield return $"Log-sum-exp of {Text.Int(s.X.Width)} features.";
                break;
            case LogSumExpBackwardStep s:
                yield return $"Log-sum-exp backward: dx = dy softmax over {Text.Int(s.X.Width)} features.";
                break;
            case LinearForwardStep s:
                string sum = $"x[n, {Text.Int(s.Linear.Inputs)}] Wᵀ{(s.Linear.HasBias ? " + b" : "")}";
                yield return $"{s.Linear.Label} forward: y[n, {Text.Int(s.Linear.Outputs)}] = {(s.Activation is null ? sum : $"{s.Activation.Display}({sum})")}"
                    + (s.Z is null ? "." : "; z keeps the activation's input for its gradient.");
                yield return Cost(s.Linear) + Tiling(s.Linear.Form, s.Linear.Outputs, "samples", "outputs");
                break;
            case LinearWeightGradientStep s:
                yield return $"{s.Linear.Label} backward, weights: dW[{Text.Int(s.Linear.Outputs)}, {Text.Int(s.Linear.Inputs)}] = dyᵀ x, summed over the samples.";
                yield return Cost(s.Linear) + (s.Linear.Form == LinearForm.Narrow
                    ? Tiling(LinearForm.Panels, s.Linear.Inputs, "outputs", "inputs", Math.Min(8, s.Linear.Outputs))
                    : Tiling(s.Linear.Form, s.Linear.Outputs, "inputs", "outputs"));
                break;
            case LinearBiasGradientStep s:
                yield return $"{s.Linear.Label} backward, bias: db[{Text.Int(s.Linear.Outputs)}] = dy summed over the samples.";
                break;
            case LinearDataGradientStep s:
                yield return $"{s.Linear.Label} backward, data: dx[n, {Text.Int(s.Linear.Inputs)}] = dy[n, {Text.Int(s.Linear.Outputs)}] W"
                    + (s.Activation is null ? "." : $", times {s.Activation.Display}' at what the forward pass saved.");
                yield return Cost(s.Linear) + (s.Linear.Form == LinearForm.Panels && s.DX.Stride < Packing.Panel
                    ? $"tiles of samples x inputs: 8 x {Text.Int(s.DX.Stride)}."
                    : Tiling(s.Linear.Form == LinearForm.Tiny ? LinearForm.Tiny : LinearForm.Panels, s.Linear.Inputs, "samples", "inputs"));
                break;
            case ActivationForwardStep s:
                yield return $"{s.Activation.Display} of {Text.Int(s.X.Width)} elements a sample.";
                break;
            case ActivationBackwardStep s:
                yield return $"{s.Activation.Display} backward: dx = dy f'(saved), the function's {(s.Activation.GradientNeedsInput ? "input" : "output")}.";
                break;
            case SoftmaxForwardStep s:
                yield return $"Softmax over {Text.Int(s.X.Shape.Channels)} {(s.X.Order == BufferOrder.Flat ? "features" : "channels of each pixel")}.";
                break;
            case SoftmaxBackwardStep s:
                yield return $"Softmax backward over {Text.Int(s.Y.Shape.Channels)} {(s.Y.Order == BufferOrder.Flat ? "features" : "channels of each pixel")}: dx = y (dy - sum(dy y)).";
                break;
            case DropoutForwardStep s:
                yield return $"Dropout of {Text.Int(s.X.Width)} elements a sample with p = {Text.Double(s.P).TrimEnd('d')}; the mask is a function of seed, step, layer, sample and element.";
                break;
            case DropoutBackwardStep:
                yield return "Dropout backward: dx = dy mask.";
                break;
            case LossStep s:
                yield return $"{s.Loss.Kind} of {Text.Int(s.Y.Width)} outputs a sample, and its gradient.";
                break;
        }
    }

    private static string Cost(LinearKernel kernel) =>
        $"{Text.Grouped((long)kernel.Inputs * kernel.Outputs)} multiply-accumulates a sample; ";

    private static string Cost(ConvKernel kernel) =>
        $"{Text.Grouped(kernel.Output.Count * kernel.Inputs * kernel.Taps)} multiply-accumulates a sample; ";

    private static string Lanes(ConvForm form) => form switch
    {
        ConvForm.Panels => "lanes are channels, panels of 16.",
        ConvForm.Depthwise => "lanes are channels, each for itself.",
        _ => "lanes are pixels of a row.",
    };

    private static string Place(Buffer buffer) => buffer.Kind != BufferKind.Workspace ? "the caller's memory"
        : buffer.Order switch { BufferOrder.Flat => "rows of features", BufferOrder.Planes => "planes", _ => "pixels of channels" };

    private static string Tiling(LinearForm form, int columns, string rowName, string columnName, int mostRows = int.MaxValue)
    {
        if (form == LinearForm.Tiny)
            return "unrolled whole, the weights in registers.";
        if (form == LinearForm.Narrow)
            return "a dot product of 16 lanes an output.";
        IEnumerable<string> tiles = Schedule.Lanes.Select(lanes =>
        {
            TileSchedule tiles = Schedule.Tiles(lanes, Schedule.Panels(columns));
            return $"{Text.Int(Math.Min(mostRows, tiles.Rows[0]))} x {Text.Int(tiles.Groups[0] * Packing.Panel)} ({Text.Int(lanes * 32)} bits)";
        });
        return $"tiles of {rowName} x {columnName}: {string.Join(", ", tiles)}.";
    }

    /// <summary>The same code for each vector width, of which the JIT keeps one.</summary>
    private void ForEachWidth(Action<Simd> body)
    {
        for (int i = 0; i < Schedule.Lanes.Count; i++)
        {
            var simd = new Simd(Schedule.Lanes[i]);
            bool isLast = i == Schedule.Lanes.Count - 1;
            using (code.Block(isLast ? "else" : $"{(i == 0 ? "" : "else ")}if ({simd.Class}.IsHardwareAccelerated)"))
                body(simd);
        }
    }

    // ---- Panels ----

    private void PanelsForward(LinearForwardStep step, List<Action> after)
    {
        LinearKernel kernel = step.Linear;
        int panels = Schedule.Panels(kernel.Outputs);
        var product = new Product(
            step.Method, kernel.Inputs, Schedule.ReductionChunk, ARow: step.X.Stride, AStep: 1, BStep: Packing.Panel, BPanel: kernel.Inputs * Packing.Panel,
            CRow: step.Y.Stride, CPanel: Packing.Panel, kernel.HasBias, step.Activation, step.Z is not null);
        code.Line($"ref float weight = ref Unsafe.Add(ref parameters, {Text.Int(kernel.WeightOffset)});");
        if (kernel.HasBias)
            code.Line($"ref float bias = ref Unsafe.Add(ref parameters, {Text.Int(kernel.BiasOffset)});");
        var operands = new Operands("x", "weight", "bias", "y", "z", "");
        ForEachWidth(simd =>
        {
            TileSchedule tiles = Schedule.Tiles(simd.Lanes, panels);
            int[] heights = tiles.Rows.Where(height => height > 1).ToArray();
            InChunks(product, () => InRowBlocks(Schedule.RowBlock(kernel.Inputs), () =>
            {
                ColumnGroups(tiles.Groups, (column, width) => RowLoops(product, simd, operands, column, width, heights, "end", after));
                EquatableArray<int> rowGroups = Schedule.RowTiles(simd.Lanes, panels).Groups;
                string rest = $"for (nuint row = end - ((end - block) % {Text.Int(heights[heights.Length - 1])}); row < end; row++)";
                using (rowGroups.Count == 1 ? code.Under(rest) : code.Block(rest))
                {
                    if (rowGroups.Count == 1)
                        Tile(product, simd, operands, "0", panels, 1, "row", after);
                    else
                        ColumnGroups(rowGroups, (column, width) => Tile(product, simd, operands, column, width, 1, "row", after));
                }
            }));
        });
    }

    private void DataGradient(LinearDataGradientStep step, List<Action> after)
    {
        LinearKernel kernel = step.Linear;
        bool isNarrow = kernel.Form == LinearForm.Narrow;
        int columns = Schedule.Panels(kernel.Inputs);
        code.Line($"ref float weight = ref Unsafe.Add(ref parameters, {Text.Int(kernel.WeightOffset)});");
        var product = new Product(
            step.Method, kernel.Outputs, Schedule.ReductionChunk, ARow: step.DY.Stride, AStep: 1,
            BStep: isNarrow ? columns * Packing.Panel : Packing.Panel, BPanel: isNarrow ? Packing.Panel : kernel.Outputs * Packing.Panel,
            CRow: step.DX.Stride, CPanel: Packing.Panel, Gradient: step.Activation);
        var operands = new Operands("dy", isNarrow ? "weight" : "scratch", "", "dx", "", "saved");
        if (product.HasShortRows)
        {
            Transpose("0", 1);
            InChunks(product, () => RowLoops(product, TinySimd, operands, "0", 1, [8, 1], "rows", after, start: "0"));
            return;
        }

        ForEachWidth(simd =>
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
                Operands at = operands with { C = Element("dx", (column, 1)), Saved = Element("saved", (column, 1)) };
                InChunks(product, () => RowLoops(product, simd, at, "0", panels, tiles.Rows, "rows", after, start: "0"));
            });
        });

        void Transpose(string column, int panels) => code.Line(
            $"WeightPanels.Transpose(ref weight, {Text.Int(kernel.Inputs)}, {Text.Int(kernel.Outputs)}, {column}, {Text.Int(panels)}, ref scratch);");
    }

    private void WeightGradient(LinearWeightGradientStep step, List<Action> after)
    {
        LinearKernel kernel = step.Linear;
        bool isNarrow = kernel.Form == LinearForm.Narrow;
        code.Line($"ref float dw = ref Unsafe.Add(ref gradients, {Text.Int(kernel.WeightOffset)});");
        if (isNarrow)
        {
            int columns = Schedule.Panels(kernel.Inputs);
            var product = new Product(
                step.Method, null, Schedule.BatchChunk, ARow: 1, AStep: step.DY.Stride, BStep: step.X.Stride, BPanel: Packing.Panel,
                CRow: columns * Packing.Panel, CPanel: Packing.Panel);
            var operands = new Operands("dy", "x", "", "dw", "", "");
            ForEachWidth(simd =>
            {
                TileSchedule tiles = Schedule.Tiles(simd.Lanes, columns);
                InChunks(product, () => ColumnGroups(
                    tiles.Groups, (column, panels) => RowTiles(product, simd, operands, column, panels, tiles.Rows, kernel.Outputs, after)));
            });

            // What stands in the padding of x is no input.
            int padding = (columns * Packing.Panel) - kernel.Inputs;
            for (int o = 0; o < kernel.Outputs && padding > 0; o++)
                code.Line($"RowKernels.Fill(ref {Element("dw", (Text.Int(o), columns * Packing.Panel), ("1", kernel.Inputs))}, {Text.Int(padding)}, 0f);");
            return;
        }

        // A tile reads its columns of x and dy sample after sample. Gathered, they stand side by side; where they are, a row is a page
        // further each time, and at a stride of a power of two all rows compete for the same few sets of the cache.
        bool gathersGradient = Schedule.GathersGradient(kernel);
        bool gathersInput = Schedule.GathersInput(kernel, step.X);
        ForEachWidth(simd =>
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
                    ColumnGroups(tiles.Groups, (column, panels) => Gather("dy", step.DY.Stride, "scratch", column, panels * Packing.Panel, panels * Packing.Panel));
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
                                ? Element("inputs", ("1", (main * Schedule.BatchChunk) + row - main))
                                : Element("x", ("first", step.X.Stride), (Text.Int(row), 1)));
                        }
                    }
                });

                if (gathersInput)
                {
                    int block = Schedule.InputBlock / height * height;
                    using (code.Block($"for (nuint block = 0; block < {Text.Int(main)}; block += {Text.Int(block)})"))
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
    private sealed record Operands(string A, string B, string Bias, string C, string Z, string Saved);

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
        using (code.Block($"for (nuint first = 0; first < {total}; first += {chunk})"))
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
        using (code.Block($"for (nuint block = 0; block < rows; block += {Text.Int(size)})"))
        {
            code.Line($"nuint end = rows - block < {Text.Int(size)} ? rows : block + {Text.Int(size)};");
            body();
        }
    }

    /// <summary>A loop for each run of equal groups; the body gets the first column as an expression.</summary>
    private void ColumnGroups(EquatableArray<int> groups, Action<string, int> body)
    {
        int column = 0;
        for (int i = 0; i < groups.Count;)
        {
            int run = 1;
            while (i + run < groups.Count && groups[i + run] == groups[i])
                run++;
            int width = groups[i] * Packing.Panel;
            using (code.Block(run == 1 ? null : $"for (nuint column = {Text.Int(column)}; column < {Text.Int(column + (run * width))}; column += {Text.Int(width)})"))
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
            Element(operands.Bias, (column, 1)), Element(operands.Z, (row, product.CRow), (column, 1)), Element(operands.Saved, (row, product.CRow), (column, 1)));
    }

    private void Tile(
        Product product, Simd simd, string a, string b, string c, int panels, int rows, List<Action> after,
        string bias = "", string z = "", string saved = "")
    {
        TileKind kind = product.CRow == 1 ? TileKind.Scalar : product.HasShortRows ? TileKind.Short : TileKind.Product;
        string length = !product.IsChunked ? Text.Int(product.K!.Value) : "(int)length";
        code.Line(_tiles.Call(
            new ProductTile(simd.Lanes, 1, rows, panels, kind), product.Strides, a, b, product.HasBias ? bias : b, c,
            product.KeepsInput ? z : product.Gradient is not null ? saved : c,
            "1", "1", length, product.IsChunked ? "isFirst" : "true", product.IsChunked && product.K is not null ? "isLast" : "true"));
        if (_methods.Add(product.Strides))
            after.Add(() => product.PrintStrides(_tiles));
    }

    /// <summary>The element at a sum of index times stride, zero terms left out.</summary>
    private static string Element(string reference, params (string Index, long Stride)[] terms)
    {
        string[] parts = terms.Where(t => t.Index != "0" && t.Stride != 0).Select(t =>
            long.TryParse(t.Index, out long index) ? Text.Int(index * t.Stride)
            : t.Stride == 1 ? t.Index
            : terms.Length == 1 ? $"{t.Index} * {Text.Int(t.Stride)}"
            : $"({t.Index} * {Text.Int(t.Stride)})").ToArray();
        return parts.Length == 0 ? reference : $"Unsafe.Add(ref {reference}, {string.Join(" + ", parts)})";
    }

    private void BiasGradient(LinearBiasGradientStep step)
    {
        LinearKernel kernel = step.Linear;
        int stride = step.DY.Stride;
        if (stride % Packing.Panel == 0)
        {
            code.Line($"PictureKernels.BiasGradient(ref dy, {PictureText.Layout(step.DY)}, ref Unsafe.Add(ref gradients, {Text.Int(kernel.BiasOffset)}), rows);");
            return;
        }

        code.Line($"ref float db = ref Unsafe.Add(ref gradients, {Text.Int(kernel.BiasOffset)});");
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
        CodeWriter.Closing block = code.Block($"for (nuint first = 0; first < rows; first += {chunk})");
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
        code.Line($"ref float weight = ref Unsafe.Add(ref parameters, {Text.Int(kernel.WeightOffset)});");
        if (kernel.HasBias)
            code.Line($"ref float bias = ref Unsafe.Add(ref parameters, {Text.Int(kernel.BiasOffset)});");
        ForEachWidth(simd =>
        {
            int vectors = simd.PerPanel;
            using (code.Block("for (nuint n = 0; n < rows; n++)"))
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
                    using (code.Block($"for (nuint i = 0; i < {Text.Int(whole)}; i += {Packing.Panel})"))
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
        code.Line($"ref float weight = ref Unsafe.Add(ref parameters, {Text.Int(kernel.WeightOffset)});");
        for (int i = 0; i < kernel.Inputs; i++)
            code.Line($"{TinySimd.Type} w{i} = {TinySimd.Load("weight", i * Packing.TinyPanel)};");
        code.Line($"{TinySimd.Type} bias = {(kernel.HasBias ? $"{TinySimd.Class}.LoadUnsafe(ref Unsafe.Add(ref parameters, {Text.Int(kernel.BiasOffset)}))" : TinySimd.Type + ".Zero")};");
        using (code.Block("for (nuint n = 0; n < rows; n++)"))
        {
            code.Line($"ref float row = ref {Element("x", ("n", step.X.Stride))};");
            code.Line($"{TinySimd.Type} sum = bias;");
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
        code.Line($"ref float dw = ref Unsafe.Add(ref gradients, {Text.Int(kernel.WeightOffset)});");
        for (int i = 0; i < kernel.Inputs; i++)
            code.Line($"{TinySimd.Type} total{i} = {TinySimd.Type}.Zero;");
        using (BatchChunks())
        {
            for (int i = 0; i < kernel.Inputs; i++)
                code.Line($"{TinySimd.Type} sum{i} = {TinySimd.Type}.Zero;");
            using (code.Block("for (nuint n = first; n < end; n++)"))
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
        code.Line($"ref float weight = ref Unsafe.Add(ref parameters, {Text.Int(kernel.WeightOffset)});");
        for (int o = 0; o < kernel.Outputs; o++)
        {
            IEnumerable<string> lanes = Enumerable.Range(0, Packing.TinyPanel)
                .Select(i => i < kernel.Inputs ? Simd.At("weight", (i * Packing.TinyPanel) + o) : "0f");
            code.Line($"{TinySimd.Type} w{o} = {TinySimd.Class}.Create({string.Join(", ", lanes)});");
        }

        using (code.Block("for (nuint n = 0; n < rows; n++)"))
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

    // ---- Elementwise and by rows ----

    private static string Pixels(Buffer buffer) => buffer.Shape.Pixels == 1 ? "" : " * " + Text.Int(buffer.Shape.Pixels);

    /// <summary>
    /// Without borders padded rows are one flat array; the workspace ends on a multiple of 16 floats, so the last vectors may run over.
    /// Pictures with borders go row by row. What stands behind a row of pixels must be zero again.
    /// </summary>
    private void Elementwise((string Name, Buffer Buffer)[] inputs, (string Name, Buffer Buffer) output, Func<string[], string> value, bool keepsZero = true)
    {
        Buffer like = output.Buffer;
        bool isFlat = inputs.All(input => input.Buffer.Border.IsEmpty) && like.Border.IsEmpty;
        bool isPlanes = like.Order == BufferOrder.Planes;
        int length = isPlanes ? (int)Packing.PadToPanel(like.Shape.Width) : like.Shape.Width * like.PixelStride;
        if (isFlat)
            code.Line($"nuint count = ((rows * {Text.Int(like.Stride)}) + 15) & ~(nuint)15;");
        ForEachWidth(simd =>
        {
            if (isFlat)
            {
                Vectors("count", name => $"ref {name}");
                return;
            }

            using (code.Block("for (nuint n = 0; n < rows; n++)"))
            using (isPlanes ? code.Block($"for (nuint channel = 0; channel < {Text.Int(like.Shape.Channels)}; channel++)") : default)
            using (code.Block($"for (nuint line = 0; line < {Text.Int(like.Shape.Height)}; line++)"))
            {
                foreach ((string name, Buffer buffer) in inputs.Append(output))
                {
                    (string, long)[] place = isPlanes
                        ? [("n", buffer.Stride), ("channel", buffer.ChannelStride), ("line", buffer.RowStride), ("1", buffer.Origin)]
                        : [("n", buffer.Stride), ("line", buffer.RowStride), ("1", buffer.Origin)];
                    code.Line($"ref float {name}Line = ref {Element(name, place)};");
                }

                Vectors(Text.Int(length), name => $"ref {name}Line");
            }

            void Vectors(string count, Func<string, string> reference) => code.Single(
                $"for (nuint i = 0; i < {count}; i += {Text.Int(simd.Lanes)})",
                $"{value(inputs.Select(input => $"{simd.Class}.LoadUnsafe({reference(input.Name)}, i)").ToArray())}.StoreUnsafe({reference(output.Name)}, i);");
        });
        if (isPlanes && !keepsZero && like.Shape.Width % Packing.Panel != 0)
            code.Line($"PictureKernels.ClearTails(ref {output.Name}, {PictureText.Layout(like)}, rows);");
    }

    private void Dropout(DropoutForwardStep step)
    {
        float scale = (float)(1 / (1 - step.P));
        bool isRow = step.Scratch == 0;
        using (code.Block("for (nuint n = 0; n < rows; n++)"))
        {
            string row = isRow ? Element("mask", ("n", step.Mask.Stride)) : "scratch";
            code.Single(
                "if (isTraining)",
                $"Philox.DropoutMask(ref {row}, {Text.Int(step.X.Width)}, seed, step, {Text.Int(step.Layer)}, (long)n, {Text.Float(step.P)}, {Text.Float(scale)});");
            code.Single("else", $"RowKernels.Fill(ref {row}, {Text.Int(step.X.Width)}, 1f);");

            // What stands in the padding multiplies that of x and dy; a NaN left there would reach the gradients'.
            int padding = step.Mask.Stride - step.Mask.Width;
            if (!isRow)
                code.Line($"PictureKernels.Copy(ref scratch, {PictureText.Layout(step.Mask with { Order = BufferOrder.Flat, Shape = new Picture(step.Mask.Width, 1, 1) }, step.Mask)}, ref {Element("mask", ("n", step.Mask.Stride))}, {PictureText.Layout(step.Mask)}, 1);");
            else if (padding > 0)
                code.Line($"RowKernels.Fill(ref {Element("mask", ("n", step.Mask.Stride), ("1", step.Mask.Width))}, {Text.Int(padding)}, 0f);");
        }

        Elementwise([("x", step.X), ("mask", step.Mask)], ("y", step.Y), x => $"({x[0]} * {x[1]})");
    }

    // ---- Pools and fixed filters ----

    private void Pool(PoolForwardStep step, List<Action> after)
    {
        string pictures = $"ref x, {PictureText.Layout(step.X)}, ref y, {PictureText.Layout(step.Y)}";
        string windows = Windows(step.Pool, after);
        string hasReLU = step.HasReLU ? "true" : "false";
        code.Line(step.Pool.Function == PoolKind.Average ? $"PoolKernels.Average({pictures}, {windows}, rows);"
            : step.Index is null ? $"PoolKernels.Max({pictures}, {windows}, {hasReLU}, rows);"
            : $"PoolKernels.MaxWithIndices({pictures}, ref index, {PictureText.Layout(step.Index)}, {windows}, {hasReLU}, rows);");
    }

    /// <summary>The field that holds a pool's windows.</summary>
    private string Windows(PoolKernel pool, List<Action> after)
    {
        string name = pool.Stem + "Windows";
        if (_methods.Add(name))
        {
            after.Add(() =>
            {
                static string Array(EquatableArray<int> values) => $"new int[] {{ {string.Join(", ", values.Select(value => Text.Int(value)))} }}";
                code.Line();
                code.Line($"// The windows of {pool.Label}, cut where the picture ends: first and last row and what divides a mean, then columns.");
                code.Line($"private static readonly PoolWindows {name} = new PoolWindows(");
                code.Line($"    {Array(pool.Rows.Starts)}, {Array(pool.Rows.Ends)}, {Array(pool.Rows.Counts)},");
                code.Line($"    {Array(pool.Columns.Starts)}, {Array(pool.Columns.Ends)}, {Array(pool.Columns.Counts)},");
                code.Line($"    {Text.Int(pool.Input.Height)}, {Text.Int(pool.Input.Width)});");
            });
        }

        return name;
    }

    /// <summary>Lanes are pixels of a row; the taps stand in the code, and nothing else does.</summary>
    private void FixedConvolution(FixedConvStep step)
    {
        (Buffer x, Buffer y) = (step.X, step.Y);
        ForEachWidth(simd =>
        {
            using (code.Block("for (nuint n = 0; n < rows; n++)"))
            {
                foreach (FixedPhase phase in step.Filter.Phases)
                {
                    using (code.Block($"for (nuint line = 0; line < {Text.Int(phase.RowCount)}; line++)"))
                    using (code.Block($"for (nuint column = 0; column < {Text.Int(phase.ColumnCount)}; column += {Text.Int(simd.Lanes)})"))
                        Pixels(simd, phase);
                }
            }
        });
        if (y.Shape.Width % Packing.Panel != 0)
            code.Line($"PictureKernels.ClearTails(ref y, {PictureText.Layout(y)}, rows);");

        void Pixels(Simd simd, FixedPhase phase)
        {
            for (int channel = 0; channel < y.Shape.Channels; channel++)
            {
                string sum = $"{simd.Type}.Zero";
                bool isFirst = true;
                foreach (FixedTap tap in phase.Taps.Where(tap => tap.To == channel))
                {
                    string place = Element(
                        "x", ("n", x.Stride), ("line", (long)phase.InputRowStride * x.RowStride), ("column", phase.InputColumnStride),
                        ("1", x.Origin + ((long)tap.From * x.ChannelStride) + ((long)tap.Row * x.RowStride) + tap.Column));
                    string load = phase.InputColumnStride == 1 ? $"{simd.Class}.LoadUnsafe(ref {place})" : $"VectorStrides.Load{Text.Int(simd.Bits)}(ref {place}, {Text.Int(phase.InputColumnStride)})";
                    if (isFirst)
                        code.Line($"{simd.Type} sum{Text.Int(channel)} = {(tap.Weight == 1 ? load : $"{load} * {simd.Broadcast(Text.Float(tap.Weight))}")};");
                    else
                        code.Line($"sum{Text.Int(channel)} = {simd.MultiplyAdd(load, simd.Broadcast(Text.Float(tap.Weight)), "sum" + Text.Int(channel))};");
                    isFirst = false;
                    sum = "sum" + Text.Int(channel);
                }

                (string, long)[] to =
                [
                    ("n", y.Stride), ("line", (long)phase.RowStride * y.RowStride), ("column", phase.ColumnStride),
                    ("1", y.Origin + ((long)channel * y.ChannelStride) + ((long)phase.FirstRow * y.RowStride) + phase.FirstColumn),
                ];
                code.Line(phase.ColumnStride == 1
                    ? $"{sum}.StoreUnsafe(ref {Element("y", to)});"
                    : $"VectorStrides.Store({sum}, ref {Element("y", to)}, {Text.Int(phase.ColumnStride)}, (int)({Text.Int(phase.ColumnCount)} - column));");
            }
        }
    }

    private void Loss(LossStep step)
    {
        string width = Text.Int(step.Y.Width);
        string stride = Text.Int(step.Y.Stride);
        switch (step.Loss)
        {
            case CrossEntropyLossOp:
                code.Line("float scale = 1f / rows;");
                code.Line($"return RowKernels.CrossEntropy(ref y, ref target, ref dy, {width}, {stride}, scale, rows) / rows;");
                break;
            case ElementwiseLossOp loss:
                string count = loss.MeanOverBatchOnly ? "rows" : $"((double)rows * {width})";
                string parameter = loss.Function == ElementwiseLossKind.Huber ? $", {Text.Float(loss.Delta)}" : "";
                string target = "target";
                if (step.DY.Order == BufferOrder.ChannelsLast)
                {
                    // The targets go to where their gradients will be, in the order of the prediction.
                    code.Line($"PictureKernels.Copy(ref target, {PictureText.Layout(step.DY with { Order = BufferOrder.Planes, Kind = BufferKind.Output })}, ref dy, {PictureText.Layout(step.DY)}, rows);");
                    target = "dy";
                }

                code.Line($"double count = {count};");
                code.Line($"return RowKernels.{loss.Function}(ref y, ref {target}, ref dy, {width}, {stride}, (float)(1 / count){parameter}, rows) / count;");
                break;
        }
    }
}
