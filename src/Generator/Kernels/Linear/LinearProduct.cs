using System;
using System.Collections.Generic;
using System.Linq;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>A part of a reduction.</summary>
/// <param name="First">Its first term.</param>
/// <param name="Length">How many terms it has.</param>
/// <param name="IsFirst">Whether it is the first part.</param>
/// <param name="IsLast">Whether it is the last; of a sum over samples every part is stored alike.</param>
internal sealed record ReductionPart(Number First, Number Length, Condition IsFirst, Condition IsLast);

/// <summary>A matrix product C[r, c] = Σ over k of A[r, k] · B[k, c], told by where the elements lie.</summary>
internal sealed class LinearProduct
{
    /// <summary>The length of the reduction; null where it is the batch.</summary>
    public int? Length { get; init; }

    /// <summary>Longer reductions are cut into chunks of this length, added in order, so that the bits depend on the shapes alone.</summary>
    public required int Chunk { get; init; }

    public required TileProduct Product { get; init; }

    public required TileKind Kind { get; init; }

    /// <summary>Where the elements of A lie, by row and term.</summary>
    public required Func<Number, Number, Place> A { get; init; }

    /// <summary>Where those of B lie, by column and term.</summary>
    public required Func<Number, Number, Place> B { get; init; }

    /// <summary>Where those of C lie, by row and column.</summary>
    public required Func<Number, Number, Place> C { get; init; }

    public Func<Number, Place>? Bias { get; init; }

    public Func<Number, Number, Place>? Saved { get; init; }

    public Func<Number, Number, Place>? Start { get; init; }

    public Func<Number, Number, Place>? Addend { get; init; }

    private bool IsChunked => Length is null || Length > Chunk;

    /// <summary>Tiles of whole panels, or, where the rows of C are shorter, 4 floats or 1, of one vector of 4: a store of 16 would reach the next rows.</summary>
    public static TileKind KindOf(int rowLength) => rowLength == 1 ? TileKind.Scalar : rowLength < Packing.Panel ? TileKind.Short : TileKind.Product;

    /// <summary>A range over the chunks of a long reduction.</summary>
    public Statement InChunks(Func<ReductionPart, Statement> body)
    {
        if (!IsChunked)
            return body(new ReductionPart(Number.Zero, Length!.Value, Condition.Always, Condition.Always));
        Number total = Length is { } known ? known : Variable.Rows;
        return Over("first", total, Chunk, RangeRole.Chunks, first =>
        {
            var length = new Variable("length");
            (Flag isFirst, Flag isLast) = (new Flag("isFirst"), new Flag("isLast"));
            var statements = new List<Statement>
            {
                new Declare(length, Number.If(total - first < Chunk, total - first, Chunk)),
                new DeclareFlag(isFirst, first.IsEqualTo(Number.Zero)),
            };
            if (Length is not null)
                statements.Add(new DeclareFlag(isLast, (first + length).IsEqualTo(total)));
            statements.Add(body(new ReductionPart(first, length, isFirst, Length is null ? Condition.Always : isLast)));
            return Block(statements);
        });
    }

    /// <summary>A range for each run of equal groups of panels.</summary>
    /// <param name="groups">The panels of each group, from left to right.</param>
    /// <param name="body">Gets the first column and the group's panels.</param>
    /// <param name="isParallel">Whether several workers can share the groups.</param>
    public static Statement Columns(EquatableArray<int> groups, Func<Number, int, Statement> body, bool isParallel = true)
    {
        var runs = new List<Statement>();
        int column = 0;
        for (int i = 0; i < groups.Count;)
        {
            int run = groups.Skip(i).TakeWhile(group => group == groups[i]).Count();
            int width = groups[i] * Packing.Panel;
            int panels = groups[i];
            runs.Add(Over("column", column, column + (run * width), width, RangeRole.Columns, first => body(first, panels), isParallel ? 1 : 0));
            column += run * width;
            i += run;
        }

        return Block(runs);
    }

    /// <summary>Rows from one number to another, the tallest tiles first.</summary>
    public Statement Rows(ReductionPart part, int lanes, Number column, int panels, Number start, Number end)
    {
        Number rows = end - start;
        EquatableArray<int> heights = Tiling.Heights(Kind, lanes);
        return rows.Known is { } count && heights.Contains((int)count)
            ? Tile(part, lanes, start, column, panels, (int)count)
            : new TileRun(Tile(part, lanes, start, column, panels, heights[0]), rows);
    }

    public TileCall Tile(ReductionPart part, int lanes, Number row, Number column, int panels, int rows) => new TileCall
    {
        Tile = new ProductTile(lanes, 1, rows, panels, Kind),
        Product = Product,
        A = A(row, part.First),
        B = B(column, part.First),
        C = C(row, column),
        Bias = Bias?.Invoke(column),
        Saved = Saved?.Invoke(row, column),
        Start = Start?.Invoke(row, column),
        Addend = Addend?.Invoke(row, column),
        Inner = part.Length.Known is null ? part.Length.As(NumberType.Int) : part.Length,
        IsFirst = part.IsFirst,
        IsLast = part.IsLast,
    };
}
