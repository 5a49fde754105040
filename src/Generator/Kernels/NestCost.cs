using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>Counts what a nest does by the counts of its ranges: multiply-adds of tiles and of vector code, a lane each, whether or not something is in it.</summary>
internal sealed class NestCost : NestWalker
{
    private long _multiplyAdds;

    private NestCost(Nest nest, int lanes, long rows, bool isExhaustive)
        : base(nest, lanes, rows, isExhaustive)
    {
    }

    /// <summary>Multiply-adds at a vector width and a number of samples.</summary>
    public static long MultiplyAdds(Nest nest, int lanes, long rows, bool isExhaustive = false)
    {
        var cost = new NestCost(nest, lanes, rows, isExhaustive);
        cost.Walk();
        return cost._multiplyAdds;
    }

    protected override void Leaf(Statement statement) => _multiplyAdds += Repeats * (statement switch
    {
        TileCall s => Cells(s.Tile) * Count(s.Outer) * Count(s.Middle) * Count(s.Inner),
        DeclareVectors s => s.Lanes * s.Vectors.Sum(vector => Products(vector.Value)),
        AssignVector s => s.Lanes * Products(s.Value),
        Store s => s.Lanes * Products(s.Value),
        StoreStrided s => s.Lanes * Products(s.Value),
        _ => 0,
    });

    /// <summary>Lanes that a term of a tile's sums takes.</summary>
    private static long Cells(ProductTile tile) => tile.Rows * (tile.Kind switch
    {
        TileKind.Scalar => (long)Packing.TinyPanel,
        _ when tile.IsDot => tile.Columns * Packing.Panel,
        _ => tile.Columns,
    });

    private static long Products(VectorValue value) => Parts(value).LongCount(part => part is MultiplyAdd or Times);

    private static IEnumerable<VectorValue> Parts(VectorValue value) => value.Parts.SelectMany(Parts).Prepend(value);

    private long Count(Number number) => Value(number) is { IsPoint: true } count ? count.Low : throw Broken("the number of a tile's terms is not known");
}
