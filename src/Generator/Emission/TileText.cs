using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Kernels;

namespace NetGen.Generator.Emission;

/// <summary>What the calls of a tile ask of its text. A tile of the runtime has all of it, and the JIT leaves out what a product does not use.</summary>
/// <param name="HasOthers">Whether it has parameters for what else starts the sums, and for what is added in the last store.</param>
/// <param name="Continues">Whether sums go on from what is there.</param>
/// <param name="Biases">The kinds of bias that there are.</param>
/// <param name="HasLong">Whether what becomes of some sums runs over the stored tile.</param>
internal sealed record TileUses(bool HasOthers, bool Continues, ICollection<TileBias> Biases, bool HasLong)
{
    /// <summary>All that there is.</summary>
    public static TileUses All(bool hasOthers) => new(hasOthers, true, [TileBias.OneAColumn, TileBias.OneARow], true);
}

/// <summary>What the texts of tiles share: three loops over terms, with the operands moving.</summary>
internal abstract class TileText(CodeWriter code, ProductTile tile)
{
    protected CodeWriter Code { get; } = code;

    protected ProductTile Tile { get; } = tile;

    protected Simd Simd { get; } = new(tile.Lanes);

    protected void Terms(Action body)
    {
        using (Code.Block("for (int i = outer; i > 0; i--)"))
        {
            using (Code.Block("for (int j = middle; j > 0; j--)"))
            {
                using (Code.Block("for (int k = inner; k > 0; k--)"))
                {
                    body();
                    Move("Inner");
                }

                Move("Middle");
            }

            Move("Outer");
        }

        void Move(string loop)
        {
            Code.Line($"a = ref Unsafe.Add(ref a, S.A{loop});");
            Code.Line($"b = ref Unsafe.Add(ref b, S.B{loop});");
        }
    }

    protected static string Sum(params (int Factor, string Stride)[] terms)
    {
        string text = string.Join(" + ", terms.Where(t => t.Factor != 0).Select(t => t.Factor == 1 ? t.Stride : $"({Text.Int(t.Factor)} * {t.Stride})"));
        return text.Length == 0 ? "0" : text;
    }

    protected static string At(string reference, string offset) => offset == "0" ? reference : $"Unsafe.Add(ref {reference}, {offset})";

    protected string StridedLoad(string reference) => $"VectorStrides.Load{Text.Int(Simd.Bits)}(ref {reference}, (nuint)bLane)";
}

/// <summary>Prints a tile of sums whose lanes are columns.</summary>
internal sealed class ProductTileText(CodeWriter code, ProductTile tile, string name, TileUses uses) : TileText(code, tile)
{
    private readonly int _rows = tile.Rows;
    private readonly int _vectors = tile.Kind is TileKind.Short or TileKind.Scalar ? 1 : tile.Panels * new Simd(tile.Lanes).PerPanel;
    private readonly bool _isStrided = tile.Kind == TileKind.Strided;
    private readonly bool _isScalar = tile.Kind == TileKind.Scalar;
    private readonly bool _hasManyLines = tile.Height > 1;

    public void Print()
    {
        Code.Line("[@MethodImplAttribute(MethodImplOptions.AggressiveOptimization)]");
        using CodeWriter.Closing method = Code.Block(
            $"public static void {name}<S>(ref float a, ref float b, ref float bias, ref float c, ref float saved, {(uses.HasOthers ? "ref float start, ref float add, " : "")}int outer, int middle, int inner, bool isFirst, bool isLast) where S : struct, IProduct");
        Strides();
        Start();
        Terms(Products);
        Cells("c");
        if (uses.Continues)
        {
            using (Code.Block("if (S.Continues && !isFirst)"))
                Each((r, v) => $"{Acc(r, v)} += {LoadCell(Cell("c", r, v))};");
        }

        using (Code.Block($"if (S.Finishes{(uses.HasLong ? " && !S.IsLong" : "")} && isLast)"))
        {
            Cells("saved");
            if (uses.HasOthers)
                Cells("add");
            Each((r, v) => Store(Finished(Acc(r, v), Cell("saved", r, v), Cell(uses.HasOthers ? "add" : "saved", r, v)), Cell("c", r, v)));
            Code.Line("return;");
        }

        Each((r, v) => Store(Acc(r, v), Cell("c", r, v)));
        if (uses.HasLong)
            Finish();
    }

    private void Strides()
    {
        string Row(string operand) => _hasManyLines ? $"{operand}Row = S.{char.ToUpperInvariant(operand[0])}{operand.Substring(1)}Row, " : "";
        Code.Line($"int {Row("a")}aColumn = S.AColumn, bPanel = S.BPanel, {Row("c")}cColumn = S.CColumn, cPanel = S.CPanel;");
        Code.Line($"int {Row("saved")}savedColumn = S.SavedColumn, savedPanel = S.SavedPanel;");
        if (uses.HasOthers)
        {
            Code.Line($"int {Row("start")}startColumn = S.StartColumn, startPanel = S.StartPanel;");
            Code.Line($"int {Row("add")}addColumn = S.AddColumn, addPanel = S.AddPanel;");
        }

        if (_isStrided)
            Code.Line("int bLane = S.BLane;");

        // What the last store reads comes from further away than the tile's operands; a few lines' delay would not show.
        // The call comes before there are sums, which it would send to the stack.
        if (Tile.Kind == TileKind.Product && _rows * Tile.Panels >= 8)
            Code.Single("if (S.FetchesSaved && isLast)", $"VectorStrides.Prefetch(ref saved, {Text.Int(Tile.Height)}, {(_hasManyLines ? "savedRow" : "0")}, {Text.Int(Tile.Width)}, savedColumn, {Text.Int(Tile.Panels)}, savedPanel);");
    }

    /// <summary>The sums start at zero, the bias or another value.</summary>
    private void Start()
    {
        string All(string value, int v) => $"{string.Concat(Enumerable.Range(0, _rows).Reverse().Select(r => Acc(r, v) + " = "))}{value};";
        for (int v = 0; v < _vectors; v++)
            Code.Line($"{Simd.Type} {string.Join(", ", Enumerable.Range(0, _rows).Select(r => Acc(r, v)))};");
        bool hasColumns = uses.Biases.Contains(TileBias.OneAColumn);
        if (hasColumns)
        {
            using (Code.Block("if (S.Bias == 1 && isFirst)"))
            {
                for (int v = 0; v < _vectors; v++)
                    Code.Line(All(Simd.Load("bias", v * Simd.Lanes), v));
            }
        }

        if (uses.Biases.Contains(TileBias.OneARow))
        {
            using (Code.Block($"{(hasColumns ? "else " : "")}if (S.Bias == 2 && isFirst)"))
            {
                for (int r = 0; r < _rows; r++)
                    Code.Line($"{string.Concat(Enumerable.Range(0, _vectors).Reverse().Select(v => Acc(r, v) + " = "))}{Simd.Broadcast(Simd.At("bias", r))};");
            }
        }

        using (uses.Biases.Count > 0 ? Code.Block("else") : default)
        {
            for (int v = 0; v < _vectors; v++)
                Code.Line(All($"{Simd.Type}.Zero", v));
        }

        if (uses.HasOthers)
        {
            using (Code.Block("if (S.Starts && isFirst)"))
                Each((r, v) => $"{Acc(r, v)} += {LoadCell(At("start", Plus(Row("start", r), Column("start", v))))};");
        }
    }

    /// <summary>
    /// A step of the sums. What there is fewer of, rows or vectors of columns, is kept in registers, and the others pass one by one. The JIT leaves loads where they
    /// are written, so that what is loaded too early sends sums to the stack, and each of their steps then waits for memory.
    /// </summary>
    private void Products()
    {
        if (Tile.Kind == TileKind.Elementwise)
        {
            // Each vector of a panel has its own part of A.
            for (int v = 0; v < _vectors; v++)
            {
                LoadColumns(v);
                for (int r = 0; r < _rows; r++)
                    Add(r, v, Load(At("a", Plus(Row("a", r), Text.Int(v * Simd.Lanes)))));
            }
        }
        else if (_vectors <= _rows)
        {
            for (int v = 0; v < _vectors; v++)
                LoadColumns(v);
            for (int r = 0; r < _rows; r++)
            {
                if (_vectors > 1)
                    LoadRow(r);
                for (int v = 0; v < _vectors; v++)
                    Add(r, v, _vectors > 1 ? $"a{r}" : Spread(r));
            }
        }
        else
        {
            for (int r = 0; r < _rows; r++)
                LoadRow(r);
            for (int v = 0; v < _vectors; v++)
            {
                LoadColumns(v);
                for (int r = 0; r < _rows; r++)
                    Add(r, v, $"a{r}");
            }
        }

        void LoadColumns(int v) => Code.Line($"{Simd.Type} b{v} = {(_isStrided ? StridedLoad(At("b", Column("b", v))) : Load(At("b", Column("b", v))))};");
        void LoadRow(int r) => Code.Line($"{Simd.Type} a{r} = {Spread(r)};");
        string Spread(int r) => Simd.Broadcast(At("a", Row("a", r)));
        void Add(int r, int v, string a) => Code.Line($"{Acc(r, v)} = {Simd.MultiplyAdd(a, $"b{v}", Acc(r, v))};");
    }

    /// <summary>What becomes of the stored sums where it is long.</summary>
    private void Finish()
    {
        Code.Single("if (!S.Finishes || !isLast)", "return;");
        using (_hasManyLines ? Code.Block($"for (int i = 0; i < {Text.Int(Tile.Height)}; i++)") : default)
        using (Code.Block($"for (int j = 0; j < {Text.Int(Tile.Width)}; j++)"))
        {
            string Line(string operand) => $"{(_hasManyLines ? $"(i * {operand}Row) + " : "")}(j * {operand}Column)";
            Code.Line($"ref float cells = ref Unsafe.Add(ref c, {Line("c")});");
            Code.Line($"ref float kept = ref Unsafe.Add(ref saved, {Line("saved")});");
            if (uses.HasOthers)
                Code.Line($"ref float added = ref Unsafe.Add(ref add, {Line("add")});");
            for (int v = 0; v < _vectors; v++)
                Finish(At("cells", Column("c", v)), At("kept", Column("saved", v)), uses.HasOthers ? At("added", Column("add", v)) : At("kept", Column("saved", v)));
        }
    }

    private void Finish(string cell, string kept, string added)
    {
        Code.Line(Store(Finished(LoadCell(cell), kept, added), cell));
    }

    private string Finished(string sum, string saved, string added) => $"S.Finish({sum}, ref {saved}, ref {added})";

    /// <summary>The cells of a line's row, so that each is told by its column alone.</summary>
    private void Cells(string operand)
    {
        for (int r = 0; r < _rows; r++)
            Code.Line($"ref float {operand}{Text.Int(r)} = ref {At(operand, Row(operand, r))};");
    }

    private void Each(Func<int, int, string> line)
    {
        for (int r = 0; r < _rows; r++)
        {
            for (int v = 0; v < _vectors; v++)
                Code.Line(line(r, v));
        }
    }

    private static string Acc(int r, int v) => $"c{Text.Int(r)}_{Text.Int(v)}";

    private string Cell(string operand, int r, int v) => At(operand + Text.Int(r), Column(operand, v));

    private string Row(string operand, int r) => Sum((r / Tile.Width, operand + "Row"), (r % Tile.Width, operand + "Column"));

    private string Column(string operand, int v)
    {
        int lane = v % Simd.PerPanel * Simd.Lanes;
        string lanes = lane == 0 ? "0" : _isStrided && operand == "b" ? $"({Text.Int(lane)} * bLane)" : Text.Int(lane);
        return Plus(Sum((v / Simd.PerPanel, operand + "Panel")), lanes);
    }

    private static string Plus(string a, string b) => a == "0" ? b : b == "0" ? a : $"{a} + {b}";

    private string Load(string reference) => $"{Simd.Class}.LoadUnsafe(ref {reference})";

    private string LoadCell(string reference) => _isScalar ? $"{Simd.Class}.CreateScalar({reference})" : Load(reference);

    private string Store(string value, string reference) => _isScalar ? $"{reference} = {value}.ToScalar();" : $"{value}.StoreUnsafe(ref {reference});";
}

/// <summary>Prints a tile of dot products: lanes are summed at the end.</summary>
internal sealed class DotTileText(CodeWriter code, ProductTile tile, string name) : TileText(code, tile)
{
    public void Print()
    {
        bool isStrided = Tile.Kind == TileKind.StridedDot;
        Code.Line("[@MethodImplAttribute(MethodImplOptions.AggressiveOptimization)]");
        using CodeWriter.Closing method = Code.Block(
            $"public static void {name}<S>(ref float a, ref float b, ref float c, int outer, int middle, int inner, bool isFirst) where S : struct, IProduct");
        Code.Line("int aColumn = S.AColumn, bPanel = S.BPanel, cColumn = S.CColumn, cPanel = S.CPanel;");
        if (isStrided)
            Code.Line("int bLane = S.BLane;");
        Each((r, q) => $"{Simd.Type} {string.Join(", ", Sums(r, q).Select(sum => $"{sum} = {Simd.Type}.Zero"))};");
        Terms(() => Products(isStrided));
        Each((r, q) =>
        {
            string cell = At("c", Sum((r, "cColumn"), (q, "cPanel")));
            string sum = $"VectorMath.Sum16({string.Join(", ", Sums(r, q))})";
            return $"{cell} = isFirst ? {sum} : {cell} + {sum};";
        });
    }

    /// <summary>A step of the sums; of rows and columns the fewer are kept in registers, as in a tile whose lanes are columns.</summary>
    private void Products(bool isStrided)
    {
        bool keepsRows = Tile.Rows <= Tile.Panels;
        (int kept, int passing) = keepsRows ? (Tile.Rows, Tile.Panels) : (Tile.Panels, Tile.Rows);
        for (int i = 0; i < kept; i++)
        {
            for (int v = 0; v < Simd.PerPanel; v++)
                LoadOne(keepsRows, i, v);
        }

        for (int i = 0; i < passing; i++)
        {
            for (int v = 0; v < Simd.PerPanel; v++)
            {
                LoadOne(!keepsRows, i, v);
                for (int k = 0; k < kept; k++)
                {
                    (int r, int q) = keepsRows ? (k, i) : (i, k);
                    Code.Line($"{Sum(r, q, v)} = {Simd.MultiplyAdd($"a{r}_{v}", $"b{q}_{v}", Sum(r, q, v))};");
                }
            }
        }

        void LoadOne(bool isRow, int i, int v)
        {
            string start = isRow ? At("a", Sum((i, "aColumn"))) : At("b", Sum((i, "bPanel")));
            string load = isRow || !isStrided
                ? Simd.Load(start, v * Simd.Lanes)
                : StridedLoad(v == 0 ? start : $"Unsafe.Add(ref {start}, {Text.Int(v * Simd.Lanes)} * bLane)");
            Code.Line($"{Simd.Type} {(isRow ? 'a' : 'b')}{i}_{v} = {load};");
        }
    }

    private IEnumerable<string> Sums(int r, int q) => Enumerable.Range(0, Simd.PerPanel).Select(v => Sum(r, q, v));

    private static string Sum(int r, int q, int v) => $"c{Text.Int(r)}_{Text.Int(q)}_{Text.Int(v)}";

    private void Each(Func<int, int, string> line)
    {
        for (int r = 0; r < Tile.Rows; r++)
        {
            for (int q = 0; q < Tile.Panels; q++)
                Code.Line(line(r, q));
        }
    }
}
