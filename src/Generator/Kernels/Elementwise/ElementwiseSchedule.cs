using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Generator.Compiler.Ops;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>Kernels in which each element stands for itself: activations, sums, dropout.</summary>
internal static class ElementwiseSchedule
{
    public static Nest Of(ActivationForwardStep step)
    {
        var nest = new NestBuilder(step);
        return nest.Build(
            Map([nest["x"]], nest["y"], x => new Activated(step.Activation, x[0]), ActivationCost.KeepsZero(step.Activation)),
            $"{step.Activation.Display} of {Describe.Int(step.X.Width)} elements a sample.");
    }

    public static Nest Of(ActivationBackwardStep step)
    {
        var nest = new NestBuilder(step);
        return nest.Build(
            Map([nest["dy"], nest["saved"]], nest["dx"], x => new Times(x[0], new Activated(step.Activation, x[1], isDerivative: true))),
            $"{step.Activation.Display} backward: dx = dy f'(saved), the function's {(step.Activation.GradientNeedsInput ? "input" : "output")}.");
    }

    public static Nest Of(SumStep step)
    {
        var nest = new NestBuilder(step);
        Area[] summands = [.. step.Xs.Select((_, i) => nest["x" + Describe.Int(i)])];
        return nest.Build(Map(summands, nest["y"], x => new Plus(x)), $"The sum of {Describe.Int(step.Xs.Count)} values of {step.Y.Shape.Display}.");
    }

    /// <summary>A picture's mask is drawn in PyTorch's order before it goes to its places.</summary>
    public static long Scratch(DropoutForwardStep step) => step.Mask.Order == BufferOrder.Flat ? 0 : Packing.PadToPanel(step.Mask.Width);

    public static Nest Of(DropoutForwardStep step)
    {
        var nest = new NestBuilder(step);
        (Buffer buffer, Area mask) = (step.Mask, nest["mask"]);
        bool isRow = buffer.Order == BufferOrder.Flat;
        double scale = (float)(1 / (1 - step.P));
        Statement draws = OverSamples(n =>
        {
            Place row = isRow ? mask.At((n, buffer.Stride)) : nest["scratch"].Start;
            var statements = new List<Statement>
            {
                new Branch(
                    new Flag("isTraining"),
                    new RuntimeCall("Philox.DropoutMask", row, step.X.Width, new Variable("seed"), new Variable("step"), step.Layer, new Variable("firstSample") + n.As(NumberType.Long), step.P, scale),
                    new RuntimeCall("RowKernels.Fill", row, step.X.Width, 1d)),
            };

            // What stands in the padding multiplies that of x and dy; a NaN left there would reach the gradients'.
            int padding = buffer.Stride - buffer.Width;
            if (!isRow)
            {
                Buffer drawn = buffer with { Order = BufferOrder.Flat, Shape = new Picture(buffer.Width, 1, 1) };
                statements.Add(new RuntimeCall("PictureKernels.Copy", row, PictureLayout.Of(drawn, buffer), mask.At((n, buffer.Stride)), PictureLayout.Of(buffer), 1));
            }
            else if (padding > 0)
            {
                statements.Add(new RuntimeCall("RowKernels.Fill", mask.At((n, buffer.Stride), (buffer.Width, 1)), padding, 0d));
            }

            return Block(statements);
        });
        string probability = step.P.ToString("R", CultureInfo.InvariantCulture);
        return nest.Build(
            Block(draws, Map([nest["x"], mask], nest["y"], x => new Times(x[0], x[1]))),
            $"Dropout of {Describe.Int(step.X.Width)} elements a sample with p = {probability}; the mask is a function of seed, step, layer, sample and element.");
    }

    public static Nest Of(DropoutBackwardStep step)
    {
        var nest = new NestBuilder(step);
        return nest.Build(Map([nest["dy"], nest["mask"]], nest["dx"], x => new Times(x[0], x[1])), "Dropout backward: dx = dy mask.");
    }

    /// <summary>
    /// Without borders padded rows are one flat array; the workspace ends on a multiple of 16 floats, so the last vectors may run over.
    /// Pictures with borders go row by row, parts pixel by pixel. What stands behind a row of pixels must be zero again.
    /// </summary>
    private static Statement Map(IReadOnlyList<Area> inputs, Area output, Func<VectorValue[], VectorValue> value, bool keepsZero = true)
    {
        Buffer like = output.Buffer!;
        IReadOnlyList<Area> all = [.. inputs, output];
        bool isPlanes = like.Order == BufferOrder.Planes;
        Statement body = all.All(operand => operand.Buffer!.Border.IsEmpty && !operand.Buffer.IsPart)
            ? Flat(like, (lanes, count) => Vectors(lanes, count, operand => operand.Start))
            : Variants.Of(lanes => Lines(all, like, (count, line) => Vectors(lanes, count, line)));
        return isPlanes && !keepsZero && like.Shape.Width % Packing.Panel != 0
            ? Block(body, new RuntimeCall("PictureKernels.ClearTails", output, PictureLayout.Of(like), Variable.Rows))
            : body;

        Statement Vectors(int lanes, Number count, Func<Area, Place> place) => Over("i", count, lanes, RangeRole.Vectors, i =>
        {
            VectorValue values = value([.. inputs.Select(input => new Load(place(input), i))]);
            return count.Known < Packing.Panel ? new StoreStrided(lanes, values, place(output).At((i, 1)), 1, count - i) : new Store(lanes, values, place(output), i);
        });
    }

    private static Statement Flat(Buffer like, Func<int, Number, Statement> vectors)
    {
        var count = new Variable("count");
        return Block(new Declare(count, new WholePanels(Binary.Of('*', Variable.Rows, like.Stride))), Variants.Of(lanes => vectors(lanes, count)));
    }

    private static Statement Lines(IReadOnlyList<Area> operands, Buffer like, Func<Number, Func<Area, Place>, Statement> vectors)
    {
        bool isPlanes = like.Order == BufferOrder.Planes;

        // Pixels of a part lie apart; those of a row otherwise do not, but for the borders between rows.
        bool areApart = !isPlanes && operands.Any(operand => operand.Buffer!.IsPart);
        // Rows of 1 or 4 floats have no more: a whole vector would reach the next.
        long length = isPlanes ? Packing.PadToPanel(like.Shape.Width) : areApart ? Math.Min(Packing.PadToPanel(like.Shape.Channels), like.PixelStride) : like.Shape.Width * like.PixelStride;
        return OverSamples(n => Each("channel", isPlanes, like.Shape.Channels, channel => Each("line", true, like.Shape.Height, line => Each("column", areApart, like.Shape.Width, column =>
        {
            var lines = operands.ToDictionary(operand => operand, operand =>
            {
                Buffer buffer = operand.Buffer!;
                return new Reference(operand.Name + "Line", operand.At((n, buffer.Stride), (channel, buffer.ChannelStride), (line, buffer.RowStride), (column, buffer.PixelStride), (buffer.Origin, 1)));
            });
            return Block([.. operands.Select(operand => new Refer(lines[operand])), vectors(length, operand => lines[operand].Start)]);
        }))));

        static Statement Each(string name, bool isLoop, int count, Func<Number, Statement> body) =>
            isLoop ? Over(name, (Number)count, 1, RangeRole.Rows, body) : body(Number.Zero);
    }
}
