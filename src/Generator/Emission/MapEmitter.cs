using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using static NetGen.Generator.Emission.Address;
using Buffer = NetGen.Generator.Compiler.Buffer;

namespace NetGen.Generator.Emission;

/// <summary>Prints maps and reductions: a loop an axis, element after element.</summary>
internal static class MapEmitter
{
    public static string Comment(MapStep step) => $"Map: y = {Describe(step)}, each of {step.Output.Type}.";

    public static string Comment(ReduceStep step) =>
        $"{step.Reduce.Display} of {step.Input.Type}, in order: partial sums of {Text.Int(Schedule.ReductionChunk)}, added one after the other.";

    public static void Emit(CodeWriter code, MapStep step)
    {
        Place y = Place.Of(step, step.Output);
        Place[] inputs = [.. step.Inputs.Select(input => Place.Of(step, input))];
        Axis[] axes = [.. step.Output.Type.Axes];
        string value = step.Expression.Text(Style(i => inputs[i].Element(axes)));
        Nest(code, [.. Samples(step.Output.Type.IsPerSample), .. axes.OrderByDescending(axis => y.Stride(axis.Name)).Select(Loop)], () => code.Line($"{y.Element(axes)} = {value};"));
        Clear(code, step.Output, y.Buffer);
    }

    public static void Emit(CodeWriter code, ReduceStep step)
    {
        Place x = Place.Of(step, step.Input);
        Place y = Place.Of(step, step.Output);
        Axis[] axes = [.. step.Input.Type.Axes];
        ReduceOp reduce = step.Reduce;
        Nest(code, [.. Samples(step.Output.Type.IsPerSample), .. step.Output.Type.Axes.Select(Loop)], () =>
        {
            code.Line("float total = 0f;");
            code.Line("float part = 0f;");
            code.Line("int count = 0;");
            Nest(code, [.. Samples(reduce.IsOverBatch), .. axes.Where(axis => reduce.Axes.Contains(axis.Name)).Select(Loop)], () =>
            {
                code.Line($"part += {x.Element(axes)};");
                using (code.Block($"if (++count == {Text.Int(Schedule.ReductionChunk)})"))
                {
                    code.Line("total += part;");
                    code.Line("part = 0f;");
                    code.Line("count = 0;");
                }
            });
            string mean = reduce.Function == ReduceKind.Mean ? " / " + reduce.Count(step.Input.Type).Text(Style(_ => "")) : "";
            code.Line($"{y.Element(axes)} = (total + part){mean};");
        });
        Clear(code, step.Output, y.Buffer);
    }

    private static string Describe(MapStep step) => step.Expression.Text(new ExpressionStyle(i => step.Inputs[i].Operand.Name, number => Text.Double(number).TrimEnd('d'), "rows", "sqrt"));

    private static ExpressionStyle Style(Func<int, string> operand) => new(operand, Text.Float, "(float)rows", "global::System.MathF.Sqrt");

    private static IEnumerable<string> Samples(bool isLoop) => isLoop ? ["for (nuint n = 0; n < rows; n++)"] : [];

    private static string Loop(Axis axis)
    {
        string index = Index(axis.Name);
        return $"for (nuint {index} = 0; {index} < {Text.Int(axis.Size)}; {index}++)";
    }

    private static string Index(string axis) => "i" + axis;

    private static void Nest(CodeWriter code, IReadOnlyList<string> loops, Action body, int depth = 0)
    {
        if (depth == loops.Count)
        {
            body();
            return;
        }

        using (code.Block(loops[depth]))
            Nest(code, loops, body, depth + 1);
    }

    /// <summary>What lies beside the result's elements is zero, as its readers expect.</summary>
    private static void Clear(CodeWriter code, MapOperand output, Buffer? buffer)
    {
        if (buffer is { Kind: BufferKind.Workspace } && buffer.Stride != buffer.Width)
            code.Line($"PictureKernels.ClearBorder(ref {output.Operand.Name}, {PictureText.Layout(buffer)}, {(output.Type.IsPerSample ? "rows" : "1")});");
    }

    /// <summary>Where an operand's elements lie.</summary>
    private sealed record Place(MapOperand Operand, Buffer? Buffer)
    {
        public static Place Of(Step step, MapOperand operand) => new(operand, step.Operands.Find(operand.Operand.Name)!.Buffer);

        public int Stride(string axis) => Operand.Stride(axis, Buffer);

        public string Element(IEnumerable<Axis> axes) => Address.Element(
            Operand.Operand.Name,
            [("n", Stride(TensorType.Batch)), .. axes.Select(axis => (Index(axis.Name), (long)Stride(axis.Name))), Offset(Buffer?.Origin ?? 0)]);
    }
}
