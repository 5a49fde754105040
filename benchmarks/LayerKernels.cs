using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using NetGen.Runtime;
using NetGen.Tests.Infrastructure;

namespace NetGen.Benchmarks;

/// <summary>What the kernels of a layer should reach, as shares of the FMA peak.</summary>
internal readonly record struct KernelReach(double Forward, double WeightGradient, double DataGradient);

/// <summary>
/// The kernels of a network's layers of one kind, each by itself, as shares of the FMA peak: the methods of the generated steps,
/// found by their names and called on memory of their own.
/// </summary>
/// <typeparam name="TNetwork">The generated network.</typeparam>
/// <param name="name">The name of the network's workload.</param>
/// <param name="batch">Samples.</param>
/// <param name="kind">The layers' attribute: <c>Linear</c> or <c>Conv2d</c>.</param>
/// <param name="reach">What layers of enough channels should reach.</param>
internal sealed class LayerKernels<TNetwork>(string name, int batch, string kind, KernelReach reach) : Workload(name)
    where TNetwork : INetwork<TNetwork>
{
    /// <summary>With fewer channels in or out, vectors are not full or weights are not used often enough for a share of the peak to mean anything.</summary>
    private const int EnoughChannels = 64;

    protected override IEnumerable<Measurement> Measure(Session session)
    {
        Type steps = GeneratedSteps.Of(typeof(TNetwork));
        LayerRow[] layers = LayerTable.Sequence<TNetwork>();
        int packedParameters = TNetwork.Create(1).FlatParameters.Length;
        foreach (LayerRow layer in layers.Where(layer => layer.Kind == kind))
        {
            var memory = new KernelMemory(batch, Math.Max(Size(layer.Input), Size(layer.Output)), packedParameters);
            foreach ((string method, string line, string mode, double share) in new[]
                     {
                         ("Forward", "forward", "infer", reach.Forward),
                         ("BackwardWeights", "weight-gradient", "train", reach.WeightGradient),
                         ("BackwardData", "data-gradient", "train", reach.DataGradient),
                     })
            {
                Action kernel = memory.Bind(Step(steps, layer.Stem + method));
                bool isWide = layer.Input[0] >= EnoughChannels && layer.Output[0] >= EnoughChannels;
                yield return session.Run(
                    $"{Name}/{layer.Stem}/{line}", mode, iterations => Repeat(kernel, iterations), 2.0 * batch * layer.MultiplyAccumulates, batch, reach: isWide ? new Reach(Rival.Peak, share) : null);
            }
        }
    }

    private static int Size(int[] shape) => shape.Aggregate(1, (product, size) => product * size);

    private static MethodInfo Step(Type steps, string name) => steps.GetMethod(name)
        ?? throw new InvalidOperationException(
            $"There is no {name} among the steps of {typeof(TNetwork).Name}: {string.Join(", ", steps.GetMethods(BindingFlags.Public | BindingFlags.Static).Select(method => method.Name))}.");

    private static double Repeat(Action kernel, int iterations)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < iterations; i++)
            kernel();
        return Seconds(start);
    }
}

/// <summary>Memory for the steps of one layer: a buffer for each name of a parameter, large enough whatever the layout, full of small random numbers.</summary>
/// <param name="batch">Samples.</param>
/// <param name="widest">Floats of the layer's input or output, whichever has more.</param>
/// <param name="packedParameters">Floats of the network's parameters.</param>
internal sealed class KernelMemory(int batch, int widest, int packedParameters)
{
    /// <summary>Room for the borders of pictures, within a sample and at both ends.</summary>
    private const int BorderFactor = 4, Slack = 1 << 16;

    private const int ScratchFloats = 1 << 24;

    /// <summary>Cache lines between the starts of two buffers within a page: stores and loads at equal distances from pages disturb each other.</summary>
    private const int Stagger = 9 * 16;

    private readonly List<string> _names = [];
    private readonly List<AlignedBuffer> _buffers = [];

    /// <summary>The generated code may round samples up to whole vectors.</summary>
    private int PaddedRows => (batch + 15) & ~15;

    /// <summary>A call of a step.</summary>
    /// <param name="step">A static method of references to floats and numbers of samples.</param>
    /// <exception cref="InvalidOperationException">It takes something else.</exception>
    public Action Bind(MethodInfo step)
    {
        // The number of references differs from step to step, and a delegate's type would have to say it.
        var call = new DynamicMethod("Call" + step.Name, null, [typeof(KernelMemory)], typeof(KernelMemory).Module, skipVisibility: true);
        ILGenerator code = call.GetILGenerator();
        foreach (ParameterInfo parameter in step.GetParameters())
        {
            if (parameter.ParameterType == typeof(float).MakeByRefType())
            {
                code.Emit(OpCodes.Ldarg_0);
                code.Emit(OpCodes.Ldc_I4, IndexOf(parameter.Name!));
                code.Emit(OpCodes.Call, ((Delegate)Reference).Method);
            }
            else if (parameter.ParameterType == typeof(nuint))
            {
                code.Emit(OpCodes.Ldc_I4, parameter.Name switch { "paddedRows" => PaddedRows, "part" => 0, "parts" => 1, _ => batch });
                code.Emit(OpCodes.Conv_U);
            }
            else
            {
                throw new InvalidOperationException($"{step.Name} takes a {parameter.ParameterType} {parameter.Name}: expected references to floats and numbers of samples.");
            }
        }

        code.Emit(OpCodes.Call, step);
        code.Emit(OpCodes.Ret);
        return call.CreateDelegate<Action>(this);
    }

    private ref float Reference(int index) => ref Unsafe.Add(ref _buffers[index].Reference, Slack + (index * Stagger));

    private int IndexOf(string name)
    {
        int index = _names.IndexOf(name);
        if (index >= 0)
            return index;

        int length = name switch
        {
            "weight" or "bias" or "dw" or "db" => packedParameters,
            "scratch" => ScratchFloats,
            _ => PaddedRows * widest * BorderFactor,
        };
        var buffer = new AlignedBuffer(Slack + (_names.Count * Stagger) + length + Slack);
        Span<float> rest = buffer.Span;
        float[] pattern = Workload.Uniform(Slack, _names.Count);
        for (; rest.Length > pattern.Length; rest = rest[pattern.Length..])
            pattern.CopyTo(rest);
        pattern.AsSpan(0, rest.Length).CopyTo(rest);
        _names.Add(name);
        _buffers.Add(buffer);
        return _names.Count - 1;
    }
}
