using System.Collections.Generic;
using System.Linq;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>y = f(x Wᵀ + b): rows by panels of weights, dot products of few outputs, or a tiny matrix in registers.</summary>
internal static class LinearForward
{
    public static Nest Of(LinearForwardStep step)
    {
        LinearKernel kernel = step.Linear;
        var nest = new NestBuilder(step, LinearDescription.Parameters(kernel, "weight", "bias"));
        Statement body = kernel.Form switch
        {
            LinearForm.Tiny => Tiny(step, nest),
            LinearForm.Narrow => Narrow(step, nest),
            _ => Panels(step, nest),
        };
        string sum = $"x[n, {Describe.Int(kernel.Inputs)}] Wᵀ{(kernel.HasBias ? " + b" : "")}{(step.Start is null ? "" : " + start")}";
        return nest.Build(
            body,
            $"{kernel.Label} forward: y[n, {Describe.Int(kernel.Outputs)}] = {Value(step, sum)}{Describe.Keeps(step)}",
            LinearDescription.Cost(kernel) + LinearDescription.Tiles(kernel.Form, body, "samples", "outputs"));
    }

    /// <summary>What becomes of the sum, in words.</summary>
    private static string Value(LinearForwardStep step, string sum)
    {
        if (step.Scale is not null)
            sum = $"({sum} - mean) scale + shift";
        if (step.ActivatesLast)
            return $"{step.Activation!.Display}({sum} + addend)";
        return (step.Activation is null ? sum : $"{step.Activation.Display}({sum})") + (step.Addend is null ? "" : " + addend");
    }

    private static Statement Panels(LinearForwardStep step, NestBuilder nest)
    {
        LinearKernel kernel = step.Linear;
        int panels = Tiling.Panels(kernel.Outputs);
        LinearProduct product = Product(step, nest);
        return Variants.Of(lanes =>
        {
            TileSchedule tiles = Tiling.Tiles(lanes, panels);
            int least = tiles.Rows[tiles.Rows.Count - 2];
            int size = Tiling.RowBlock(kernel.Inputs);
            EquatableArray<int> rowGroups = Tiling.RowTiles(lanes, panels).Groups;

            // Blocks of rows stay in the second-level cache while all columns pass. A run gets a multiple of the lowest tile that is taller than a row;
            // the rows left take more columns at once.
            return product.InChunks(part => Over("block", Variable.Rows, size, RangeRole.Samples, block =>
            {
                var end = new Variable("end");
                (var row, var tall) = (new Variable("row"), new Variable("tall"));
                return Block(
                    new Declare(end, Number.If(Variable.Rows - block < size, Variable.Rows, block + size)),
                    new Declare(tall, end - ((end - block) % least)),
                    LinearProduct.Columns(tiles.Groups, (column, width) => product.Rows(part, lanes, column, width, block, tall)),
                    new Loop(
                        new LoopRange(row, tall, end, 1, RangeRole.Rows) { Grain = 1 },
                        rowGroups.Count == 1
                            ? product.Tile(part, lanes, row, Number.Zero, panels, 1)
                            : LinearProduct.Columns(rowGroups, (column, width) => product.Tile(part, lanes, row, column, width, 1))));
            }, grain: 1));
        });
    }

    private static LinearProduct Product(LinearForwardStep step, NestBuilder nest)
    {
        LinearKernel kernel = step.Linear;
        (Area x, Area weight, Area y) = (nest["x"], nest["weight"], nest["y"]);
        Buffer? saved = step.Z ?? step.Kept ?? step.Scale;
        int savedStride = step.Scale is null ? saved?.Stride ?? 0 : 0;
        return new LinearProduct
        {
            Length = kernel.Inputs,
            Chunk = Tiling.ReductionChunk,
            Kind = LinearProduct.KindOf(step.Y.Stride),
            Product = nest.Constant(new TileProduct(step.Method + "Strides")
            {
                Comment = step.Method + ".",
                Strides = new TileStrides
                {
                    AColumn = step.X.Stride,
                    AInner = 1,
                    BPanel = kernel.Inputs * Packing.Panel,
                    BInner = Packing.Panel,
                    CColumn = step.Y.Stride,
                    CPanel = Packing.Panel,
                    SavedColumn = savedStride,
                    SavedPanel = saved is null ? 0 : Packing.Panel,
                    StartColumn = step.Start?.Stride ?? 0,
                    StartPanel = step.Start is null ? 0 : Packing.Panel,
                    AddColumn = step.Addend?.Stride ?? 0,
                    AddPanel = step.Addend is null ? 0 : Packing.Panel,
                },
                Bias = kernel.HasBias ? TileBias.OneAColumn : TileBias.None,
                Scale = step.Scale?.Width / 3,
                Activation = step.Activation,
                ActivatesLast = step.ActivatesLast,
                KeepsInput = step.Z is not null,
                KeepsOutput = step.Kept is not null,
                Starts = step.Start is not null,
                Adds = step.Addend is not null,
                IsScalar = step.Y.Stride == 1,
            }),
            A = (row, first) => x.At((row, step.X.Stride), (first, 1)),
            B = (column, first) => weight.At((column, kernel.Inputs), (first, Packing.Panel)),
            C = (row, column) => y.At((row, step.Y.Stride), (column, 1)),
            Bias = kernel.HasBias ? column => nest["bias"].At((column, 1)) : null,
            Saved = saved is null ? null : (row, column) => nest[step.Z is not null ? "z" : step.Kept is not null ? "kept" : "scale"].At((row, savedStride), (column, 1)),
            Start = step.Start is null ? null : (row, column) => nest["start"].At((row, step.Start.Stride), (column, 1)),
            Addend = step.Addend is null ? null : (row, column) => nest["addend"].At((row, step.Addend.Stride), (column, 1)),
        };
    }

    // ---- Narrow: lanes are inputs, and 16 of them share each reduction whatever the vector. ----

    private static Statement Narrow(LinearForwardStep step, NestBuilder nest)
    {
        LinearKernel kernel = step.Linear;
        int tail = kernel.Inputs % Packing.Panel;
        int whole = kernel.Inputs - tail;
        return Variants.Of(lanes => OverSamples(n =>
        {
            int vectors = Packing.Panel / lanes;
            var row = new Reference("row", nest["x"].At((n, step.X.Stride)));
            var result = new Reference("result", nest["y"].At((n, step.Y.Stride)));
            var statements = new List<Statement> { new Refer(row) };
            for (int o = 0; o < kernel.Outputs; o++)
                statements.Add(new DeclareVectors(lanes, [.. Enumerable.Range(0, vectors).Select(v => (Sum(o, v), VectorValue.Zero))]));
            if (whole > Packing.Panel)
                statements.Add(Over("i", (Number)whole, Packing.Panel, RangeRole.Terms, i => Products(i, null)));
            else if (whole > 0)
                statements.Add(new Scope(Products(Number.Zero, null)));
            if (tail > 0)
                statements.Add(new Scope(Products(whole, tail)));
            statements.Add(new Refer(result));
            for (int o = 0; o < kernel.Outputs; o++)
            {
                VectorValue sum = new LaneSum([.. Enumerable.Range(0, vectors).Select(v => new VectorLocal(Sum(o, v)))]);
                statements.Add(new Store(1, kernel.HasBias ? new Plus([sum, new Load(nest["bias"].At(o))]) : sum, result.At(o)));
            }

            for (int o = kernel.Outputs; o < step.Y.Stride; o++)
                statements.Add(new Store(1, VectorValue.Zero, result.At(o)));
            return Block(statements);

            Statement Products(Number i, int? count) => Block([
                .. Enumerable.Range(0, vectors).Select(v => new DeclareVectors(lanes, "x" + Describe.Int(v), Input(i, v, count))),
                .. Enumerable.Range(0, kernel.Outputs).SelectMany(o => Enumerable.Range(0, vectors).Select(v => new AssignVector(
                    lanes, Sum(o, v),
                    new MultiplyAdd(new VectorLocal("x" + Describe.Int(v)), new Load(nest["weight"].Start, i + ((o * (int)Packing.PadToPanel(kernel.Inputs)) + (v * lanes))), new VectorLocal(Sum(o, v)))))),
            ]);

            // What stands behind the last input is no input.
            VectorValue Input(Number i, int v, int? count) =>
                count is not { } inputs || (v + 1) * lanes <= inputs ? new Load(row.Start, i + (v * lanes))
                : inputs <= v * lanes ? VectorValue.Zero
                : new Load(row.Start, i + (v * lanes), inputs - (v * lanes));
        }));

        static string Sum(int output, int vector) => $"s{Describe.Int(output)}{Describe.Int(vector)}";
    }

    // ---- Tiny: at most 4 x 4, one 128-bit vector a row, the same code on every machine. ----

    private static Statement Tiny(LinearForwardStep step, NestBuilder nest)
    {
        const int Lanes = Packing.TinyPanel;
        LinearKernel kernel = step.Linear;
        var statements = new List<Statement>();
        for (int i = 0; i < kernel.Inputs; i++)
            statements.Add(new DeclareVectors(Lanes, "w" + Describe.Int(i), new Load(nest["weight"].Start, i * Lanes)));
        statements.Add(new DeclareVectors(Lanes, "start", kernel.HasBias ? new Load(nest["bias"].Start) : VectorValue.Zero));
        statements.Add(OverSamples(n =>
        {
            var row = new Reference("row", nest["x"].At((n, step.X.Stride)));
            var sum = new VectorLocal("sum");
            var body = new List<Statement> { new Refer(row), new DeclareVectors(Lanes, "sum", new VectorLocal("start")) };
            for (int i = 0; i < kernel.Inputs; i++)
                body.Add(new AssignVector(Lanes, "sum", new MultiplyAdd(new Spread(row.At(i)), new VectorLocal("w" + Describe.Int(i)), sum)));
            if (step.Z is not null)
                body.Add(TinyStore(sum, nest["z"].At((n, step.Z.Stride)), step.Z.Stride));
            if (step.Activation is not null)
                body.Add(new AssignVector(Lanes, "sum", new Activated(step.Activation, sum)));
            body.Add(TinyStore(sum, nest["y"].At((n, step.Y.Stride)), step.Y.Stride));
            return Block(body);
        }));
        return Block(statements);
    }

    /// <summary>A tiny row: 4 floats or 1.</summary>
    public static VectorValue TinyLoad(Place place, int stride) => stride == 1 ? new LoadFirst(place) : new Load(place);

    public static Statement TinyStore(VectorValue value, Place place, int stride) =>
        stride == 1 ? new Store(1, new FirstLane(value), place) : new Store(Packing.TinyPanel, value, place);
}
