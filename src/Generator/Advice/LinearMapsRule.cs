using System.Linq;
using NetGen.Generator.Compiler.Analyses;

namespace NetGen.Generator.Compiler.Advice;

/// <summary>Layers with weights follow each other with nothing non-linear between.</summary>
internal sealed class LinearMapsRule : AdviceRule
{
    protected override void Check(AnalyzedNetwork network, AdviceSink sink)
    {
        var maps = new LinearMaps(network.View);
        var pooled = new LinearMaps(network.View, passesMaxPools: true);
        foreach (Node node in network.Graph.Nodes.Where(node => LinearMaps.IsLayer(node.Op)))
        {
            if (maps.Before(node).FirstOrDefault() is { } first)
                Tell(first, node);
            else if (pooled.Before(node).FirstOrDefault() is { } before)
                sink.At(node, Rules.OnlyMaxPools, node.Told(), before.Told(), new ComposedLayers(before, node, network.View).Between);
        }

        void Tell(Node first, Node last)
        {
            var layers = new ComposedLayers(first, last, network.View);
            if (layers.Factors is { } factors)
                sink.At(last, Rules.FactoredMap, last.Told(), first.Told(), layers.Between, factors);
            else
                sink.At(last, Rules.ComposedMaps, last.Told(), first.Told(), layers.Between, layers.Saving);
        }
    }
}
