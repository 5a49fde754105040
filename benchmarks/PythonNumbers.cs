using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NetGen.Benchmarks;

/// <summary>Compares outputs, losses and gradients with Debian's PyTorch in a child process, and the time of an optimizer's step.</summary>
internal static class PythonNumbers
{
    private const string Python = "/usr/bin/python3";
    private const string ScriptName = "torch_numbers.py";

    /// <summary>Compares, prints, and fails where a network's numbers differ.</summary>
    public static int Run(Func<string, bool> isSelected)
    {
        using Peer? torch = Peer.Start(new ProcessStartInfo(Python, ["-c", Script()]), out string failure);
        if (torch is null)
        {
            Console.Error.WriteLine($"PyTorch: none, {failure}");
            return 1;
        }

        Console.WriteLine($"PyTorch {torch.Hello["version"]}");
        bool isEqual = true;
        foreach (NetworkWorkload workload in Workloads.Networks.Where(workload => !workload.IsEpoch && isSelected(workload.Name)))
        {
            string difference = Compare(workload, torch);
            isEqual &= difference.Length == 0;
            Console.WriteLine($"{workload.Name,-42} {(difference.Length == 0 ? "output, loss and gradients agree" : difference)}");
        }

        foreach (OptimizerWorkload workload in Workloads.Optimizers.Where(workload => isSelected(workload.Name)))
        {
            Measurement ours = workload.Run(new Session(threads: 1)).Single();
            double us = torch.Ask(new JsonObject
            {
                ["command"] = "optimizer",
                ["rule"] = workload.Rule.Name,
                ["lr"] = workload.Rule.LearningRate,
                ["momentum"] = workload.Rule.Momentum,
                ["shapes"] = JsonSerializer.SerializeToNode(workload.Shapes()),
            })["seconds"]!.GetValue<double>() * 1e6;
            Console.WriteLine($"{workload.Name,-42} {Text.Microseconds(ours.Us),10} us, PyTorch {Text.Microseconds(us),10} us: {Text.Of(ours.Us / us, "0.000")} x");
        }

        return isEqual ? 0 : 1;
    }

    private static string Compare(NetworkWorkload workload, Peer torch)
    {
        Numbers ours = workload.Compute();
        float[] targets = workload.Targets() is int[] classes ? [.. classes.Select(label => (float)label)] : (float[])workload.Targets();
        float[] values = [.. workload.Parameters().SelectMany(parameter => parameter.Values), .. workload.Input(), .. ours.OutputGradient, .. targets];
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, MemoryMarshal.AsBytes<float>(values));
            JsonNode answer = torch.Ask(new JsonObject
            {
                ["command"] = "network",
                ["input"] = JsonSerializer.SerializeToNode(Declaration.Input(workload.Network)),
                ["layers"] = JsonSerializer.SerializeToNode(Declaration.Layers(workload.Network), new JsonSerializerOptions(JsonSerializerDefaults.Web)),
                ["loss"] = Declaration.Loss(workload.Network),
                ["batch"] = workload.Batch,
                ["size"] = values.Length,
                ["path"] = path,
            });
            string[] names = answer["names"].Deserialize<string[]>()!;
            if (!names.SequenceEqual(ours.Gradients.Select(gradient => gradient.Name)))
                return $"other parameters: {string.Join(", ", names)}";

            ReadOnlySpan<float> theirs = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path));
            int next = ours.Output.Length + 1;
            List<float[]> gradients = [];
            foreach (NamedTensor gradient in ours.Gradients)
            {
                gradients.Add(theirs.Slice(next, gradient.Values.Length).ToArray());
                next += gradient.Values.Length;
            }

            return Differences.Join(Differences.OfOutput(ours, theirs[..ours.Output.Length]), Differences.OfTraining(ours, theirs[ours.Output.Length], gradients));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Script()
    {
        using Stream resource = typeof(PythonNumbers).Assembly.GetManifestResourceStream(ScriptName)!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }
}
