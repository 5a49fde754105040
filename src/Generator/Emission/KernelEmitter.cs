using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using static NetGen.Generator.Emission.Address;
using Buffer = NetGen.Generator.Compiler.Buffer;

namespace NetGen.Generator.Emission;

/// <summary>Prints one method a step, with the tiles it calls behind it.</summary>
internal sealed class KernelEmitter
{
    private readonly CodeWriter _code;
    private readonly ProductTiles _tiles;
    private readonly LinearEmitter _linear;
    private readonly ConvEmitter _convolutions;
    private readonly FixedFilterEmitter _fixed;
    private readonly HashSet<string> _methods = [];

    /// <summary>The steps of a method, by the names they would have alone.</summary>
    private readonly ILookup<string, string> _sharers;

    public KernelEmitter(CodeWriter writer, Program program)
    {
        _code = writer;
        _tiles = new ProductTiles(writer, program.Inference.Concat(program.Training).Any(step => step is ProductStep { Start: not null } or DataGradientStep { Start: not null }));
        _linear = new LinearEmitter(writer, _tiles);
        _convolutions = new ConvEmitter(writer, _tiles);
        _fixed = new FixedFilterEmitter(writer);
        _sharers = program.Inference.Concat(program.Training).Select(step => (step.Method, Own: step.Own ?? step.Method)).Distinct().ToLookup(step => step.Method, step => step.Own);
    }

    /// <summary>Prints what the steps share; after the last of them.</summary>
    public void EmitTiles() => _tiles.Print();

    /// <summary>The parameters of a step's method, and the arguments in a call.</summary>
    /// <param name="step">The step.</param>
    /// <param name="buffer">The name of a buffer where the call stands.</param>
    public static IEnumerable<(string Declaration, string Argument)> Parameters(Step step, Func<Buffer, string> buffer)
    {
        foreach (Operand operand in step.Operands.Where(operand => operand.Role is not (OperandRole.Target or OperandRole.Scalar)))
        {
            yield return ($"ref float {operand.Name}", "ref " + operand.Role switch
            {
                OperandRole.Parameter => Element("parameters", Offset(operand.Offset)),
                OperandRole.ParameterGradient => Element("gradients", Offset(operand.Offset)),
                _ => buffer(operand.Buffer!),
            });
        }

        if (step.Scratch > 0)
            yield return ("ref float scratch", "ref workspace");
        foreach (Operand operand in step.Operands.Where(operand => operand.Role is OperandRole.Target or OperandRole.Scalar))
        {
            string reference = operand.Role == OperandRole.Target ? "ref " : "";
            yield return ($"{reference}{operand.Type} {operand.Name}", reference + operand.Name);
        }

        yield return ("nuint rows", "rows");
    }

    /// <summary>Prints the step's method unless an equal one stands already.</summary>
    public void Emit(Step step)
    {
        if (!_methods.Add(step.Method))
            return;
        _code.Line();
        foreach (string line in Comment(step))
            _code.Line("// " + line);
        int sharers = _sharers[step.Method].Count();
        if (sharers > 1)
            _code.Line($"// {Text.Int(sharers)} steps of equal shape share it; the calls name them.");
        var after = new List<Action>();
        string parameters = string.Join(", ", Parameters(step, _ => "").Select(parameter => parameter.Declaration));
        _code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using (_code.Block($"public static {(step is LossStep ? "double" : "void")} {step.Method}({parameters})"))
        {
            switch (step)
            {
                case CopyStep s when s.From.Order != BufferOrder.Flat || s.To.Order != BufferOrder.Flat || s.From.IsPart || s.To.IsPart:
                    _code.Line($"PictureKernels.Copy(ref from, {PictureText.Layout(s.From, s.To)}, ref to, {PictureText.Layout(s.To, s.From)}, rows);");
                    break;
                case SumStep s: Elementwise([.. s.Xs.Select((x, i) => ("x" + Text.Int(i), x))], ("y", s.Y), x => $"({string.Join(" + ", x)})"); break;
                case ClearBorderStep s: _code.Line($"PictureKernels.ClearBorder(ref picture, {PictureText.Layout(s.Buffer)}, rows);"); break;
                case ConvForwardStep s: _convolutions.Forward(s, after); break;
                case ConvWeightGradientStep s: _convolutions.WeightGradient(s, after); break;
                case ConvDataGradientStep s: _convolutions.DataGradient(s, after); break;
                case ConvBiasGradientStep s:
                    _code.Line($"PictureKernels.BiasGradient(ref dy, {PictureText.Layout(s.DY)}, ref db, rows);");
                    if (s.Conv.Biases > 1)
                    {
                        int length = (int)Packing.PadToPanel(s.Conv.Output.Channels);
                        _code.Line($"RowKernels.Copy(ref db, 0, ref Unsafe.Add(ref db, {Text.Int(length)}), {Text.Int(length)}, {Text.Int(length)}, {Text.Int(s.Conv.Biases - 1)});");
                    }

                    break;
                case FixedConvStep s when s.Filter.IsUnrolled: _fixed.Unrolled(s); break;
                case FixedConvStep s: _fixed.Table(s); break;
                case PoolForwardStep s: Pool(s, after); break;
                case PoolBackwardStep s:
                    _code.Line(s.Index is null
                        ? $"PoolKernels.AverageGradient(ref dy, {PictureText.Layout(s.DY)}, ref dx, {PictureText.Layout(s.DX)}, {Windows(s.Pool, after)}, rows);"
                        : $"PoolKernels.MaxGradient(ref dy, {PictureText.Layout(s.DY)}, ref index, {PictureText.Layout(s.Index)}, ref dx, {PictureText.Layout(s.DX)}, {Windows(s.Pool, after)}, rows);");
                    break;
                case LogSumExpForwardStep s:
                    _code.Line($"RowKernels.LogSumExp(ref x, ref y, {Text.Float(s.Beta)}, {Text.Int(s.X.Width)}, {Text.Int(s.X.Stride)}, {Text.Int(s.Y.Stride)}, rows);");
                    break;
                case LogSumExpBackwardStep s:
                    _code.Line($"RowKernels.LogSumExpGradient(ref dy, ref x, ref dx, {Text.Float(s.Beta)}, {Text.Int(s.X.Width)}, {Text.Int(s.X.Stride)}, {Text.Int(s.DY.Stride)}, rows);");
                    break;
                case CopyStep s: _code.Line($"RowKernels.Copy(ref from, {s.From.Stride}, ref to, {s.To.Stride}, {s.From.Width}, rows);"); break;
                case LinearForwardStep s: _linear.Forward(s, after); break;
                case LinearWeightGradientStep s: _linear.WeightGradient(s, after); break;
                case LinearBiasGradientStep s: _linear.BiasGradient(s); break;
                case LinearDataGradientStep s: _linear.DataGradient(s, after); break;
                case ActivationForwardStep s: Elementwise([("x", s.X)], ("y", s.Y), x => ActivationText.Forward(s.Activation, x[0]), keepsZero: ActivationText.KeepsZero(s.Activation)); break;
                case ActivationBackwardStep s: Elementwise([("dy", s.DY), ("saved", s.Saved)], ("dx", s.DX), x => $"({x[0]} * {ActivationText.Derivative(s.Activation, x[1])})"); break;
                case SoftmaxForwardStep s: _code.Line($"RowKernels.Softmax(ref x, ref y, {Text.Int(s.X.Shape.Channels)}, {Text.Int(s.X.PixelStride)}, rows{Pixels(s.X)});"); break;
                case SoftmaxBackwardStep s: _code.Line($"RowKernels.SoftmaxGradient(ref dy, ref y, ref dx, {Text.Int(s.Y.Shape.Channels)}, {Text.Int(s.Y.PixelStride)}, rows{Pixels(s.Y)});"); break;
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
            case SumStep s:
                yield return $"The sum of {Text.Int(s.Xs.Count)} values of {s.Y.Shape.Display}.";
                break;
            case ClearBorderStep s:
                yield return $"Zeroes the border of {s.Buffer.Name}, {s.Buffer.Shape.Display}: {s.Buffer.Border.Top} above, {s.Buffer.Border.Left} before, {s.Buffer.Border.Bottom} below, {s.Buffer.Border.Right} behind.";
                break;
            case ConvForwardStep s:
                yield return $"{s.Conv.Label} forward, {s.Conv.Display}: {s.Conv.Input.Display} to {s.Conv.Output.Display}{(s.Start is null ? "" : ", plus start")}{(s.Activation is null ? "" : ", " + s.Activation.Display)}{(s.Addend is null ? "" : ", plus addend")}"
                    + Keeps(s);
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
                yield return $"{s.Conv.Label} backward, data: {s.Conv.Output.Display} to {s.Conv.Input.Display}, the filter transposed and turned{(s.Start is null ? "" : ", plus start")}"
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
                string sum = $"x[n, {Text.Int(s.Linear.Inputs)}] Wᵀ{(s.Linear.HasBias ? " + b" : "")}{(s.Start is null ? "" : " + start")}";
                yield return $"{s.Linear.Label} forward: y[n, {Text.Int(s.Linear.Outputs)}] = {(s.Activation is null ? sum : $"{s.Activation.Display}({sum})")}{(s.Addend is null ? "" : " + addend")}"
                    + Keeps(s);
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
                yield return $"{s.Linear.Label} backward, data: dx[n, {Text.Int(s.Linear.Inputs)}] = dy[n, {Text.Int(s.Linear.Outputs)}] W{(s.Start is null ? "" : " + start")}"
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

    private static string Keeps(ProductStep step) => step switch
    {
        { Z: not null } => "; z keeps the activation's input for its gradient.",
        { Kept: not null } => "; kept keeps the activation's output.",
        _ => ".",
    };

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

    // ---- Elementwise and by rows ----

    private static string Pixels(Buffer buffer) => buffer.Shape.Pixels == 1 ? "" : " * " + Text.Int(buffer.Shape.Pixels);

    /// <summary>
    /// Without borders padded rows are one flat array; the workspace ends on a multiple of 16 floats, so the last vectors may run over.
    /// Pictures with borders go row by row, parts pixel by pixel. What stands behind a row of pixels must be zero again.
    /// </summary>
    private void Elementwise((string Name, Buffer Buffer)[] inputs, (string Name, Buffer Buffer) output, Func<string[], string> value, bool keepsZero = true)
    {
        Buffer like = output.Buffer;
        Buffer[] all = [.. inputs.Select(input => input.Buffer), like];
        bool isFlat = all.All(buffer => buffer.Border.IsEmpty && !buffer.IsPart);
        bool isPlanes = like.Order == BufferOrder.Planes;

        // Pixels of a part lie apart; those of a row otherwise do not, but for the borders between rows.
        bool areApart = !isPlanes && all.Any(buffer => buffer.IsPart);
        int length = isPlanes ? (int)Packing.PadToPanel(like.Shape.Width) : areApart ? (int)Packing.PadToPanel(like.Shape.Channels) : like.Shape.Width * like.PixelStride;
        if (isFlat)
            _code.Line($"nuint count = ((rows * {Text.Int(like.Stride)}) + 15) & ~(nuint)15;");
        _code.ForEachWidth(simd =>
        {
            if (isFlat)
            {
                Vectors("count", name => $"ref {name}");
                return;
            }

            using (_code.Loop("for (nuint n = 0; n < rows; n++)"))
            using (isPlanes ? _code.Loop($"for (nuint channel = 0; channel < {Text.Int(like.Shape.Channels)}; channel++)") : default)
            using (_code.Loop($"for (nuint line = 0; line < {Text.Int(like.Shape.Height)}; line++)"))
            using (areApart ? _code.Loop($"for (nuint column = 0; column < {Text.Int(like.Shape.Width)}; column++)") : default)
            {
                foreach ((string name, Buffer buffer) in inputs.Append(output))
                    _code.Line($"ref float {name}Line = ref {Element(name, ("n", buffer.Stride), (isPlanes ? "channel" : "0", buffer.ChannelStride), ("line", buffer.RowStride), (areApart ? "column" : "0", buffer.PixelStride), Offset(buffer.Origin))};");
                Vectors(Text.Int(length), name => $"ref {name}Line");
            }

            void Vectors(string count, Func<string, string> reference) => _code.Single(
                $"for (nuint i = 0; i < {count}; i += {Text.Int(simd.Lanes)})",
                $"{value(inputs.Select(input => $"{simd.Class}.LoadUnsafe({reference(input.Name)}, i)").ToArray())}.StoreUnsafe({reference(output.Name)}, i);");
        });
        if (isPlanes && !keepsZero && like.Shape.Width % Packing.Panel != 0)
            _code.Line($"PictureKernels.ClearTails(ref {output.Name}, {PictureText.Layout(like)}, rows);");
    }

    private void Dropout(DropoutForwardStep step)
    {
        float scale = (float)(1 / (1 - step.P));
        bool isRow = step.Scratch == 0;
        using (_code.Loop("for (nuint n = 0; n < rows; n++)"))
        {
            string row = isRow ? Element("mask", ("n", step.Mask.Stride)) : "scratch";
            _code.Single(
                "if (isTraining)",
                $"Philox.DropoutMask(ref {row}, {Text.Int(step.X.Width)}, seed, step, {Text.Int(step.Layer)}, (long)n, {Text.Float(step.P)}, {Text.Float(scale)});");
            _code.Single("else", $"RowKernels.Fill(ref {row}, {Text.Int(step.X.Width)}, 1f);");

            // What stands in the padding multiplies that of x and dy; a NaN left there would reach the gradients'.
            int padding = step.Mask.Stride - step.Mask.Width;
            if (!isRow)
                _code.Line($"PictureKernels.Copy(ref scratch, {PictureText.Layout(step.Mask with { Order = BufferOrder.Flat, Shape = new Picture(step.Mask.Width, 1, 1) }, step.Mask)}, ref {Element("mask", ("n", step.Mask.Stride))}, {PictureText.Layout(step.Mask)}, 1);");
            else if (padding > 0)
                _code.Line($"RowKernels.Fill(ref {Element("mask", ("n", step.Mask.Stride), Offset(step.Mask.Width))}, {Text.Int(padding)}, 0f);");
        }

        Elementwise([("x", step.X), ("mask", step.Mask)], ("y", step.Y), x => $"({x[0]} * {x[1]})");
    }

    // ---- Pools ----

    private void Pool(PoolForwardStep step, List<Action> after)
    {
        string pictures = $"ref x, {PictureText.Layout(step.X)}, ref y, {PictureText.Layout(step.Y)}";
        string windows = Windows(step.Pool, after);
        string hasReLU = step.HasReLU ? "true" : "false";
        _code.Line(step.Pool.Function == PoolKind.Average ? $"PoolKernels.Average({pictures}, {windows}, rows);"
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
                _code.Line();
                _code.Line($"// The windows of {pool.Label}: by rows and by columns.");
                _code.Line($"private static readonly PoolWindows {name} = new PoolWindows({Axis(pool.Rows)}, {Axis(pool.Columns)});");
            });
        }

        return name;

        static string Axis(PoolAxis axis) => axis is SlidingAxis a
            ? $"PoolAxis.Sliding({Text.Int(a.Size)}, {Text.Int(a.Count)}, {Text.Int(a.Kernel)}, {Text.Int(a.Stride)}, {Text.Int(a.Padding)}, {(a.CountsPadding ? "true" : "false")})"
            : $"PoolAxis.Adaptive({Text.Int(axis.Size)}, {Text.Int(axis.Count)})";
    }

    private void Loss(LossStep step)
    {
        string width = Text.Int(step.Y.Width);
        string stride = Text.Int(step.Y.Stride);
        switch (step.Loss)
        {
            case CrossEntropyLossOp:
                _code.Line("float scale = 1f / rows;");
                _code.Line($"return RowKernels.CrossEntropy(ref y, ref target, ref dy, {width}, {stride}, scale, rows) / rows;");
                break;
            case ElementwiseLossOp loss:
                string count = loss.MeanOverBatchOnly ? "rows" : $"(double)rows * {width}";
                string parameter = loss.Function == ElementwiseLossKind.Huber ? $", {Text.Float(loss.Delta)}" : "";
                string target = "target";
                if (step.DY.Order == BufferOrder.ChannelsLast)
                {
                    // The targets go to where their gradients will be, in the order of the prediction.
                    _code.Line($"PictureKernels.Copy(ref target, {PictureText.Layout(step.DY with { Order = BufferOrder.Planes, Kind = BufferKind.Output })}, ref dy, {PictureText.Layout(step.DY)}, rows);");
                    target = "dy";
                }

                _code.Line($"double count = {count};");
                _code.Line($"return RowKernels.{loss.Function}(ref y, ref {target}, ref dy, {width}, {stride}, (float)(1 / count){parameter}, rows) / count;");
                break;
        }
    }
}
