using System.Collections.Generic;
using NetGen.Generator.Compiler.Ops;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>Kernels of the runtime that reduce or normalise along rows of features: softmax, log-sum-exp, losses.</summary>
internal static class RowSchedule
{
    public static Nest Of(SoftmaxForwardStep step)
    {
        var nest = new NestBuilder(step);
        return nest.Build(
            new RuntimeCall("RowKernels.Softmax", nest["x"], nest["y"], step.X.Shape.Channels, step.X.PixelStride, Rows(step.X)),
            $"Softmax over {Features(step.X)}.");
    }

    public static Nest Of(SoftmaxBackwardStep step)
    {
        var nest = new NestBuilder(step);
        return nest.Build(
            new RuntimeCall("RowKernels.SoftmaxGradient", nest["dy"], nest["y"], nest["dx"], step.Y.Shape.Channels, step.Y.PixelStride, Rows(step.Y)),
            $"Softmax backward over {Features(step.Y)}: dx = y (dy - sum(dy y)).");
    }

    public static Nest Of(LogSumExpForwardStep step)
    {
        var nest = new NestBuilder(step);
        return nest.Build(
            new RuntimeCall("RowKernels.LogSumExp", nest["x"], nest["y"], step.Beta, step.X.Width, step.X.Stride, step.Y.Stride, Variable.Rows),
            $"Log-sum-exp of {Describe.Int(step.X.Width)} features.");
    }

    public static Nest Of(LogSumExpBackwardStep step)
    {
        var nest = new NestBuilder(step);
        return nest.Build(
            new RuntimeCall("RowKernels.LogSumExpGradient", nest["dy"], nest["x"], nest["dx"], step.Beta, step.X.Width, step.X.Stride, step.DY.Stride, Variable.Rows),
            $"Log-sum-exp backward: dx = dy softmax over {Describe.Int(step.X.Width)} features.");
    }

    public static Nest Of(LossStep step)
    {
        var nest = new NestBuilder(step);
        (Buffer y, Buffer dy) = (step.Y, step.DY);
        Buffer given = y with { Kind = BufferKind.Output, Order = y.Order == BufferOrder.Flat ? BufferOrder.Flat : BufferOrder.Planes, Border = default };
        Area target = nest.Add(new Area("target", step.Loss.TakesClassNumbers ? given with { Shape = new Picture(1, 1, 1), Order = BufferOrder.Flat } : given));
        var body = new List<Statement>();
        if (step.Loss is not ElementwiseLossOp loss)
        {
            var scale = new Variable("scale", NumberType.Float);
            body.Add(new Declare(scale, Binary.Of('/', Number.One.As(NumberType.Float), Variable.Batch)));
            body.Add(new RuntimeCall("RowKernels.CrossEntropy", nest["y"], target, nest["dy"], y.Width, y.Stride, scale, Variable.Rows) { Divisor = Variable.Batch });
        }
        else
        {
            if (dy.Order == BufferOrder.ChannelsLast)
            {
                // The targets go to where their gradients will be, in the order of the prediction.
                body.Add(new RuntimeCall("PictureKernels.Copy", target, PictureLayout.Of(dy with { Order = BufferOrder.Planes, Kind = BufferKind.Output }), nest["dy"], PictureLayout.Of(dy), Variable.Rows));
                target = nest["dy"];
            }

            var count = new Variable("count", NumberType.Double);
            body.Add(new Declare(count, loss.MeanOverBatchOnly ? Variable.Batch : Binary.Of('*', Variable.Batch.As(NumberType.Double), y.Width)));
            List<Argument> arguments = [nest["y"], target, nest["dy"], y.Width, y.Stride, Binary.Of('/', Number.One, count).As(NumberType.Float)];
            if (loss.Function == ElementwiseLossKind.Huber)
                arguments.Add(loss.Delta);
            arguments.Add(Variable.Rows);
            body.Add(new RuntimeCall("RowKernels." + loss.Function, [.. arguments]) { Divisor = count });
        }

        return nest.Build(Block(body), $"{step.Loss.Kind} of {Describe.Int(y.Width)} outputs a sample, and its gradient.");
    }

    private static Number Rows(Buffer buffer) => Variable.Rows * buffer.Shape.Pixels;

    private static string Features(Buffer buffer) => $"{Describe.Int(buffer.Shape.Channels)} {(buffer.Order == BufferOrder.Flat ? "features" : "channels of each pixel")}";
}
