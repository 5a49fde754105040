using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Kernels;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>The part of a routine that a step belongs to.</summary>
internal enum ExecutedPhase { Inference, Forward, Loss, Backward, Update }

/// <summary>A step as it runs after all rewrites.</summary>
/// <param name="Name">Its own name, before equal kernels share one.</param>
/// <param name="Phase">Where it runs.</param>
/// <param name="Layers">The keys of the layers that it computes; that of a merged layer names the first and the last of them.</param>
/// <param name="MultiplyAccumulates">Products that are summed for a sample: those of the layer that it computes, which a rewrite may have made.</param>
/// <param name="MultiplyAdds">Those that its loops do: with lanes of padding, and without rows of a filter that lie in a border.</param>
/// <param name="Moved">Bytes that it reads and writes.</param>
internal sealed record ExecutedStep(string Name, ExecutedPhase Phase, EquatableArray<string> Layers, long MultiplyAccumulates, long MultiplyAdds, ByteCount Moved)
{
    /// <summary>Whether it runs only where the gradient of the network's input is asked for.</summary>
    public bool OnlyForInputGradient { get; init; }
}

/// <summary>What a compiled network does, step by step.</summary>
internal sealed class ExecutedCost
{
    /// <summary>At the widest vectors; the others have the same tiles of columns.</summary>
    private const int Lanes = Packing.Panel;

    private ExecutedCost(IReadOnlyList<ExecutedStep> steps) => Steps = steps;

    /// <summary>The steps of inference, then those of training, in their order.</summary>
    public IReadOnlyList<ExecutedStep> Steps { get; }

    public static ExecutedCost Of(CompiledNetwork network)
    {
        var nests = network.Nests.ToDictionary(nest => nest.Method);
        var counts = new Dictionary<string, long>();
        StepProgram program = network.Program;
        return new ExecutedCost([
            .. Rows(program.Inference, ExecutedPhase.Inference), .. Rows(program.Forward, ExecutedPhase.Forward), .. Rows(program.Loss is { } loss ? [loss] : [], ExecutedPhase.Loss),
            .. Rows(program.Backward, ExecutedPhase.Backward), .. Rows(program.Update, ExecutedPhase.Update),
        ]);

        IEnumerable<ExecutedStep> Rows(IEnumerable<Step> steps, ExecutedPhase phase) => steps.Select(step =>
        {
            Nest nest = nests[step.Method];
            if (!counts.TryGetValue(step.Method, out long multiplyAdds))
                counts.Add(step.Method, multiplyAdds = NestCost.MultiplyAdds(nest, Lanes, rows: 1));
            return new ExecutedStep(step.Own ?? step.Method, phase, step.Layers, step.MultiplyAccumulates, multiplyAdds, Moved(step, nest)) { OnlyForInputGradient = step.OnlyForInputGradient };
        });
    }

    /// <summary>The sum of products that are executed in a phase, as its layers have them; without what only the input's gradient needs.</summary>
    public long MultiplyAccumulates(ExecutedPhase phase) => Always(phase).Sum(step => step.MultiplyAccumulates);

    /// <summary>The same as the loops do them.</summary>
    public long MultiplyAdds(ExecutedPhase phase) => Always(phase).Sum(step => step.MultiplyAdds);

    public ByteCount Moved(ExecutedPhase phase) => Always(phase).Aggregate(default(ByteCount), (sum, step) => sum + step.Moved);

    private IEnumerable<ExecutedStep> Always(ExecutedPhase phase) => Steps.Where(step => step.Phase == phase && !step.OnlyForInputGradient);

    /// <summary>The elements of its buffers, each buffer once, and its parameters as they lie.</summary>
    private static ByteCount Moved(Step step, Nest nest)
    {
        var buffers = step.Operands.Where(operand => operand.Buffer is not null).GroupBy(operand => operand.Buffer!)
            .Select(uses => (Bytes: uses.Key.Shape.Count * sizeof(float), IsShared: uses.All(operand => operand.Need is { IsShared: true })));
        var parameters = new HashSet<string>(step.Parameters.Select(operand => operand.Name));
        long moved = nest.Areas.Where(area => area.Buffer is null && parameters.Contains(area.Name)).Sum(area => area.Length) * sizeof(float);
        return buffers.Aggregate(new ByteCount(moved, 0), (sum, buffer) => sum + (buffer.IsShared ? new ByteCount(buffer.Bytes, 0) : new ByteCount(0, buffer.Bytes)));
    }
}
