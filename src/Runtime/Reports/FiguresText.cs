using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace NetGen.Reports;

/// <summary>
/// Figures as a text of lines: a constant of the generated steps, which metadata shows without running anything. Fields are separated by <c>|</c>, numbers of a field by spaces;
/// what is zero, or what most layers have, is left out.
/// </summary>
internal static class FiguresText
{
    /// <summary>The name of the constant.</summary>
    public const string Constant = "FiguresText";

    /// <summary>The namespace of the type that has it.</summary>
    public const string Space = "NetGen.Generated";

    /// <summary>How the text begins: what it is, and the version of its form.</summary>
    private const string Version = "NetGen 1";

    /// <summary>How the line of a step begins; no key does.</summary>
    private const string StepMark = ">";

    private const char Field = '|';

    public static string Write(NetworkFigures network)
    {
        var text = new StringBuilder();
        Line(text, Version, network.Name, network.Scope, network.Loss, Shape(network.Input), Of(network.Inference), Of(network.Training));
        for (int i = 0; i < network.Layers.Count; i++)
        {
            LayerFigures layer = network.Layers[i];
            string sources = layer.Sources.Count == 1 && layer.Sources[0] == i - 1 ? "" : string.Join(" ", layer.Sources.Select(source => Number(source)));
            string field = string.Join(" ", layer.Field.Select(axis => $"{Number(axis.Size)} {Rounded(axis.Stride)} {Number(axis.Offset)}"));
            string signal = layer.Signal is { } s ? string.Join(" ", new[] { s.Mean, s.Deviation, s.Gradient, s.Correlation }.Select(Rounded)) : "";
            Line(
                text, layer.Key, layer.Layer, Shape(layer.Output), sources, Numbers(layer.Parameters), Of(layer.Inference), layer.Forward == layer.Inference ? "" : Of(layer.Forward), Of(layer.Backward),
                field, signal, layer.Path is { } path ? $"{(path.IsIdentity ? 1 : 0)} {Number(path.Saturating)} {Number(path.Layers)}" : "");
        }

        foreach (StepFigures step in network.Steps)
            Line(text, StepMark, step.Name, step.Phase, step.Layers, Numbers(step.MultiplyAccumulates, step.MultiplyAdds));
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <returns>Null where the text is not one, or one of another version.</returns>
    public static NetworkFigures? Read(string text)
    {
        string[] lines = text.Replace("\r", "").Split('\n');
        var head = new Fields(lines[0]);
        return head.Next() != Version ? null : new NetworkFigures
        {
            Name = head.Next(),
            Scope = head.Next(),
            Loss = head.Next(),
            Input = head.Sizes(),
            Inference = head.Memory(),
            Training = head.Memory(),
            Layers = [.. lines.Skip(1).Where(line => line[0] != StepMark[0]).Select(Layer)],
            Steps = [.. lines.Skip(1).Where(line => line[0] == StepMark[0]).Select(Step)],
        };
    }

    private static LayerFigures Layer(string line, int index)
    {
        var fields = new Fields(line);
        (string key, string layer, int[] output) = (fields.Next(), fields.Next(), fields.Sizes());
        int[] sources = [.. fields.Numbers().Select(source => (int)source)];
        (long parameters, Pass inference, Pass forward, Pass backward) = (fields.Number(), fields.Pass(), fields.Pass(), fields.Pass());
        double[] field = fields.Doubles(), signal = fields.Doubles();
        long[] path = fields.Numbers();
        return new LayerFigures
        {
            Key = key,
            Layer = layer,
            Output = output,
            Sources = sources.Length == 0 ? [index - 1] : sources,
            Parameters = parameters,
            Inference = inference,
            Forward = forward == default ? inference : forward,
            Backward = backward,
            Field = [.. Enumerable.Range(0, field.Length / 3).Select(axis => new FieldOfAxis((int)field[3 * axis], field[(3 * axis) + 1], (int)field[(3 * axis) + 2]))],
            Signal = signal.Length == 4 ? new SignalFigures(signal[0], signal[1], signal[2], signal[3]) : null,
            Path = path.Length == 3 ? new PathFigures(path[0] == 1, (int)path[1], (int)path[2]) : null,
        };
    }

    private static StepFigures Step(string line)
    {
        var fields = new Fields(line);
        fields.Next();
        (string name, string phase, string layers, long[] sums) = (fields.Next(), fields.Next(), fields.Next(), fields.Numbers(2));
        return new StepFigures(name, phase, layers, sums[0], sums[1]);
    }

    private static void Line(StringBuilder text, params string[] fields) => text.Append(string.Join(Field.ToString(), fields).TrimEnd(Field)).Append('\n');

    private static string Shape(IReadOnlyList<int> sizes) => string.Join(" ", sizes.Select(size => Number(size)));

    // Most multiplications and additions are those of the sums.
    private static string Of(Pass pass) =>
        Numbers(pass.MultiplyAccumulates, pass.Multiplications - pass.MultiplyAccumulates, pass.Additions - pass.MultiplyAccumulates, pass.Activations, pass.FixedBytes, pass.SampleBytes);

    private static string Of(Memory memory) => Numbers(memory.Fixed, memory.PerSample, memory.RowMultiple, memory.MostRows, memory.OfPieces);

    /// <summary>Zeros at the end are left out.</summary>
    private static string Numbers(params long[] numbers)
    {
        int count = numbers.Length;
        while (count > 0 && numbers[count - 1] == 0)
            count--;
        return string.Join(" ", numbers.Take(count).Select(Number));
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Four digits are more than a prediction is good for.
    private static string Rounded(double number) => number.ToString("G4", CultureInfo.InvariantCulture);

    /// <summary>The fields of a line, one after the other; those that are missing are empty.</summary>
    private sealed class Fields(string line)
    {
        private readonly string[] _fields = line.Split(Field);
        private int _next;

        public string Next() => _next < _fields.Length ? _fields[_next++] : "";

        public string[] Parts() => Next().Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries);

        public long[] Numbers(int least = 0)
        {
            long[] numbers = [.. Parts().Select(number => long.Parse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))];
            return numbers.Length >= least ? numbers : [.. numbers, .. new long[least - numbers.Length]];
        }

        public long Number() => Numbers(1)[0];

        public int[] Sizes() => [.. Numbers().Select(size => (int)size)];

        public double[] Doubles() => [.. Parts().Select(number => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture))];

        public Pass Pass() => Numbers(6) is var n ? new Pass(n[0], n[0] + n[1], n[0] + n[2], n[3], n[4], n[5]) : default;

        public Memory Memory() => Numbers(5) is var n ? new Memory(n[0], n[1], (int)n[2], (int)n[3], n[4]) : default;
    }
}
