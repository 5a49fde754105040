using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Emission;

/// <summary>
/// A matrix product in memory: C[r, c] = Σ over k of A[r·ARow + k·AStep] · B[panel(c)·BPanel + k·BStep + lane(c)],
/// stored at C[r·CRow + panel(c)·CPanel + lane(c)]. All strides are literals in the emitted code.
/// </summary>
/// <param name="Name">The start of the tiles' names.</param>
/// <param name="K">The length of the reduction; null where it is the batch.</param>
/// <param name="Chunk">Longer reductions are cut into chunks of this length, added in order.</param>
/// <param name="HasBias">Whether a bias starts the accumulators.</param>
/// <param name="Activation">Applied to the sum in the last store.</param>
/// <param name="KeepsInput">Whether the activation's input is stored as well.</param>
/// <param name="Gradient">The activation whose derivative, at what was saved, multiplies the sum in the last store.</param>
/// <param name="TailLanes">Columns of the last panel that are real; the others are stored as zero. 0: all are.</param>
internal sealed record Product(
    string Name, int? K, int Chunk, int ARow, int AStep, int BStep, int BPanel, int CRow, int CPanel,
    bool HasBias = false, ActivationOp? Activation = null, bool KeepsInput = false, ActivationOp? Gradient = null, int TailLanes = 0)
{
    /// <summary>
    /// Whether the rows of C are shorter than a panel, 4 floats or 1: a store of 16 would reach the next rows, so the tile is one vector of 4 wide.
    /// </summary>
    public bool HasShortRows => CRow < Packing.Panel;

    /// <summary>Columns that a tile of so many panels stores.</summary>
    public int Columns(int panels) => HasShortRows ? CRow : panels * Packing.Panel;

    /// <summary>Whether the reduction is cut into chunks that are added in memory.</summary>
    public bool IsChunked => K is null || K > Chunk;
}

/// <summary>Prints register tiles of a <see cref="Product"/>.</summary>
internal static class TileEmitter
{
    public static string Name(Product product, Simd simd, int rows, int panels) =>
        $"{product.Name}Tile{Text.Int(rows)}x{Text.Int(product.Columns(panels))}V{Text.Int(simd.Bits)}";

    /// <summary>The call of a tile at references into the operands.</summary>
    public static string Call(Product product, Simd simd, int rows, int panels, string a, string b, string bias, string c, string z, string saved, bool isTail)
    {
        var arguments = new List<string> { "ref " + a, "ref " + b };
        if (product.HasBias)
            arguments.Add("ref " + bias);
        arguments.Add("ref " + c);
        if (product.KeepsInput)
            arguments.Add("ref " + z);
        if (product.Gradient is not null)
            arguments.Add("ref " + saved);
        if (product.IsChunked)
            arguments.Add("length, isFirst");
        if (product.IsChunked && product.K is not null)
            arguments.Add("isLast");
        return $"{Name(product, simd, rows, panels)}{(isTail ? "Tail" : "")}({string.Join(", ", arguments)});";
    }

    public static void Emit(CodeWriter code, Product product, Simd simd, int rows, int panels, bool isTail)
    {
        var parameters = new List<string> { "ref float a", "ref float b" };
        if (product.HasBias)
            parameters.Add("ref float bias");
        parameters.Add("ref float c");
        if (product.KeepsInput)
            parameters.Add("ref float z");
        if (product.Gradient is not null)
            parameters.Add("ref float saved");
        if (product.IsChunked)
            parameters.Add("nuint length, bool isFirst");
        bool hasLast = product.IsChunked && product.K is not null;
        if (hasLast)
            parameters.Add("bool isLast");

        int columns = product.HasShortRows ? 1 : panels * simd.PerPanel;
        string Acc(int r, int v) => $"c{r}{(columns > 10 ? "_" : "")}{v}";
        long BOffset(int v) => ((long)(v / simd.PerPanel) * product.BPanel) + (v % simd.PerPanel * simd.Lanes);
        long COffset(int r, int v) => ((long)r * product.CRow) + ((long)(v / simd.PerPanel) * product.CPanel) + (v % simd.PerPanel * simd.Lanes);

        // A row of one float is the first lane of a vector.
        string LoadRow(string reference, long offset) => product.CRow == 1 ? $"{simd.Class}.CreateScalar({Simd.At(reference, offset)})" : simd.Load(reference, offset);
        string StoreRow(string vector, string reference, long offset) =>
            product.CRow == 1 ? $"{Simd.At(reference, offset)} = {vector}.ToScalar();" : simd.Store(vector, reference, offset);

        code.Line();
        code.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using CodeWriter.Closing method = code.Block($"private static void {Name(product, simd, rows, panels)}{(isTail ? "Tail" : "")}({string.Join(", ", parameters)})");

        // Accumulators.
        for (int v = 0; v < columns; v++)
        {
            long offset = v * simd.Lanes;
            string start = !product.HasBias ? $"{simd.Type}.Zero"
                : product.IsChunked ? $"isFirst ? {simd.Load("bias", offset)} : {simd.Type}.Zero"
                : simd.Load("bias", offset);
            string first = Acc(0, v);
            code.Line($"{simd.Type} {first} = {start}{string.Concat(Enumerable.Range(1, rows - 1).Select(r => $", {Acc(r, v)} = {first}"))};");
        }

        // The reduction.
        bool isUnrolled = product.K is <= 4;
        if (isUnrolled)
        {
            for (int k = 0; k < product.K; k++)
            {
                using (code.Block())
                    Terms(k);
            }
        }
        else
        {
            string length = product.IsChunked ? "length" : Text.Int(product.K!.Value);
            using (code.Block($"for (nuint k = 0; k < {length}; k++)"))
            {
                Terms(0);
                code.Line($"a = ref Unsafe.Add(ref a, {Text.Int(product.AStep)});");
                code.Line($"b = ref Unsafe.Add(ref b, {Text.Int(product.BStep)});");
            }
        }

        void Terms(int k)
        {
            // One row uses each weight once: a memory operand. More rows keep them in registers.
            bool inRegisters = rows > 1;
            string B(int v) => inRegisters ? $"b{v}" : simd.Load("b", BOffset(v) + ((long)k * product.BStep));
            for (int v = 0; inRegisters && v < columns; v++)
                code.Line($"{simd.Type} b{v} = {simd.Load("b", BOffset(v) + ((long)k * product.BStep))};");
            for (int r = 0; r < rows; r++)
            {
                string scalar = simd.Broadcast(Simd.At("a", ((long)r * product.ARow) + ((long)k * product.AStep)));
                if (columns == 1)
                {
                    code.Line($"{Acc(r, 0)} = {simd.MultiplyAdd(scalar, B(0), Acc(r, 0))};");
                    continue;
                }

                code.Line($"{simd.Type} a{r} = {scalar};");
                for (int v = 0; v < columns; v++)
                    code.Line($"{Acc(r, v)} = {simd.MultiplyAdd($"a{r}", B(v), Acc(r, v))};");
            }
        }

        // Chunks behind the first are added to what stands in memory.
        if (product.IsChunked)
        {
            using (code.Block("if (!isFirst)"))
            {
                for (int r = 0; r < rows; r++)
                {
                    for (int v = 0; v < columns; v++)
                        code.Line($"{Acc(r, v)} = {LoadRow("c", COffset(r, v))} + {Acc(r, v)};");
                }
            }
        }

        bool finishes = product.Activation is not null || product.Gradient is not null;
        if (hasLast && finishes)
        {
            using (code.Block("if (!isLast)"))
            {
                Stores("c", acc => acc);
                code.Line("return;");
            }
        }

        if (product.Activation is { } activation)
        {
            if (ActivationText.IsLight(activation))
            {
                if (product.KeepsInput)
                    Stores("z", acc => acc);
                Stores("c", acc => ActivationText.Forward(activation, acc));
            }
            else
            {
                string sums = product.KeepsInput ? "z" : "c";
                Stores(sums, acc => acc);
                Sweep(v => (LoadRow(sums, COffset(0, v)), x => ActivationText.Forward(activation, x)), product.KeepsInput ? "z" : null);
            }
        }
        else if (product.Gradient is { } gradient)
        {
            // Rows narrower than a vector overlap: each must be finished before the next is stored over its end.
            if (ActivationText.IsDerivativeLight(gradient) || product.CRow < Packing.Panel)
            {
                for (int r = 0; r < rows; r++)
                {
                    for (int v = 0; v < columns; v++)
                        code.Line(StoreRow($"({Acc(r, v)} * {ActivationText.Derivative(gradient, LoadRow("saved", COffset(r, v)))})", "c", COffset(r, v)));
                }
            }
            else
            {
                Stores("c", acc => acc);
                Sweep(v => (LoadRow("saved", COffset(0, v)), x => $"({LoadRow("c", COffset(0, v))} * {ActivationText.Derivative(gradient, x)})"), "saved");
            }
        }
        else
        {
            Stores("c", acc => acc);
        }

        void Stores(string target, System.Func<string, string> value)
        {
            for (int r = 0; r < rows; r++)
            {
                for (int v = 0; v < columns; v++)
                {
                    string vector = value(Acc(r, v));
                    int firstLane = v % simd.PerPanel * simd.Lanes;
                    if (isTail && v / simd.PerPanel == panels - 1 && firstLane + simd.Lanes > product.TailLanes)
                        vector = Masked(simd, vector, product.TailLanes - firstLane);
                    code.Line(StoreRow(vector, target, COffset(r, v)));
                }
            }
        }

        // A long function over the tile just stored, a row at a time, so that its temporaries do not crowd out the accumulators.
        void Sweep(System.Func<int, (string Load, System.Func<string, string> Value)> body, string? second)
        {
            using (code.Block($"for (int row = 0; row < {Text.Int(rows)}; row++)"))
            {
                for (int v = 0; v < columns; v++)
                {
                    (string load, System.Func<string, string> value) = body(v);
                    code.Line(StoreRow(value(load), "c", COffset(0, v)));
                }

                code.Line($"c = ref Unsafe.Add(ref c, {Text.Int(product.CRow)});");
                if (second is not null)
                    code.Line($"{second} = ref Unsafe.Add(ref {second}, {Text.Int(product.CRow)});");
            }
        }
    }

    /// <summary>The first <paramref name="lanes"/> lanes of a vector, zero behind.</summary>
    public static string Masked(Simd simd, string vector, int lanes) => lanes <= 0
        ? $"{simd.Type}.Zero"
        : $"{simd.Class}.ConditionalSelect({simd.Class}.LessThan({simd.Class}<int>.Indices, {simd.Class}.Create({Text.Int(lanes)})).AsSingle(), {vector}, {simd.Type}.Zero)";
}
