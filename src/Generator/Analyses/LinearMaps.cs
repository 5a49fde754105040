using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler.Analyses;

/// <summary>A value as an affine map of another.</summary>
/// <param name="Base">The number of that.</param>
/// <param name="Layers">The last layers with weights on the way, one a path; none where there is none.</param>
internal sealed record LinearMap(int Base, IReadOnlyList<Node> Layers)
{
    public static readonly IReadOnlyList<Node> None = [];
}

/// <summary>Which layers compose to one linear map, because nothing but linear maps lies between them, and nothing else reads what the first computes.</summary>
internal sealed class LinearMaps
{
    /// <summary>Of the layers on many paths so many are known, or a long row of residuals would have a long list at each place.</summary>
    private const int MostLayers = 16;

    private readonly GraphView _view;
    private readonly bool _passesMaxPools;
    private readonly IReadOnlyDictionary<int, LinearMap> _maps;

    /// <summary>Whether all that reads a value is linear, up to the next layers with weights.</summary>
    private readonly IReadOnlyDictionary<int, bool> _areReadLinearly;

    /// <param name="view">The graph.</param>
    /// <param name="passesMaxPools">Whether the maxima of windows count as linear, which they are not.</param>
    public LinearMaps(GraphView view, bool passesMaxPools = false)
    {
        _view = view;
        _passesMaxPools = passesMaxPools;
        _maps = Dataflow.Forward(view.Graph, new LinearMap(Graph.InputId, LinearMap.None), Of);
        _areReadLinearly = Dataflow.Backward(
            view.Graph, false, (node, behind) => IsLayer(node.Op) || (behind && (IsLinear(node.Op) || (node.Op is JoinOp && _maps[node.Id].Layers.Count > 0))), (a, b) => a && b);
    }

    public static bool IsLayer(Op op) => op is LinearOp or ConvOp;

    /// <summary>The layers that a layer with weights composes with to one linear map; none where it does not.</summary>
    public IReadOnlyList<Node> Before(Node node)
    {
        IReadOnlyList<Node> layers = IsLayer(node.Op) ? _maps[node.Data[0].Id].Layers : LinearMap.None;
        return layers.All(layer => _areReadLinearly[layer.Id]) ? layers : LinearMap.None;
    }

    /// <summary>Whether what it computes is an affine map of what it reads. Dropout and batch normalisation are where a network is evaluated.</summary>
    private bool IsLinear(Op op) => op is FlattenOp or DropoutOp or BatchNormOp or PoolingOp { Function: PoolKind.Average } or ActivationOp { Function: ActivationKind.LeakyReLU, Parameter: 1 }
        || (_passesMaxPools && op is PoolingOp);

    private LinearMap Of(Node node, IReadOnlyList<LinearMap> sources)
    {
        LinearMap first = sources[0];
        if (IsLayer(node.Op))
            return new LinearMap(first.Base, [node]);
        if (IsLinear(node.Op))
            return first;
        if (node.Op is JoinOp && sources.All(source => source.Base == first.Base))
            return new LinearMap(first.Base, Layers(sources));

        // Branches of different values are one map where each has its own last layer, which nothing else reads: not beside a residual's identity.
        bool isMap = node.Op is JoinOp && sources.Zip(node.Data, (source, value) => source.Layers.Count > 0 && _view.OnlyReader(value) is not null).All(fits => fits);
        return new LinearMap(node.Id, isMap ? Layers(sources) : LinearMap.None);
    }

    private static IReadOnlyList<Node> Layers(IReadOnlyList<LinearMap> sources) => [.. sources.SelectMany(source => source.Layers).Distinct().Take(MostLayers)];
}
