using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Compiler.Passes;
using Xunit;
using static NetGen.Tests.Networks.Declarations;
using Buffer = NetGen.Generator.Compiler.Buffer;

namespace NetGen.Tests.Networks;

/// <summary>How values lie in memory, what copies that takes, and what refuses layouts that do not fit.</summary>
public class LayoutTests
{
    private static readonly ActivationOp s_tanh = Activation(ActivationKind.Tanh);

    /// <summary>Copies of the reference networks, of inference and of a training pass with loss and seed; none may come to have more.</summary>
    private static readonly Dictionary<string, (int Inference, int Training)> s_copies = new()
    {
        ["hw5-sigmoid-mlp"] = (1, 2),
        ["two-layer-scalar"] = (1, 2),
        ["mnist-mlp"] = (1, 1),
        ["activations"] = (1, 2),
        ["loss-bce-with-logits"] = (1, 2),
        ["loss-huber"] = (1, 2),
        ["loss-l1"] = (1, 2),
        ["conv1d-chain"] = (2, 4),
        ["lenet5"] = (2, 4),
        ["avgpool-stride"] = (2, 3),
        ["log-sum-exp"] = (1, 2),
        ["residual-mlp"] = (1, 2),
        ["residual-mlp-64x10"] = (1, 1),
        ["bottleneck"] = (2, 3),
        ["inception-1"] = (2, 3),
        ["inception-2"] = (2, 3),
        ["stm"] = (4, 7),
        ["stm-32"] = (4, 7),
        ["alexnet-mnist"] = (1, 3),
        ["alexnet"] = (2, 3),
    };

    [Fact]
    public void No_reference_network_has_more_copies()
    {
        string[] wrong = [.. s_copies.Select(network => (network.Key, network.Value, Copies: Copies(PassPipeline.Run(Build(ReferenceDeclarations.Of(network.Key))))))
            .Where(network => network.Value != network.Copies).Select(network => $"{network.Key}: {network.Copies}")];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));

        static (int Inference, int Training) Copies(StepProgram program) => (StepProgram.Copies(program.Inference).Count, StepProgram.Copies(program.Training.Where(step => step != program.Output)).Count);
    }

    [Fact]
    public void An_activation_of_products_stays_in_their_store()
    {
        StepProgram program = PassPipeline.Run(Build(Network("Net", [4, 8, 16], null, Conv2d(16, 1), s_tanh, Conv2d(4, 1), s_tanh, Pool2d(PoolKind.Max, 2), Activation(ActivationKind.ReLU), Conv2d(16, 1))));
        Assert.DoesNotContain(program.Inference, step => step is ActivationForwardStep);
    }

    [Fact]
    public void The_weight_of_a_linear_layer_follows_one_order()
    {
        // One pixel, or one row of pixels, is a row of features as it lies.
        foreach ((int[] input, LayerOp layer) in new (int[], LayerOp)[] { ([3, 6, 7], new AdaptivePoolOp(null, 2, PoolKind.Average, Size2.Of(1), IsGlobal: true)), ([3, 1, 60], Conv2d(1, 1)) })
        {
            StepProgram program = PassPipeline.Run(Build(Network("Net", input, Loss(ElementwiseLossKind.MSE), Conv2d(12, 1), s_tanh, layer, new FlattenOp(null), Linear(5))));
            Assert.DoesNotContain(program.Inference.Concat(program.Training).OfType<CopyStep>(), copy => copy.To is { Kind: BufferKind.Workspace, Order: BufferOrder.Flat } && copy.From.Kind == BufferKind.Workspace);
        }
    }

    [Fact]
    public void The_verifier_refuses_layouts_that_no_step_takes()
    {
        Graph graph = Build(Network("Net", [3, 8, 20], null, Conv2d(4, 3), Pool2d(PoolKind.Max, 2), Conv2d(16, 3)));
        Layouts layouts = Layouts.Of(graph);
        LayoutVerifier.Verify(layouts, "nothing");
        Node pool = graph.Nodes.Single(node => node.Op is PoolOp);
        Node last = graph.Nodes[^1];
        AssertRefused(pool, way => way with { Reads = EquatableArray.Of(new Reading(way.Reads[0].Layout with { Order = BufferOrder.Flat })) }, "does not have");
        AssertRefused(last, way => way with { Results = EquatableArray.Of<Layout?>(way.Results[0]! with { Order = BufferOrder.Planes }) }, "does not have");
        AssertRefused(last, way => way with { Reads = default }, "does not have");

        // A value whose layout is not the one that its node computes it in.
        NodeLayouts kept = layouts[pool];
        layouts.Choose(pool, layouts.Ways(pool).First(way => way != kept));
        LayoutVerifier.Verify(layouts, "another way");
        layouts.Choose(pool with { Outputs = EquatableArray.Of(new Value(99, pool.Result.Type), pool.Result) }, kept with { Results = EquatableArray.Of(kept.Results[0], kept.Results[0]) });
        Assert.Contains("in its layout", Assert.Throws<CompilerException>(() => LayoutVerifier.Verify(layouts, "a change")).Message, StringComparison.Ordinal);

        void AssertRefused(Node node, Func<NodeLayouts, NodeLayouts> change, string message)
        {
            NodeLayouts before = layouts[node];
            layouts.Choose(node, change(before));
            Assert.Contains(message, Assert.Throws<CompilerException>(() => LayoutVerifier.Verify(layouts, "a change")).Message, StringComparison.Ordinal);
            layouts.Choose(node, before);
        }
    }

    [Fact]
    public void The_verifier_refuses_a_value_without_a_layout()
    {
        Graph graph = Build(Network("Net", [3, 8, 20], null, Conv2d(4, 3), Conv2d(16, 3)));
        Layouts layouts = Layouts.Of(graph);
        Assert.Contains("has no layout", Assert.Throws<CompilerException>(() => layouts[new Value(99, graph.Nodes[0].Result.Type)]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_verifier_refuses_steps_that_do_not_do_what_the_layouts_say()
    {
        Graph graph = Build(Network("Net", [3, 8, 20], null, Conv2d(4, 3), new SoftmaxOp(null)));
        Layouts layouts = Layouts.Of(graph);
        (Value input, Value conv, Value softmax) = (graph.Inputs[0], graph.Nodes[0].Result, graph.Nodes[1].Result);
        Buffer Of(int id, Value value, BufferKind kind = BufferKind.Workspace) => new(id, "b", layouts[value].Shape, layouts[value].Order, kind);
        var buffers = new Dictionary<Value, Buffer> { [input] = Of(0, input, BufferKind.Input), [conv] = Of(1, conv), [softmax] = Of(2, softmax) };
        Buffer pixels = buffers[conv] with { Id = 3, Order = BufferOrder.ChannelsLast };
        var copy = new CopyStep("Copy", buffers[conv], pixels);
        LayoutVerifier.Verify(layouts, buffers, [copy]);

        AssertRefused(buffers, [], "in which it is not");
        AssertRefused(buffers, [new CopyStep("Copy", buffers[softmax], pixels)], "in which it is not");
        AssertRefused(buffers, [new CopyStep("Copy", buffers[conv], pixels with { Order = BufferOrder.Planes })], "in which it is not");
        AssertRefused(new(buffers) { [softmax] = buffers[softmax] with { Order = BufferOrder.Planes } }, [copy], "its layout is");
        AssertRefused(new(buffers.Where(value => value.Key != conv)), [copy], "in which it is not");

        void AssertRefused(Dictionary<Value, Buffer> lie, Step[] steps, string message) => Assert.Contains(
            message, Assert.Throws<CompilerException>(() => LayoutVerifier.Verify(layouts, lie, steps)).Message, StringComparison.Ordinal);
    }
}
