using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>What every graph must satisfy, before the first pass and after each. A failure is a bug of the compiler, never the user's.</summary>
internal static class GraphVerifier
{
    public static void Verify(Graph graph, string after)
    {
        HashSet<Value> values = Given(graph, after);
        var ids = new HashSet<int>(values.Select(value => value.Id));
        var nodes = new HashSet<int>();
        foreach (Node node in graph.Nodes)
        {
            foreach (Value input in node.Inputs)
            {
                if (!values.Contains(input))
                    throw Broken(after, node, $"reads {input}, which nothing before it computes");
            }

            if (node.Of is { } of && !nodes.Contains(of.Id))
                throw Broken(after, node, "is a part of the gradient of a node that is not there");
            Types(node, after);
            nodes.Add(node.Id);
            foreach (Value output in node.Outputs)
            {
                if (!ids.Add(output.Id))
                    throw Broken(after, node, $"computes {output}, whose number another value has");
                values.Add(output);
            }
        }

        if (graph.Outputs.Count == 0)
            throw new CompilerException(after, "the graph has no output");
        foreach (Value output in graph.Outputs)
        {
            if (!values.Contains(output))
                throw new CompilerException(after, $"the output {output} is not in the graph");
        }

        foreach (Value update in graph.Updates)
        {
            if (!values.Contains(update) || graph.Outputs.Contains(update))
                throw new CompilerException(after, $"the update {update} is not in the graph, or an output");
        }

        Readers(graph, after);
    }

    /// <summary>The same of a graph with gradients.</summary>
    public static void Verify(TrainingGraph training, string after)
    {
        Graph graph = training.Graph;
        Verify(graph, after);
        Value[] of = [graph.Outputs[0], graph.Inputs[0], .. graph.Parameters.Where(parameter => parameter.Role == ValueRole.Trained)];
        Value[] gradients = [training.Seed, .. graph.Outputs.Skip(1)];
        if (of.Length != gradients.Length)
            throw new CompilerException(after, "not every parameter has a gradient");
        for (int i = 0; i < of.Length; i++)
        {
            if (gradients[i].Type != of[i].Type)
                throw new CompilerException(after, $"{of[i]} is {of[i].Type}, its gradient {gradients[i].Type}");
        }
    }

    private static HashSet<Value> Given(Graph graph, string after)
    {
        var values = new HashSet<Value>();
        var ids = new HashSet<int>();
        foreach (Value value in graph.Inputs.Concat(graph.Parameters))
        {
            if (!ids.Add(value.Id))
                throw new CompilerException(after, $"two given values have the number of {value}");
            values.Add(value);
        }

        foreach (Value parameter in graph.Parameters)
        {
            if (!parameter.IsParameter || parameter.Spec is null || parameter.Type != TensorType.Of(parameter.Spec))
                throw new CompilerException(after, $"{parameter} is no parameter of the type that it is declared with");
            if (parameter.Parts.Count > 0)
                Parts(parameter, after);
        }

        return values;
    }

    /// <summary>Parts fill what they are parts of: side by side, or each the whole of a sum.</summary>
    private static void Parts(Value whole, string after)
    {
        bool fits = whole.SumsParts
            ? whole.Parts.All(part => part.Parameter.Type == whole.Type && part is { FirstOutput: 0, FirstInput: 0 })
            : whole.Parts.Sum(part => part.Parameter.Spec!.Count) == whole.Spec!.Count
                && whole.Parts.All(part => part.FirstOutput + part.Parameter.Spec!.Shape[0] <= whole.Spec!.Shape[0])
                && whole.Parts.Select(part => (part.FirstOutput, part.FirstInput)).Distinct().Count() == whole.Parts.Count;
        if (!fits)
            throw new CompilerException(after, $"the parts of {whole} do not fill it");
    }

    private static void Types(Node node, string after)
    {
        OpRule rule = OpRule.Of(node.Op);
        if (node.Inputs.Count == 0 || node.Inputs.Take(node.Data.Count).Any(input => input.IsParameter))
            throw Broken(after, node, "reads a parameter before another value");
        if (rule.Infer(node.Op, [.. node.Inputs.Select(value => value.Type)], new ErrorSink()) is not { } types)
            throw Broken(after, node, $"does not take {string.Join(", ", node.Inputs.Select(value => value.Type))}");
        if (!types.SequenceEqual(node.Outputs.Select(output => output.Type)))
            throw Broken(after, node, $"computes {string.Join(", ", types)}, its outputs are {string.Join(", ", node.Outputs.Select(output => output.Type))}");
        foreach (Value output in node.Outputs)
        {
            if (output.GradientOf is { } of && of.Type != output.Type)
                throw Broken(after, node, $"is {output.Type}, the gradient of {of.Type}");
        }

        if (node.Op is GradientOp)
        {
            if (node.Of is not { } layer || node.Inputs[0].Type != layer.Result.Type)
                throw Broken(after, node, "does not start from the gradient of its layer's result");
            return;
        }

        ParameterSpec[] specs = [.. rule.Parameters(node.Op, node.Input)];
        if (node.Op is LayerOp && !specs.Select(TensorType.Of).SequenceEqual(node.ParameterValues.Select(value => value.Type)))
            throw Broken(after, node, $"reads parameters of other types than {string.Join(", ", specs.Select(TensorType.Of))}");
    }

    private static void Readers(Graph graph, string after)
    {
        ILookup<int, Node> readers = graph.Nodes.SelectMany(node => node.Inputs.Select(input => (input.Id, node))).ToLookup(use => use.Id, use => use.node);
        bool IsUsed(Value value) => readers.Contains(value.Id) || graph.Outputs.Contains(value) || graph.Updates.Contains(value);
        foreach (Value parameter in graph.Parameters.Where(parameter => !IsUsed(parameter)))
            throw new CompilerException(after, $"nothing reads {parameter}");
        foreach (Node node in graph.Nodes)
        {
            if (!node.Outputs.Any(IsUsed))
                throw Broken(after, node, "computes what nothing reads");
            Slices(node, [.. readers[node.Id].Where(reader => reader.Of is null)], after);
        }
    }

    /// <summary>Slices of a value cover it without overlap, and are all that reads it but for gradients.</summary>
    private static void Slices(Node whole, Node[] readers, string after)
    {
        int next = 0;
        SliceOp[] slices = [.. readers.Select(reader => reader.Op).OfType<SliceOp>()];
        foreach (SliceOp slice in slices)
            next = slice.First == next ? next + slice.Count : int.MinValue;
        if (slices.Length > 0 && (slices.Length != readers.Length || next != whole.Output.Sizes[0]))
            throw Broken(after, whole, "is not covered by its slices");
    }

    private static CompilerException Broken(string after, Node node, string what) => new(after, $"{node.Op.Display} of {node.Key} {what}");
}
