using System;
using System.Collections.Generic;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>
/// What a weight gradient gathers. A tile reads its columns of x and dy sample after sample. Gathered, they stand side by side; where they are, a row is
/// a page further each time, and at a stride of a power of two all rows compete for the same few sets of the cache.
/// </summary>
/// <param name="Gradient">Whether dy is gathered: it pays where many tiles read its columns.</param>
/// <param name="Input">Whether x is: where the stride of its rows is a multiple of 1 KiB.</param>
/// <param name="InputStart">Where the gathered x starts in the scratch, behind dy.</param>
/// <param name="Scratch">Floats of scratch for both.</param>
internal sealed record LinearGather(bool Gradient, bool Input, int InputStart, int Scratch)
{
    /// <summary>Wider matrices are not gathered: a chunk of them would fill no cache.</summary>
    private const int MostGathered = 65536;

    public static LinearGather Of(LinearKernel kernel, Buffer x)
    {
        bool gradient = kernel.Form == LinearForm.Panels && Tiling.Panels(kernel.Outputs) > 2 && kernel.Inputs >= 32 && kernel.Outputs <= MostGathered;
        bool input = gradient && x.Stride % 256 == 0 && x.Stride <= MostGathered;
        int start = gradient ? Tiling.BatchChunk * Packing.Pad(kernel.Outputs) : 0;
        return new LinearGather(gradient, input, start, start + (input ? Tiling.BatchChunk * (x.Stride + Packing.Panel) : 0));
    }
}

/// <summary>A linear layer's weight gradient in panels of outputs: the rows of a tile are inputs, the terms of its sums samples.</summary>
internal sealed class LinearOuterProduct(LinearWeightGradientStep step, NestBuilder nest)
{
    private readonly LinearKernel _kernel = step.Linear;
    private readonly LinearGather _gather = LinearGather.Of(step.Linear, step.X);
    private readonly Area _x = nest["x"];
    private readonly Area _dy = nest["dy"];
    private readonly Area _dw = nest["dw"];

    public Statement Body() => Variants.Of(lanes =>
    {
        TileSchedule tiles = Tiling.Tiles(lanes, Tiling.Panels(_kernel.Outputs));
        int height = tiles.Rows[0];
        int main = _kernel.Inputs / height * height;
        var inputs = new Reference("inputs", nest["x"].Start);
        if (_gather.Input)
            inputs = new Reference("inputs", nest["scratch"].At(_gather.InputStart));
        LinearProduct Product(int panels) => this.Product(lanes, panels, height, main, inputs);

        return Product(tiles.Groups[0]).InChunks(part => Block([
            .. _gather.Gradient ? [GatherGradient(part, tiles)] : Array.Empty<Statement>(),
            .. _gather.Input ? GatherInput(part, inputs, height, main) : [],
            Main(part, tiles, height, main, Product),
            main < _kernel.Inputs
                ? LinearProduct.Columns(tiles.Groups, (column, panels) => Product(panels).Rows(part, lanes, column, panels, main, _kernel.Inputs))
                : Statement.Nothing,
        ]));
    });

    /// <summary>The inputs that fill whole tiles; of gathered ones, blocks that stay in the second-level cache while all outputs pass.</summary>
    private Statement Main(ReductionPart part, TileSchedule tiles, int height, int main, Func<int, LinearProduct> product)
    {
        if (main == 0)
            return Statement.Nothing;
        if (!_gather.Input)
            return Groups(Number.Zero, main);
        int block = Tiling.InputBlock / height * height;
        return Over("block", (Number)main, block, RangeRole.Rows, first =>
        {
            var end = new Variable("end");
            return Block(new Declare(end, Number.If(first + block < main, first + block, main)), Groups(first, end));
        }, grain: 1);

        Statement Groups(Number from, Number to) => LinearProduct.Columns(tiles.Groups, (column, panels) =>
            Over("row", from, to, height, RangeRole.Rows, row => product(panels).Tile(part, tiles.Lanes, row, column, panels, height), grain: 1));
    }

    private LinearProduct Product(int lanes, int panels, int height, int main, Reference inputs)
    {
        // What was gathered lies in the order of the tiles: a step further is a tile's own width.
        string name = _gather.Gradient ? $"{step.Method}{Describe.Int(panels)}V{Describe.Int(lanes * 32)}" : step.Method;
        return new LinearProduct
        {
            Chunk = Tiling.BatchChunk,
            Kind = TileKind.Product,
            Product = nest.Constant(new TileProduct(name + "Strides")
            {
                Comment = name + ".",
                Strides = new TileStrides
                {
                    AColumn = 1,
                    AInner = _gather.Input ? height : step.X.Stride,
                    BPanel = Packing.Panel,
                    BInner = _gather.Gradient ? panels * Packing.Panel : step.DY.Stride,
                    CColumn = Packing.Panel,
                    CPanel = _kernel.Inputs * Packing.Panel,
                },
            }),
            A = (row, first) => !_gather.Input ? _x.At((first, step.X.Stride), (row, 1))
                : row.Known is { } known ? inputs.At((main * Tiling.BatchChunk) + known - main)
                : inputs.At((row, Tiling.BatchChunk)),
            B = (column, first) => _gather.Gradient ? nest["scratch"].At((column, Tiling.BatchChunk)) : _dy.At((first, step.DY.Stride), (column, 1)),
            C = (row, column) => _dw.At((row, Packing.Panel), (column, _kernel.Inputs)),
        };
    }

    private Statement GatherGradient(ReductionPart part, TileSchedule tiles) => LinearProduct.Columns(
        tiles.Groups,
        (column, panels) => Gather(part, _dy, step.DY.Stride, nest["scratch"], column, panels * Packing.Panel, panels * Packing.Panel),
        isParallel: false);

    private IEnumerable<Statement> GatherInput(ReductionPart part, Reference inputs, int height, int main)
    {
        yield return new Refer(inputs);
        yield return Over("row", (Number)main, height, RangeRole.Rows, row => Gather(part, _x, step.X.Stride, inputs, row, height, height));
        if (main < _kernel.Inputs)
            yield return Gather(part, _x, step.X.Stride, inputs, main, _kernel.Inputs - main, height);
    }

    private static Statement Gather(ReductionPart part, Area from, int stride, Memory to, Number column, int width, int toStride) => new RuntimeCall(
        "RowKernels.Copy", from.At((part.First, stride), (column, 1)), stride, to.At((column, Tiling.BatchChunk)), toStride, width, part.Length);
}
