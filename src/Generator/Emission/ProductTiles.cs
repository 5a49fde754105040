using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Kernels;

namespace NetGen.Generator.Emission;

/// <summary>
/// Prints the register tiles that a network's layers share and the runtime does not have. A tile is generic over its product's strides, which the JIT
/// compiles as literals: text is there once a shape of tile, machine code once a layer.
/// </summary>
/// <param name="code">Where it prints.</param>
internal sealed class ProductTiles(CodeWriter code)
{
    /// <summary>The strides of the runtime's <c>IProduct</c>.</summary>
    private static readonly (string Name, Func<TileStrides, long> Value)[] s_strides =
    [
        ("ARow", s => s.ARow), ("AColumn", s => s.AColumn), ("AInner", s => s.AInner), ("AMiddle", s => s.AMiddle), ("AOuter", s => s.AOuter),
        ("BPanel", s => s.BPanel), ("BInner", s => s.BInner), ("BMiddle", s => s.BMiddle), ("BOuter", s => s.BOuter), ("BLane", s => s.BLane),
        ("CRow", s => s.CRow), ("CColumn", s => s.CColumn), ("CPanel", s => s.CPanel),
        ("SavedRow", s => s.SavedRow), ("SavedColumn", s => s.SavedColumn), ("SavedPanel", s => s.SavedPanel),
        ("StartRow", s => s.StartRow), ("StartColumn", s => s.StartColumn), ("StartPanel", s => s.StartPanel),
        ("AddRow", s => s.AddRow), ("AddColumn", s => s.AddColumn), ("AddPanel", s => s.AddPanel),
    ];

    /// <summary>The tiles to print, with the products of their calls.</summary>
    private readonly Dictionary<(ProductTile Tile, bool HasOthers), HashSet<TileProduct>> _tiles = [];

    /// <summary>The products whose sums go on from what an earlier part left; a product is printed behind its calls.</summary>
    private readonly HashSet<TileProduct> _continuing = [];

    /// <summary>The tile's call; its text follows with <see cref="Print()"/> or stands in the runtime.</summary>
    public string Call(TileCall call)
    {
        if (!call.Tile.IsShared)
        {
            (ProductTile, bool) key = (call.Tile, call.Product.HasOthers);
            if (!_tiles.TryGetValue(key, out HashSet<TileProduct>? products))
                _tiles.Add(key, products = []);
            products.Add(call.Product);
        }

        return $"{Name(call.Tile)}{Arguments(call)});";
    }

    /// <summary>The call of a run of tiles, which stands in the runtime.</summary>
    public string Call(TileRun run) => $"{RunName(run.First.Tile)}{Arguments(run.First)}, {NumberText.Of(run.Rows)});";

    /// <summary>Where a tile does not read an operand, the start of another stands for it.</summary>
    private string Arguments(TileCall call)
    {
        TileProduct product = call.Product;
        if (!call.IsFirst.IsAlways)
            _continuing.Add(product);
        string Ref(Place? place, Place other) => "ref " + (place is null ? other.Memory.Name : NumberText.Of(place)) + ", ";
        string loops = $"{NumberText.Of(call.Outer)}, {NumberText.Of(call.Middle)}, {NumberText.Of(call.Inner)}, {NumberText.Of(call.IsFirst)}";
        string operands = Ref(call.A, call.A) + Ref(call.B, call.B);
        if (call.Tile.IsDot)
            return $"<{product.Name}>({operands}{Ref(call.C, call.C)}{loops}";
        string others = product.HasOthers ? Ref(call.Start, call.C) + Ref(call.Addend, call.C) : "";
        return $"<{product.Name}>({operands}{Ref(call.Bias, call.B)}{Ref(call.C, call.C)}{Ref(call.Saved, call.C)}{others}{loops}, {NumberText.Of(call.IsLast)}";
    }

    /// <summary>Prints a product's strides and what becomes of its sums.</summary>
    public void PrintStrides(TileProduct product)
    {
        code.Line();
        code.Line("// " + product.Comment);
        using CodeWriter.Closing type = code.Block($"private readonly struct {product.Name} : IProduct");
        foreach (IGrouping<char, (string Name, Func<TileStrides, long> Value)> operand in s_strides.GroupBy(stride => stride.Name[0]))
        {
            string[] properties = [.. operand.Where(stride => stride.Value(product.Strides) != Default(stride.Name)).Select(stride => $"public static int {stride.Name} => {Text.Int(stride.Value(product.Strides))};")];
            if (properties.Length > 0)
                code.Line(string.Join(" ", properties));
        }

        if (product.Bias != TileBias.None)
            code.Line($"public static int Bias => {Text.Int((int)product.Bias)};");
        if (product.Starts)
            code.Line("public static bool Starts => true;");
        if (_continuing.Contains(product))
            code.Line("public static bool Continues => true;");
        if (!product.Finishes)
            return;
        code.Line("public static bool Finishes => true;");
        if (product.IsLong)
            code.Line("public static bool IsLong => true;");
        if (product.FetchesSaved)
            code.Line("public static bool FetchesSaved => true;");
        foreach (Simd simd in VectorWidths.Lanes.Select(lanes => new Simd(lanes)))
        {
            code.Line("[@MethodImplAttribute(MethodImplOptions.AggressiveInlining)]");
            Finish(product, simd);
        }
    }

    /// <summary>What becomes of a sum, in order; what is kept on the way is stored there.</summary>
    private void Finish(TileProduct product, Simd simd)
    {
        string signature = $"public static {Signature(simd)}";
        string kept = product.IsScalar ? "saved = sum.ToScalar();" : "sum.StoreUnsafe(ref saved);";
        string sum = product.Scale is { } row ? $"VectorMath.Normalize(sum, ref saved, {Text.Int(row)})" : "sum";
        string Activated(string value) => product.Activation is null ? value : ActivationText.Forward(product.Activation, value);
        string Added(string value) => product.Adds ? $"{value} + {Load("add")}" : value;
        if (product.KeepsOutput)
        {
            using (code.Block(signature))
            {
                code.Line($"sum = {Activated(sum)};");
                code.Line(kept);
                code.Line($"return {Added("sum")};");
            }

            return;
        }

        string value = product.Gradient is { } gradient ? ActivationText.Gradient(gradient, "sum", Load("saved"))
            : product.ActivatesLast ? Activated(Added(sum))
            : Added(Activated(sum));
        if (!product.KeepsInput)
        {
            code.Line($"{signature} => {value};");
            return;
        }

        using (code.Block(signature))
        {
            code.Line(kept);
            code.Line($"return {value};");
        }

        string Load(string memory) => product.IsScalar ? $"{simd.Class}.CreateScalar({memory})" : $"{simd.Class}.LoadUnsafe(ref {memory})";
    }

    private static string Signature(Simd simd) => $"{simd.Type} Finish({simd.Type} sum, ref float saved, ref float add)";

    private static string Name(ProductTile tile) =>
        $"{tile.Kind}{Text.Int(tile.Height)}x{Text.Int(tile.Width)}x{Text.Int(tile.Columns)}V{Text.Int(tile.Lanes * 32)}";

    private static string RunName(ProductTile tile) => $"{tile.Kind}Rows{Text.Int(tile.Columns)}V{Text.Int(tile.Lanes * 32)}";

    /// <summary>Prints every tile that was called and is not the runtime's.</summary>
    public void Print()
    {
        foreach ((ProductTile tile, bool hasOthers) in _tiles.Keys.OrderBy(Rank))
        {
            HashSet<TileProduct> products = _tiles[(tile, hasOthers)];
            code.Line();
            TileBias[] biases = [.. products.Select(product => product.Bias).Where(bias => bias != TileBias.None).Distinct()];
            Print(code, tile, new TileUses(hasOthers, products.Any(_continuing.Contains), biases, products.Any(product => product.IsLong)));
        }
    }

    /// <summary>The file of the runtime with the tiles that all networks share.</summary>
    public static string PrintShared()
    {
        var code = new CodeWriter();
        code.Line("// <auto-generated>The generator's printer of tiles wrote this; SharedTilesTests holds it and says how to write it anew.</auto-generated>");
        code.Line("#nullable enable");
        code.Line("using System.ComponentModel;");
        code.Line("using System.Runtime.CompilerServices;");
        code.Line("using System.Runtime.Intrinsics;");
        code.Line();
        code.Line("namespace NetGen.Runtime;");
        code.Line();
        code.Line("/// <summary>");
        code.Line("/// The register tiles that most networks share: rows by columns whose sums stay in registers while three loops run over the terms. One is named after");
        code.Line("/// its lines, the rows of a line, its columns and the bits of its vectors. A product's strides are constants to the JIT, as is what becomes of its sums.");
        code.Line("/// </summary>");
        code.Line("[EditorBrowsable(EditorBrowsableState.Never)]");
        using (code.Block("public static class ProductTiles"))
        {
            bool isFirst = true;
            foreach (ProductTile tile in Tiling.SharedTiles.OrderBy(tile => Rank((tile, false))))
            {
                foreach (bool hasOthers in tile.IsDot ? new[] { false } : [false, true])
                {
                    if (!isFirst)
                        code.Line();
                    isFirst = false;
                    code.Line($"/// <summary>{Text.Int(tile.Rows)} x {Text.Int(tile.Columns)}{(hasOthers ? ", with what else starts the sums and what is added to them" : "")}.</summary>");
                    Print(code, tile, TileUses.All(hasOthers));
                }
            }

            foreach (ProductTile tile in Tiling.SharedRuns())
            {
                foreach (bool hasOthers in new[] { false, true })
                    PrintRun(code, tile, hasOthers);
            }
        }

        return code.ToString();
    }

    private static void Print(CodeWriter code, ProductTile tile, TileUses uses)
    {
        if (tile.IsDot)
            new DotTileText(code, tile, Name(tile)).Print();
        else
            new ProductTileText(code, tile, Name(tile), uses).Print();
    }

    /// <summary>Prints rows of a product, the tallest tiles first.</summary>
    private static void PrintRun(CodeWriter code, ProductTile tile, bool hasOthers)
    {
        string[] moving = ["a", "c", "saved", .. hasOthers ? ["start", "add"] : Array.Empty<string>()];
        string[] operands = ["a", "b", "bias", "c", "saved", .. moving.Skip(3)];
        string Argument(string operand) =>
            "ref " + (moving.Contains(operand) ? $"Unsafe.Add(ref {operand}, row * (nuint)S.{char.ToUpperInvariant(operand[0])}{operand.Substring(1)}Column)" : operand);
        code.Line();
        code.Line($"/// <summary>So many rows of {Text.Int(tile.Columns)}, the tallest tiles first{(hasOthers ? ", with what else starts the sums and what is added to them" : "")}.</summary>");
        code.Line("[@MethodImplAttribute(MethodImplOptions.AggressiveOptimization)]");
        using CodeWriter.Closing method = code.Block(
            $"public static void {RunName(tile)}<S>({string.Join(", ", operands.Select(operand => "ref float " + operand))}, int outer, int middle, int inner, bool isFirst, bool isLast, nuint rows) where S : struct, IProduct");
        code.Line("nuint row = 0;");
        foreach (int height in Tiling.Heights(tile.Kind, tile.Lanes))
        {
            using (code.Loop(height == 1 ? "for (; row < rows; row++)" : $"for (; row + {Text.Int(height)} <= rows; row += {Text.Int(height)})"))
                code.Line($"{Name(tile with { Width = height })}<S>({string.Join(", ", operands.Select(Argument))}, outer, middle, inner, isFirst, isLast);");
        }
    }

    private static (int Width, TileKind Kind, int Panels, int Height, int Rows, bool HasOthers) Rank((ProductTile Tile, bool HasOthers) entry) =>
        (-entry.Tile.Lanes, entry.Tile.Kind, entry.Tile.Panels, entry.Tile.Height, entry.Tile.Width, entry.HasOthers);

    private static int Default(string stride) => stride.EndsWith("Lane", StringComparison.Ordinal) ? 1 : 0;
}
