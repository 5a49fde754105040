using System.Collections.Generic;
using System.Linq;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>dx = dy W, times an activation's derivative where that is fused.</summary>
internal static class LinearDataGradient
{
    /// <summary>A column group of the transposed weight.</summary>
    public static long Scratch(LinearKernel kernel) =>
        kernel.Form == LinearForm.Panels ? (long)Tiling.MostPanels(kernel.Inputs) * kernel.Outputs * Packing.Panel : 0;

    public static Nest Of(LinearDataGradientStep step)
    {
        LinearKernel kernel = step.Linear;
        var nest = new NestBuilder(step, LinearDescription.Parameters(kernel, "weight"));
        Statement body = kernel.Form == LinearForm.Tiny ? Tiny(step, nest) : Panels(step, nest);
        return nest.Build(
            body,
            $"{kernel.Label} backward, data: dx[n, {Describe.Int(kernel.Inputs)}] = dy[n, {Describe.Int(kernel.Outputs)}] W{(step.Start is null ? "" : " + start")}"
                + (step.Activation is null ? "." : $", times {step.Activation.Display}' at what the forward pass saved."),
            LinearDescription.Cost(kernel) + LinearDescription.Tiles(kernel.Form == LinearForm.Tiny ? LinearForm.Tiny : LinearForm.Panels, body, "samples", "inputs"));
    }

    private static Statement Panels(LinearDataGradientStep step, NestBuilder nest)
    {
        LinearKernel kernel = step.Linear;
        bool isNarrow = kernel.Form == LinearForm.Narrow;
        int columns = Tiling.Panels(kernel.Inputs);
        LinearProduct product = Product(step, nest, columns);
        if (product.Kind != TileKind.Product)
        {
            return Block(
                Transpose(Number.Zero, 1),
                product.InChunks(part => product.Rows(part, Packing.TinyPanel, Number.Zero, 1, Number.Zero, Variable.Rows)));
        }

        return Variants.Of(lanes =>
        {
            TileSchedule tiles = Tiling.Tiles(lanes, columns);

            // Of the weight, what a column group needs is transposed, then all samples pass.
            return LinearProduct.Columns(tiles.Groups, (column, panels) =>
            {
                Statement rows = product.InChunks(part => product.Rows(part, lanes, column, panels, Number.Zero, Variable.Rows));
                return isNarrow ? rows : Block(Transpose(column, panels), rows);
            });
        });

        Statement Transpose(Number column, int panels) =>
            new RuntimeCall("WeightPanels.Transpose", nest["weight"], kernel.Inputs, kernel.Outputs, column, panels, nest["scratch"]);
    }

    private static LinearProduct Product(LinearDataGradientStep step, NestBuilder nest, int columns)
    {
        LinearKernel kernel = step.Linear;
        bool isNarrow = kernel.Form == LinearForm.Narrow;
        (Buffer dy, Buffer dx, Buffer? saved, Buffer? start) = (step.DY, step.DX, step.Saved, step.Start);
        int inner = isNarrow ? columns * Packing.Panel : Packing.Panel;
        return new LinearProduct
        {
            Length = kernel.Outputs,
            Chunk = Tiling.ReductionChunk,
            Kind = LinearProduct.KindOf(dx.Stride),
            Product = nest.Constant(new TileProduct(step.Method + "Strides")
            {
                Comment = step.Method + ".",
                Strides = new TileStrides
                {
                    AColumn = dy.Stride,
                    AInner = 1,
                    BPanel = isNarrow ? Packing.Panel : kernel.Outputs * Packing.Panel,
                    BInner = inner,
                    CColumn = dx.Stride,
                    CPanel = Packing.Panel,
                    SavedColumn = saved?.Stride ?? 0,
                    SavedPanel = saved is null ? 0 : Packing.Panel,
                    StartColumn = start?.Stride ?? 0,
                    StartPanel = start is null ? 0 : Packing.Panel,
                },
                Gradient = step.Activation,
                Starts = start is not null,
                IsScalar = dx.Stride == 1,
            }),
            A = (row, first) => nest["dy"].At((row, dy.Stride), (first, 1)),
            B = (column, first) => isNarrow ? nest["weight"].At((column, 1), (first, inner)) : nest["scratch"].At((first, inner)),
            C = (row, column) => nest["dx"].At((row, dx.Stride), (column, 1)),
            Saved = saved is null ? null : (row, column) => nest["saved"].At((row, saved.Stride), (column, 1)),
            Start = start is null ? null : (row, column) => nest["start"].At((row, start.Stride), (column, 1)),
        };
    }

    private static Statement Tiny(LinearDataGradientStep step, NestBuilder nest)
    {
        const int Lanes = Packing.TinyPanel;
        LinearKernel kernel = step.Linear;
        Area weight = nest["weight"];
        var statements = new List<Statement>();
        for (int o = 0; o < kernel.Outputs; o++)
            statements.Add(new DeclareVectors(Lanes, "w" + Describe.Int(o), new Gathered([.. Enumerable.Range(0, Lanes).Select(i => i < kernel.Inputs ? weight.At((i * Lanes) + o) : null)])));
        statements.Add(OverSamples(n =>
        {
            var row = new Reference("row", nest["dy"].At((n, step.DY.Stride)));
            var sum = new VectorLocal("sum");
            var body = new List<Statement> { new Refer(row), new DeclareVectors(Lanes, "sum", new Times(new Spread(row.Start), new VectorLocal("w0"))) };
            for (int o = 1; o < kernel.Outputs; o++)
                body.Add(new AssignVector(Lanes, "sum", new MultiplyAdd(new Spread(row.At(o)), new VectorLocal("w" + Describe.Int(o)), sum)));
            if (step.Activation is not null)
            {
                VectorValue saved = LinearForward.TinyLoad(nest["saved"].At((n, step.DX.Stride)), step.DX.Stride);
                body.Add(new AssignVector(Lanes, "sum", new Times(sum, new Activated(step.Activation, saved, isDerivative: true))));
            }

            body.Add(LinearForward.TinyStore(sum, nest["dx"].At((n, step.DX.Stride)), step.DX.Stride));
            return Block(body);
        }));
        return Block(statements);
    }
}
