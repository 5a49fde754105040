using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NetGen.Benchmarks.Peers;

/// <summary>
/// The libraries, each in a process of this program's own for each of its settings, since the settings are environment variables. A process times itself around a loop of calls, as a program that uses
/// the library would find it; while it is not asked it waits for input.
/// </summary>
internal sealed class PeerProcesses : IPeers, IDisposable
{
    /// <summary>Settings that would hold the libraries to lesser kernels than the machine allows.</summary>
    private static readonly string[] s_handicaps = ["ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA", "MKL_ENABLE_INSTRUCTIONS"];

    private static readonly string[] s_threadCounts = ["MKL_NUM_THREADS", "OMP_NUM_THREADS"];

    /// <summary>What glibc's heap has freed it keeps, so that the next step does not take it from the kernel again, page by page; and its pages are large where the kernel lets them be.</summary>
    private static readonly Dictionary<string, string> s_keptHeap = new()
    {
        ["MALLOC_ARENA_MAX"] = "1",
        ["MALLOC_MMAP_MAX_"] = "0",
        ["MALLOC_TRIM_THRESHOLD_"] = "1099511627776",
        ["MALLOC_TOP_PAD_"] = "67108864",
        ["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1",
    };

    private readonly List<(Rival Rival, string Setting, Peer Process)> _processes = [];
    private readonly int _threads;

    /// <summary>Starts the processes, and tells which there are.</summary>
    /// <param name="threads">The threads that each library may use.</param>
    /// <param name="output">Where it is told.</param>
    public PeerProcesses(int threads, TextWriter output)
    {
        _threads = threads;
        Start(Rival.Torch, "", [], output);
        bool hasTorch = _processes.Count > 0;
        if (hasTorch && OperatingSystem.IsLinux())
        {
            Start(Rival.Torch, "kept heap", s_keptHeap, output);
            if (MklOfIntel(output) is { } library)
                Start(Rival.Torch, "kept heap and MKL as on Intel", new Dictionary<string, string>(s_keptHeap) { ["LD_PRELOAD"] = library }, output);
        }

        Start(Rival.Ort, "", [], output);
    }

    public IReadOnlyList<Contender> Prepare(Workload workload)
    {
        var contenders = new List<Contender>();
        foreach ((Rival rival, string setting, Peer process) in _processes)
        {
            JsonNode built = process.Ask(new JsonObject { ["command"] = "build", ["workload"] = workload.Name });
            foreach (VariantModes variant in built["variants"].Deserialize<VariantModes[]>()!)
            {
                (string name, string output, string training) = variant.Variant;
                contenders.Add(new Contender(
                    rival,
                    Differences.Join(setting, name),
                    mode => mode is "train" or "epoch" ? Differences.Join(output, training) : output,
                    mode => variant.Modes.Contains(mode) ? Timing(process, name, mode) : null));
            }
        }

        return contenders;
    }

    public IReadOnlyList<Reach> Reach(string workload, string mode) => PeerSummary.Reach(workload, mode, _threads);

    public void Dispose()
    {
        foreach ((_, _, Peer process) in _processes)
            process.Dispose();
    }

    private static Timing Timing(Peer process, string variant, string mode) => iterations =>
        process.Ask(new JsonObject { ["command"] = "time", ["variant"] = variant, ["mode"] = mode, ["iterations"] = iterations })["seconds"]!.GetValue<double>();

    private void Start(Rival rival, string setting, Dictionary<string, string> variables, TextWriter output)
    {
        string name = Benchmarks.Reach.NameOf(rival);
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Program.WorkerCommand, rival.ToString(), Text.Of(_threads)]);
        foreach (string handicap in s_handicaps)
            start.Environment.Remove(handicap);
        foreach (string variable in s_threadCounts)
            start.Environment[variable] = Text.Of(_threads);
        foreach ((string variable, string value) in variables)
            start.Environment[variable] = value;
        if (Peer.Start(start, out string failure) is { } process)
        {
            _processes.Add((rival, setting, process));
            output.WriteLine($"{process.Hello["version"]}{(setting.Length > 0 ? ", " + setting : "")}");
        }
        else
        {
            output.WriteLine($"{name}{(setting.Length > 0 ? ", " + setting : "")}: left out, {failure}");
        }
    }

    /// <summary>A library that, preloaded, makes MKL take any processor for Intel's; null where MKL does not look or nothing compiles it.</summary>
    private static string? MklOfIntel(TextWriter output)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || Text.Processor().Contains("Intel", StringComparison.Ordinal))
            return null;
        string library = Path.Combine(AppContext.BaseDirectory, "mkl_intel.so");
        try
        {
            using Process compiler = Process.Start("cc", ["-shared", "-fPIC", "-O1", "-o", library, Path.Combine(AppContext.BaseDirectory, "tools", "mkl_intel.c")]);
            compiler.WaitForExit();
            if (compiler.ExitCode == 0)
                return library;
            output.WriteLine($"libtorch, MKL as on Intel: left out, 'cc' ended with {compiler.ExitCode}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            output.WriteLine("libtorch, MKL as on Intel: left out, there is no C compiler 'cc'");
        }

        return null;
    }
}
