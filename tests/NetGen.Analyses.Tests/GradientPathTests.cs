using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Analyses;
using NetGen.Generator.Compiler.Ops;
using NetGen.Tests.Networks;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Analyses;

/// <summary>The ways of gradients back to the layers: the reference's residual network, and all paths of random networks one by one.</summary>
public class GradientPathTests
{
    /// <summary>Nodes with more are left out.</summary>
    private const int MostPaths = 2000;

    /// <summary>R3: whatever its depth, each layer of the residual network is reached by an identity path, which no layer on the way can close; of the plain one only the last.</summary>
    [Fact]
    public void R3_residual_layers_have_identity_paths_and_plain_ones_do_not()
    {
        AnalyzedNetwork residual = SourceNetworks.Reference("ResidualMlp");
        GradientPath[] layers = Layers(residual);
        Assert.All(layers, path => Assert.True(path.IsIdentity));
        Assert.All(layers[..^1], path => Assert.Equal((1, 1), (path.Saturating, path.Layers)));

        GradientPath[] plain = Layers(SourceNetworks.Reference("PlainMlp"));
        Assert.Equal(10, plain.Length);
        Assert.All(plain[..^1], path => Assert.False(path.IsIdentity));
        Assert.Equal(Enumerable.Range(0, 10).Reverse(), plain.Select(path => path.Saturating));
        Assert.Equal(Enumerable.Range(0, 10).Reverse(), plain.Select(path => path.Layers));
        Assert.Equal(new GradientPath(true, 0, 0), plain[^1]);
    }

    [Theory]
    [InlineData("[Block, Linear(8), ReLU, Linear(8)] class Body; [Network(4), Linear(8), Tanh, Residual<Body>, Sigmoid, Linear(2)] partial class Net;", "yes 2 1, no 1 2, yes 1 1, yes 0 0")]
    [InlineData("[Block, Linear(8), Sigmoid] class Gate; [Block, Linear(8), ReLU] class Open; [Network(4), Linear(8), Sum<Gate, Open>, Linear(2), Softmax] partial class Net;", "no 1 2, yes 2 1, yes 1 1, yes 1 0")]
    [InlineData("[Block, Linear(8), Tanh] class Layer; [Network(4), Linear(3), Concat<Identity, Layer>, ReLU, Flatten, Linear(2)] partial class Net;", "yes 0 1, yes 1 1, yes 0 0")]
    [InlineData("[Network(1, 8, 8), Conv2d(2, 3), BatchNorm2d, ReLU, GlobalAvgPool2d, Flatten] partial class Net;", "no 0 0")]
    [InlineData("[Network(1, 8, 8), Conv2d(2, 3), BatchNorm2d, ReLU, Flatten] partial class Net;", "yes 0 0")]
    public void Paths_behind_layers(string source, string expected) =>
        Assert.Equal(expected, string.Join(", ", Layers(SourceNetworks.Of(source)).Select(path => $"{(path.IsIdentity ? "yes" : "no")} {path.Saturating} {path.Layers}")));

    [Fact]
    public void All_paths_of_random_networks_one_by_one()
    {
        int branched = 0;
        for (int number = 0; number < 300; number++)
        {
            var random = new RandomStream((ulong)number);
            Graph graph = Build(Network("Net", [4], null, [.. Draw(random, 0), Linear(4), .. random.Chance(0.3) ? [new SoftmaxOp((string?)null)] : new LayerOp[0]]));
            var view = new GraphView(graph);
            IReadOnlyDictionary<int, GradientPath> found = new AnalyzedNetwork(graph, default).GradientPaths;
            foreach (Node node in graph.Nodes)
            {
                List<Node[]> paths = [];
                Follow(node.Result, [], view, paths);
                if (paths.Count > MostPaths)
                    continue;
                branched += paths.Count > 1 ? 1 : 0;
                (int saturating, int layers) = paths.Min(path => (path.Count(IsSaturating), path.Count(step => step.Op is LinearOp)));
                Assert.Equal((saturating, layers), (found[node.Id].Saturating, found[node.Id].Layers));
            }
        }

        Assert.True(branched > 1000, $"{branched} nodes with several paths");
        static bool IsSaturating(Node node) => node.Op is SoftmaxOp or ActivationOp { Function: ActivationKind.Sigmoid or ActivationKind.Tanh };
    }

    private static void Follow(Value value, Node[] path, GraphView view, List<Node[]> paths)
    {
        if (paths.Count > MostPaths)
            return;
        if (view.IsOutput(value))
            paths.Add(path);
        foreach (Node reader in view.Readers(value).Distinct())
            Follow(reader.Result, [.. path, reader], view, paths);
    }

    private static IEnumerable<LayerOp> Draw(RandomStream random, int depth)
    {
        for (int i = random.Between(1, 3); i > 0; i--)
        {
            BlockDeclaration Inner() => Block("Inner", [.. Draw(random, depth + 1)]);
            yield return random.Between(0, depth < 2 ? 6 : 2) switch
            {
                0 => Linear(4),
                1 => Activation(random.Pick(ActivationKind.Sigmoid, ActivationKind.Tanh)),
                2 => Activation(random.Pick(ActivationKind.ReLU, ActivationKind.GELU)),
                3 => Sum(Inner(), Inner()),
                4 => Residual(Inner()),
                5 => Repeat(Inner(), 2),
                _ => Sum(Declarations.Identity, Inner(), Inner()),
            };
        }
    }

    /// <summary>Of the layers with weights in their order.</summary>
    private static GradientPath[] Layers(AnalyzedNetwork network) => [.. network.Graph.Nodes.Where(node => node.Op is LinearOp or ConvOp).Select(node => network.GradientPaths[node.Id])];
}
