using System;
using System.Diagnostics;
using System.IO;
using System.Text.Json.Nodes;

namespace NetGen.Benchmarks;

/// <summary>ONNX Runtime in a child process, npm's <c>onnxruntime-node</c>: inference of networks that PyTorch exports.</summary>
internal sealed class OrtPeer : IDisposable
{
    private readonly Peer _peer;

    private OrtPeer(Peer peer) => _peer = peer;

    /// <summary>ONNX Runtime's version.</summary>
    public string Version => _peer.Hello["version"]!.GetValue<string>();

    /// <summary>Starts ONNX Runtime.</summary>
    /// <param name="threads">The threads it may use.</param>
    /// <param name="failure">Why there is none.</param>
    /// <returns>The peer, or null where Node.js or the package is missing.</returns>
    public static OrtPeer? Start(int threads, out string failure)
    {
        // Node.js looks for packages from the working directory upwards: in benchmarks/node_modules among others.
        var start = new ProcessStartInfo("node") { WorkingDirectory = AppContext.BaseDirectory };
        start.ArgumentList.Add("-e");
        start.ArgumentList.Add(Peer.Script("ort_peer.js"));
        start.ArgumentList.Add(Text.Of(threads));
        return Peer.Start(start, out failure) is { } peer ? new OrtPeer(peer) : null;
    }

    /// <summary>Loads the network that PyTorch built last, for some sizes of batches.</summary>
    public void Build(TorchPeer torch, params int[] batches)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("netgen-benchmarks-");
        try
        {
            string file = Path.Combine(folder.FullName, "network.onnx");
            torch.Export(file);
            var sizes = new JsonArray();
            foreach (int batch in batches)
                sizes.Add(batch);
            _peer.Ask(new JsonObject { ["command"] = "build", ["file"] = file, ["batches"] = sizes });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A timing of inference of a batch of the network loaded last.</summary>
    public Timing Timing(int batch) => iterations =>
        _peer.Ask(new JsonObject { ["command"] = "time", ["batch"] = batch, ["iterations"] = iterations })["seconds"]!.GetValue<double>();

    public void Dispose() => _peer.Dispose();
}
