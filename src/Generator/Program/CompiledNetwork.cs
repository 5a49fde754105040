using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Kernels;
using NetGen.Generator.Compiler.Passes;

namespace NetGen.Generator.Compiler;

/// <summary>A program with its memory planned: all that emission prints.</summary>
/// <param name="Program">The steps.</param>
/// <param name="Inference">The workspace of inference.</param>
/// <param name="Training">The workspace of a training pass.</param>
/// <param name="InferenceRows">Samples of one pass of inference; larger batches take several.</param>
internal sealed record CompiledNetwork(StepProgram Program, MemoryPlan Inference, MemoryPlan Training, int InferenceRows)
{
    /// <summary>Bytes of activations that an inference chunk may fill, so that it stays in the second-level cache.</summary>
    private const int ChunkBytes = 256 * 1024;

    /// <summary>The rows that a chunk has at least where weights are many: a layer's are read once a chunk.</summary>
    private const int LeastRows = 16;

    /// <summary>Multiply-adds of a chunk for each weight, beside which reading it takes hardly any time.</summary>
    private const long WeightReading = 1000;

    /// <summary>The rows of a chunk of inference at most.</summary>
    private const int MostRows = 256;

    /// <summary>Bytes that the workspace of a pass of training may fill, so that it stays in the last-level cache.</summary>
    private const int TrainingBytes = 4 * 1024 * 1024;

    /// <summary>The rows that a pass of training has at least: weights are read, and gradients added, once a pass.</summary>
    private const int LeastTrainingRows = 64;

    /// <summary>The rows that it has at most, which only networks with few activations reach: gradients are added once a pass.</summary>
    private const int MostTrainingRows = 4 * Tiling.BatchChunk;

    /// <summary>Floats of the largest workspace of inference.</summary>
    private const int MostFloats = 1 << 30;

    /// <summary>A nest for each method of the program.</summary>
    public required IReadOnlyList<Nest> Nests { get; init; }

    /// <summary>Samples of a pass of training; larger batches take several, and the gradients of the passes are added. Null: where steps mix samples a batch is one pass.</summary>
    public required int? TrainingRows { get; init; }

    /// <summary>How workers share the steps of the routines; empty where there is too little to share.</summary>
    public required string Splits { get; init; }

    /// <summary>The methods whose tiles workers can share.</summary>
    public required HashSet<string> SplitMethods { get; init; }

    /// <summary>Floats of scratch of a worker.</summary>
    public required long Scratch { get; init; }

    /// <summary>The conditions of the backward steps.</summary>
    public required GradientGates Gates { get; init; }

    /// <summary>Whether a training pass computes something of all samples together but gradients of parameters: statistics of the batch.</summary>
    private static bool MixesSamples(StepProgram program) =>
        program.PackedStateCount > 0 || program.Graph.LeastTrainingBatch > 1 || program.Training.Any(step => step.MixesSamples || step.Operands.Any(operand => operand.IsWritten && operand.Need is { IsShared: true }));

    /// <summary>Compiles a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="disabledPasses">The names of passes to leave out.</param>
    /// <param name="isShared">Whether workers can share the steps; null: where it is worth it.</param>
    public static CompiledNetwork Compile(Graph graph, ICollection<string>? disabledPasses = null, bool? isShared = null)
    {
        StepProgram program = PassPipeline.Run(graph, disabledPasses);
        var inference = MemoryPlan.Create(program.Inference);
        var training = MemoryPlan.Create(program.Training);
        int perSample = Math.Max(1, inference.PerSample);
        int fitting = ChunkBytes / sizeof(float) / perSample;
        long multiplyAccumulates = Math.Max(1, program.Inference.Sum(step => step.MultiplyAccumulates));
        int least = (int)Math.Max(1, Math.Min(LeastRows, WeightReading * program.PackedParameterCount / multiplyAccumulates));
        int rows = fitting < LeastRows ? Math.Max(fitting, least) : fitting / LeastRows * LeastRows;

        // Of the largest networks not even these fit into one workspace.
        int most = Math.Max(1, Math.Min(MostRows, MostFloats / perSample));

        bool shares = isShared ?? StepSharing.IsWorth(program);
        IReadOnlyList<Nest> nests = Schedule.Of(program);
        if (shares)
            nests = [.. nests.Select(nest => TileSplit.Of(nest) ?? nest)];
        var split = nests.Where(nest => nest.IsSplit).ToDictionary(nest => nest.Method, nest => nest.Tiles);
        return new CompiledNetwork(program, inference, training, Math.Min(most, rows))
        {
            Nests = nests,
            TrainingRows = MixesSamples(program) ? null : Math.Max(LeastTrainingRows, Math.Min(MostTrainingRows, TrainingBytes / sizeof(float) / Math.Max(1, training.PerSample) / LeastRows * LeastRows)),
            Gates = GradientGates.Of(program),
            Splits = shares
                ? string.Join(
                    ";",
                    StepSharing.Text(program.Inference, inference, Tiles, isTraining: false),
                    StepSharing.Text(program.Forward, training, Tiles, isTraining: true),
                    StepSharing.Text(program.Backward, training, Tiles, isTraining: true))
                : "",
            Scratch = program.Inference.Concat(program.Training).Max(step => step.Scratch),
            SplitMethods = [.. split.Keys],
        };

        long? Tiles(Step step) => split.TryGetValue(step.Method, out long tiles) ? tiles : null;
    }
}
