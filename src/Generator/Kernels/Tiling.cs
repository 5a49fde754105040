using System.Collections.Generic;
using NetGen.Generator.Compiler.Kernels;

namespace NetGen.Generator.Compiler;

/// <summary>
/// The register tiles of a matrix product at one vector width: <paramref name="Rows"/> rows by groups of panels of 16 columns.
/// </summary>
/// <param name="Lanes">Floats of a vector: 16, 8 or 4.</param>
/// <param name="Rows">Heights of tiles in descending order; the last is 1.</param>
/// <param name="Groups">How many panels each column group has, from left to right.</param>
internal sealed record TileSchedule(int Lanes, EquatableArray<int> Rows, EquatableArray<int> Groups);

/// <summary>
/// Picks tiles from shapes. Accumulators must cover the latency of a fused multiply-add (4 cycles, two a cycle: 8 chains) and stay,
/// with the operands, within the registers.
/// </summary>
internal static class Tiling
{
    /// <summary>Reductions over features beyond this length are cut into chunks of it, added in order.</summary>
    public const int ReductionChunk = 1024;

    /// <summary>Reductions over samples are cut into chunks of so many: what is gathered of a chunk stays in the caches.</summary>
    public const int BatchChunk = 256;

    /// <summary>Input columns, about this many, whose gathered samples stay in the second-level cache while all outputs pass.</summary>
    public const int InputBlock = 128;

    /// <summary>Bytes of rows that share the second-level cache with a column group of weights.</summary>
    private const int RowBlockBytes = 512 * 1024;

    /// <summary>Registers of vectors of so many floats: AVX-512 has 32, AVX 16.</summary>
    public static int Registers(int lanes) => lanes == Packing.Panel ? 32 : 16;

    /// <summary>Rows of a forward block; a multiple of every tile's height.</summary>
    public static int RowBlock(int inputs) => System.Math.Max(24, RowBlockBytes / sizeof(float) / inputs / 24 * 24);

    /// <summary>Tiles of a product with <paramref name="panels"/> panels of columns.</summary>
    public static TileSchedule Tiles(int lanes, int panels) => new(lanes, Heights(TileKind.Product, lanes), Groups(panels, MostOfGroup(lanes)));

    /// <summary>Heights of tiles in descending order; the last is 1.</summary>
    public static EquatableArray<int> Heights(TileKind kind, int lanes) => (kind, lanes) switch
    {
        (not TileKind.Product, _) => EquatableArray.Of(8, 1),
        // 8 x 32: 16 accumulators, 2 weights, a broadcast; 10 loads for 16 multiply-adds. 8 x 48 and 12 x 32 measured the same, with more remainders.
        (_, 16) => EquatableArray.Of(8, 4, 2, 1),
        // 6 x 16: 12 accumulators, 2 weights, a broadcast: 15 of 16.
        (_, 8) => EquatableArray.Of(6, 3, 1),
        // 3 x 16: 12 accumulators, the weights are memory operands.
        _ => EquatableArray.Of(3, 1),
    };

    /// <summary>The tallest tiles of the runs that the runtime has: rows of a product, the tallest tiles first.</summary>
    public static IEnumerable<ProductTile> SharedRuns()
    {
        foreach (int lanes in VectorWidths.Lanes)
        {
            for (int panels = 1; panels <= MostOfGroup(lanes); panels++)
                yield return new ProductTile(lanes, 1, Heights(TileKind.Product, lanes)[0], panels, TileKind.Product);
        }

        foreach (TileKind kind in new[] { TileKind.Short, TileKind.Scalar })
            yield return new ProductTile(Packing.TinyPanel, 1, Heights(kind, Packing.TinyPanel)[0], 1, kind);
    }

    /// <summary>
    /// The tiles that the runtime has for all networks: those of linear layers, what is so small that most convolutions take it too, single lines of at
    /// most 8 vectors of 512 bits or 12 narrower ones, and those of the networks that most begin with.
    /// Others fit a picture's shape and are printed with its network, for which the build pays.
    /// </summary>
    public static HashSet<ProductTile> SharedTiles { get; } = [.. Shared()];

    /// <summary>The widest column group, in panels, that any vector width takes for so many columns.</summary>
    public static int MostPanels(int columns)
    {
        int most = 1;
        foreach (int lanes in VectorWidths.Lanes)
        {
            foreach (int group in Tiles(lanes, Panels(columns)).Groups)
                most = System.Math.Max(most, group);
        }

        return most;
    }

    /// <summary>Panels of 16 that hold so many columns.</summary>
    public static int Panels(int columns) => (columns + Packing.Panel - 1) / Packing.Panel;

    /// <summary>Tiles of one row: as many chains as hide the latency.</summary>
    public static TileSchedule RowTiles(int lanes, int panels) =>
        new(lanes, EquatableArray.Of(1), Groups(panels, lanes switch { 16 => 4, 8 => 4, _ => 2 }));

    private static IEnumerable<ProductTile> Shared()
    {
        foreach (int lanes in VectorWidths.Lanes)
        {
            int most = lanes == Packing.Panel ? 8 : 12;
            for (int rows = 1; rows <= most; rows++)
            {
                for (int panels = 1; rows * panels * Packing.Panel <= most * lanes; panels++)
                    yield return new ProductTile(lanes, 1, rows, panels, TileKind.Product);
            }
        }

        // Of linear layers.
        foreach (ProductTile run in SharedRuns())
        {
            foreach (int height in Heights(run.Kind, run.Lanes))
                yield return run with { Width = height };
        }

        foreach (ProductTile tile in OfConvolutions())
            yield return tile;
    }

    /// <summary>Those of LeNet-5 and of windows of 3 x 3 with 16 or 32 channels over pictures of 28 x 28 and 32 x 32, with which most begin.</summary>
    private static IEnumerable<ProductTile> OfConvolutions()
    {
        // Forward and data gradients: lines of a picture.
        yield return new ProductTile(16, 1, 14, 1, TileKind.Product);
        yield return new ProductTile(16, 2, 10, 1, TileKind.Product);
        yield return new ProductTile(16, 1, 28, 1, TileKind.Product);
        yield return new ProductTile(16, 1, 6, 2, TileKind.Product);
        yield return new ProductTile(16, 1, 10, 2, TileKind.Product);
        yield return new ProductTile(16, 1, 11, 2, TileKind.Product);
        yield return new ProductTile(16, 1, 14, 2, TileKind.Product);
        yield return new ProductTile(16, 1, 2, 14, TileKind.Product);

        // Weight gradients: a window's taps.
        yield return new ProductTile(16, 3, 3, 1, TileKind.Product);
        yield return new ProductTile(16, 3, 3, 2, TileKind.Product);
        yield return new ProductTile(16, 5, 5, 1, TileKind.Product);
        yield return new ProductTile(8, 2, 3, 1, TileKind.Product);
        yield return new ProductTile(16, 1, 4, 3, TileKind.Dot);
        yield return new ProductTile(16, 1, 3, 5, TileKind.Dot);
        yield return new ProductTile(8, 1, 1, 3, TileKind.Dot);
        yield return new ProductTile(8, 1, 1, 5, TileKind.Dot);
        yield return new ProductTile(4, 1, 1, 1, TileKind.Dot);
        yield return new ProductTile(4, 1, 1, 2, TileKind.Dot);
    }

    /// <summary>Panels of a column group, at most, where tiles are several rows.</summary>
    private static int MostOfGroup(int lanes) => lanes == Packing.Panel ? 2 : 1;

    /// <summary>Panels in groups of at most <paramref name="most"/>, the remainder spread so that no group is left much smaller.</summary>
    private static EquatableArray<int> Groups(int panels, int most)
    {
        var groups = new List<int>();
        int count = (panels + most - 1) / most;
        for (int i = 0; i < count; i++)
            groups.Add((panels / count) + (i < panels % count ? 1 : 0));
        return groups.ToEquatableArray();
    }
}
