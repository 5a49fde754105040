using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NetGen.Benchmarks.Peers;

/// <summary>A network as one of a library's settings has it.</summary>
/// <param name="Name">The setting; empty for the plain one.</param>
/// <param name="Output">How its output differs from ours; empty where it does not.</param>
/// <param name="Training">How its loss and gradients differ.</param>
internal sealed record Variant(string Name, string Output, string Training);

/// <summary>A library in this process.</summary>
internal interface IWorker
{
    /// <summary>Its name and version.</summary>
    string Version { get; }

    /// <summary>Builds what a workload is about, in some variants, and compares their numbers with ours. What was built before is given back.</summary>
    IReadOnlyList<Variant> Build(Workload workload);

    /// <summary>The timing of a variant's mode, or null where it has none.</summary>
    Timing? Timing(string variant, string mode);
}

/// <summary>The process that has a library: it answers a line of JSON with another, and sleeps in between.</summary>
internal static class Worker
{
    private static readonly string[] s_modes = ["train", "infer", "infer_b1", "epoch", "step"];

    /// <summary>Serves until the input ends.</summary>
    public static int Run(Rival library, int threads)
    {
        // TorchSharp tells there where it looks for its library.
        TextWriter answers = Console.Out;
        Console.SetOut(TextWriter.Null);
        IWorker worker;
        try
        {
            worker = library == Rival.Torch ? new TorchWorker(threads) : new OrtWorker(threads);
            Answer(answers, new JsonObject { ["version"] = worker.Version });
        }
        catch (Exception e)
        {
            Answer(answers, new JsonObject { ["error"] = Reason(library, e) });
            return 1;
        }

        while (Console.ReadLine() is { } line)
        {
            JsonNode command = JsonNode.Parse(line)!;
            string Field(string name) => command[name]!.GetValue<string>();
            Answer(answers, Field("command") == "build"
                ? new JsonObject { ["variants"] = JsonSerializer.SerializeToNode(Build(worker, Field("workload"))) }
                : new JsonObject { ["seconds"] = worker.Timing(Field("variant"), Field("mode"))!(command["iterations"]!.GetValue<int>()) });
        }

        return 0;
    }

    private static VariantModes[] Build(IWorker worker, string name)
    {
        Workload workload = Workloads.Networks.Concat<Workload>(Workloads.Optimizers).Single(workload => workload.Name == name);
        return [.. worker.Build(workload).Select(variant => new VariantModes(variant, [.. s_modes.Where(mode => worker.Timing(variant.Name, mode) is not null)]))];
    }

    private static void Answer(TextWriter answers, JsonObject answer)
    {
        answers.WriteLine(answer.ToJsonString());
        answers.Flush();
    }

    /// <summary>Why a library does not load.</summary>
    private static string Reason(Rival library, Exception exception)
    {
        try
        {
            if (library == Rival.Torch)
                NativeLibrary.Free(NativeLibrary.Load("LibTorchSharp", typeof(Worker).Assembly, DllImportSearchPath.AssemblyDirectory));
        }
        catch (DllNotFoundException e) when (e.Message.Contains("GLIBCXX", StringComparison.Ordinal))
        {
            return "TorchSharp's library asks for GLIBCXX_3.4.32, the libstdc++ of GCC 13, which this system has not; benchmarks/tools/old_libstdcxx.py makes it load beside an older one";
        }
        catch (DllNotFoundException)
        {
        }

        return exception.GetBaseException().Message.Split('\n')[0];
    }
}

/// <summary>A variant with the modes that it has timings of.</summary>
internal sealed record VariantModes(Variant Variant, string[] Modes);
