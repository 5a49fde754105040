using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NetGen.Runtime;

/// <summary>
/// A network's state and what its members do with it: check arguments, provide workspaces, run the steps, count them.
/// The JIT compiles each method for each network, with its sizes as constants, and at once as well as it can: left to tiering, a prediction of a few
/// neurons took 0.27 us instead of 0.18.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class NetworkRunner : NetworkState
{
    /// <summary>The version of <see cref="INetworkKernels"/> that this runtime runs, and of what generated steps call in it.</summary>
    public const int Contract = 5;

    /// <summary>Fewer samples are no piece: a layer's weights are read once a piece.</summary>
    internal const int LeastPiece = 16;

    /// <summary>Parameters of which a thread has at least so many, or it is not worth it.</summary>
    private const int LeastShare = 16 * 1024;

    /// <summary>The same where one thread computed the gradients: the others sleep, and waking them takes some ten microseconds.</summary>
    private const int LeastShareOfSleepers = 256 * 1024;

    // 0 is null: a number is written and read as a whole, whoever computes meanwhile.
    private int _parallelism;

    // The gradients of a piece of the batch behind the first.
    private AlignedBuffer? _piece;

    private ParallelJob? _inference;
    private ParallelJob? _pieces;
    private ParallelJob? _forward;
    private ParallelJob? _loss;
    private ParallelJob? _backward;
    private ConditionalWeakTable<IOptimizer, FrozenParameters>? _optimizers;
    private FrozenParameters? _nothing;

    // The last training step's optimizer and what it freezes, and what the last backward pass left out.
    private IOptimizer? _optimizer;
    private FrozenParameters? _frozen;
    private FrozenParameters? _current;

    private NetworkRunner(ulong seed, ParameterLayout[] layouts, int packedLength, ParameterLayout[] stateLayouts, int stateLength)
        : base(seed, layouts, packedLength, stateLayouts, stateLength)
    {
    }

    /// <summary>The runner of a new network.</summary>
    /// <typeparam name="TKernels">The network's steps.</typeparam>
    /// <param name="seed">The seed of initialisation and dropout.</param>
    /// <exception cref="NotSupportedException">The steps were compiled for another version of the contract.</exception>
    public static NetworkRunner Create<TKernels>(ulong seed)
        where TKernels : struct, INetworkKernels
    {
        if (TKernels.Contract != Contract)
            ThrowContract(typeof(TKernels), TKernels.Contract);
        return new NetworkRunner(seed, TKernels.Layouts, TKernels.PackedParameterCount, TKernels.StateLayouts, TKernels.PackedStateCount)
        {
            Structure = static () => (TKernels.InputSize, NetworkTable<TKernels>.Layers),
        };
    }

    /// <inheritdoc cref="INetwork.Parallelism"/>
    public int? Parallelism
    {
        get => _parallelism is var threads and > 0 ? threads : null;
        set => _parallelism = value is { } threads ? WorkerThreads.Checked(threads) : 0;
    }

    /// <summary>The threads that it may compute with.</summary>
    internal int Threads => Parallelism ?? WorkerThreads.Count;

    /// <summary>Whether the last gradients were worth several threads, which wait for more work now; so too before the first.</summary>
    internal bool SharesGradients { get; private set; } = true;

    /// <summary>Whether it takes all of them, however little there is to compute, and waits for them where they are busy.</summary>
    internal bool IsEager { get; set; }

    /// <summary>Who sees the layers' outputs of training passes.</summary>
    internal List<IActivationObserver> Observers { get; set; } = [];

    /// <summary>The threads that a pass over so many parameters, or their gradients, is worth.</summary>
    internal int ThreadsFor(int parameters) => IsEager ? Threads : ThreadsFor(parameters, Threads, SharesGradients);

    /// <inheritdoc cref="ThreadsFor(int)"/>
    /// <param name="parameters">Their number.</param>
    /// <param name="most">The threads that there are.</param>
    /// <param name="areAwake">Whether they computed the gradients.</param>
    internal static int ThreadsFor(int parameters, int most, bool areAwake) => Math.Min(most, parameters / (areAwake ? LeastShare : LeastShareOfSleepers));

    /// <summary>Adds one who sees them, once however often it is added.</summary>
    internal void Add(IActivationObserver observer)
    {
        if (!Observers.Contains(observer))
            Observers.Add(observer);
    }

    /// <summary>The floats of a sample, and the table of the layers.</summary>
    internal Func<(int InputSize, IReadOnlyList<LayerInfo> Layers)> Structure { get; private init; } = static () => (0, []);

    /// <summary>The runner of a network.</summary>
    /// <param name="network">A generated one, or what its optimizer gets.</param>
    internal static NetworkRunner? Of(IParameterized network) => network.Parameters.Owner as NetworkRunner;

    /// <inheritdoc cref="INetwork.Predict"/>
    /// <typeparam name="TKernels">The network's steps.</typeparam>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="output"><c>[batch, output]</c>; must not overlap the input.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void Predict<TKernels>(ReadOnlySpan<float> input, Span<float> output)
        where TKernels : struct, INetworkKernels
    {
        int batch = Check.Batch(input.Length, TKernels.InputSize, nameof(input));
        Check.Length(output.Length, (long)batch * TKernels.OutputSize, nameof(output));
        Check.NoOverlap(input, output, nameof(output));
        if (batch == 0)
            return;
        int version = BeginPrediction();
        ref float from = ref MemoryMarshal.GetReference(input);
        ref float to = ref MemoryMarshal.GetReference(output);
        int workers = PredictionWorkers<TKernels>(batch, Threads, IsEager);
        if (workers > 0)
            InferTogether<TKernels>(ref from, ref to, batch, workers);
        else
            Infer<TKernels>(ref from, ref to, 0, batch);
        EndPrediction(version);
    }

    /// <summary>The samples from one to another, in pieces.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Infer<TKernels>(ref float input, ref float output, int first, int end)
        where TKernels : struct, INetworkKernels
    {
        AlignedBuffer workspace = RentWorkspace(TKernels.InferenceWorkspace.Floats(Math.Min(end - first, TKernels.InferenceBatch)));
        for (int rows; first < end; first += rows)
        {
            rows = Math.Min(end - first, TKernels.InferenceBatch);
            TKernels.Infer(
                ref Unsafe.Add(ref input, (nint)first * TKernels.InputSize), ref ParameterReference,
                ref workspace.Reference, ref Unsafe.Add(ref output, (nint)first * TKernels.OutputSize), (nuint)rows);
        }

        ReturnWorkspace(workspace);
    }

    /// <summary>A prediction with several threads where it is worth them: each has pieces of the batch, or, where the samples are few or cannot be shared out evenly, all share the steps.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe void InferTogether<TKernels>(ref float input, ref float output, int batch, int workers)
        where TKernels : struct, INetworkKernels
    {
        using WorkerLease lease = WorkerPool.Enter(workers, IsEager);
        if (lease.Workers == 0)
        {
            Infer<TKernels>(ref input, ref output, 0, batch);
            return;
        }

        fixed (float* from = &input, to = &output)
        {
            if (HasPieces<TKernels>(batch, lease.Workers))
            {
                Pass(ref _pieces, static () => new PiecewisePass<TKernels>()).Run(this, from, to, batch, lease.Workers);
                return;
            }

            InferencePass<TKernels> pass = Pass(ref _inference, static () => new InferencePass<TKernels>());
            AlignedBuffer workspace = RentWorkspace(TKernels.InferenceWorkspace.Floats(Math.Min(batch, TKernels.InferenceBatch)));
            fixed (float* memory = &workspace.Reference)
            {
                pass.Workspace = memory;
                for (int first = 0, rows; first < batch; first += rows)
                {
                    rows = Math.Min(batch - first, TKernels.InferenceBatch);
                    pass.Input = from + ((nint)first * TKernels.InputSize);
                    pass.Output = to + ((nint)first * TKernels.OutputSize);
                    pass.Run(this, rows, lease.Workers);
                }
            }

            ReturnWorkspace(workspace);
        }
    }

    /// <summary>The forward half, with several threads where it is worth them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Forward<TKernels>(ref float input, ref float workspace, bool isTraining, int first, int rows)
        where TKernels : struct, INetworkKernels
    {
        if (TKernels.Splits.Length == 0)
            TKernels.Forward(ref input, ref ParameterReference, ref workspace, Seed, Step, first, isTraining, (nuint)rows);
        else
            ForwardTogether<TKernels>(ref input, ref workspace, isTraining, first, rows);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe void ForwardTogether<TKernels>(ref float input, ref float workspace, bool isTraining, int first, int rows)
        where TKernels : struct, INetworkKernels
    {
        using WorkerLease lease = WorkerPool.Enter(Workers<TKernels>(isTraining, rows), IsEager);
        if (lease.Workers == 0)
        {
            TKernels.Forward(ref input, ref ParameterReference, ref workspace, Seed, Step, first, isTraining, (nuint)rows);
            return;
        }

        ForwardPass<TKernels> pass = Pass(ref _forward, static () => new ForwardPass<TKernels>());
        fixed (float* from = &input, memory = &workspace)
        {
            pass.Input = from;
            pass.Workspace = memory;
            pass.IsTraining = isTraining;
            pass.FirstSample = first;
            pass.Run(this, rows, lease.Workers);
        }
    }

    /// <summary>The loss of a piece of the batch, with several threads where a sample has many outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Loss<TKernels, TTarget>(ref TTarget target, ref float workspace, int rows, int batch, bool isTraining)
        where TKernels : struct, ITrainableKernels<TTarget>
        where TTarget : unmanaged => TKernels.SumsLossBySample
        ? LossTogether<TKernels, TTarget>(ref target, ref workspace, rows, batch, isTraining)
        : TKernels.Loss(ref target, ref workspace, (nuint)rows, (nuint)batch);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe double LossTogether<TKernels, TTarget>(ref TTarget target, ref float workspace, int rows, int batch, bool isTraining)
        where TKernels : struct, ITrainableKernels<TTarget>
        where TTarget : unmanaged
    {
        LossPass<TKernels, TTarget> pass = Pass(ref _loss, static () => new LossPass<TKernels, TTarget>());
        using WorkerLease lease = WorkerPool.Enter(Workers<TKernels>(isTraining, rows), IsEager);
        fixed (TTarget* targets = &target)
        {
            fixed (float* memory = &workspace)
                return pass.Run(targets, memory, rows, batch, lease.Workers);
        }
    }

    /// <summary>The backward half, with several threads where it is worth them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Backward<TKernels>(ref float input, ref float workspace, ref float gradients, ReadOnlySpan<float> inputGradient, bool[] runs, int rows)
        where TKernels : struct, INetworkKernels
    {
        if (TKernels.Splits.Length == 0)
        {
            SharesGradients = false;
            TKernels.Backward(
                ref input, ref ParameterReference, ref gradients, ref workspace,
                ref MemoryMarshal.GetReference(inputGradient), !inputGradient.IsEmpty, runs, (nuint)rows);
        }
        else
        {
            BackwardTogether<TKernels>(ref input, ref workspace, ref gradients, inputGradient, runs, rows);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe void BackwardTogether<TKernels>(ref float input, ref float workspace, ref float gradients, ReadOnlySpan<float> inputGradient, bool[] runs, int rows)
        where TKernels : struct, INetworkKernels
    {
        int workers = Workers<TKernels>(isTraining: true, rows);
        SharesGradients = workers > 1;
        using WorkerLease lease = WorkerPool.Enter(workers, IsEager);
        if (lease.Workers == 0)
        {
            TKernels.Backward(
                ref input, ref ParameterReference, ref gradients, ref workspace,
                ref MemoryMarshal.GetReference(inputGradient), !inputGradient.IsEmpty, runs, (nuint)rows);
            return;
        }

        BackwardPass<TKernels> pass = Pass(ref _backward, static () => new BackwardPass<TKernels>());
        fixed (float* from = &input, memory = &workspace, ofParameters = &gradients, gradient = inputGradient)
        {
            pass.Input = from;
            pass.Workspace = memory;
            pass.Gradients = ofParameters;
            pass.InputGradient = gradient;
            pass.WantsInputGradient = !inputGradient.IsEmpty;
            pass.Runs = runs;
            pass.Run(this, rows, lease.Workers);
        }
    }

    /// <summary>The backward half of a piece of the batch. The gradients of pieces are added in their order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void BackwardOfPiece<TKernels>(ref float input, ref float workspace, Span<float> inputGradient, bool[] runs, int first, int rows)
        where TKernels : struct, INetworkKernels
    {
        if (first == 0)
            Backward<TKernels>(ref input, ref workspace, ref GradientReference, inputGradient, runs, rows);
        else
            BackwardOfFurtherPiece<TKernels>(ref input, ref workspace, inputGradient, runs, first, rows);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BackwardOfFurtherPiece<TKernels>(ref float input, ref float workspace, Span<float> inputGradient, bool[] runs, int first, int rows)
        where TKernels : struct, INetworkKernels
    {
        _piece ??= new AlignedBuffer(FlatGradients.Length);
        Span<float> gradient = inputGradient.IsEmpty ? inputGradient : inputGradient[(first * TKernels.InputSize)..];
        Backward<TKernels>(ref input, ref workspace, ref _piece.Reference, gradient, runs, rows);
        PackedSum.Run(FlatGradients, _piece.Span, this);
    }

    /// <summary>The samples from one on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref T Samples<T>(ReadOnlySpan<T> batch, int first, int size) => ref Unsafe.Add(ref MemoryMarshal.GetReference(batch), (nint)first * size);

    /// <summary>Targets of a sample.</summary>
    private static int TargetSize<TKernels, TTarget>()
        where TKernels : struct, ITrainableKernels<TTarget>
        where TTarget : unmanaged => typeof(TTarget) == typeof(int) ? 1 : TKernels.OutputSize;

    /// <summary>The threads that a batch is worth, in training or in an evaluation; 0: it is too little to be counted.</summary>
    private int Workers<TKernels>(bool isTraining, int batch)
        where TKernels : struct, INetworkKernels
    {
        int most = Threads;
        return IsEager ? most : (isTraining ? NetworkSplits<TKernels>.Training : SharingWorth.OfPrediction(TKernels.Cost)).Workers(batch, most);
    }

    /// <summary>The threads that a prediction is worth; where steps are too small to be shared, only as many as have pieces. 0: it is too little to be counted.</summary>
    internal static int PredictionWorkers<TKernels>(int batch, int most, bool isEager)
        where TKernels : struct, INetworkKernels
    {
        if (TKernels.Splits.Length == 0 && batch < 2 * LeastPiece)
            return 0;
        int workers = isEager ? most : SharingWorth.OfPrediction(TKernels.Cost).Workers(batch, most);
        return TKernels.Splits.Length > 0 ? workers : Math.Min(batch / LeastPiece, workers);
    }

    /// <summary>Whether each of so many threads has pieces of the batch; otherwise they share the steps.</summary>
    internal static bool HasPieces<TKernels>(int batch, int workers)
        where TKernels : struct, INetworkKernels => batch >= LeastPiece * workers || (batch > TKernels.InferenceBatch && StepSplit.IsEven(batch, workers));

    private static TPass Pass<TPass>(ref ParallelJob? kept, Func<TPass> create)
        where TPass : ParallelJob => (TPass)(kept ??= create());

    /// <inheritdoc cref="INetwork.VectorJacobianProduct"/>
    /// <typeparam name="TKernels">The network's steps.</typeparam>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="outputGradient"><c>[batch, output]</c>.</param>
    /// <param name="inputGradient"><c>[batch, input]</c>, or empty; must not overlap the input.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void VectorJacobianProduct<TKernels>(ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient)
        where TKernels : struct, INetworkKernels
    {
        int batch = Check.Batch(input.Length, TKernels.InputSize, nameof(input));
        Check.NotEmptyBatch(batch, nameof(input));
        Check.Length(outputGradient.Length, (long)batch * TKernels.OutputSize, nameof(outputGradient));
        CheckInputGradient<TKernels>(input, inputGradient, batch);

        bool isOwn = EnterTraining();
        try
        {
            int piece = Math.Min(batch, TKernels.TrainingBatch);
            ref float workspace = ref TrainingWorkspace(TKernels.TrainingWorkspace.Floats(piece));
            bool[] runs = Freeze(NothingFrozen<TKernels>());
            for (int first = 0, rows; first < batch; first += rows)
            {
                rows = Math.Min(piece, batch - first);
                ref float x = ref Samples(input, first, TKernels.InputSize);
                Forward<TKernels>(ref x, ref workspace, isTraining: false, first, rows);
                TKernels.Seed(ref Samples(outputGradient, first, TKernels.OutputSize), ref workspace, (nuint)rows);
                BackwardOfPiece<TKernels>(ref x, ref workspace, inputGradient, runs, first, rows);
            }
        }
        finally
        {
            ExitTraining(isOwn);
        }
    }

    /// <inheritdoc cref="ITrainableNetwork{TTarget}.TrainStep"/>
    /// <typeparam name="TKernels">The network's steps.</typeparam>
    /// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="target">Class numbers <c>[batch]</c> or values <c>[batch, output]</c>.</param>
    /// <param name="optimizer">Updates the parameters from the gradients.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public float TrainStep<TKernels, TTarget>(ReadOnlySpan<float> input, ReadOnlySpan<TTarget> target, IOptimizer optimizer)
        where TKernels : struct, ITrainableKernels<TTarget>
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        bool isOwn = EnterStep();
        try
        {
            float loss = Backpropagate<TKernels, TTarget>(input, target, default, FrozenBy<TKernels>(optimizer));
            Update<TKernels>(input, optimizer);
            return loss;
        }
        finally
        {
            ExitStep(isOwn);
        }
    }

    /// <inheritdoc cref="INetwork.TrainStep"/>
    /// <typeparam name="TKernels">The network's steps.</typeparam>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="loss">Gives the loss and its gradient.</param>
    /// <param name="optimizer">Updates the parameters from the gradients.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public float TrainStep<TKernels>(ReadOnlySpan<float> input, CustomLoss loss, IOptimizer optimizer)
        where TKernels : struct, INetworkKernels
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        bool isOwn = EnterStep();
        try
        {
            float value = Backpropagate<TKernels>(input, loss, default, FrozenBy<TKernels>(optimizer));
            Update<TKernels>(input, optimizer);
            return value;
        }
        finally
        {
            ExitStep(isOwn);
        }
    }

    /// <inheritdoc cref="ITrainableNetwork{TTarget}.ComputeGradients"/>
    /// <typeparam name="TKernels">The network's steps.</typeparam>
    /// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="target">Class numbers <c>[batch]</c> or values <c>[batch, output]</c>.</param>
    /// <param name="inputGradient"><c>[batch, input]</c>, or empty when it is not wanted; must not overlap the input.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public float ComputeGradients<TKernels, TTarget>(ReadOnlySpan<float> input, ReadOnlySpan<TTarget> target, Span<float> inputGradient)
        where TKernels : struct, ITrainableKernels<TTarget>
        where TTarget : unmanaged
    {
        bool isOwn = EnterTraining();
        try
        {
            return Backpropagate<TKernels, TTarget>(input, target, inputGradient, NothingFrozen<TKernels>());
        }
        finally
        {
            ExitTraining(isOwn);
        }
    }

    /// <inheritdoc cref="INetwork.ComputeGradients"/>
    /// <typeparam name="TKernels">The network's steps.</typeparam>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="loss">Gives the loss and its gradient.</param>
    /// <param name="inputGradient"><c>[batch, input]</c>, or empty when it is not wanted; must not overlap the input.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public float ComputeGradients<TKernels>(ReadOnlySpan<float> input, CustomLoss loss, Span<float> inputGradient)
        where TKernels : struct, INetworkKernels
    {
        bool isOwn = EnterTraining();
        try
        {
            return Backpropagate<TKernels>(input, loss, inputGradient, NothingFrozen<TKernels>());
        }
        finally
        {
            ExitTraining(isOwn);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private float Backpropagate<TKernels, TTarget>(ReadOnlySpan<float> input, ReadOnlySpan<TTarget> target, Span<float> inputGradient, FrozenParameters frozen)
        where TKernels : struct, ITrainableKernels<TTarget>
        where TTarget : unmanaged
    {
        int batch = CheckBatch<TKernels, TTarget>(input, target);
        CheckTraining<TKernels>(input, inputGradient, batch);
        int piece = Math.Min(batch, TKernels.TrainingBatch);
        ref float workspace = ref TrainingWorkspace(TKernels.TrainingWorkspace.Floats(piece));
        bool[] runs = Freeze(frozen);
        double loss = 0;
        for (int first = 0, rows; first < batch; first += rows)
        {
            rows = Math.Min(piece, batch - first);
            ref float x = ref Samples(input, first, TKernels.InputSize);
            Forward<TKernels>(ref x, ref workspace, isTraining: true, first, rows);
            if (Observers.Count > 0)
                Show<TKernels>(ref workspace, first, rows);
            loss += Loss<TKernels, TTarget>(ref Samples(target, first, TargetSize<TKernels, TTarget>()), ref workspace, rows, batch, isTraining: true);
            BackwardOfPiece<TKernels>(ref x, ref workspace, inputGradient, runs, first, rows);
        }

        return (float)loss;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private float Backpropagate<TKernels>(ReadOnlySpan<float> input, CustomLoss loss, Span<float> inputGradient, FrozenParameters frozen)
        where TKernels : struct, INetworkKernels
    {
        ArgumentNullException.ThrowIfNull(loss);
        int batch = Check.Batch(input.Length, TKernels.InputSize, nameof(input));
        Check.NotEmptyBatch(batch, nameof(input));
        CheckTraining<TKernels>(input, inputGradient, batch);

        // Behind the steps' workspace lie the outputs and their gradient.
        long floats = TKernels.TrainingWorkspace.Floats(batch);
        long outputs = (long)batch * TKernels.OutputSize;
        ref float workspace = ref TrainingWorkspace(floats + (2 * outputs));
        ref float output = ref Unsafe.Add(ref workspace, (nint)floats);
        Span<float> outputGradient = MemoryMarshal.CreateSpan(ref Unsafe.Add(ref output, (nint)outputs), (int)outputs);
        ref float x = ref MemoryMarshal.GetReference(input);
        bool[] runs = Freeze(frozen);
        Forward<TKernels>(ref x, ref workspace, isTraining: true, 0, batch);
        if (Observers.Count > 0)
            Show<TKernels>(ref workspace, 0, batch);
        TKernels.Output(ref x, ref workspace, ref output, (nuint)batch);
        outputGradient.Clear();
        float value = loss(MemoryMarshal.CreateReadOnlySpan(ref output, (int)outputs), outputGradient);
        TKernels.Seed(ref MemoryMarshal.GetReference(outputGradient), ref workspace, (nuint)batch);
        Backward<TKernels>(ref x, ref workspace, ref GradientReference, inputGradient, runs, batch);
        return value;
    }

    /// <summary>What becomes of state and parameters behind a backward pass.</summary>
    private void Update<TKernels>(ReadOnlySpan<float> input, IOptimizer optimizer)
        where TKernels : struct, INetworkKernels
    {
        // Before the optimizer, who may use the network for something else.
        if (TKernels.PackedStateCount > 0)
        {
            int batch = input.Length / TKernels.InputSize;
            TKernels.Update(ref ParameterReference, ref TrainingWorkspace(TKernels.TrainingWorkspace.Floats(batch)), (nuint)batch);
        }

        AllowNested();
        optimizer.Step(this);
        Step++;
    }

    /// <inheritdoc cref="ITrainableNetwork{TTarget}.EvaluateLoss"/>
    /// <typeparam name="TKernels">The network's steps.</typeparam>
    /// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="target">Class numbers <c>[batch]</c> or values <c>[batch, output]</c>.</param>
    /// <param name="output"><c>[batch, output]</c>, or empty when it is not wanted; must not overlap input or targets.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public float EvaluateLoss<TKernels, TTarget>(ReadOnlySpan<float> input, ReadOnlySpan<TTarget> target, Span<float> output)
        where TKernels : struct, ITrainableKernels<TTarget>
        where TTarget : unmanaged
    {
        int batch = CheckBatch<TKernels, TTarget>(input, target);
        if (!output.IsEmpty)
        {
            Check.Length(output.Length, (long)batch * TKernels.OutputSize, nameof(output));
            Check.NoOverlap(input, output, nameof(output));
            Check.NoOverlap(target, output, nameof(output), "targets");
        }

        bool isOwn = EnterTraining();
        try
        {
            int piece = Math.Min(batch, TKernels.TrainingBatch);
            ref float workspace = ref TrainingWorkspace(TKernels.TrainingWorkspace.Floats(piece));
            double loss = 0;
            for (int first = 0, rows; first < batch; first += rows)
            {
                rows = Math.Min(piece, batch - first);
                ref float x = ref Samples(input, first, TKernels.InputSize);
                Forward<TKernels>(ref x, ref workspace, isTraining: false, first, rows);

                // Before the loss, whose gradient may take their place.
                if (!output.IsEmpty)
                    TKernels.Output(ref x, ref workspace, ref Samples(output, first, TKernels.OutputSize), (nuint)rows);
                loss += Loss<TKernels, TTarget>(ref Samples(target, first, TargetSize<TKernels, TTarget>()), ref workspace, rows, batch, isTraining: false);
            }

            return (float)loss;
        }
        finally
        {
            ExitTraining(isOwn);
        }
    }

    private void Show<TKernels>(ref float workspace, int first, int batch)
        where TKernels : struct, INetworkKernels
    {
        foreach (IActivationObserver observer in Observers)
            observer.Observe(new TrainingActivations(NetworkTable<TKernels>.Activations, ref workspace, first, batch, TKernels.TrainingWorkspace.Rows(batch)));
    }

    private FrozenParameters NothingFrozen<TKernels>()
        where TKernels : struct, INetworkKernels => _nothing ??= FrozenParameters.None(TKernels.Gates);

    /// <summary>What an optimizer freezes, which is found out at its first step.</summary>
    private FrozenParameters FrozenBy<TKernels>(IOptimizer optimizer)
        where TKernels : struct, INetworkKernels
    {
        if (ReferenceEquals(optimizer, _optimizer))
            return _frozen!;
        _optimizers ??= [];
        if (!_optimizers.TryGetValue(optimizer, out FrozenParameters? frozen))
            _optimizers.Add(optimizer, frozen = FrozenParameters.Of(optimizer, this, TKernels.Gates));
        (_optimizer, _frozen) = (optimizer, frozen);
        return frozen;
    }

    /// <returns>Which steps of the backward half are to run.</returns>
    private bool[] Freeze(FrozenParameters frozen)
    {
        if (!ReferenceEquals(frozen, _current))
        {
            frozen.Clear();
            _piece?.Span.Clear();
            _current = frozen;
        }

        return frozen.Runs;
    }

    /// <returns>The number of samples.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CheckBatch<TKernels, TTarget>(ReadOnlySpan<float> input, ReadOnlySpan<TTarget> target)
        where TKernels : struct, INetworkKernels
        where TTarget : unmanaged
    {
        int batch = Check.Batch(input.Length, TKernels.InputSize, nameof(input));
        Check.NotEmptyBatch(batch, nameof(input));
        Check.Length(target.Length, typeof(TTarget) == typeof(int) ? batch : (long)batch * TKernels.OutputSize, nameof(target));
        if (typeof(TTarget) == typeof(int))
            Check.Labels(MemoryMarshal.Cast<TTarget, int>(target), TKernels.OutputSize, nameof(target));
        return batch;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CheckTraining<TKernels>(ReadOnlySpan<float> input, ReadOnlySpan<float> inputGradient, int batch)
        where TKernels : struct, INetworkKernels
    {
        if (batch < TKernels.LeastTrainingBatch)
            ThrowBatch(TKernels.LeastTrainingBatch, batch, nameof(input));
        CheckInputGradient<TKernels>(input, inputGradient, batch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CheckInputGradient<TKernels>(ReadOnlySpan<float> input, ReadOnlySpan<float> inputGradient, int batch)
        where TKernels : struct, INetworkKernels
    {
        if (inputGradient.IsEmpty)
            return;
        Check.Length(inputGradient.Length, (long)batch * TKernels.InputSize, nameof(inputGradient));
        Check.NoOverlap(input, inputGradient, nameof(inputGradient));
    }

    [DoesNotReturn]
    private static void ThrowBatch(int least, int batch, string parameter) => throw new ArgumentException(
        string.Create(CultureInfo.InvariantCulture, $"Expected more than 1 value per channel when training: a batch normalisation sees one a sample, so at least {least} samples, but got {batch}."), parameter);

    [DoesNotReturn]
    private static void ThrowContract(Type kernels, int contract) => throw new NotSupportedException(string.Create(
        CultureInfo.InvariantCulture,
        $"The networks of {kernels.Assembly.GetName().Name} were compiled for version {contract} of NetGen's kernel contract, but the runtime that is loaded, NetGen {typeof(NetworkRunner).Assembly.GetName().Version?.ToString(3)}, has version {Contract}. Build that project again with the NetGen that it runs with."));
}
