using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Kernels;

namespace NetGen.Generator.Emission;

/// <summary>
/// Prints the register tiles that a network's layers share. A tile is generic over its product's strides, which the JIT compiles as literals:
/// text is printed once a shape of tile, machine code made once a layer.
/// </summary>
/// <param name="code">Where it prints.</param>
/// <param name="hasStarts">Whether some sums start with another value: all tiles have a parameter for it then, so that those that use it share their text.</param>
/// <param name="hasAddends">The same of what is added in the last store.</param>
internal sealed class ProductTiles(CodeWriter code, bool hasStarts, bool hasAddends)
{
    /// <summary>The interface's strides, and what they are.</summary>
    private static readonly (string Name, string Meaning, System.Func<TileStrides, long> Value)[] s_strides =
    [
        ("ARow", "from a line of the tile's rows to the next", s => s.ARow), ("AColumn", "from a row of the line to the next", s => s.AColumn),
        ("AInner", "a step of the innermost loop", s => s.AInner), ("AMiddle", "what the middle loop adds to that", s => s.AMiddle), ("AOuter", "what the outer loop adds", s => s.AOuter),
        ("BPanel", "from a panel or column to the next", s => s.BPanel), ("BInner", "", s => s.BInner), ("BMiddle", "", s => s.BMiddle), ("BOuter", "", s => s.BOuter),
        ("BLane", "from a lane to the next; 1 unless the tile is strided", s => s.BLane),
        ("CRow", "", s => s.CRow), ("CColumn", "", s => s.CColumn), ("CPanel", "", s => s.CPanel),
        ("SavedRow", "the same places of what the gradient or the activation keeps", s => s.SavedRow), ("SavedColumn", "", s => s.SavedColumn), ("SavedPanel", "", s => s.SavedPanel),
        ("StartRow", "of what starts the sums", s => s.StartRow), ("StartColumn", "", s => s.StartColumn), ("StartPanel", "", s => s.StartPanel),
        ("AddRow", "of what is added to them when they are finished", s => s.AddRow), ("AddColumn", "", s => s.AddColumn), ("AddPanel", "", s => s.AddPanel),
    ];

    private readonly HashSet<ProductTile> _tiles = [];
    private readonly HashSet<ProductTile> _starting = [];
    private readonly HashSet<ProductTile> _continuing = [];
    private readonly HashSet<TileBias> _biases = [];
    private bool _hasLong;

    /// <summary>The tile's call; its text follows with <see cref="Print"/>. Where a tile does not read an operand, the start of another stands for it.</summary>
    public string Call(TileCall call)
    {
        ProductTile tile = call.Tile;
        _tiles.Add(tile);
        if (call.Start is not null)
            _starting.Add(tile);
        if (!call.IsFirst.IsAlways)
            _continuing.Add(tile);
        string Ref(Place? place, Place other) => "ref " + (place is null ? other.Memory.Name : NumberText.Of(place)) + ", ";
        string loops = $"{NumberText.Of(call.Outer)}, {NumberText.Of(call.Middle)}, {NumberText.Of(call.Inner)}, {NumberText.Of(call.IsFirst)}";
        string operands = Ref(call.A, call.A) + Ref(call.B, call.B);
        if (tile.IsDot)
            return $"{Name(tile)}<{call.Product.Name}>({operands}{Ref(call.C, call.C)}{loops});";
        string start = hasStarts ? Ref(call.Start, call.C) : "";
        string addend = hasAddends ? Ref(call.Addend, call.C) : "";
        return $"{Name(tile)}<{call.Product.Name}>({operands}{Ref(call.Bias, call.B)}{Ref(call.C, call.C)}{Ref(call.Saved, call.C)}{start}{addend}{loops}, {NumberText.Of(call.IsLast)});";
    }

    /// <summary>Prints a product's strides and what becomes of its sums.</summary>
    public void PrintStrides(TileProduct product)
    {
        code.Line();
        code.Line("// " + product.Comment);
        using CodeWriter.Closing type = code.Block($"private readonly struct {product.Name} : IProduct");
        foreach (IGrouping<char, (string Name, string Meaning, System.Func<TileStrides, long> Value)> operand in s_strides.GroupBy(stride => stride.Name[0]))
        {
            string[] properties = [.. operand.Where(stride => stride.Value(product.Strides) != Default(stride.Name)).Select(stride => $"public static int {stride.Name} => {Text.Int(stride.Value(product.Strides))};")];
            if (properties.Length > 0)
                code.Line(string.Join(" ", properties));
        }

        if (product.Bias != TileBias.None)
        {
            _biases.Add(product.Bias);
            code.Line($"public static int Bias => {Text.Int((int)product.Bias)};");
        }

        if (product.Starts)
            code.Line("public static bool Starts => true;");
        if (!product.Finishes)
            return;
        code.Line("public static bool Finishes => true;");
        if (product.IsLong)
        {
            _hasLong = true;
            code.Line("public static bool IsLong => true;");
        }

        if (product.FetchesSaved)
            code.Line("public static bool FetchesSaved => true;");
        foreach (Simd simd in VectorWidths.Lanes.Select(lanes => new Simd(lanes)))
        {
            code.Line("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
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

        string value = product.Gradient is { } gradient ? $"sum * {ActivationText.Derivative(gradient, Load("saved"))}"
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

    private string Signature(Simd simd) => $"{simd.Type} Finish({simd.Type} sum, ref float saved{(hasAddends ? ", ref float add" : "")})";

    private static string Name(ProductTile tile) =>
        $"{tile.Kind}{Text.Int(tile.Height)}x{Text.Int(tile.Width)}x{Text.Int(tile.Columns)}V{Text.Int(tile.Lanes * 32)}";

    /// <summary>Prints the interface and every tile that was called.</summary>
    public void Print()
    {
        if (_tiles.Count == 0)
            return;
        code.Line();
        code.Line("// The strides of a product in floats, and what becomes of its sums; a constant each for the JIT.");
        using (code.Block("private interface IProduct"))
        {
            foreach ((string name, string meaning, _) in s_strides.Where(stride => IsUsed(stride.Name)))
                code.Line($"static virtual int {name} => {Text.Int(Default(name))};{(meaning.Length > 0 ? " // " + meaning : "")}");
            code.Line("static virtual int Bias => 0; // 1: one a column starts the sums; 2: one a row");
            if (_starting.Count > 0)
                code.Line("static virtual bool Starts => false; // whether another value starts them too");
            code.Line("static virtual bool Finishes => false; // whether Finish makes something else of the sums");
            if (_hasLong)
                code.Line("static virtual bool IsLong => false; // whether that runs over the stored tile, for it would crowd the sums out of the registers");
            code.Line("static virtual bool FetchesSaved => false; // whether what Finish reads is fetched before the sums start");
            foreach (int lanes in VectorWidths.Lanes)
                code.Line($"static virtual {Signature(new Simd(lanes))} => sum;");
        }

        foreach (ProductTile tile in _tiles.OrderByDescending(t => t.Lanes).ThenBy(t => t.Kind).ThenBy(t => t.Panels).ThenBy(t => t.Height).ThenBy(t => t.Width))
        {
            code.Line();
            if (tile.IsDot)
                new DotTileText(code, tile, Name(tile)).Print();
            else
                new ProductTileText(code, tile, Name(tile), new TileUses(hasStarts, hasAddends, _starting.Contains(tile), _continuing.Contains(tile), _biases, _hasLong)).Print();
        }
    }

    private static int Default(string stride) => stride.EndsWith("Lane", System.StringComparison.Ordinal) ? 1 : 0;

    /// <summary>Strides of starts and addends are there where a tile has one.</summary>
    private bool IsUsed(string stride) =>
        (!stride.StartsWith("Start", System.StringComparison.Ordinal) || _starting.Count > 0)
        && (!stride.StartsWith("Add", System.StringComparison.Ordinal) || hasAddends);
}
