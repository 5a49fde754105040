using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace NetGen.Generator.Compiler;

/// <summary>
/// The conditions of the backward steps. A step serves the gradients of parameters that it computes, and those that the readers of its results serve; where all of these
/// parameters are frozen, it need not run. Steps that serve the same have the same gate; one that serves the input's gradient alone has none.
/// </summary>
internal sealed class GradientGates
{
    private readonly int[] _gates;

    private GradientGates(int[] gates, IReadOnlyList<string> parameters) => (_gates, Parameters) = (gates, parameters);

    /// <summary>What each gate serves: parameters by their places in the order of declaration, as ranges, <c>0-2 5</c>.</summary>
    public IReadOnlyList<string> Parameters { get; }

    /// <summary>The gate of a backward step; −1: it has none.</summary>
    public int this[int step] => _gates[step];

    public static GradientGates Of(StepProgram program)
    {
        static bool IsGradient(Operand operand) => operand.Role == OperandRole.ParameterGradient;

        // Parameters share an operand in merged layers: the parts of a matrix start where it does, biases that are summed lie behind each other.
        int[] starts = [.. program.Backward.SelectMany(step => step.Operands).Where(IsGradient).Select(operand => operand.Offset).Distinct().OrderBy(start => start)];
        int Start(ParameterLayout layout) => Array.BinarySearch(starts, layout.Offset) is var found && found >= 0 ? starts[found] : starts[~found - 1];
        ILookup<int, int> parameters = Enumerable.Range(0, program.Parameters.Count).ToLookup(i => Start(program.Parameters[i]));

        var served = new Dictionary<int, BitArray>();
        string[] serves = new string[program.Backward.Count];
        for (int i = serves.Length - 1; i >= 0; i--)
        {
            Step step = program.Backward[i];
            var own = new BitArray(program.Parameters.Count);
            foreach (int parameter in step.Operands.Where(IsGradient).SelectMany(operand => parameters[operand.Offset]))
                own[parameter] = true;
            foreach (Buffer buffer in step.Writes)
            {
                if (served.TryGetValue(buffer.Root.Id, out BitArray readers))
                    own.Or(readers);
            }

            foreach (Buffer buffer in step.Reads)
            {
                if (served.TryGetValue(buffer.Root.Id, out BitArray others))
                    others.Or(own);
                else
                    served.Add(buffer.Root.Id, new BitArray(own));
            }

            serves[i] = Ranges(own);
        }

        List<string> gates = [.. serves.Where(text => text.Length > 0).Distinct()];
        var places = gates.Select((text, i) => (text, i)).ToDictionary(gate => gate.text, gate => gate.i);
        return new GradientGates([.. serves.Select(text => text.Length > 0 ? places[text] : -1)], gates);
    }

    private static string Ranges(BitArray set)
    {
        var text = new StringBuilder();
        for (int i = 0; i < set.Count; i++)
        {
            if (!set[i])
                continue;
            int first = i;
            while (i + 1 < set.Count && set[i + 1])
                i++;
            text.Append(text.Length > 0 ? " " : "").Append(first.ToString(CultureInfo.InvariantCulture));
            if (i > first)
                text.Append('-').Append(i.ToString(CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
