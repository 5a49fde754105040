using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Kernels;

namespace NetGen.Generator.Emission;

/// <summary>Prints nests. What a kernel does is decided in its nest; here each kind of statement has its text.</summary>
internal sealed class NestPrinter(CodeWriter code, ProductTiles tiles)
{
    private const int TableNumbersPerLine = 24;

    private readonly HashSet<string> _constants = [];

    /// <summary>Prints the statements of a nest's method.</summary>
    public void Body(Nest nest) => Print(nest.Body);

    /// <summary>Prints the constants that stand beside the method and not yet elsewhere.</summary>
    public void Constants(Nest nest)
    {
        foreach (NestConstant constant in nest.Constants.Where(constant => _constants.Add(constant.Name)))
        {
            switch (constant)
            {
                case TileProduct product: tiles.PrintStrides(product); break;
                case Table table: Field(table); break;
                case PoolWindows windows: Field(windows); break;
            }
        }
    }

    private void Print(Statement statement)
    {
        switch (statement)
        {
            case Sequence s:
                foreach (Statement item in s.Statements)
                    Print(item);
                break;
            case Scope s:
                using (code.Block())
                    Print(s.Body);
                break;
            case Loop s: Print(s); break;
            case Variants s: Print(s); break;
            case Branch s:
                using (code.Loop($"if ({NumberText.Of(s.Condition)})"))
                    Print(s.Then);
                if (s.Otherwise != Statement.Nothing)
                {
                    using (code.Loop("else"))
                        Print(s.Otherwise);
                }

                break;
            case Declare s: code.Line($"{NumberText.Type(s.Variable.Type)} {s.Variable.Name} = {NumberText.Of(s.Value)};"); break;
            case Assign s: code.Line($"{s.Variable.Name} = {NumberText.Of(s.Value)};"); break;
            case DeclareFlag s: code.Line($"bool {s.Flag.Name} = {NumberText.Of(s.Value)};"); break;
            case Refer s: code.Line($"ref float {s.Reference.Name} = ref {NumberText.Of(s.Reference.Place)};"); break;
            case Rebind s: code.Line($"{s.Area.Name} = ref {NumberText.Of(s.Place)};"); break;
            case TableRow s: code.Line($"ref int {s.Name} = ref {s.Table.Name}[{NumberText.Of(s.First)}];"); break;
            case DeclareTables s:
                code.Line("// " + s.Comment);
                foreach (Table table in s.Tables)
                    Local(table);
                break;
            case TileCall s: code.Line(tiles.Call(s)); break;
            case TileRun s: code.Line(tiles.Call(s)); break;
            case RuntimeCall s: Print(s); break;
            case VectorStatement s: code.Line(VectorText.Of(s)); break;
            default: throw new InvalidOperationException($"No text for {statement.GetType().Name}.");
        }
    }

    private void Print(Loop loop)
    {
        LoopRange range = loop.Range;
        string name = range.Counter.Name;
        string header = range.From is null
            ? $"for (; {name} + {Text.Int(range.Step)} <= {NumberText.Of(range.To)}; {name} += {Text.Int(range.Step)})"
            : $"for ({NumberText.Type(range.Counter.Type)} {name} = {NumberText.Of(range.From)}; {name} < {NumberText.Of(range.To)}; {name}{(range.Step == 1 ? "++" : " += " + Text.Int(range.Step))})";
        using (code.Loop(header))
            Print(loop.Body is Scope scope ? scope.Body : loop.Body);
    }

    /// <summary>A branch for each vector width, of which the JIT keeps one.</summary>
    private void Print(Variants variants)
    {
        for (int i = 0; i < variants.Bodies.Count; i++)
        {
            (int lanes, Statement body) = variants.Bodies[i];
            string condition = i == variants.Bodies.Count - 1 ? "else" : $"{(i == 0 ? "" : "else ")}if ({new Simd(lanes).Class}.IsHardwareAccelerated)";
            using (code.Block(condition))
                Print(body);
        }
    }

    private void Print(RuntimeCall call)
    {
        string text = $"{call.Function}({string.Join(", ", call.Arguments.Select(Argument))}{(call.IsPart ? ", part, parts" : "")})";
        code.Line(call.Divisor is null ? text + ";" : $"return {text} / {NumberText.Of(call.Divisor)};");
    }

    private static string Argument(Argument argument) => argument switch
    {
        PlaceArgument a => "ref " + NumberText.Of(a.Place),
        NumberArgument a => NumberText.Of(a.Number),
        BoolArgument a => a.Value ? "true" : "false",
        ConditionArgument a => NumberText.Of(a.Condition),
        FloatArgument a => Text.Float(a.Value),
        ConstantArgument a => a.Constant.Name,
        FormArgument a => "WeightForm." + a.Form,
        LayoutArgument a => Layout(a.Layout),
        _ => throw new InvalidOperationException($"No text for {argument.GetType().Name}."),
    };

    private static string Layout(PictureLayout layout)
    {
        IEnumerable<int> values = [layout.Channels, layout.Height, layout.Width, layout.Sample, layout.Channel, layout.Row, layout.Pixel, layout.Origin];
        return $"new PictureLayout({string.Join(", ", values.Select(value => Text.Int(value)))}{(layout.IsExact ? ", isExact: true" : "")})";
    }

    // ---- Constants ----

    private void Field(Table table)
    {
        code.Line();
        code.Line("// " + table.Comment);
        code.Line($"private static readonly int[] {table.Name} = new int[]");
        Numbers(table, table.Columns);
    }

    private void Field(PoolWindows windows)
    {
        static string Axis(PoolAxis axis) => axis is SlidingAxis a
            ? $"PoolAxis.Sliding({Text.Int(a.Size)}, {Text.Int(a.Count)}, {Text.Int(a.Kernel)}, {Text.Int(a.Stride)}, {Text.Int(a.Padding)}, {(a.CountsPadding ? "true" : "false")})"
            : $"PoolAxis.Adaptive({Text.Int(axis.Size)}, {Text.Int(axis.Count)})";

        code.Line();
        code.Line($"// The windows of {windows.Pool.Label}: by rows and by columns.");
        code.Line($"private static readonly PoolWindows {windows.Name} = new PoolWindows({Axis(windows.Pool.Rows)}, {Axis(windows.Pool.Columns)});");
    }

    /// <summary>A table in the assembly's data.</summary>
    private void Local(Table table)
    {
        string type = table.IsFloat ? "float" : "int";
        code.Line($"global::System.ReadOnlySpan<{type}> {table.Name} = new {type}[]");
        Numbers(table, TableNumbersPerLine);
    }

    private void Numbers(Table table, int perLine)
    {
        using (code.Braces("};"))
        {
            for (int i = 0; i < table.Values.Count; i += perLine)
                code.Line(string.Concat(table.Values.Skip(i).Take(perLine).Select(value => table.IsFloat ? Text.Float(value) + ", " : Text.Int((long)value) + ", ")).TrimEnd());
        }
    }
}
