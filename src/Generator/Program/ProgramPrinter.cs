using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>Programs as people read them: one line a step, with its operands, where they lie, and its epilogue.</summary>
internal static class ProgramPrinter
{
    public static string ToText(this StepProgram program)
    {
        var text = new StringBuilder();
        Routine(text, "inference", program.Inference);
        Routine(text, "forward", program.Forward);
        Routine(text, "loss", program.Heads);
        Routine(text, "backward", program.Backward);
        if (program.Update.Count > 0)
            Routine(text, "update", program.Update);
        return text.ToString();
    }

    public static string ToText(this Step step)
    {
        string kind = step.GetType().Name;
        string epilogue = step is FusedStep { Epilogue.Count: > 0 } fused ? "; " + string.Join(", ", fused.Epilogue.Select(ToText)) : "";
        string scratch = step.Scratch > 0 ? "; scratch " + Number(step.Scratch) : "";
        return $"{step.Own ?? step.Method}: {kind.Substring(0, kind.Length - "Step".Length)}({string.Join(", ", step.Operands.Select(ToText))}){epilogue}{scratch}{(step.OnlyForInputGradient ? "; for the input's gradient" : "")}";
    }

    private static void Routine(StringBuilder text, string name, IEnumerable<Step> steps)
    {
        text.Append(name).Append('\n');
        foreach (Step step in steps)
            text.Append("  ").Append(step.ToText()).Append('\n');
    }

    private static string ToText(Operand operand) => operand.Role switch
    {
        OperandRole.Parameter => $"{operand.Name} = parameters[{Number(operand.Offset)}]",
        OperandRole.State => $"{operand.Name} = state[{Number(operand.Offset)}]",
        OperandRole.ParameterGradient => $"{operand.Name} = gradients[{Number(operand.Offset)}]",
        OperandRole.Target or OperandRole.Scalar => operand.Name,
        _ => $"{(operand.IsWritten ? "out " : "")}{operand.Name} = {ToText(operand.Buffer!)}",
    };

    private static string ToText(Buffer buffer)
    {
        string order = buffer.Order switch { BufferOrder.Flat => "row", BufferOrder.Planes => "planes", _ => "pixels" };
        Border border = buffer.Border;
        string zeros = border.IsEmpty ? "" : $" + {Number(border.Top)},{Number(border.Left)},{Number(border.Bottom)},{Number(border.Right)}";
        string part = buffer.IsPart ? $" of {buffer.Root.Name}" : "";
        return $"{buffer.Name}[{buffer.Shape.Display} {order}{zeros}{part}]";
    }

    private static string ToText(EpilogueEntry entry) => entry switch
    {
        AddBias => "add bias",
        ScaleChannels scale => "scale by " + scale.Operand,
        AddTensor add => "add " + add.Operand,
        KeepValue keep => "keep " + keep.Operand,
        Activate activate => activate.Function.Display,
        TimesDerivative times => $"times {times.Function.Display}'({times.Operand})",
        _ => throw new InvalidOperationException($"No text for {entry.GetType().Name}."),
    };

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
