using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Kernels;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Compiler.Passes;
using NetGen.Generator.Emission;
using NetGen.Tests.Infrastructure;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Generator;

/// <summary>
/// One construct a snapshot, at the level where it is decided: the graph, the program of steps, a kernel's nest, or the text. They show shape and
/// readability, and prove nothing about numbers.
/// </summary>
public class ConstructTests
{
    private const int LongestSnapshot = 200;

    private static readonly ActivationOp s_relu = Activation(ActivationKind.ReLU);
    private static readonly LossOp s_loss = Loss(ElementwiseLossKind.MSE);

    // ---- Graphs ----

    [Fact]
    public void Linear_layer_and_its_gradients() => Snapshot.Match(Differentiation.Run(Graph([4], Linear(3), s_relu)).Graph.ToText());

    [Fact]
    public void Residual_and_the_sum_of_its_gradients() => Snapshot.Match(Differentiation.Run(Graph([8], Residual(Block("Body", Linear(8), Activation(ActivationKind.Tanh))))).Graph.ToText());

    [Fact]
    public void Alike_branches_merged_into_groups() => Snapshot.Match(
        Rewriter.Run(Graph([16, 8, 8], ParallelSum(Block("Path", Conv2d(4, 1), s_relu, Conv2d(4, 3, padding: 1), s_relu, Conv2d(16, 1)), 3)), MergeAlikeBranches.Rewrite).ToText());

    [Fact]
    public void Layer_normalisation_of_general_ops() => Snapshot.Match(Differentiation.Run(Expansion.Run(Graph([3, 4], LayerNorm(4)), isTraining: true, usesKernels: false)).Graph.ToText());

    [Fact]
    public void Root_mean_square_normalisation_of_general_ops() => Snapshot.Match(Differentiation.Run(Expansion.Run(Graph([3, 4], RMSNorm(4)), isTraining: true, usesKernels: false)).Graph.ToText());

    // ---- Programs ----

    [Fact]
    public void Strided_convolution() => Snapshot.Match(Program([3, 9, 9], Conv2d(16, 3, stride: 2, padding: 1), s_relu));

    [Fact]
    public void Residual_in_the_store_of_its_branch() => Snapshot.Match(Program([16, 6, 6], Conv2d(16, 1), Residual(Block("Body", Conv2d(16, 3, padding: 1))), s_relu));

    [Fact]
    public void Concatenation_without_copies() => Snapshot.Match(Program([16, 6, 6], Concat(Block("A", Conv2d(16, 1), s_relu), Block("B", Conv2d(20, 3, padding: 1)))));

    [Fact]
    public void Dropout_and_classes() => Snapshot.Match(PassPipeline.Run(Build(Network("Net", [6], new CrossEntropyLossOp(), Linear(8), s_relu, new DropoutOp(null, 0.5), Linear(3)))).ToText());

    // ---- Nests ----

    [Fact]
    public void Linear_forward() => Snapshot.Match(Nest("Linear0Forward", [784], Linear(128), s_relu));

    [Fact]
    public void Linear_weight_gradient_with_gathered_operands() => Snapshot.Match(Nest("Linear0BackwardWeights", [1024], Linear(64)));

    [Fact]
    public void Convolution_forward_in_chunks() => Snapshot.Match(Nest("Conv2d0Forward", [70, 5, 6], Conv2d(20, 5, padding: 2)));

    [Fact]
    public void Data_gradient_of_a_strided_convolution() => Snapshot.Match(Nest("Conv2d0BackwardData", [16, 8, 8], Conv2d(16, 3, stride: 2, padding: 1)));

    [Fact]
    public void Max_pool() => Snapshot.Match(Nest("MaxPool2d1Forward", [3, 8, 8], Conv2d(16, 3), Pool2d(PoolKind.Max, 2)));

    [Fact]
    public void Map_over_channels() => Snapshot.Match(string.Concat(Compiled([PassPipeline.UseKernels], [3, 4], LayerNorm(4)).Nests.Where(nest => nest.Step is MapStep or ReduceStep).Select(nest => nest.ToText())));

    // ---- Text ----

    [Fact]
    public void Tiny_layer() => Snapshot.MatchCode(Method("Linear0Forward", [2], Linear(3), Activation(ActivationKind.Sigmoid), Linear(1)));

    [Fact]
    public void Tiled_layer() => Snapshot.MatchCode(Method("Linear0Forward", [784], Linear(128), s_relu));

    [Fact]
    public void Planes_of_pixels() => Snapshot.MatchCode(Method("Conv2d0Forward", [1, 8, 8], Conv2d(4, 3, padding: 1), s_relu));

    [Fact]
    public void Register_tile() => Snapshot.MatchCode(Method("Product2x3x16V512<S>", [3, 2, 3], Conv2d(16, 3, padding: 1)));

    [Fact]
    public void Public_class()
    {
        string text = NetworkEmitter.Emit(Compiled([], [2, 4, 4], Conv2d(4, 3), s_relu, new FlattenOp(null), Linear(2, name: "head")));
        Snapshot.MatchCode(text[..text.IndexOf("\nnamespace NetGen.Generated", StringComparison.Ordinal)]);
    }

    [Fact]
    public void Snapshots_are_short()
    {
        string folder = Folder();
        Assert.All(Directory.GetFiles(folder, "*.verified.*", SearchOption.AllDirectories), file => Assert.InRange(File.ReadAllLines(file).Length, 1, LongestSnapshot));
        string[] tests = [.. typeof(ConstructTests).GetMethods().Select(method => "ConstructTests." + method.Name)];
        Assert.All(Directory.GetFiles(folder, "ConstructTests.*.verified.*"), file => Assert.Contains(Path.GetFileName(file)[..Path.GetFileName(file).IndexOf(".verified", StringComparison.Ordinal)], tests));
    }

    private static Graph Graph(int[] input, params LayerOp[] layers) => Build(Network("Net", input, s_loss, layers));

    private static string Program(int[] input, params LayerOp[] layers) => PassPipeline.Run(Graph(input, layers)).ToText();

    private static CompiledNetwork Compiled(string[] disabled, int[] input, params LayerOp[] layers) => CompiledNetwork.Compile(Graph(input, layers), disabled);

    private static string Nest(string method, int[] input, params LayerOp[] layers) => Compiled([], input, layers).Nests.Single(nest => nest.Method == method).ToText();

    /// <summary>A method of the generated file, with its comment.</summary>
    private static string Method(string name, int[] input, params LayerOp[] layers)
    {
        string[] lines = NetworkEmitter.Emit(Compiled([], input, layers)).Split('\n');
        int head = Array.FindIndex(lines, line => line.Contains(" static ", StringComparison.Ordinal) && line.Contains($" {name}(", StringComparison.Ordinal));
        Assert.True(head >= 0, $"No method {name} among\n{string.Join('\n', lines.Where(line => line.Contains(" static void ", StringComparison.Ordinal)))}");
        int first = head;
        while (lines[first - 1].Length > 0)
            first--;
        string indent = lines[head][..^lines[head].TrimStart().Length];
        int last = Array.FindIndex(lines, head, line => line == indent + "}");
        return string.Concat(lines[first..(last + 1)].Select(line => line.Length > indent.Length ? line[indent.Length..] + "\n" : "\n"));
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, ".."));
}
