using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>
/// What every nest must satisfy. A failure is a bug of the compiler, never the user's.
/// By interval arithmetic on all nests: every access is inside its buffer. By going through all iterations of small ones with expressions for values:
/// every element of a result is stored once and is the expression that the step asks for, each term of a sum once and in the documented order, whatever the
/// vector's width; nothing beside results and their padding is written; and what parallel iterations write does not meet.
/// </summary>
internal static class NestVerifier
{
    /// <summary>Terms, about this many, of a nest that is gone through.</summary>
    private const long MostTerms = 2_000;

    /// <summary>The same of convolutions, maps and reductions, whose loops are over pixels and axes, with few samples.</summary>
    private const long MostTermsOfFew = 8_000;

    /// <summary>The same of a sum over the batch, at a batch of several chunks.</summary>
    private const long MostBatchTerms = 20_000;

    /// <summary>Samples where those that need tiles of several heights would be too many.</summary>
    private const int FewRows = 2;

    /// <summary>Samples that need tiles of several heights.</summary>
    private const int SomeRows = 5;

    /// <summary>Samples of several chunks, the last of which is not full.</summary>
    private const int ManyRows = (2 * Tiling.BatchChunk) + 37;

    public static void Verify(Step step, Nest nest)
    {
        if (!nest.IsSplit && TileSplit.Of(nest) is { } split)
            Verify(step, split);
        long work = Work(step);
        foreach (int lanes in Widths(nest))
        {
            new NestBounds(nest, lanes, 1).Walk(Parts(nest));
            new NestBounds(nest, lanes, ManyRows).Walk(Parts(nest));
        }

        if (work * SomeRows <= MostTerms)
            Execute(step, nest, SomeRows);
        else if (step is ConvForwardStep or ConvDataGradientStep or ConvWeightGradientStep or MapStep or ReduceStep && work * FewRows <= MostTermsOfFew)
            Execute(step, nest, FewRows);
        if (Chunked(step) is { } many && work * many <= MostBatchTerms)
            Execute(step, nest, many);
    }

    /// <summary>Parts that come out uneven, and some of them empty.</summary>
    private static int Parts(Nest nest) => nest.IsSplit ? 3 : 1;

    /// <summary>The widths at which a nest differs; any one where it does not.</summary>
    private static IEnumerable<int> Widths(Nest nest) => VectorWidths.Lanes.Take(nest.Body.All().OfType<Variants>().Any() ? VectorWidths.Lanes.Count : 1);

    /// <summary>Samples of which a sum over the batch has several chunks; null where there is no such sum, or a call of the runtime makes it.</summary>
    private static long? Chunked(Step step) => step switch
    {
        LinearWeightGradientStep or LinearBiasGradientStep => ManyRows,
        ReduceStep { Reduce: { IsOverBatch: true } reduce } s =>
            (2 * Tiling.ReductionChunk / s.Input.Type.Axes.Where(axis => reduce.Axes.Contains(axis.Name)).Aggregate(1, (count, axis) => count * axis.Size)) + 3,
        _ => null,
    };

    /// <summary>Terms of a sample, or elements where there are no sums.</summary>
    private static long Work(Step step) => 1 + step.Operands.Where(operand => operand.Buffer is not null).Sum(operand => operand.Buffer!.Stride) + (step switch
    {
        LinearForwardStep s => (long)s.Linear.Inputs * s.Linear.Outputs,
        LinearDataGradientStep s => (long)s.Linear.Inputs * s.Linear.Outputs,
        LinearWeightGradientStep s => (long)s.Linear.Inputs * s.Linear.Outputs,
        ConvForwardStep s => Terms(s.Conv),
        ConvDataGradientStep s => Terms(s.Conv),
        ConvWeightGradientStep s => Terms(s.Conv),
        FixedConvStep s => s.Filter.Phases.Sum(phase => phase.Taps.Count * (long)phase.Rows.Count * phase.Columns.Count),
        _ => 0,
    });

    private static long Terms(ConvKernel kernel) => kernel.Output.Count * kernel.Inputs * kernel.Taps;

    /// <summary>
    /// Goes through all iterations of a nest at each width, in training and in evaluation where there is a difference. What they must leave does not depend on it.
    /// </summary>
    public static void Execute(Step step, Nest nest, long rows)
    {
        var initial = new InitialMemory(nest, rows);
        NestReference.Result[] results = [.. new NestReference(nest, step, initial, rows).Results()];
        var isResult = nest.Areas.ToDictionary(area => area, area => new bool[initial[area].Length]);
        foreach (NestReference.Result result in results)
            isResult[result.Area][initial.Index(result.Area, result.Offset)] = true;
        bool[] modes = nest.Body.All().OfType<Branch>().Any(branch => branch.Condition is Flag) ? [true, false] : [true];
        foreach ((int lanes, bool isTraining) in Widths(nest).SelectMany(lanes => modes.Select(mode => (lanes, mode))))
        {
            var execution = new NestExecution(nest, initial, lanes, rows, isTraining);
            execution.Walk(Parts(nest));
            InvalidOperationException Broken(string what) => new($"The nest of {nest.Method} is broken at {lanes * 32} bits and {rows} rows: {what}.");
            foreach (NestReference.Result result in results)
            {
                SymbolicMemory memory = execution[result.Area];
                int index = memory.Index(result.Offset);
                if (!memory.Written[index])
                    throw Broken($"{result.Area.Name} at {result.Offset} is not written");
                if (result.IsOnce && memory.Begun[index] != 1)
                    throw Broken($"{result.Area.Name} at {result.Offset} is stored {memory.Begun[index]} times");
                if (result.Value is { } value && memory.Values[index] != value)
                    throw Broken($"{result.Area.Name} at {result.Offset} is not the sum that it should be");
            }

            foreach (Area area in nest.Areas)
            {
                SymbolicMemory memory = execution[area];
                for (int i = 0; i < memory.Values.Length; i++)
                {
                    if (memory.Written[i] && !isResult[area][i] && Untouchable(step, area, memory.Offset(i), memory.Values[i]) is { } what)
                        throw Broken($"{area.Name} is written at {memory.Offset(i)}, which {what}");
                }
            }
        }
    }

    /// <summary>Why a float that is no result must not have been written; null where it may: scratch, and the padding of what is written.</summary>
    private static string? Untouchable(Step step, Area area, long offset, ulong value)
    {
        if (area.Name == "scratch" || step is ClearBorderStep)
            return null;
        Operand? operand = step.Operands.Find(area.Name);
        if (operand is null || !(operand.IsWritten || operand.Role is OperandRole.ParameterGradient or OperandRole.State))
            return "is only read";
        if (area.Buffer is not { } buffer)
            return null;
        if (operand.Need is { IsShared: true } && offset >= buffer.Stride)
            return "is behind what all samples share";
        bool isPlanes = buffer.Order == BufferOrder.Planes;
        long sample = (((offset + buffer.PartOffset) % buffer.Root.Stride) + buffer.Root.Stride) % buffer.Root.Stride;
        if (buffer.Order == BufferOrder.Flat && buffer.Whole is null)
            return null;
        long channel = isPlanes ? sample / buffer.ChannelStride : sample % buffer.PixelStride;
        long row = isPlanes ? sample % buffer.ChannelStride / buffer.RowStride : sample / buffer.RowStride;
        long column = isPlanes ? sample % buffer.RowStride : sample % buffer.RowStride / buffer.PixelStride;
        if (buffer.Whole is { } whole && channel < whole.Shape.Channels && (channel < buffer.FirstChannel || channel >= buffer.FirstChannel + buffer.Shape.Channels))
            return "is another part's";
        if (row < buffer.Border.Top || row >= buffer.Border.Top + buffer.Shape.Height || column < buffer.Border.Left)
            return buffer.Border.IsEmpty ? null : "is the border's";
        if (column < buffer.Border.Left + buffer.Shape.Width)
            return null;
        return isPlanes ? (value == Term.Zero || buffer.Kind != BufferKind.Workspace ? null : "must be zero behind a row") : "is the border's";
    }
}
