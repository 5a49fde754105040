using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Passes;
using NetGen.Generator.Emission;
using NetGen.Tests.Infrastructure;
using Xunit;
using Buffer = NetGen.Generator.Compiler.Buffer;

namespace NetGen.Tests.Networks;

/// <summary>What holds of the compiler's passes, verifier and memory plan.</summary>
public class PassTests
{
    private static readonly RandomNetwork[] s_networks = [.. Enumerable.Range(0, 25).Select(number => new RandomNetwork(number, small: false))];

    public static TheoryData<string> Passes => [.. PassPipeline.Names];

    [Theory]
    [MemberData(nameof(Passes))]
    public void A_pass_keeps_the_bits(string pass)
    {
        Assert.Contains(s_networks, network => Text(network) != Text(network, pass));
        List<float[]> with = Results();
        List<float[]> without = Results(pass);
        for (int i = 0; i < with.Count; i++)
            Assert.True(with[i].AsSpan().SequenceEqual(without[i]), $"Result {i % 3} of {s_networks[i / 3]} differs without {pass}.");
    }

    private static string Text(RandomNetwork network, params string[] disabled) => NetworkEmitter.Emit(CompiledNetwork.Compile(network.Graph, disabled));

    private static List<float[]> Results(params string[] disabled)
    {
        Assembly assembly = NetworkCompiler.Load(Declarations.Print(s_networks.Select(n => n.Graph.Declaration)), s_networks.Select(n => Text(n, disabled)));
        var results = new List<float[]>();
        foreach (RandomNetwork network in s_networks)
        {
            var instance = (INetwork)Activator.CreateInstance(assembly.GetType($"{Declarations.Namespace}.{network.Graph.Declaration.Name}", throwOnError: true)!, network.Seed)!;
            Samples samples = network.Batches[0];
            var output = new float[samples.Vector.Length];
            var inputGradient = new float[samples.Input.Length];
            instance.Predict(samples.Input, output);
            instance.VectorJacobianProduct(samples.Input, samples.Vector, inputGradient);
            results.AddRange([output, inputGradient, instance.FlatGradients.ToArray()]);
        }

        return results;
    }

    [Fact]
    public void Buffers_that_live_together_lie_apart()
    {
        foreach (RandomNetwork network in Enumerable.Range(0, 200).Select(number => new RandomNetwork(number, small: true)))
        {
            CompiledNetwork compiled = CompiledNetwork.Compile(network.Graph);
            foreach ((Step[] steps, MemoryPlan plan) in new[] { ([.. compiled.Program.Inference], compiled.Inference), (compiled.Program.Training.ToArray(), compiled.Training) })
            {
                var lives = new Dictionary<Buffer, (int First, int Last)>();
                for (int time = 0; time < steps.Length; time++)
                {
                    foreach (Buffer buffer in steps[time].Reads.Concat(steps[time].Writes).Where(b => b.Kind == BufferKind.Workspace))
                        lives[buffer] = (lives.TryGetValue(buffer, out (int First, int Last) life) ? life.First : time, time);
                }

                foreach (Buffer a in lives.Keys)
                {
                    Assert.True(plan.Offset(a) >= 0 && plan.Offset(a) + a.Stride <= plan.PerSample);
                    foreach (Buffer b in lives.Keys.Where(b => b != a && lives[b].First <= lives[a].Last && lives[a].First <= lives[b].Last))
                        Assert.True(plan.Offset(a) + a.Stride <= plan.Offset(b) || plan.Offset(b) + b.Stride <= plan.Offset(a), $"{a.Name} and {b.Name} of {network}");
                }
            }
        }
    }

    [Fact]
    public void The_verifier_refuses_a_step_that_reads_too_early_or_writes_twice()
    {
        Program program = Lowering.Run(s_networks.First(n => n.Graph.ParameterCount > 0).Graph);
        Verifier.Verify(program, "nothing");
        EquatableArray<Step> forward = program.Forward;
        Assert.Throws<InvalidOperationException>(() => Verifier.Verify(program with { Forward = forward.Skip(1).ToEquatableArray() }, "a dropped step"));
        Assert.Throws<InvalidOperationException>(() => Verifier.Verify(program with { Forward = forward.Append(forward[0]).ToEquatableArray() }, "a repeated step"));
        Assert.Throws<InvalidOperationException>(() => Verifier.Verify(program with { Forward = forward.Select(s => s with { OnlyForInputGradient = true }).ToEquatableArray() }, "a mark"));
    }
}
