using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis.CSharp;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using NetGen.Generator.Parsing;
using NetGen.Tests.Generator;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>The random networks as a user would declare them.</summary>
public class DeclarationTests
{
    private static readonly NetworkDeclaration[] s_drawn =
        [.. Enumerable.Range(0, 300).SelectMany(number => new[] { new RandomNetwork(number, small: true), new RandomNetwork(number, small: true, convolutional: true), new RandomNetwork(number, small: true, composed: true) })
            .Select((network, i) => network.Graph.Declaration with { Name = "Net" + i })];

    [Fact]
    public void Printed_declarations_are_parsed_to_what_they_were()
    {
        CSharpCompilation compilation = Code.Compile(Declarations.Print(s_drawn).Replace("using NetGen;", ""));
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Id is not ("CS0535" or "CS8019")));
        foreach (NetworkDeclaration drawn in s_drawn)
        {
            ParseResult result = DeclarationParser.Parse(compilation.GetTypeByMetadataName($"{Declarations.Namespace}.{drawn.Name}")!, CancellationToken.None);
            Assert.Empty(CheckedNetwork.Of(result).Errors);
            Assert.Equal(drawn, result.Declaration);
        }
    }

    [Fact]
    public void Every_option_is_drawn()
    {
        ConvOp[] convolutions = [.. s_drawn.SelectMany(d => d.Layers).OfType<ConvOp>()];
        PoolOp[] pools = [.. s_drawn.SelectMany(d => d.Layers).OfType<PoolOp>()];
        AdaptivePoolOp[] adaptive = [.. s_drawn.SelectMany(d => d.Layers).OfType<AdaptivePoolOp>()];
        foreach (int dimensions in new[] { 1, 2 })
        {
            Assert.Contains(convolutions, c => c.Dimensions == dimensions && c.Stride.Width > 1);
            Assert.Contains(convolutions, c => c.Dimensions == dimensions && c.Padding.Width > 1);
            Assert.Contains(convolutions, c => c.Dimensions == dimensions && c.Dilation.Width > 1 && c.Kernel.Width > 1);
            Assert.Contains(convolutions, c => c.Dimensions == dimensions && c.IsSame && c.Pads.Left != c.Pads.Right);
            Assert.Contains(convolutions, c => c.Dimensions == dimensions && c.Groups > 1 && c.Groups == c.Channels);
            Assert.Contains(convolutions, c => c.Dimensions == dimensions && c.IsFixed);
            Assert.Contains(convolutions, c => c.Dimensions == dimensions && !c.Bias && !c.IsFixed);
            foreach (PoolKind function in new[] { PoolKind.Max, PoolKind.Average })
            {
                Assert.Contains(pools, p => p.Dimensions == dimensions && p.Function == function && p.CeilMode);
                Assert.Contains(pools, p => p.Dimensions == dimensions && p.Function == function && p.Padding.Width > 0);
                Assert.Contains(pools, p => p.Dimensions == dimensions && p.Function == function && p.Stride.Width < p.Kernel.Width);
            }
        }

        Assert.Contains(convolutions, c => c.Groups > 1 && c.Groups < c.Channels);
        Assert.Contains(convolutions, c => c.Kernel.Height != c.Kernel.Width && c.Dimensions == 2);
        Assert.Contains(pools, p => p is { CountIncludePad: false, Padding.Width: > 0 });
        Assert.Contains(adaptive, p => p.IsGlobal);
        Assert.Contains(adaptive, p => p.Grid.Height != p.Grid.Width);
        IEnumerable<LayerOp> last = s_drawn.Select(d => d.Layers[^1]);
        Assert.Contains(last, op => op is LogSumExpOp);
        Assert.Contains(s_drawn, d => d.Loss is CrossEntropyLossOp && d.Layers.Any(op => op is ConvOp));
    }

    [Fact]
    public void Every_composition_is_drawn()
    {
        CompositeOp[] compositions = [.. s_drawn.Concat(Enumerable.Range(0, 300).Select(DegenerateNetworks.Draw)).SelectMany(d => Compositions(d.Layers))];
        foreach (Composition composition in Enum.GetValues<Composition>())
            Assert.Contains(compositions, op => op.Composition == composition);
        Assert.Equal(4, s_drawn.Max(d => Depth(d.Layers)));

        // Sums and concatenations of a pool alone, of one block twice, of the input twice.
        foreach (Composition composition in new[] { Composition.Sum, Composition.Concat })
        {
            Assert.Contains(compositions, op => op.Composition == composition && op.Blocks.Any(block => block.Layers.Count == 1 && block.Layers[0] is PoolOp));
            Assert.Contains(compositions, op => op.Composition == composition && op.Blocks.Count(block => block.Layers.Count == 0) == 1);
            Assert.Contains(compositions, op => op.Composition == composition && op.Blocks.Count(block => block.Layers.Count == 0) == 2);
        }

        Assert.Contains(compositions, op => op.Composition == Composition.Sum && op.Blocks[0].Layers.Count > 1 && op.Blocks[0] == op.Blocks[1]);
        Assert.Contains(compositions, op => op.Composition == Composition.Residual && op.Blocks[0].Layers is [ActivationOp, ..]);
        Assert.Contains(compositions, op => op.Composition == Composition.Concat && op.Blocks.Any(block => block.Layers is [CompositeOp { Composition: Composition.Concat }]));
        Assert.Contains(compositions, op => op.Composition == Composition.Concat && op.Blocks.All(block => block.Layers.LastOrDefault() is FlattenOp or LinearOp && block.Layers.Any(layer => layer is FlattenOp)));

        static IEnumerable<CompositeOp> Compositions(IEnumerable<LayerOp> layers) =>
            layers.OfType<CompositeOp>().SelectMany(op => op.Blocks.SelectMany(block => Compositions(block.Layers)).Prepend(op));
        static int Depth(IEnumerable<LayerOp> layers) => layers.OfType<CompositeOp>().Select(op => 1 + op.Blocks.Max(block => Depth(block.Layers))).DefaultIfEmpty().Max();
    }

    /// <summary>Passes look for equal values.</summary>
    [Fact]
    public void Joins_are_equal_whatever_they_are_called()
    {
        BlockDeclaration a = Declarations.Block("A", Declarations.Linear(4));
        BlockDeclaration b = Declarations.Block("B", Declarations.Linear(4));
        Op sum = Declarations.Sum(a, b).Join.Essence;
        Assert.Equal(sum, Declarations.Sum(b, a, a).Join.Essence);
        Assert.Equal(sum, Declarations.Residual(a).Join.Essence);
        Assert.Equal(sum, (Declarations.Sum(a, b) with { Name = "named" }).Join.Essence);
        Assert.Equal(Declarations.Concat(a, b).Join.Essence, Declarations.ParallelConcat(a, 2).Join.Essence);
        Assert.NotEqual(sum, Declarations.Concat(a, b).Join.Essence);
    }
}
