using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>Kernels of the runtime that pool windows of pictures.</summary>
internal static class PoolSchedule
{
    public static Nest Of(PoolForwardStep step)
    {
        var nest = new NestBuilder(step);
        PoolKernel pool = step.Pool;
        PoolWindows windows = nest.Constant(new PoolWindows(pool));
        (Argument x, Argument xLayout, Argument y, Argument yLayout) = (nest["x"], PictureLayout.Of(step.X), nest["y"], PictureLayout.Of(step.Y));
        RuntimeCall call = pool.Function == PoolKind.Average ? new("PoolKernels.Average", x, xLayout, y, yLayout, windows, Variable.Rows)
            : step.Index is null ? new("PoolKernels.Max", x, xLayout, y, yLayout, windows, step.HasReLU, Variable.Rows)
            : new("PoolKernels.MaxWithIndices", x, xLayout, y, yLayout, nest["index"], PictureLayout.Of(step.Index), windows, step.HasReLU, Variable.Rows);
        return nest.Build(
            call,
            $"{pool.Label}, {(pool.Function == PoolKind.Max ? "maximum" : "mean")} of windows: {pool.Input.Display} to {pool.Output.Display}{(step.HasReLU ? ", then ReLU" : "")}{(step.Index is null ? "" : "; index keeps the pixel of each maximum")}.");
    }

    public static Nest Of(PoolBackwardStep step)
    {
        var nest = new NestBuilder(step);
        PoolKernel pool = step.Pool;
        PoolWindows windows = nest.Constant(new PoolWindows(pool));
        (Argument dy, Argument dyLayout, Argument dx, Argument dxLayout) = (nest["dy"], PictureLayout.Of(step.DY), nest["dx"], PictureLayout.Of(step.DX));
        RuntimeCall call = step.Index is null ? new("PoolKernels.AverageGradient", dy, dyLayout, dx, dxLayout, windows, Variable.Rows)
            : new("PoolKernels.MaxGradient", dy, dyLayout, nest["index"], PictureLayout.Of(step.Index), dx, dxLayout, windows, Variable.Rows);
        return nest.Build(
            call,
            $"{pool.Label} backward: {pool.Output.Display} to {pool.Input.Display}, {(step.Index is null ? "the shares of each mean" : "dy goes where the maximum was")}.");
    }
}
