using System;
using System.Linq;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>dW = dyᵀ x and db = Σ dy, summed over the samples in chunks.</summary>
internal static class LinearWeightGradient
{
    public static Nest Of(LinearWeightGradientStep step)
    {
        LinearKernel kernel = step.Linear;
        var nest = new NestBuilder(step, LinearDescription.Parameters(kernel, "dw"));
        bool isNarrow = kernel.Form == LinearForm.Narrow;
        Statement body = isNarrow ? Narrow(step, nest) : kernel.Form == LinearForm.Tiny ? Tiny(step, nest) : new LinearOuterProduct(step, nest).Body();
        return nest.Build(
            body,
            $"{kernel.Label} backward, weights: dW[{Describe.Int(kernel.Outputs)}, {Describe.Int(kernel.Inputs)}] = dyᵀ x, summed over the samples.",
            LinearDescription.Cost(kernel) + (isNarrow
                ? LinearDescription.Tiles(LinearForm.Panels, body, "outputs", "inputs")
                : LinearDescription.Tiles(kernel.Form, body, "inputs", "outputs")));
    }

    /// <summary>Rows of weights: lanes are inputs.</summary>
    private static Statement Narrow(LinearWeightGradientStep step, NestBuilder nest)
    {
        LinearKernel kernel = step.Linear;
        int columns = Tiling.Panels(kernel.Inputs);
        int width = columns * Packing.Panel;
        var product = new LinearProduct
        {
            Chunk = Tiling.BatchChunk,
            Kind = TileKind.Product,
            Product = nest.Constant(new TileProduct(step.Method + "Strides")
            {
                Comment = step.Method + ".",
                Strides = new TileStrides { AColumn = 1, AInner = step.DY.Stride, BPanel = Packing.Panel, BInner = step.X.Stride, CColumn = width, CPanel = Packing.Panel },
            }),
            A = (row, first) => nest["dy"].At((row, 1), (first, step.DY.Stride)),
            B = (column, first) => nest["x"].At((column, 1), (first, step.X.Stride)),
            C = (row, column) => nest["dw"].At((row, width), (column, 1)),
        };
        Statement sums = Variants.Of(lanes =>
        {
            TileSchedule tiles = Tiling.Tiles(lanes, columns);
            return product.InChunks(part => LinearProduct.Columns(tiles.Groups, (column, panels) => product.Rows(part, lanes, column, panels, Number.Zero, kernel.Outputs)));
        });

        // What stands in the padding of x is no input.
        int padding = width - kernel.Inputs;
        return Block([
            sums,
            .. padding == 0 ? [] : Enumerable.Range(0, kernel.Outputs).Select(o => new RuntimeCall("RowKernels.Fill", nest["dw"].At((o * width) + kernel.Inputs), padding, 0d)),
        ]);
    }

    private static Statement Tiny(LinearWeightGradientStep step, NestBuilder nest)
    {
        const int Lanes = Packing.TinyPanel;
        int inputs = step.Linear.Inputs;
        string[] totals = [.. Enumerable.Range(0, inputs).Select(i => "total" + Describe.Int(i))];
        string[] sums = [.. Enumerable.Range(0, inputs).Select(i => "sum" + Describe.Int(i))];
        return Block([
            .. totals.Select(total => new DeclareVectors(Lanes, total, VectorValue.Zero)),
            BatchChunks((first, end) => Block([
                .. sums.Select(sum => new DeclareVectors(Lanes, sum, VectorValue.Zero)),
                Over("n", first, end, 1, RangeRole.Terms, n =>
                {
                    var row = new Reference("row", nest["x"].At((n, step.X.Stride)));
                    return Block([
                        new Refer(row),
                        new DeclareVectors(Lanes, "d", LinearForward.TinyLoad(nest["dy"].At((n, step.DY.Stride)), step.DY.Stride)),
                        .. sums.Select((sum, i) => new AssignVector(Lanes, sum, new MultiplyAdd(new Spread(row.At(i)), new VectorLocal("d"), new VectorLocal(sum)))),
                    ]);
                }),
                .. totals.Select((total, i) => new AssignVector(Lanes, total, new VectorLocal(sums[i]), AssignmentKind.Add)),
            ])),
            .. totals.Select((total, i) => new Store(Lanes, new VectorLocal(total), nest["dw"].Start, i * Lanes)),
        ]);
    }

    public static Nest Of(LinearBiasGradientStep step)
    {
        LinearKernel kernel = step.Linear;
        var nest = new NestBuilder(step, ("db", Packing.PadToPanel(kernel.Outputs)));
        int stride = step.DY.Stride;
        Statement body = stride % Packing.Panel == 0
            ? new RuntimeCall("PictureKernels.BiasGradient", nest["dy"], PictureLayout.Of(step.DY), nest["db"], Variable.Rows)
            : Block(
                new DeclareVectors(stride, "total", VectorValue.Zero),
                BatchChunks((first, end) => Block(
                    new DeclareVectors(stride, "sum", VectorValue.Zero),
                    Over("n", first, end, 1, RangeRole.Terms, n => new AssignVector(stride, "sum", new Load(nest["dy"].At((n, stride))), AssignmentKind.Add)),
                    new AssignVector(stride, "total", new VectorLocal("sum"), AssignmentKind.Add))),
                new Store(stride, new VectorLocal("total"), nest["db"].Start));
        return nest.Build(body, $"{kernel.Label} backward, bias: db[{Describe.Int(kernel.Outputs)}] = dy summed over the samples.");
    }

    private static Statement BatchChunks(Func<Number, Number, Statement> body) => Over("first", Variable.Rows, Tiling.BatchChunk, RangeRole.Chunks, first =>
    {
        var end = new Variable("end");
        return Block(new Declare(end, Number.If(Variable.Rows - first < Tiling.BatchChunk, Variable.Rows, first + Tiling.BatchChunk)), body(first, end));
    });
}
