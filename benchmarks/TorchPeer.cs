using System;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NetGen.Benchmarks;

/// <summary>
/// PyTorch in a child process, driven line by line. While nothing is asked of it, it waits for input and takes no time of ours.
/// </summary>
internal sealed class TorchPeer : IDisposable
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Settings that would hold PyTorch's libraries to lesser kernels than the machine allows.</summary>
    private static readonly string[] s_handicaps =
        ["OPENBLAS_CORETYPE", "ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA", "MKL_ENABLE_INSTRUCTIONS"];

    /// <summary>A BLAS built with pthreads does not hear <c>torch.set_num_threads</c>.</summary>
    private static readonly string[] s_threadCounts = ["OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"];

    private readonly Process _process;

    private TorchPeer(Process process) => _process = process;

    /// <summary>PyTorch's version.</summary>
    public required string Version { get; init; }

    /// <summary>The file of the linear algebra library that it has loaded.</summary>
    public required string Blas { get; init; }

    /// <summary>Starts PyTorch.</summary>
    /// <param name="threads">The threads it may use.</param>
    /// <param name="failure">Why there is no PyTorch.</param>
    /// <returns>The peer, or null where Python or PyTorch is missing.</returns>
    public static TorchPeer? Start(int threads, out string failure)
    {
        if (!File.Exists(Python))
        {
            failure = $"there is no {Python}";
            return null;
        }

        using Stream resource = typeof(TorchPeer).Assembly.GetManifestResourceStream("torch_peer.py")!;
        using var reader = new StreamReader(resource);
        var start = new ProcessStartInfo(Python) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(reader.ReadToEnd());
        start.ArgumentList.Add(Text.Of(threads));
        foreach (string name in s_handicaps)
            start.Environment.Remove(name);
        foreach (string name in s_threadCounts)
            start.Environment[name] = Text.Of(threads);

        Process process = Process.Start(start)!;
        JsonNode? hello = process.StandardOutput.ReadLine() is { } line ? JsonNode.Parse(line) : null;
        if (hello?["version"] is { } version)
        {
            failure = "";
            return new TorchPeer(process) { Version = version.GetValue<string>(), Blas = hello["blas"]!.GetValue<string>() };
        }

        failure = hello?["error"]?.GetValue<string>() ?? $"{Python} ended without an answer";
        process.Dispose();
        return null;
    }

    /// <summary>Builds a network; what is timed afterwards is this one.</summary>
    public void Build(int[] widths, string activation, string loss, int batch) =>
        Ask(new JsonObject
        {
            ["command"] = "build",
            ["widths"] = JsonSerializer.SerializeToNode(widths),
            ["activation"] = activation,
            ["loss"] = loss,
            ["batch"] = batch,
        });

    /// <summary>A timing of the network built last: <c>train</c>, <c>infer</c>, <c>infer_b1</c>, <c>weight_gradient</c> or <c>data_gradient</c>.</summary>
    public Timing Timing(string mode) => iterations =>
        Ask(new JsonObject { ["command"] = "time", ["mode"] = mode, ["iterations"] = iterations })["seconds"]!.GetValue<double>();

    /// <summary>The speed of a product of two 512 x 512 matrices, which tells an optimised linear algebra library from another.</summary>
    /// <returns>GFLOP/s.</returns>
    public double MeasureProduct()
    {
        Build([512, 512], "relu", "mse", 512);
        return 2.0 * 512 * 512 * 512 / Sampler.Best(0, Timing("data_gradient"))[0] * 1e-3;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
            _process.Kill();
        _process.Dispose();
    }

    private JsonNode Ask(JsonObject command)
    {
        _process.StandardInput.WriteLine(command.ToJsonString());
        _process.StandardInput.Flush();
        string? answer = _process.StandardOutput.ReadLine();
        return answer is null ? throw new InvalidOperationException("The PyTorch process ended in the middle of the run.") : JsonNode.Parse(answer)!;
    }
}
