using System;
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
    public const int Contract = 1;

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
        return new NetworkRunner(seed, TKernels.Layouts, TKernels.PackedParameterCount, TKernels.StateLayouts, TKernels.PackedStateCount);
    }

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
        AlignedBuffer workspace = RentWorkspace(TKernels.InferenceWorkspace.Floats(Math.Min(batch, TKernels.InferenceBatch)));
        ref float from = ref MemoryMarshal.GetReference(input);
        ref float to = ref MemoryMarshal.GetReference(output);
        for (int first = 0; first < batch; first += TKernels.InferenceBatch)
        {
            int rows = Math.Min(batch - first, TKernels.InferenceBatch);
            TKernels.Infer(
                ref Unsafe.Add(ref from, (nint)first * TKernels.InputSize), ref ParameterReference,
                ref workspace.Reference, ref Unsafe.Add(ref to, (nint)first * TKernels.OutputSize), (nuint)rows);
        }

        ReturnWorkspace(workspace);
        EndPrediction(version);
    }

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
        if (!inputGradient.IsEmpty)
        {
            Check.Length(inputGradient.Length, (long)batch * TKernels.InputSize, nameof(inputGradient));
            Check.NoOverlap(input, inputGradient, nameof(inputGradient));
        }

        bool isOwn = EnterTraining();
        try
        {
            ref float workspace = ref TrainingWorkspace(TKernels.TrainingWorkspace.Floats(batch));
            ref float x = ref MemoryMarshal.GetReference(input);
            TKernels.Forward(ref x, ref ParameterReference, ref workspace, Seed, Step, false, (nuint)batch);
            TKernels.Seed(ref MemoryMarshal.GetReference(outputGradient), ref workspace, (nuint)batch);
            TKernels.Backward(
                ref x, ref ParameterReference, ref GradientReference, ref workspace,
                ref MemoryMarshal.GetReference(inputGradient), !inputGradient.IsEmpty, (nuint)batch);
        }
        finally
        {
            if (isOwn)
                ExitTraining();
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
        bool isOwn = EnterTraining();
        if (isOwn)
            BeginUpdate();
        try
        {
            float loss = Backpropagate<TKernels, TTarget>(input, target, default);

            // Before the optimizer, who may use the network for something else.
            if (TKernels.PackedStateCount > 0)
            {
                int batch = input.Length / TKernels.InputSize;
                TKernels.Update(ref ParameterReference, ref TrainingWorkspace(TKernels.TrainingWorkspace.Floats(batch)), (nuint)batch);
            }

            optimizer.Step(this);
            Step++;
            return loss;
        }
        finally
        {
            if (isOwn)
            {
                EndUpdate();
                ExitTraining();
            }
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
            return Backpropagate<TKernels, TTarget>(input, target, inputGradient);
        }
        finally
        {
            if (isOwn)
                ExitTraining();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private float Backpropagate<TKernels, TTarget>(ReadOnlySpan<float> input, ReadOnlySpan<TTarget> target, Span<float> inputGradient)
        where TKernels : struct, ITrainableKernels<TTarget>
        where TTarget : unmanaged
    {
        int batch = CheckBatch<TKernels, TTarget>(input, target);
        if (batch < TKernels.LeastTrainingBatch)
            ThrowBatch(TKernels.LeastTrainingBatch, batch, nameof(input));
        if (!inputGradient.IsEmpty)
        {
            Check.Length(inputGradient.Length, (long)batch * TKernels.InputSize, nameof(inputGradient));
            Check.NoOverlap(input, inputGradient, nameof(inputGradient));
        }

        ref float workspace = ref TrainingWorkspace(TKernels.TrainingWorkspace.Floats(batch));
        ref float x = ref MemoryMarshal.GetReference(input);
        TKernels.Forward(ref x, ref ParameterReference, ref workspace, Seed, Step, true, (nuint)batch);
        double loss = TKernels.Loss(ref MemoryMarshal.GetReference(target), ref workspace, (nuint)batch);
        TKernels.Backward(
            ref x, ref ParameterReference, ref GradientReference, ref workspace,
            ref MemoryMarshal.GetReference(inputGradient), !inputGradient.IsEmpty, (nuint)batch);
        return (float)loss;
    }

    /// <inheritdoc cref="ITrainableNetwork{TTarget}.EvaluateLoss"/>
    /// <typeparam name="TKernels">The network's steps.</typeparam>
    /// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="target">Class numbers <c>[batch]</c> or values <c>[batch, output]</c>.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public float EvaluateLoss<TKernels, TTarget>(ReadOnlySpan<float> input, ReadOnlySpan<TTarget> target)
        where TKernels : struct, ITrainableKernels<TTarget>
        where TTarget : unmanaged
    {
        int batch = CheckBatch<TKernels, TTarget>(input, target);
        bool isOwn = EnterTraining();
        try
        {
            ref float workspace = ref TrainingWorkspace(TKernels.TrainingWorkspace.Floats(batch));
            TKernels.Forward(ref MemoryMarshal.GetReference(input), ref ParameterReference, ref workspace, Seed, Step, false, (nuint)batch);
            return (float)TKernels.Loss(ref MemoryMarshal.GetReference(target), ref workspace, (nuint)batch);
        }
        finally
        {
            if (isOwn)
                ExitTraining();
        }
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

    [DoesNotReturn]
    private static void ThrowBatch(int least, int batch, string parameter) => throw new ArgumentException(
        string.Create(CultureInfo.InvariantCulture, $"Expected more than 1 value per channel when training: a batch normalisation sees one a sample, so at least {least} samples, but got {batch}."), parameter);

    [DoesNotReturn]
    private static void ThrowContract(Type kernels, int contract) => throw new NotSupportedException(string.Create(
        CultureInfo.InvariantCulture,
        $"The networks of {kernels.Assembly.GetName().Name} were compiled for version {contract} of NetGen's kernel contract, but the runtime that is loaded, NetGen {typeof(NetworkRunner).Assembly.GetName().Version?.ToString(3)}, has version {Contract}. Build that project again with the NetGen that it runs with."));
}
