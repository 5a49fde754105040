using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using Microsoft.ML.OnnxRuntime;

namespace NetGen.Benchmarks.Peers;

/// <summary>ONNX Runtime.</summary>
/// <param name="threads">The threads of an operator.</param>
internal sealed class OrtWorker(int threads) : IWorker
{
    private readonly Dictionary<string, OrtNetwork> _networks = [];

    public string Version => $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}";

    public IReadOnlyList<Variant> Build(Workload workload)
    {
        foreach (OrtNetwork built in _networks.Values)
            built.Dispose();
        _networks.Clear();
        GC.Collect();
        if (workload is not NetworkWorkload { IsEpoch: false } network)
            return [];

        // A session for each size of batch: with it fixed, every shape is known when it optimises.
        var batch = new OrtNetwork(network, network.Batch, threads);
        _networks.Add("infer", batch);
        _networks.Add("infer_b1", new OrtNetwork(network, 1, threads));
        return [new Variant("", Differences.OfOutput(network.Compute(), batch.Run()), "")];
    }

    public Timing? Timing(string variant, string mode) => _networks.GetValueOrDefault(mode) is { } network ? network.Infer : null;
}

/// <summary>A session with pinned memory of input and output bound to it.</summary>
internal sealed class OrtNetwork : IDisposable
{
    private readonly float[] _output;
    private readonly OrtValue _inputValue;
    private readonly OrtValue _outputValue;
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();

    public OrtNetwork(NetworkWorkload workload, int batch, int threads)
    {
        int[] input = [batch, .. Declaration.Input(workload.Network)];
        int inputLength = input.Aggregate(1, (product, size) => product * size);
        using var settings = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        int[] output = [batch, .. workload.OutputShape];
        _session = new InferenceSession(new Onnx(workload.Parameters()).Model(Declaration.Layers(workload.Network), input, output), settings);
        _output = GC.AllocateArray<float>(output.Aggregate(1, (product, size) => product * size), pinned: true);
        float[] values = GC.AllocateArray<float>(inputLength, pinned: true);
        workload.Input().AsSpan(0, inputLength).CopyTo(values);
        _inputValue = OrtValue.CreateTensorValueFromMemory(values, Array.ConvertAll(input, size => (long)size));
        _outputValue = OrtValue.CreateTensorValueFromMemory(_output, Array.ConvertAll(output, size => (long)size));
        _binding = _session.CreateIoBinding();
        _binding.BindInput(Onnx.Input, _inputValue);
        _binding.BindOutput(Onnx.Output, _outputValue);
    }

    /// <summary>The output of one run.</summary>
    public float[] Run()
    {
        _session.RunWithBinding(_options, _binding);
        return _output;
    }

    public double Infer(int iterations)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < iterations; i++)
            _session.RunWithBinding(_options, _binding);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        _binding.Dispose();
        _session.Dispose();
        _inputValue.Dispose();
        _outputValue.Dispose();
        _options.Dispose();
    }
}
