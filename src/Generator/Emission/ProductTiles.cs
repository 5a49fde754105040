using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;

namespace NetGen.Generator.Emission;

/// <summary>The register tile of a product: a grid of rows by panels of 16 columns.</summary>
/// <param name="Lanes">Floats of a vector.</param>
/// <param name="Height">Lines of the grid.</param>
/// <param name="Width">Rows in a line.</param>
/// <param name="Panels">Panels of columns.</param>
/// <param name="Kind">What its operands are.</param>
/// <param name="HasAddend">Whether another value is added to the finished sums.</param>
internal sealed record ProductTile(int Lanes, int Height, int Width, int Panels, TileKind Kind, bool HasAddend = false)
{
    public bool IsDot => Kind is TileKind.Dot or TileKind.StridedDot;

    private int Columns => Kind switch { TileKind.Short => 4, TileKind.Scalar => 1, _ => IsDot ? Panels : Panels * Packing.Panel };

    public string Name => $"{Kind}{Text.Int(Height)}x{Text.Int(Width)}x{Text.Int(Columns)}V{Text.Int(Lanes * 32)}{(HasAddend ? "Add" : "")}";
}

internal enum TileKind
{
    /// <summary>A is an element a row, spread over the lanes; B a vector of columns.</summary>
    Product,

    /// <summary>The same with B's lanes a stride apart.</summary>
    Strided,

    /// <summary>The same with one vector of 4 columns.</summary>
    Short,

    /// <summary>The same with a single column, the first lane of a vector of 4.</summary>
    Scalar,

    /// <summary>A is a vector a row, as B is: every lane for itself.</summary>
    Elementwise,

    /// <summary>A is a vector a row, B a vector a column; lanes are summed at the end.</summary>
    Dot,

    /// <summary>The same with B's lanes a stride apart.</summary>
    StridedDot,
}

/// <summary>
/// Prints the register tiles that a network's layers share. A tile is generic over its product's strides, which the JIT compiles as literals:
/// text is printed once a shape of tile, machine code made once a layer.
/// </summary>
/// <param name="code">Where it prints.</param>
/// <param name="hasStarts">Whether some sums start with another value: all tiles have a parameter for it then, so that those that use it share their text.</param>
internal sealed class ProductTiles(CodeWriter code, bool hasStarts)
{
    /// <summary>The names of the interface's strides, and what they are.</summary>
    private static readonly (string Name, string Meaning)[] s_strides =
    [
        ("ARow", "from a line of the tile's rows to the next"), ("AColumn", "from a row of the line to the next"),
        ("AInner", "a step of the innermost loop"), ("AMiddle", "what the middle loop adds to that"), ("AOuter", "what the outer loop adds"),
        ("BPanel", "from a panel or column to the next"), ("BInner", ""), ("BMiddle", ""), ("BOuter", ""), ("BLane", "from a lane to the next; 1 unless the tile is strided"),
        ("CRow", ""), ("CColumn", ""), ("CPanel", ""),
        ("SavedRow", "the same places of what the gradient or the activation keeps"), ("SavedColumn", ""), ("SavedPanel", ""),
        ("StartRow", "of what starts the sums"), ("StartColumn", ""), ("StartPanel", ""),
        ("AddRow", "of what is added to them when they are finished"), ("AddColumn", ""), ("AddPanel", ""),
    ];

    private readonly HashSet<ProductTile> _tiles = [];
    private readonly HashSet<ProductTile> _starting = [];
    private readonly HashSet<ProductTile> _continuing = [];
    private readonly HashSet<int> _biases = [];
    private bool _hasLong;

    /// <summary>The tile's call; its text follows with <see cref="Print"/>.</summary>
    public string Call(ProductTile tile, string strides, string a, string b, string? bias, string c, string? saved, string outer, string middle, string inner, string isFirst, string isLast, string? start = null, string? addend = null)
    {
        tile = tile with { HasAddend = addend is not null };
        _tiles.Add(tile);
        if (start is not null)
            _starting.Add(tile);
        if (isFirst != "true")
            _continuing.Add(tile);
        string ends = tile.IsDot
            ? $"ref {c}, {outer}, {middle}, {inner}, {isFirst}"
            : $"ref {bias ?? Base(b)}, ref {c}, ref {saved ?? Base(c)}, {(hasStarts ? $"ref {start ?? Base(c)}, " : "")}{(addend is null ? "" : $"ref {addend}, ")}{outer}, {middle}, {inner}, {isFirst}, {isLast}";
        return $"{tile.Name}<{strides}>(ref {a}, ref {b}, {ends});";
    }

    /// <summary>What a place starts from; it stands for what a tile does not read.</summary>
    private static string Base(string place)
    {
        const string Start = "Unsafe.Add(ref ";
        return place.StartsWith(Start, System.StringComparison.Ordinal) ? place.Substring(Start.Length, place.IndexOf(',') - Start.Length) : place;
    }

    /// <summary>Prints a product's strides and what becomes of its sums.</summary>
    /// <param name="name">The name of the struct.</param>
    /// <param name="comment">What the product is.</param>
    /// <param name="strides">The strides that are not 0, by their names.</param>
    /// <param name="bias">0: none; 1: one a column; 2: one a row.</param>
    /// <param name="finish">The finished value of <c>sum</c> at <c>saved</c> for a vector class; null: the sum itself.</param>
    /// <param name="isLong">Whether that is long enough to run over the stored tile instead of in its stores.</param>
    /// <param name="keepsInput">Whether the sums are stored at <c>saved</c> as well.</param>
    /// <param name="keepsOutput">Whether the finished sums are, before something is added.</param>
    /// <param name="fetchesSaved">Whether a tile has what <paramref name="finish"/> reads fetched before it starts.</param>
    /// <param name="starts">Whether another value starts the sums.</param>
    public void PrintStrides(
        string name, string comment, IReadOnlyDictionary<string, long> strides, int bias = 0, System.Func<Simd, string>? finish = null, bool isLong = false, bool keepsInput = false, bool keepsOutput = false, bool fetchesSaved = false, bool starts = false)
    {
        code.Line();
        code.Line("// " + comment);
        using CodeWriter.Closing type = code.Block($"private readonly struct {name} : IProduct");
        foreach (IGrouping<char, string> operand in s_strides.Select(stride => stride.Name).GroupBy(stride => stride[0]))
        {
            string[] properties = [.. operand.Where(stride => strides.TryGetValue(stride, out long value) && value != Default(stride)).Select(stride => $"public static int {stride} => {Text.Int(strides[stride])};")];
            if (properties.Length > 0)
                code.Line(string.Join(" ", properties));
        }

        if (bias != 0)
        {
            _biases.Add(bias);
            code.Line($"public static int Bias => {Text.Int(bias)};");
        }

        if (starts)
            code.Line("public static bool Starts => true;");
        if (finish is null)
            return;
        code.Line("public static bool Finishes => true;");
        if (isLong)
        {
            _hasLong = true;
            code.Line("public static bool IsLong => true;");
        }

        if (fetchesSaved)
            code.Line("public static bool FetchesSaved => true;");
        if (keepsInput)
            code.Line("public static bool KeepsInput => true;");
        if (keepsOutput)
            code.Line("public static bool KeepsOutput => true;");
        foreach (int lanes in Schedule.Lanes)
        {
            var simd = new Simd(lanes);
            code.Line("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
            code.Line($"public static {simd.Type} Finish({simd.Type} sum, ref float saved) => {finish(simd)};");
        }
    }

    /// <summary>Prints the interface and every tile that was called.</summary>
    public void Print()
    {
        if (_tiles.Count == 0)
            return;
        code.Line();
        code.Line("// The strides of a product in floats, and what becomes of its sums; a constant each for the JIT.");
        using (code.Block("private interface IProduct"))
        {
            foreach ((string name, string meaning) in s_strides.Where(IsUsed))
                code.Line($"static virtual int {name} => {Text.Int(Default(name))};{(meaning.Length > 0 ? " // " + meaning : "")}");
            code.Line("static virtual int Bias => 0; // 1: one a column starts the sums; 2: one a row");
            if (_starting.Count > 0)
                code.Line("static virtual bool Starts => false; // whether another value starts them too");
            code.Line("static virtual bool Finishes => false; // whether Finish makes something else of the sums");
            if (_hasLong)
                code.Line("static virtual bool IsLong => false; // whether that runs over the stored tile, for it would crowd the sums out of the registers");
            code.Line("static virtual bool FetchesSaved => false; // whether what Finish reads is fetched before the sums start");
            code.Line("static virtual bool KeepsInput => false; // whether the sums are stored at saved as well");
            if (_tiles.Any(tile => tile.HasAddend))
                code.Line("static virtual bool KeepsOutput => false; // whether the finished sums are, before something is added");
            foreach (int lanes in Schedule.Lanes)
            {
                var simd = new Simd(lanes);
                code.Line($"static virtual {simd.Type} Finish({simd.Type} sum, ref float saved) => sum;");
            }
        }

        foreach (ProductTile tile in _tiles.OrderByDescending(t => t.Lanes).ThenBy(t => t.Kind).ThenBy(t => t.Panels).ThenBy(t => t.Height).ThenBy(t => t.Width))
        {
            code.Line();
            if (tile.IsDot)
                PrintDot(tile);
            else
                PrintProduct(tile);
        }
    }

    private static int Default(string stride) => stride.EndsWith("Lane", System.StringComparison.Ordinal) ? 1 : 0;

    /// <summary>Strides of starts and addends are there where a tile has one.</summary>
    private bool IsUsed((string Name, string Meaning) stride) =>
        (!stride.Name.StartsWith("Start", System.StringComparison.Ordinal) || _starting.Count > 0)
        && (!stride.Name.StartsWith("Add", System.StringComparison.Ordinal) || _tiles.Any(tile => tile.HasAddend));

    private static string Sum(params (int Factor, string Stride)[] terms)
    {
        string text = string.Join(" + ", terms.Where(t => t.Factor != 0).Select(t => t.Factor == 1 ? t.Stride : $"({Text.Int(t.Factor)} * {t.Stride})"));
        return text.Length == 0 ? "0" : text;
    }

    private static string At(string reference, string offset) => offset == "0" ? reference : $"Unsafe.Add(ref {reference}, {offset})";

    private static string StridedLoad(Simd simd, string reference) => $"VectorStrides.Load{Text.Int(simd.Bits)}(ref {reference}, (nuint)bLane)";

    private void PrintProduct(ProductTile tile)
    {
        var simd = new Simd(tile.Lanes);
        int rows = tile.Height * tile.Width;
        int vectors = tile.Kind is TileKind.Short or TileKind.Scalar ? 1 : tile.Panels * simd.PerPanel;
        bool isStrided = tile.Kind == TileKind.Strided;
        bool isScalar = tile.Kind == TileKind.Scalar;
        bool hasManyLines = tile.Height > 1;
        string Acc(int r, int v) => $"c{Text.Int(r)}_{Text.Int(v)}";
        string Row(string name, int r) => Sum((r / tile.Width, name + "Row"), (r % tile.Width, name + "Column"));
        string Column(string name, int v)
        {
            int lane = v % simd.PerPanel * simd.Lanes;
            string panel = Sum((v / simd.PerPanel, name + "Panel"));
            string lanes = lane == 0 ? "0" : isStrided && name == "b" ? $"({Text.Int(lane)} * bLane)" : Text.Int(lane);
            return panel == "0" ? lanes : lanes == "0" ? panel : $"{panel} + {lanes}";
        }

        static string Plus(string a, string b) => a == "0" ? b : b == "0" ? a : $"{a} + {b}";
        string Load(string reference) => $"{simd.Class}.LoadUnsafe(ref {reference})";
        string LoadCell(string reference) => isScalar ? $"{simd.Class}.CreateScalar({reference})" : Load(reference);
        string Store(string value, string reference) => isScalar ? $"{reference} = {value}.ToScalar();" : $"{value}.StoreUnsafe(ref {reference});";

        code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using CodeWriter.Closing method = code.Block(
            $"private static void {tile.Name}<S>(ref float a, ref float b, ref float bias, ref float c, ref float saved, {(hasStarts ? "ref float start, " : "")}{(tile.HasAddend ? "ref float add, " : "")}int outer, int middle, int inner, bool isFirst, bool isLast) where S : struct, IProduct");
        code.Line($"int {(hasManyLines ? "aRow = S.ARow, " : "")}aColumn = S.AColumn, bPanel = S.BPanel, {(hasManyLines ? "cRow = S.CRow, " : "")}cColumn = S.CColumn, cPanel = S.CPanel;");
        code.Line($"int {(hasManyLines ? "savedRow = S.SavedRow, " : "")}savedColumn = S.SavedColumn, savedPanel = S.SavedPanel;");
        if (_starting.Contains(tile))
            code.Line($"int {(hasManyLines ? "startRow = S.StartRow, " : "")}startColumn = S.StartColumn, startPanel = S.StartPanel;");
        if (tile.HasAddend)
            code.Line($"int {(hasManyLines ? "addRow = S.AddRow, " : "")}addColumn = S.AddColumn, addPanel = S.AddPanel;");
        if (isStrided)
            code.Line("int bLane = S.BLane;");

        // What the last store reads comes from further away than the tile's operands; a few lines' delay would not show.
        // The call comes before there are sums, which it would send to the stack.
        if (tile.Kind == TileKind.Product && rows * tile.Panels >= 8)
            code.Single("if (S.FetchesSaved && isLast)", $"VectorStrides.Prefetch(ref saved, {Text.Int(tile.Height)}, {(hasManyLines ? "savedRow" : "0")}, {Text.Int(tile.Width)}, savedColumn, {Text.Int(tile.Panels)}, savedPanel);");

        // The sums start at zero or the bias.
        IEnumerable<int> Vectors() => Enumerable.Range(0, vectors);
        string All(string value, int v) => $"{string.Concat(Enumerable.Range(0, rows).Reverse().Select(r => Acc(r, v) + " = "))}{value};";
        foreach (int v in Vectors())
            code.Line($"{simd.Type} {string.Join(", ", Enumerable.Range(0, rows).Select(r => Acc(r, v)))};");
        if (_biases.Contains(1))
        {
            using (code.Block("if (S.Bias == 1 && isFirst)"))
            {
                foreach (int v in Vectors())
                    code.Line(All(simd.Load("bias", v * simd.Lanes), v));
            }
        }

        if (_biases.Contains(2))
        {
            using (code.Block($"{(_biases.Contains(1) ? "else " : "")}if (S.Bias == 2 && isFirst)"))
            {
                for (int r = 0; r < rows; r++)
                    code.Line($"{string.Concat(Vectors().Reverse().Select(v => Acc(r, v) + " = "))}{simd.Broadcast(Simd.At("bias", r))};");
            }
        }

        using (_biases.Count > 0 ? code.Block("else") : default)
        {
            foreach (int v in Vectors())
                code.Line(All($"{simd.Type}.Zero", v));
        }

        if (_starting.Contains(tile))
        {
            using (code.Block("if (S.Starts && isFirst)"))
            {
                for (int r = 0; r < rows; r++)
                {
                    for (int v = 0; v < vectors; v++)
                        code.Line($"{Acc(r, v)} += {LoadCell(At("start", Plus(Row("start", r), Column("start", v))))};");
                }
            }
        }

        using (code.Block("for (int i = outer; i > 0; i--)"))
        {
            using (code.Block("for (int j = middle; j > 0; j--)"))
            {
                using (code.Block("for (int k = inner; k > 0; k--)"))
                {
                    for (int v = 0; v < vectors; v++)
                        code.Line($"{simd.Type} b{v} = {(isStrided ? StridedLoad(simd, At("b", Column("b", v))) : Load(At("b", Column("b", v))))};");
                    for (int r = 0; r < rows; r++)
                    {
                        string place = At("a", Row("a", r));
                        string value = tile.Kind == TileKind.Elementwise ? $"{simd.Class}.LoadUnsafe(ref {place})" : simd.Broadcast(place);
                        if (vectors == 1)
                        {
                            code.Line($"{Acc(r, 0)} = {simd.MultiplyAdd(value, "b0", Acc(r, 0))};");
                            continue;
                        }

                        if (tile.Kind == TileKind.Elementwise)
                        {
                            // One panel in several vectors: each has its own part of A.
                            for (int v = 0; v < vectors; v++)
                                code.Line($"{Acc(r, v)} = {simd.MultiplyAdd($"{simd.Class}.LoadUnsafe(ref {At("a", Plus(Row("a", r), Text.Int(v * simd.Lanes)))})", $"b{v}", Acc(r, v))};");
                            continue;
                        }

                        code.Line($"{simd.Type} a{r} = {value};");
                        for (int v = 0; v < vectors; v++)
                            code.Line($"{Acc(r, v)} = {simd.MultiplyAdd($"a{r}", $"b{v}", Acc(r, v))};");
                    }

                    code.Line("a = ref Unsafe.Add(ref a, S.AInner);");
                    code.Line("b = ref Unsafe.Add(ref b, S.BInner);");
                }

                code.Line("a = ref Unsafe.Add(ref a, S.AMiddle);");
                code.Line("b = ref Unsafe.Add(ref b, S.BMiddle);");
            }

            code.Line("a = ref Unsafe.Add(ref a, S.AOuter);");
            code.Line("b = ref Unsafe.Add(ref b, S.BOuter);");
        }

        // The cells of a line's row, so that each is told by its column alone.
        void Cells(string name)
        {
            for (int r = 0; r < rows; r++)
                code.Line($"ref float {name}{Text.Int(r)} = ref {At(name, Row(name, r))};");
        }

        void Each(System.Func<int, int, string> line)
        {
            for (int r = 0; r < rows; r++)
            {
                for (int v = 0; v < vectors; v++)
                    code.Line(line(r, v));
            }
        }

        string Cell(string name, int r, int v) => At(name + Text.Int(r), Column(name, v));
        Cells("c");
        if (_continuing.Contains(tile))
        {
            using (code.Block("if (!isFirst)"))
                Each((r, v) => $"{Acc(r, v)} += {LoadCell(Cell("c", r, v))};");
        }

        string Finished(string value, string saved, string addend) => tile.HasAddend ? $"(S.Finish({value}, ref {saved}) + {LoadCell(addend)})" : $"S.Finish({value}, ref {saved})";
        using (code.Block($"if (S.Finishes{(_hasLong ? " && !S.IsLong" : "")} && isLast)"))
        {
            Cells("saved");
            if (tile.HasAddend)
                Cells("add");
            Each((r, v) => Store(Finished(Acc(r, v), Cell("saved", r, v), tile.HasAddend ? Cell("add", r, v) : ""), Cell("c", r, v)));
            code.Line("return;");
        }

        Each((r, v) => Store(Acc(r, v), Cell("c", r, v)));
        if (!_hasLong)
            return;
        code.Single("if (!S.Finishes || !isLast)", "return;");
        using (hasManyLines ? code.Block($"for (int i = 0; i < {Text.Int(tile.Height)}; i++)") : default)
        using (code.Block($"for (int j = 0; j < {Text.Int(tile.Width)}; j++)"))
        {
            code.Line($"ref float cells = ref Unsafe.Add(ref c, {(hasManyLines ? "(i * cRow) + " : "")}(j * cColumn));");
            code.Line($"ref float kept = ref Unsafe.Add(ref saved, {(hasManyLines ? "(i * savedRow) + " : "")}(j * savedColumn));");
            if (tile.HasAddend)
                code.Line($"ref float added = ref Unsafe.Add(ref add, {(hasManyLines ? "(i * addRow) + " : "")}(j * addColumn));");
            for (int v = 0; v < vectors; v++)
            {
                string cell = At("cells", Column("c", v));
                string kept = At("kept", Column("saved", v));
                string sum = "sum" + Text.Int(v);
                code.Line($"{simd.Type} {sum} = {LoadCell(cell)};");
                code.Single("if (S.KeepsInput)", Store(sum, kept));
                code.Line($"{sum} = S.Finish({sum}, ref {kept});");
                if (tile.HasAddend)
                {
                    code.Single("if (S.KeepsOutput)", Store(sum, kept));
                    code.Line($"{sum} += {LoadCell(At("added", Column("add", v)))};");
                }

                code.Line(Store(sum, cell));
            }
        }
    }

    private void PrintDot(ProductTile tile)
    {
        var simd = new Simd(tile.Lanes);
        bool isStrided = tile.Kind == TileKind.StridedDot;
        int rows = tile.Height * tile.Width;
        int columns = tile.Panels;
        int vectors = simd.PerPanel;
        string Acc(int r, int c, int v) => $"c{Text.Int(r)}_{Text.Int(c)}_{Text.Int(v)}";
        code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using CodeWriter.Closing method = code.Block(
            $"private static void {tile.Name}<S>(ref float a, ref float b, ref float c, int outer, int middle, int inner, bool isFirst) where S : struct, IProduct");
        code.Line("int aColumn = S.AColumn, bPanel = S.BPanel, cColumn = S.CColumn, cPanel = S.CPanel;");
        if (isStrided)
            code.Line("int bLane = S.BLane;");
        for (int r = 0; r < rows; r++)
        {
            for (int q = 0; q < columns; q++)
                code.Line($"{simd.Type} {string.Join(", ", Enumerable.Range(0, vectors).Select(v => $"{Acc(r, q, v)} = {simd.Type}.Zero"))};");
        }

        using (code.Block("for (int i = outer; i > 0; i--)"))
        {
            using (code.Block("for (int j = middle; j > 0; j--)"))
            {
                using (code.Block("for (int k = inner; k > 0; k--)"))
                {
                    for (int r = 0; r < rows; r++)
                    {
                        for (int v = 0; v < vectors; v++)
                        {
                            string row = At("a", Sum((r, "aColumn")));
                            code.Line($"{simd.Type} a{r}_{v} = {simd.Load(row, v * simd.Lanes)};");
                        }
                    }

                    for (int q = 0; q < columns; q++)
                    {
                        for (int v = 0; v < vectors; v++)
                        {
                            string column = At("b", Sum((q, "bPanel")));
                            string load = isStrided
                                ? StridedLoad(simd, v == 0 ? column : $"Unsafe.Add(ref {column}, {Text.Int(v * simd.Lanes)} * bLane)")
                                : simd.Load(column, v * simd.Lanes);
                            code.Line($"{simd.Type} b{q}_{v} = {load};");
                            for (int r = 0; r < rows; r++)
                                code.Line($"{Acc(r, q, v)} = {simd.MultiplyAdd($"a{r}_{v}", $"b{q}_{v}", Acc(r, q, v))};");
                        }
                    }

                    code.Line("a = ref Unsafe.Add(ref a, S.AInner);");
                    code.Line("b = ref Unsafe.Add(ref b, S.BInner);");
                }

                code.Line("a = ref Unsafe.Add(ref a, S.AMiddle);");
                code.Line("b = ref Unsafe.Add(ref b, S.BMiddle);");
            }

            code.Line("a = ref Unsafe.Add(ref a, S.AOuter);");
            code.Line("b = ref Unsafe.Add(ref b, S.BOuter);");
        }

        for (int r = 0; r < rows; r++)
        {
            for (int q = 0; q < columns; q++)
            {
                string cell = At("c", Sum((r, "cColumn"), (q, "cPanel")));
                string sum = $"VectorMath.Sum16({string.Join(", ", Enumerable.Range(0, vectors).Select(v => Acc(r, q, v)))})";
                code.Line($"{cell} = isFirst ? {sum} : {cell} + {sum};");
            }
        }
    }
}
