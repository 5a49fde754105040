using System;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using NetGen.References;
using NetGen.Runtime;

namespace NetGen.Benchmarks;

/// <summary>Kernels under BenchmarkDotNet, with what they allocate.</summary>
internal static class MicroBenchmarks
{
    /// <summary>Runs BenchmarkDotNet; without a filter, all of the benchmarks.</summary>
    public static void Run(string[] arguments)
    {
        // In this process: a project that BenchmarkDotNet writes and builds itself would have to follow this repository's settings.
        IConfig config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        var switcher = BenchmarkSwitcher.FromTypes([typeof(NetworkBenchmarks), typeof(VectorFunctionBenchmarks)]);
        switcher.Run(arguments.Length > 0 ? arguments : ["--filter", "*"], config);
    }
}

/// <summary>Whole calls on generated networks.</summary>
[MemoryDiagnoser]
public class NetworkBenchmarks
{
    private const int Batch = 64;

    private readonly SigmoidMlp _tiny = new(1);
    private readonly MnistMlp _mnist = new(1);
    private readonly Linear1024 _linear = new(1);
    private readonly SGD _sgd = new(1e-3);
    private readonly float[] _tinyInput = Workload.Uniform(SigmoidMlp.InputSize, 1);
    private readonly float[] _tinyOutput = new float[1];
    private readonly float[] _tinyTarget = [0.5f];
    private readonly float[] _mnistInput = Workload.Uniform(Batch * MnistMlp.InputSize, 1);
    private readonly float[] _mnistOutput = new float[Batch * MnistMlp.OutputSize];
    private readonly int[] _labels = new int[Batch];
    private readonly float[] _linearInput = Workload.Uniform(Batch * Linear1024.InputSize, 1);
    private readonly float[] _linearOutput = new float[Batch * Linear1024.OutputSize];
    private readonly float[] _linearGradient = Workload.Uniform(Batch * Linear1024.OutputSize, 2);
    private readonly float[] _linearInputGradient = new float[Batch * Linear1024.InputSize];

    [Benchmark]
    public void SigmoidMlpPredict() => _tiny.Predict(_tinyInput, _tinyOutput);

    [Benchmark]
    public float SigmoidMlpTrainStep() => _tiny.TrainStep(_tinyInput, _tinyTarget, _sgd);

    [Benchmark]
    public void MnistPredict() => _mnist.Predict(_mnistInput, _mnistOutput);

    [Benchmark]
    public void MnistPredictOne() => _mnist.Predict(_mnistInput.AsSpan(0, MnistMlp.InputSize), _mnistOutput.AsSpan(0, MnistMlp.OutputSize));

    [Benchmark]
    public float MnistTrainStep() => _mnist.TrainStep(_mnistInput, _labels, _sgd);

    [Benchmark]
    public void LinearPredict() => _linear.Predict(_linearInput, _linearOutput);

    [Benchmark]
    public void LinearVectorJacobianProduct() => _linear.VectorJacobianProduct(_linearInput, _linearGradient);

    [Benchmark]
    public void LinearVectorJacobianProductWithInput() => _linear.VectorJacobianProduct(_linearInput, _linearGradient, _linearInputGradient);
}

/// <summary>The runtime's vector functions against System.Numerics.Tensors.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class VectorFunctionBenchmarks
{
    private const int Length = 1024;

    private readonly float[] _x = Workload.Uniform(Length, 1);
    private readonly float[] _y = new float[Length];

    [Benchmark(Baseline = true), BenchmarkCategory("Exp")]
    public void TensorPrimitivesExp() => TensorPrimitives.Exp<float>(_x, _y);

    [Benchmark, BenchmarkCategory("Exp")]
    public void VectorMathExp() => Map<ExpFunction>();

    [Benchmark(Baseline = true), BenchmarkCategory("Sigmoid")]
    public void TensorPrimitivesSigmoid() => TensorPrimitives.Sigmoid<float>(_x, _y);

    [Benchmark, BenchmarkCategory("Sigmoid")]
    public void VectorMathSigmoid() => Map<SigmoidFunction>();

    [Benchmark(Baseline = true), BenchmarkCategory("Tanh")]
    public void TensorPrimitivesTanh() => TensorPrimitives.Tanh<float>(_x, _y);

    [Benchmark, BenchmarkCategory("Tanh")]
    public void VectorMathTanh() => Map<TanhFunction>();

    private interface IFunction
    {
        static abstract Vector512<float> Apply(Vector512<float> x);

        static abstract Vector256<float> Apply(Vector256<float> x);

        static abstract Vector128<float> Apply(Vector128<float> x);
    }

    private void Map<TFunction>()
        where TFunction : struct, IFunction
    {
        ref float x = ref MemoryMarshal.GetArrayDataReference(_x);
        ref float y = ref MemoryMarshal.GetArrayDataReference(_y);
        if (Vector512.IsHardwareAccelerated)
        {
            for (nuint i = 0; i < Length; i += 16)
                TFunction.Apply(Vector512.LoadUnsafe(ref x, i)).StoreUnsafe(ref y, i);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (nuint i = 0; i < Length; i += 8)
                TFunction.Apply(Vector256.LoadUnsafe(ref x, i)).StoreUnsafe(ref y, i);
        }
        else
        {
            for (nuint i = 0; i < Length; i += 4)
                TFunction.Apply(Vector128.LoadUnsafe(ref x, i)).StoreUnsafe(ref y, i);
        }
    }

    private readonly struct ExpFunction : IFunction
    {
        public static Vector512<float> Apply(Vector512<float> x) => VectorMath.Exp(x);

        public static Vector256<float> Apply(Vector256<float> x) => VectorMath.Exp(x);

        public static Vector128<float> Apply(Vector128<float> x) => VectorMath.Exp(x);
    }

    private readonly struct SigmoidFunction : IFunction
    {
        public static Vector512<float> Apply(Vector512<float> x) => VectorMath.Sigmoid(x);

        public static Vector256<float> Apply(Vector256<float> x) => VectorMath.Sigmoid(x);

        public static Vector128<float> Apply(Vector128<float> x) => VectorMath.Sigmoid(x);
    }

    private readonly struct TanhFunction : IFunction
    {
        public static Vector512<float> Apply(Vector512<float> x) => VectorMath.Tanh(x);

        public static Vector256<float> Apply(Vector256<float> x) => VectorMath.Tanh(x);

        public static Vector128<float> Apply(Vector128<float> x) => VectorMath.Tanh(x);
    }
}
