using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;

namespace NetGen.Runtime;

/// <summary>
/// A routine of a network that several workers run. Memory is told by addresses, since fields hold no references to floats; it is pinned while they run.
/// Only who has the pool may use it.
/// </summary>
internal abstract unsafe class NetworkPass : ParallelJob
{
    /// <summary>Plans of a generation, of which two are kept; a program has a few batch sizes.</summary>
    private const int Plans = 128;

    private readonly StepSplit[] _splits;
    private readonly RecentValues<(int Batch, int Workers, bool IsEager), (Stage[][] Stages, int[] Parts)> _plans = new(Plans);
    private readonly WorkspaceSize _workspace;
    private readonly int _scratch;

    // What is done between two meetings, and in how many parts.
    private Stage[][] _stages = [];
    private int[] _parts = [];

    protected NetworkPass(StepSplit[] splits, WorkspaceSize workspace, int scratch)
    {
        _splits = splits;
        _workspace = workspace;
        _scratch = scratch;
    }

    public float* Input { get; set; }

    public float* Workspace { get; set; }

    protected NetworkRunner State { get; private set; } = null!;

    protected nuint Batch { get; private set; }

    /// <inheritdoc/>
    public sealed override int[] Parts => _parts;

    /// <summary>Samples that go through all steps of a stage together: what one step leaves is still in the cache when the next one reads it.</summary>
    protected virtual int Piece => int.MaxValue;

    /// <summary>Runs it with the workers of the pool, which was taken.</summary>
    public void Run(NetworkRunner state, int batch, int workers)
    {
        if (!_plans.TryGet((batch, workers, state.IsEager), out (Stage[][] Stages, int[] Parts) plan))
        {
            var stages = new List<List<Stage>>();
            foreach (Stage stage in StepSplit.Stages(_splits, batch, _workspace.RowMultiple, workers, state.IsEager))
            {
                if (stage.Meets)
                    stages.Add([]);
                stages[^1].Add(stage);
            }

            _plans.Add((batch, workers, state.IsEager), plan = ([.. stages.Select(group => group.ToArray())], [.. stages.Select(group => group.Max(stage => stage.Parts))]));
        }

        ((_stages, _parts), State, Batch) = (plan, state, (nuint)batch);
        WorkerPool.Run(this, workers, _scratch);
    }

    /// <inheritdoc/>
    public sealed override void Run(int stage, int part, int worker)
    {
        ref float own = ref worker == 0 ? ref Unsafe.AsRef<float>(Workspace) : ref _scratch == 0 ? ref Unsafe.NullRef<float>() : ref WorkerPool.Scratch(worker);
        foreach (Stage s in _stages[stage])
        {
            if (part < s.Parts)
                Run(s, part, ref own);
        }
    }

    private void Run(in Stage s, int part, ref float own)
    {
        if (s.Kind == StageKind.Tiles)
        {
            Run(new Work(s.From, s.To, 0, Batch, (nuint)part, (nuint)s.Parts), ref own);
            return;
        }

        nuint multiple = (nuint)_workspace.RowMultiple;
        nuint first = Bound(Batch, multiple, part, s.Parts);
        nuint rows = Bound(Batch, multiple, part + 1, s.Parts) - first;
        nuint piece = s.Kind != StageKind.Samples || s.To - s.From == 1 ? rows : nuint.Max((nuint)Piece / multiple * multiple, multiple);
        for (nuint end = first + rows; first < end; first += piece)
            Run(new Work(s.From, s.To, first, nuint.Min(piece, end - first), 0, 1), ref own);
    }

    /// <summary>Some steps of the routine on some of the batch.</summary>
    /// <param name="work">Which.</param>
    /// <param name="scratch">What the worker has for itself.</param>
    protected abstract void Run(in Work work, ref float scratch);
}

internal sealed unsafe class InferencePass<TKernels>() : NetworkPass(NetworkSplits<TKernels>.Inference, TKernels.InferenceWorkspace, TKernels.Scratch)
    where TKernels : struct, INetworkKernels
{
    public float* Output { get; set; }

    protected override void Run(in Work work, ref float scratch) => TKernels.InferPart(
        ref Unsafe.AsRef<float>(Input), ref State.ParameterReference, ref Unsafe.AsRef<float>(Workspace), ref Unsafe.AsRef<float>(Output), Batch, work, ref scratch);
}

internal sealed unsafe class ForwardPass<TKernels>() : NetworkPass(NetworkSplits<TKernels>.Forward, TKernels.TrainingWorkspace, TKernels.Scratch)
    where TKernels : struct, INetworkKernels
{
    public bool IsTraining { get; set; }

    public int FirstSample { get; set; }

    /// <inheritdoc/>
    protected override int Piece => TKernels.InferenceBatch;

    protected override void Run(in Work work, ref float scratch) => TKernels.ForwardPart(
        ref Unsafe.AsRef<float>(Input), ref State.ParameterReference, ref Unsafe.AsRef<float>(Workspace), State.Seed, State.Step, FirstSample, IsTraining, Batch, work, ref scratch);
}

internal sealed unsafe class BackwardPass<TKernels>() : NetworkPass(NetworkSplits<TKernels>.Backward, TKernels.TrainingWorkspace, TKernels.Scratch)
    where TKernels : struct, INetworkKernels
{
    public float* Gradients { get; set; }

    public float* InputGradient { get; set; }

    public bool WantsInputGradient { get; set; }

    public bool[] Runs { get; set; } = [];

    protected override void Run(in Work work, ref float scratch) => TKernels.BackwardPart(
        ref Unsafe.AsRef<float>(Input), ref State.ParameterReference, ref Unsafe.AsRef<float>(Gradients), ref Unsafe.AsRef<float>(Workspace),
        ref Unsafe.AsRef<float>(InputGradient), WantsInputGradient, Runs, Batch, work, ref scratch);
}

/// <summary>
/// A batch of predictions in pieces: each worker has some, and a workspace for itself. There are more than workers where each is a pass of its own at least, so that one whom others slow down does fewer.
/// </summary>
internal sealed unsafe class PiecewisePass<TKernels> : OneStageJob
    where TKernels : struct, INetworkKernels
{
    private NetworkRunner _state = null!;
    private float* _input;
    private float* _output;
    private int _batch;

    /// <summary>Runs it with the workers of the pool, which was taken.</summary>
    public void Run(NetworkRunner state, float* input, float* output, int batch, int workers)
    {
        (_state, _batch) = (state, batch);
        Count = CountOf(batch, workers);
        _input = input;
        _output = output;
        WorkerPool.Run(this, workers);
    }

    /// <summary>The parts of so many samples.</summary>
    public static int CountOf(int batch, int workers) =>
        workers * Math.Clamp(batch / workers / Math.Max(TKernels.InferenceBatch, NetworkRunner.LeastPiece), 1, WorkerPool.PartsPerWorker);

    public override void Run(int stage, int part, int worker) => _state.Infer<TKernels>(
        ref Unsafe.AsRef<float>(_input), ref Unsafe.AsRef<float>(_output), (int)Bound((nuint)_batch, 1, part, Count), (int)Bound((nuint)_batch, 1, part + 1, Count));
}

/// <summary>A loss that is summed sample by sample: each worker has some, and the sums are added in the order of the samples.</summary>
internal sealed unsafe class LossPass<TKernels, TTarget> : OneStageJob
    where TKernels : struct, ITrainableKernels<TTarget>
    where TTarget : unmanaged
{
    private TTarget* _target;
    private float* _workspace;
    private int _rows;
    private int _batch;
    private double[] _sums = [];

    /// <summary>The loss of a piece of a batch; with the workers of the pool, which was taken, or alone where there are none.</summary>
    public double Run(TTarget* target, float* workspace, int rows, int batch, int workers)
    {
        (_rows, _batch) = (rows, batch);
        _target = target;
        _workspace = workspace;
        if (_sums.Length < rows)
            _sums = new double[rows];
        if (workers > 0)
        {
            Count = Math.Min(rows, workers);
            WorkerPool.Run(this, workers);
        }
        else
        {
            Sum(0, (nuint)rows);
        }

        double sum = 0;
        foreach (double ofSample in _sums.AsSpan(0, rows))
            sum += ofSample;
        return sum;
    }

    public override void Run(int stage, int part, int worker) => Sum(Bound((nuint)_rows, 1, part, Count), Bound((nuint)_rows, 1, part + 1, Count));

    private void Sum(nuint first, nuint end)
    {
        for (nuint n = first; n < end; n++)
            _sums[n] = TKernels.LossPart(ref Unsafe.AsRef<TTarget>(_target), ref Unsafe.AsRef<float>(_workspace), (nuint)_rows, n, 1, (nuint)_batch);
    }
}

/// <summary>How the steps of a network's routines are shared, and what that is worth.</summary>
internal static class NetworkSplits<TKernels>
    where TKernels : struct, INetworkKernels
{
    private static readonly StepSplit[][] s_routines = Array.ConvertAll(TKernels.Splits.Split(';'), StepSplit.Parse);

    public static StepSplit[] Inference => s_routines[0];

    public static StepSplit[] Forward => s_routines[1];

    public static StepSplit[] Backward => s_routines[2];

    public static SharingWorth Training { get; } = SharingWorth.OfTraining(Forward, Backward);
}
