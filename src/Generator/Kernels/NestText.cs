using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>Prints a nest for people: a range, a declaration or a leaf a line, indented by the ranges around it.</summary>
internal static class NestText
{
    public static string ToText(this Nest nest)
    {
        var text = new StringBuilder();
        text.Append(nest.Method).Append('(').Append(string.Join(", ", nest.Areas.Select(area => area.Buffer is { } buffer ? $"{area.Name} {buffer.Shape.Display}" : $"{area.Name} {Describe.Int(area.Length)}"))).Append(")\n");
        Print(nest.Body, 1);
        foreach (TileProduct product in nest.Constants.OfType<TileProduct>())
            text.Append(product.Name).Append(": ").Append(Strides(product)).Append('\n');
        return text.ToString();

        void Line(int depth, string line) => text.Append(' ', depth * 2).Append(line).Append('\n');
        void Print(Statement statement, int depth)
        {
            switch (statement)
            {
                case Sequence s:
                    foreach (Statement item in s.Statements)
                        Print(item, depth);
                    break;
                case Scope s: Print(s.Body, depth); break;
                case TileRun s: Print(s.Tiles, depth); break;
                case Loop s:
                    Line(depth, Range(s.Range));
                    Print(s.Body, depth + 1);
                    break;
                case Variants s:
                    foreach ((int lanes, Statement body) in s.Bodies)
                    {
                        Line(depth, Describe.Int(lanes * 32) + " bits");
                        Print(body, depth + 1);
                    }

                    break;
                case Branch s:
                    Line(depth, "if " + Text(s.Condition));
                    Print(s.Then, depth + 1);
                    Line(depth, "else");
                    Print(s.Otherwise, depth + 1);
                    break;
                case DeclareTables s:
                    foreach (Table table in s.Tables)
                        Line(depth, $"table {table.Name} of {Describe.Int(table.Values.Count)}");
                    break;
                default: Line(depth, Leaf(statement)); break;
            }
        }
    }

    private static string Range(LoopRange range) =>
        $"{range.Counter.Name}: {(range.From is null ? "on" : Text(range.From))} .. {Text(range.To)} by {Describe.Int(range.Step)}, {range.Role.ToString().ToLowerInvariant()}{(range.IsParallel ? ", parallel" : "")}";

    private static string Leaf(Statement statement) => statement switch
    {
        Declare s => $"{s.Variable.Name} = {Text(s.Value)}",
        Assign s => $"{s.Variable.Name} = {Text(s.Value)}",
        DeclareFlag s => $"{s.Flag.Name} = {Text(s.Value)}",
        Refer s => $"{s.Reference.Name} = {Text(s.Reference.Place)}",
        Rebind s => $"{s.Area.Name} = {Text(s.Place)}",
        TableRow s => $"{s.Name} = row {Text(s.First)} of {s.Table.Name}",
        TileCall s => Tile(s),
        RuntimeCall s => $"{s.Function}({string.Join(", ", s.Arguments.Select(Text))}){(s.IsPart ? ", part of parts" : "")}",
        DeclareVectors s => string.Join(", ", s.Vectors.Select(vector => $"{vector.Name} = {Text(vector.Value)}")),
        AssignVector s => $"{s.Name} {(s.Kind == AssignmentKind.Add ? "+=" : "=")} {Text(s.Value)}",
        Store s => $"{Moved(s.Place, s.Index)} = {Text(s.Value)}, {Describe.Int(s.Lanes)} floats",
        StoreStrided s => $"{Text(s.Place)} = {Text(s.Value)}, {Text(s.Count)} floats {Describe.Int(s.Stride)} apart",
        _ => statement.GetType().Name,
    };

    private static string Tile(TileCall call)
    {
        var sides = new List<string>();
        void Side(string name, Place? place)
        {
            if (place is not null)
                sides.Add($", {name} {Text(place)}");
        }

        Side("bias", call.Bias);
        Side("start", call.Start);
        Side("saved", call.Saved);
        Side("plus", call.Addend);
        string ends = call.IsFirst.IsAlways ? "" : $", goes on unless {Text(call.IsFirst)}";
        return $"tile {call.Tile.Kind} {Describe.Int(call.Tile.Height)}x{Describe.Int(call.Tile.Width)} x {Describe.Int(call.Tile.Columns)}: {Text(call.C)} = sum over {Text(call.Outer)} x {Text(call.Middle)} x {Text(call.Inner)} of {Text(call.A)} * {Text(call.B)}{string.Concat(sides)}{ends}, {call.Product.Name}";
    }

    private static string Strides(TileProduct product)
    {
        TileStrides s = product.Strides;
        static string Three(string name, long a, long b, long c) => $"{name} {Describe.Int(a)} {Describe.Int(b)} {Describe.Int(c)}";
        return $"{Three("A rows", s.ARow, s.AColumn, 0)}, {Three("terms", s.AOuter, s.AMiddle, s.AInner)}; {Three("B panels", s.BPanel, s.BLane, 0)}, {Three("terms", s.BOuter, s.BMiddle, s.BInner)}; {Three("C", s.CRow, s.CColumn, s.CPanel)}; "
            + $"{Three("saved", s.SavedRow, s.SavedColumn, s.SavedPanel)}; {Three("start", s.StartRow, s.StartColumn, s.StartPanel)}; {Three("add", s.AddRow, s.AddColumn, s.AddPanel)}; bias {product.Bias}, {product.Activation?.Display ?? product.Gradient?.Display ?? "as it is"}";
    }

    // ---- Parts of a line ----

    private static string Text(Number number) => number switch
    {
        Constant n => Describe.Int(n.Value),
        Variable n => n.Name,
        Binary n => $"{Nested(n.A)} {n.Kind} {Nested(n.B)}",
        Extreme n => $"{(n.IsMost ? "max" : "min")}({Text(n.A)}, {Text(n.B)})",
        Choice n => $"{Text(n.Condition)} ? {Text(n.Then)} : {Text(n.Otherwise)}",
        Conversion n => Text(n.Value),
        WholePanels n => $"whole panels of {Nested(n.Value)}",
        Entry { Row: { } row } n => $"{row.Name}[{Text(n.Index)}]",
        Entry n => $"{n.Table.Name}[{Text(n.Index)}]",
        TableLength n => "length of " + n.Table.Name,
        _ => "",
    };

    private static string Nested(Number number) => number is Binary or Choice ? $"({Text(number)})" : Text(number);

    private static string Text(Condition condition) => condition switch
    {
        Flag c => c.Name,
        Comparison c => $"{Text(c.A)} {c.Kind switch { ComparisonKind.Less => "<", ComparisonKind.LessOrEqual => "<=", ComparisonKind.GreaterOrEqual => ">=", _ => "=" }} {Text(c.B)}",
        All c => c.IsAlways ? "always" : string.Join(" and ", c.Conditions.Select(Text)),
        _ => "",
    };

    private static string Text(Place place)
    {
        IEnumerable<string> terms = place.Terms.Select(term => term.Stride == 1 ? Text(term.Index) : $"{Nested(term.Index)} * {Describe.Int(term.Stride)}");
        return $"{place.Memory.Name}[{string.Join(" + ", place.Constant == 0 && place.Terms.Count > 0 ? terms : terms.Append(Describe.Int(place.Constant)))}]";
    }

    private static string Moved(Place place, Number index) => Text(index.Is(0) ? place : place.At((index, 1)));

    private static string Text(Argument argument) => argument switch
    {
        PlaceArgument a => Text(a.Place),
        NumberArgument a => Text(a.Number),
        FloatArgument a => a.Value.ToString("R", CultureInfo.InvariantCulture),
        BoolArgument a => a.Value ? "yes" : "no",
        ConditionArgument a => Text(a.Condition),
        ConstantArgument a => a.Constant.Name,
        FormArgument a => a.Form.ToString(),
        LayoutArgument { Layout: { } layout } => $"{Describe.Int(layout.Channels)}x{Describe.Int(layout.Height)}x{Describe.Int(layout.Width)} at {Describe.Int(layout.Origin)} by {Describe.Int(layout.Sample)} {Describe.Int(layout.Channel)} {Describe.Int(layout.Row)} {Describe.Int(layout.Pixel)}",
        _ => "",
    };

    private static string Text(VectorValue value) => value switch
    {
        VectorZero => "0",
        VectorLocal v => v.Name,
        Load v => Moved(v.Place, v.Index) + (v.Most is { } most ? $" of {Describe.Int(most)}" : ""),
        LoadStrided v => $"{Text(v.Place)} {Describe.Int(v.Stride)} apart",
        LoadFirst v => Text(v.Place) + " first",
        Spread v => Text(v.Place) + " spread",
        SpreadConstant v => v.Value.ToString("R", CultureInfo.InvariantCulture),
        SpreadEntry v => Text(v.Entry),
        Gathered v => $"({string.Join(", ", v.Places.Select(place => place is null ? "0" : Text(place)))})",
        MultiplyAdd v => $"{Text(v.A)} * {Text(v.B)} + {Text(v.C)}",
        Times v => $"{Text(v.A)} * {Text(v.B)}",
        Plus v => string.Join(" + ", v.Values.Select(Text)),
        Activated v => $"{v.Activation.Display}{(v.IsDerivative ? "'" : "")}({Text(v.Value)})",
        FirstLane v => "first of " + Text(v.Value),
        LaneSum v => $"sum of lanes of {string.Join(", ", v.Values.Select(Text))}",
        _ => "",
    };
}
