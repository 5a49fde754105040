using System;
using System.Diagnostics;
using System.Linq;
using System.Text.Json.Nodes;

namespace NetGen.Benchmarks;

/// <summary>PyTorch in a child process.</summary>
internal sealed class TorchPeer : IDisposable
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Settings that would hold PyTorch's libraries to lesser kernels than the machine allows.</summary>
    private static readonly string[] s_handicaps =
        ["OPENBLAS_CORETYPE", "ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA", "MKL_ENABLE_INSTRUCTIONS"];

    /// <summary>A BLAS built with pthreads does not hear <c>torch.set_num_threads</c>.</summary>
    private static readonly string[] s_threadCounts = ["OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"];

    private readonly Peer _peer;

    private TorchPeer(Peer peer) => _peer = peer;

    /// <summary>PyTorch's version.</summary>
    public string Version => _peer.Hello["version"]!.GetValue<string>();

    /// <summary>The file of the linear algebra library that it has loaded.</summary>
    public string Blas => _peer.Hello["blas"]!.GetValue<string>();

    /// <summary>Starts PyTorch.</summary>
    /// <param name="threads">The threads it may use.</param>
    /// <param name="failure">Why there is no PyTorch.</param>
    /// <returns>The peer, or null where Python or PyTorch is missing.</returns>
    public static TorchPeer? Start(int threads, out string failure)
    {
        var start = new ProcessStartInfo(Python);
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Peer.Script("torch_peer.py"));
        start.ArgumentList.Add(Text.Of(threads));
        foreach (string name in s_handicaps)
            start.Environment.Remove(name);
        foreach (string name in s_threadCounts)
            start.Environment[name] = Text.Of(threads);
        return Peer.Start(start, out failure) is { } peer ? new TorchPeer(peer) : null;
    }

    /// <summary>Builds the network that a class declares; what is timed afterwards is this one.</summary>
    /// <exception cref="InvalidOperationException">PyTorch's network is another one.</exception>
    public void Build<TNetwork>(int batch)
        where TNetwork : INetwork<TNetwork>
    {
        (long Parameters, long[] MultiplyAccumulates) torch = Build(Declaration.Of(typeof(TNetwork)), batch);
        long[] ours = [.. TNetwork.Layers.Select(layer => layer.MultiplyAccumulates())];
        if (torch.Parameters != TNetwork.ParameterCount || !torch.MultiplyAccumulates.SequenceEqual(ours))
        {
            throw new InvalidOperationException(
                $"{typeof(TNetwork).Name} has {TNetwork.ParameterCount} parameters and {string.Join(", ", ours)} multiply-accumulates; "
                + $"PyTorch's network has {torch.Parameters} and {string.Join(", ", torch.MultiplyAccumulates)}.");
        }
    }

    /// <summary>Chooses the layer of the network built last that the modes of single layers are about.</summary>
    public void Select(int layer) => _peer.Ask(new JsonObject { ["command"] = "select", ["layer"] = layer });

    /// <summary>Writes the network built last as an ONNX file, the batch a free dimension.</summary>
    public void Export(string path) => _peer.Ask(new JsonObject { ["command"] = "export", ["path"] = path });

    /// <summary>
    /// A timing of the network built last, <c>train</c>, <c>infer</c> or <c>infer_b1</c>,
    /// or of the layer selected last, <c>forward</c>, <c>weight_gradient</c> or <c>data_gradient</c>.
    /// </summary>
    public Timing Timing(string mode) => iterations =>
        _peer.Ask(new JsonObject { ["command"] = "time", ["mode"] = mode, ["iterations"] = iterations })["seconds"]!.GetValue<double>();

    /// <summary>The speed of a product of two 512 x 512 matrices, which tells an optimised linear algebra library from another.</summary>
    /// <returns>GFLOP/s.</returns>
    public double MeasureProduct()
    {
        Build(Declaration.OfLinear(512, 512), 512);
        Select(0);
        return 2.0 * 512 * 512 * 512 / Sampler.Best(0, Timing("data_gradient"))[0] * 1e-3;
    }

    public void Dispose() => _peer.Dispose();

    private (long Parameters, long[] MultiplyAccumulates) Build(JsonObject declaration, int batch)
    {
        declaration["command"] = "build";
        declaration["batch"] = batch;
        JsonNode answer = _peer.Ask(declaration);
        return (answer["parameters"]!.GetValue<long>(), [.. answer["multiply_accumulates"]!.AsArray().Select(count => count!.GetValue<long>())]);
    }
}
