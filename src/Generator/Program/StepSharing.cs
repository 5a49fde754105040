using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Reports;

namespace NetGen.Generator.Compiler;

/// <summary>How workers share the steps of a network: by samples, which no step but sums over the batch mixes, or by tiles of the result.</summary>
internal static class StepSharing
{
    /// <summary>A sample of less is hardly worth the meetings of workers in the largest pass, nor the code for them.</summary>
    private const long LeastMultiplyAccumulates = 2_000;

    /// <summary>Weights that leave no room in a core's cache, and are read from afar each time.</summary>
    private const long ManyWeights = 256 * 1024;

    /// <summary>Columns that a worker has at least where the columns are shared: two tiles of the widest vectors, or they come out uneven.</summary>
    private const int LeastColumns = 64;

    /// <summary>Whether a network is worth several workers, by its products: what only moves floats waits for memory, which workers have together.</summary>
    public static bool IsWorth(StepProgram program) => program.Forward.Sum(step => step.MultiplyAccumulates) >= LeastMultiplyAccumulates;

    /// <summary>Outputs of a sample from which on the loss is worth to be shared by samples.</summary>
    private const int LeastOutputs = 4096;

    /// <summary>Whether the loss is summed sample by sample. It depends on the shapes alone: the sum of all at once has another order.</summary>
    public static bool SumsLossBySample(CompiledNetwork network) => network.Splits.Length > 0 && network.Program.Graph.Output.ElementCount >= LeastOutputs;

    /// <summary>The steps of a routine as the runtime reads them: <c>INetworkKernels.Splits</c>.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="plan">Where their buffers lie.</param>
    /// <param name="tiles">How many tiles of a step workers can share, 0 where the shapes do not tell; null: they cannot.</param>
    /// <param name="isTraining">Whether the parameters change from one time to the next.</param>
    public static string Text(EquatableArray<Step> steps, MemoryPlan plan, Func<Step, long?> tiles, bool isTraining)
    {
        var known = new HashSet<Buffer>();
        var texts = new List<string>();
        foreach (Step step in steps)
        {
            // Between meetings a worker may be steps ahead of another one, whose samples lie where this one's other buffers do.
            Buffer[] buffers = [.. step.Reads.Concat(step.Writes).Select(buffer => buffer.Root).Where(root => root.Kind == BufferKind.Workspace).Distinct()];
            bool meets = buffers.Any(buffer => known.Any(other => other.Id != buffer.Id && plan.MixSamples(buffer, other)));
            if (meets)
                known.Clear();
            known.UnionWith(buffers);
            char kind = (IsBySamples(step), tiles(step) is not null) switch
            {
                (true, true) => 'b',
                (true, false) => 's',
                (false, true) => 't',
                _ => 'o',
            };
            string text = (meets ? char.ToUpperInvariant(kind) : kind) + Cost(step).ToString(CultureInfo.InvariantCulture);
            if (tiles(step) is var shared and > 0)
                text += FormattableString.Invariant($"x{shared}");
            (long few, int workers) = kind == 'b' ? FewSamples(step, isTraining) : default;
            if (few > 0 && workers > 1)
                text += FormattableString.Invariant($":{few}/{workers}");
            int free = 0;
            while (free < texts.Count && AreApart(step, steps[texts.Count - 1 - free], plan))
                free++;
            texts.Add(free > 0 ? FormattableString.Invariant($"{text}+{free}") : text);
        }

        return string.Join(" ", texts);
    }

    /// <summary>Whether two steps can be done at once by workers who share them in different ways: neither reads, or has in its memory, what the other writes.</summary>
    private static bool AreApart(Step a, Step b, MemoryPlan plan)
    {
        return !a.Operands.Any(of => b.Operands.Any(other => Meet(of, other)));

        bool Meet(Operand of, Operand other)
        {
            if (of.Buffer is null || other.Buffer is null)
                return of.Role is OperandRole.ParameterGradient or OperandRole.State && of.Role == other.Role && of.Offset == other.Offset;
            return (of.IsWritten || other.IsWritten) && (of.Buffer.Root == other.Buffer.Root || plan.Meet(of.Buffer, other.Buffer));
        }
    }

    /// <summary>
    /// The samples up to which less is read from afar where workers share a step's tiles, and the workers that have enough of them. By tiles each reads its own of the weights
    /// and the activations that others computed; by samples all weights, of which others have updated most since.
    /// </summary>
    private static (long Few, int Workers) FewSamples(Step step, bool isTraining)
    {
        (LinearKernel? linear, int columns) = step switch
        {
            LinearForwardStep s => (s.Linear, s.Linear.Outputs),
            LinearDataGradientStep s => (s.Linear, s.Linear.Inputs),
            _ => (null, 0),
        };
        if (linear is null)
            return default;
        long weights = (long)linear.Inputs * linear.Outputs;
        return isTraining || weights >= ManyWeights ? (weights / (linear.Inputs + linear.Outputs), columns / LeastColumns) : default;
    }

    /// <summary>Whether a sample's results come from that sample alone, and are its own.</summary>
    private static bool IsBySamples(Step step) => !step.MixesSamples && step.Operands.All(operand =>
        operand.Role is not (OperandRole.ParameterGradient or OperandRole.State or OperandRole.Target) && !(operand.IsWritten && operand.Need is { IsShared: true }));

    /// <summary>What a sample costs, in multiply-adds; where a step moves more than it multiplies, that counts. What all samples share is moved once.</summary>
    public static long Cost(Step step) => Math.Max(
        step.MultiplyAccumulates, StepCost.Move * step.Operands.Where(operand => operand is { Buffer: not null, Need: not { IsShared: true } }).Sum(operand => (long)operand.Buffer!.Stride));
}
