namespace NetGen.Generator.Compiler.Kernels;

/// <summary>Kernels that move and clear pictures.</summary>
internal static class CopySchedule
{
    public static Nest Of(CopyStep step)
    {
        var nest = new NestBuilder(step);
        (Buffer from, Buffer to) = (step.From, step.To);
        bool areRows = from.Order == BufferOrder.Flat && to.Order == BufferOrder.Flat;
        Statement body = areRows && !from.IsPart && !to.IsPart
            ? new RuntimeCall("RowKernels.Copy", nest["from"], from.Stride, nest["to"], to.Stride, from.Width, Variable.Rows)
            : new RuntimeCall("PictureKernels.Copy", nest["from"], PictureLayout.Of(from, to), nest["to"], PictureLayout.Of(to, from), Variable.Rows);
        return nest.Build(body, areRows
            ? $"Copies rows of {Describe.Int(from.Width)} from a distance of {Describe.Int(from.Stride)} to one of {Describe.Int(to.Stride)}{(to.Stride > to.Width ? ", padding with zeros" : "")}."
            : $"Copies pictures of {from.Shape.Display} from {Describe.Place(from)} to {Describe.Place(to)}.");
    }

    public static Nest Of(ClearBorderStep step)
    {
        var nest = new NestBuilder(step);
        Ops.Border border = step.Buffer.Border;
        return nest.Build(
            new RuntimeCall("PictureKernels.ClearBorder", nest["picture"], PictureLayout.Of(step.Buffer), Variable.Rows),
            $"Zeroes the border of {step.Buffer.Name}, {step.Buffer.Shape.Display}: {Describe.Int(border.Top)} above, {Describe.Int(border.Left)} before, {Describe.Int(border.Bottom)} below, {Describe.Int(border.Right)} behind.");
    }
}
