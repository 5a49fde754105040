using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Compiler.Passes;
using Xunit;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

public class GraphTests
{
    private static readonly ActivationOp s_relu = Activation(ActivationKind.ReLU);

    [Fact]
    public void A_graph_is_read_as_a_line_a_node()
    {
        Graph graph = Build(Network("Net", [3, 8, 8], null, Conv2d(32, 3) with { Name = "conv1" }, s_relu, Pool2d(PoolKind.Max, 2), new FlattenOp(null), Linear(10)));
        Assert.Equal(
            """
            %input f32[C 3, H 8, W 8] = input
            conv1.weight f32[O 32, I 3, H 3, W 3] = trained
            conv1.bias f32[C 32] = trained
            4.weight f32[O 10, I 288] = trained
            4.bias f32[C 10] = trained
            %0 f32[C 32, H 6, W 6] = Conv2d(32, 3) %input, conv1.weight, conv1.bias
            %1 f32[C 32, H 6, W 6] = ReLU %0
            %2 f32[C 32, H 3, W 3] = MaxPool2d(2) %1
            %4 f32[C 288] = Flatten %2
            %5 f32[C 10] = Linear(10) %4, 4.weight, 4.bias
            output %5

            """,
            graph.ToText());
    }

    [Fact]
    public void Gradients_are_nodes_of_the_graph()
    {
        Graph graph = Build(Network("Net", [4], null, Residual(Block("Body", Linear(4, name: "fc"), s_relu)), Linear(2, bias: false)));
        TrainingGraph training = Differentiation.Run(graph);
        GraphVerifier.Verify(training, "nothing");
        Assert.Equal(
            """
            %input f32[C 4] = input
            %outputGradient f32[C 2] = input
            0.body.fc.weight f32[O 4, I 4] = trained
            0.body.fc.bias f32[C 4] = trained
            1.weight f32[O 2, I 4] = trained
            %0 f32[C 4] = Linear(4) %input, 0.body.fc.weight, 0.body.fc.bias
            %1 f32[C 4] = ReLU %0
            %2 f32[C 4] = Residual<Body> %1, %input
            %3 f32[C 2] = Linear(2) %2, 1.weight
            %4 batch f32[O 2, I 4] = Linear(2).gradient(1) %outputGradient, %2  // gradient of 1.weight
            %5 f32[C 4] = Linear(2).gradient(0) %outputGradient, 1.weight  // gradient of %2
            %6 f32[C 4] = ReLU.gradient(0) %5, %1  // gradient of %0
            %7 batch f32[O 4, I 4] = Linear(4).gradient(1) %6, %input  // gradient of 0.body.fc.weight
            %8 batch f32[C 4] = Linear(4).gradient(2) %6  // gradient of 0.body.fc.bias
            %9 f32[C 4] = Linear(4).gradient(0) %6, 0.body.fc.weight  // gradient of %input
            %10 f32[C 4] = Sum %5, %9  // gradient of %input
            output %3, %10, %7, %8, %4

            """,
            training.Graph.ToText());
    }

    [Fact]
    public void Merged_layers_have_parameters_made_of_parts()
    {
        BlockDeclaration path = Block("Path", Conv2d(4, 1), s_relu, Conv2d(16, 1));
        Graph graph = Rewriter.Run(Build(Network("Net", [16, 8, 8], null, ParallelSum(path, 3))), MergeAlikeBranches.Rewrite);
        GraphVerifier.Verify(graph, nameof(MergeAlikeBranches));
        Assert.Equal(4, graph.Parameters.Count);
        Value[] last = [.. graph.Nodes[^1].ParameterValues];
        Assert.Equal([(0, 0), (0, 4), (0, 8)], last[0].Parts.Select(part => (part.FirstOutput, part.FirstInput)));
        Assert.True(last[1].SumsParts);
        Assert.Equal(["0.branches.0.2.bias", "0.branches.1.2.bias", "0.branches.2.2.bias"], last[1].Parts.Select(part => part.Parameter.Name));
    }

    [Fact]
    public void The_verifier_takes_all_networks_before_and_after_each_rewrite()
    {
        Func<Node, GraphView, GraphPatch?>[] passes = [ShareEqualLayers.Rewrite, MergeAlikeBranches.Rewrite, MergePointwise.Rewrite, DropoutAfterActivation.Rewrite, PoolBeforeReLU.Rewrite];
        for (int number = 0; number < 120; number++)
        {
            Graph graph = Build(RandomNetwork.Draw(number, small: false, convolutional: number % 3 == 1, composed: number % 3 == 2));
            GraphVerifier.Verify(graph, "nothing");
            foreach (Func<Node, GraphView, GraphPatch?> pass in passes)
            {
                Graph next = Rewriter.Run(graph, pass);
                GraphVerifier.Verify(next, pass.Method.DeclaringType!.Name);
                GraphVerifier.Verify(Differentiation.Run(next), nameof(Differentiation));
                Assert.Equal((graph.Input, graph.Output, Declared(graph)), (next.Input, next.Output, Declared(next)));
                graph = next;
            }
        }
    }

    private static long Declared(Graph graph) =>
        graph.Parameters.Sum(parameter => parameter.Parts.Count == 0 ? parameter.Spec!.Count : parameter.Parts.Sum(part => part.Parameter.Spec!.Count));

    /// <summary>Each breaks one thing.</summary>
    private static readonly Dictionary<string, (Func<Graph, Graph> Break, string Message)> s_breaks = new()
    {
        ["a number twice"] = (graph => Replace(graph, 1, node => node with { Outputs = EquatableArray.Of(new Value(graph.Nodes[0].Id, node.Result.Type)) }), "whose number another value has"),
        ["a reading too early"] = (graph => graph with { Nodes = new[] { graph.Nodes[1], graph.Nodes[0] }.Concat(graph.Nodes.Skip(2)).ToEquatableArray() }, "which nothing before it computes"),
        ["a value of another type"] = (graph => Replace(graph, 1, node => node with { Inputs = EquatableArray.Of(new Value(node.Inputs[0].Id, graph.Inputs[0].Type)) }), "which nothing before it computes"),
        ["another type of result"] = (graph => Replace(graph, 4, node => node with { Outputs = EquatableArray.Of(new Value(node.Id, TensorType.Of(Shape.Flat(9)))) }), "its outputs are"),
        ["another axis"] = (graph => Replace(graph, 4, node => node with { Outputs = EquatableArray.Of(new Value(node.Id, new TensorType(ElementType.F32, EquatableArray.Of(new Axis("L", 10))))) }), "its outputs are"),
        ["an input of another shape"] = (graph => Replace(graph, 4, node => node with { Inputs = new[] { graph.Nodes[0].Result }.Concat(node.ParameterValues).ToEquatableArray() }), "does not take"),
        ["a weight of another layer"] = (graph => Replace(graph, 4, node => node with { Inputs = EquatableArray.Of(node.Inputs[0], graph.Parameters[0], node.Inputs[2]) }), "reads parameters of other types"),
        ["no bias"] = (graph => Replace(graph, 4, node => node with { Inputs = node.Inputs.Take(2).ToEquatableArray() }), "reads parameters of other types"),
        ["a weight before the input"] = (graph => Replace(graph, 4, node => node with { Inputs = EquatableArray.Of(node.Inputs[1], node.Inputs[0], node.Inputs[2]) }), "reads a parameter before another value"),
        ["a node that nothing reads"] = (graph => graph with { Outputs = EquatableArray.Of(graph.Nodes[3].Result) }, "computes what nothing reads"),
        ["a parameter that nothing reads"] = (graph => graph with { Nodes = graph.Nodes.Take(4).ToEquatableArray(), Outputs = EquatableArray.Of(graph.Nodes[3].Result) }, "nothing reads 4.weight"),
        ["a parameter of another type"] = (graph => graph with { Parameters = graph.Parameters.Select(value => new Value(value.Id, TensorType.Of(graph.Input)) { Role = value.Role, Spec = value.Spec, Name = value.Name }).ToEquatableArray() }, "no parameter of the type"),
        ["two given values of a number"] = (graph => graph with { Inputs = EquatableArray.Of(graph.Inputs[0], new Value(graph.Parameters[0].Id, graph.Inputs[0].Type)) }, "two given values have the number"),
        ["no output"] = (graph => graph with { Outputs = default }, "no output"),
        ["an update that is not in the graph"] = (graph => graph with { Updates = EquatableArray.Of(new Value(77, graph.Nodes[4].Result.Type)) }, "the update %77 is not in the graph"),
        ["an update that is an output"] = (graph => graph with { Updates = graph.Outputs }, "the update %5 is not in the graph, or an output"),
        ["an output from elsewhere"] = (graph => graph with { Outputs = EquatableArray.Of(new Value(77, graph.Nodes[4].Result.Type)) }, "is not in the graph"),
    };

    public static TheoryData<string> Breaks => [.. s_breaks.Keys];

    [Theory]
    [MemberData(nameof(Breaks))]
    public void The_verifier_refuses(string name)
    {
        Graph graph = Build(Network("Net", [3, 8, 8], null, Conv2d(32, 3), s_relu, Pool2d(PoolKind.Max, 2), new FlattenOp(null), Linear(10)));
        GraphVerifier.Verify(graph, "nothing");
        (Func<Graph, Graph> broken, string message) = s_breaks[name];
        AssertRefused(message, () => GraphVerifier.Verify(broken(graph), "a change"));
    }

    [Fact]
    public void The_verifier_refuses_gradients_of_other_types()
    {
        TrainingGraph training = Differentiation.Run(Build(Network("Net", [4], null, Linear(4), s_relu, Linear(4))));
        GraphVerifier.Verify(training, "nothing");
        Graph graph = training.Graph;
        AssertRefused("not every parameter has a gradient", () => GraphVerifier.Verify(training with { Graph = graph with { Outputs = graph.Outputs.Append(graph.Outputs[0]).ToEquatableArray() } }, "a change"));
        AssertRefused("its gradient", () => GraphVerifier.Verify(training with { Graph = graph with { Outputs = new[] { graph.Outputs[0], graph.Outputs[2], graph.Outputs[1] }.Concat(graph.Outputs.Skip(3)).ToEquatableArray() } }, "a change"));
        int gradient = Enumerable.Range(0, graph.Nodes.Count).First(i => graph.Nodes[i].Op is GradientOp { Input: 1 });
        AssertRefused("does not start from the gradient", () => GraphVerifier.Verify(Replace(graph, gradient, node => node with { Of = null }), "a change"));
        AssertRefused("the gradient of a node that is not there", () => GraphVerifier.Verify(Replace(graph, gradient, node => node with { Of = node }), "a change"));
        AssertRefused("the gradient of", () => GraphVerifier.Verify(Replace(graph, gradient, node => node with { Outputs = EquatableArray.Of(new Value(node.Id, node.Result.Type) { GradientOf = graph.Inputs[0] }) }), "a change"));
    }

    [Fact]
    public void The_verifier_refuses_a_second_result_of_another_type()
    {
        Graph graph = Differentiation.Run(Expansion.Run(Build(Network("Net", [4], null, Linear(4), BatchNorm1d())), isTraining: true)).Graph;
        int gradient = Enumerable.Range(0, graph.Nodes.Count).Single(i => graph.Nodes[i].Outputs.Count == 3 && graph.Nodes[i].Op is GradientOp);
        Assert.Equal(BatchNorm1d(), ((GradientOp)graph.Nodes[gradient].Op).Of);
        AssertRefused("its outputs are", () => GraphVerifier.Verify(Replace(graph, gradient, node => node with { Outputs = Second(node) }), "a change"));
        AssertRefused("the gradient of", () => GraphVerifier.Verify(
            Replace(graph, gradient, node => node with { Outputs = Second(node), Op = (GradientOp)node.Op with { Others = Second(node).Skip(1).Select(output => output.Type).ToEquatableArray() } }), "a change"));

        static EquatableArray<Value> Second(Node node) =>
            EquatableArray.Of(node.Outputs[0], new Value(node.Outputs[1].Id, TensorType.Of(Shape.Flat(9)) with { IsPerSample = false }) { GradientOf = node.Outputs[1].GradientOf }, node.Outputs[2]);
    }

    [Fact]
    public void The_verifier_refuses_slices_and_parts_that_do_not_cover()
    {
        Graph graph = Rewriter.Run(
            Build(Network("Net", [32, 8, 8], null, Concat(Block("A", Conv2d(16, 1), Conv2d(32, 3)), Block("B", Conv2d(64, 1), Conv2d(16, 3))))), MergePointwise.Rewrite);
        GraphVerifier.Verify(graph, nameof(MergePointwise));
        int slice = Enumerable.Range(0, graph.Nodes.Count).First(i => graph.Nodes[i].Op is SliceOp);
        foreach (SliceOp other in new[] { new SliceOp(16, 16), new SliceOp(1, 16) })
            AssertRefused("not covered by its slices", () => GraphVerifier.Verify(Replace(graph, slice, node => node with { Op = other }), "a change"));
        Value weight = graph.Parameters.First(parameter => parameter.Parts.Count > 0);
        foreach (ParameterPart[] parts in new ParameterPart[][] { [weight.Parts[0]], [weight.Parts[0], weight.Parts[1] with { FirstOutput = 0 }], [weight.Parts[0], weight.Parts[1] with { FirstOutput = 20 }] })
        {
            var other = new Value(weight.Id, weight.Type) { Role = weight.Role, Spec = weight.Spec, Name = weight.Name, Parts = parts.ToEquatableArray() };
            AssertRefused("do not fill it", () => GraphVerifier.Verify(graph with { Parameters = graph.Parameters.Select(value => value == weight ? other : value).ToEquatableArray() }, "a change"));
        }
    }

    [Fact]
    public void A_patch_refuses_another_type_and_a_value_from_elsewhere()
    {
        Graph graph = Build(Network("Net", [3, 8, 8], null, Conv2d(32, 3), s_relu));
        var patch = new GraphPatch(new GraphView(graph));
        AssertRefused("what replaces it", () => patch.Replace(graph.Nodes[0].Result, graph.Inputs[0]));
        AssertRefused("is not in the graph", () => patch.Add(s_relu, [new Value(77, graph.Nodes[0].Result.Type)], graph.Nodes[0].Owner));
        AssertRefused("does not take", () => patch.Add(new SliceOp(30, 3), [graph.Nodes[0].Result], graph.Nodes[0].Owner));

        // A dropped node that is still read is found when the graph is verified.
        patch.Drop(graph.Nodes[0]);
        AssertRefused("which nothing before it computes", () => GraphVerifier.Verify(patch.Apply(), "a patch"));
    }

    private static Graph Replace(Graph graph, int place, Func<Node, Node> change) => graph with { Nodes = graph.Nodes.Select((node, i) => i == place ? change(node) : node).ToEquatableArray() };

    private static void AssertRefused(string message, Action verify) => Assert.Contains(message, Assert.Throws<CompilerException>(verify).Message, StringComparison.Ordinal);
}
