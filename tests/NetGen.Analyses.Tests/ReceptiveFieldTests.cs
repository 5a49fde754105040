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

/// <summary>Receptive fields against the reference's index ranges, and against the sets of inputs that each place of a random network depends on.</summary>
public class ReceptiveFieldTests
{
    /// <summary>REFERENCE.md: y1[k,i,j] depends on X[:, i-2 .. i+2], y2 on X[:, 2i-2 .. 2i+3], y3 on X[:, 4i-6 .. 4i+9].</summary>
    [Fact]
    public void Index_ranges_of_the_reference()
    {
        AnalyzedNetwork network = SourceNetworks.Of(
            "[Network(3, 64, 64), Conv2d(8, 3, Padding = 1), Conv2d(8, 3, Padding = 1), MaxPool2d(2), Conv2d(8, 3, Padding = 1), Conv2d(8, 3, Padding = 1), MaxPool2d(2)] partial class Net;");
        foreach ((int layer, int size, int stride, int start) in new[] { (1, 5, 1, -2), (2, 6, 2, -2), (5, 16, 4, -6) })
        {
            ReceptiveField field = Field(network, layer);
            Assert.Equal(EquatableArray.Of(new FieldAxis(size, stride, start), new FieldAxis(size, stride, start)), field.Axes);
            Assert.Equal((start + (7.0 * stride), start + (7.0 * stride) + size), field.Axes[1].Window(7));
        }

        Assert.Equal(("16x16", "4x4", "-6, -6"), (Field(network, 5).Size, Field(network, 5).Stride, Field(network, 5).Start));
    }

    [Theory]
    [InlineData("[Network(3, 9, 12), Conv2d(4, 3, 5, StrideHW = [1, 2], PaddingHW = [0, 2], DilationHW = [2, 1])] partial class Net;", "5x5", "1x2", "0, -2")]
    [InlineData("[Network(3, 12, 12), Conv2d(4, 4, SamePadding = true)] partial class Net;", "4x4", "1x1", "-1, -1")]
    [InlineData("[Network(2, 20), Conv1d(4, 3, Dilation = 4), AvgPool1d(2, Stride = 3)] partial class Net;", "10", "3", "0")]
    [InlineData("[Network(3, 7, 7), MaxPool2d(2, CeilMode = true)] partial class Net;", "2x2", "2x2", "0, 0")]
    [InlineData("[Network(3, 12, 13), AdaptiveAvgPool2d(6)] partial class Net;", "2x3", "2x2.17", "0, 0")]
    [InlineData("[Network(3, 9, 7), Conv2d(4, 3), GlobalAvgPool2d] partial class Net;", "9x7", "", "")]
    [InlineData("[Network(3, 9, 7), Conv2d(4, 3, Padding = 1), Flatten, Linear(4), ReLU] partial class Net;", "9x7", "", "")]
    [InlineData("[Network(3, 8, 8), Conv2d(4, 3, Stride = 2), Flatten] partial class Net;", "7x7", "", "")]
    [InlineData("[Network(3, 9, 7), LayerNorm] partial class Net;", "9x7", "", "")]
    [InlineData("[Network(3, 9, 7), LayerNorm(7)] partial class Net;", "1x7", "1x0", "0, 0")]
    [InlineData("[Network(3, 9, 7), RMSNorm(9, 7)] partial class Net;", "9x7", "", "")]
    [InlineData("[Network(3, 9, 7), BatchNorm2d, Sigmoid, Dropout, Softmax] partial class Net;", "1x1", "1x1", "0, 0")]
    [InlineData("[Network(12), Linear(4), LogSumExp] partial class Net;", "", "", "")]
    [InlineData("[Block, Conv2d(3, 5, Padding = 2)] class Wide; [Block, Conv2d(3, 1, 3, PaddingHW = [0, 1])] class Flat; [Network(3, 9, 9), Sum<Wide, Flat, Identity>] partial class Net;", "5x5", "1x1", "-2, -2")]
    [InlineData("[Block, Conv2d(3, 3)] class Left; [Block, Conv2d(3, 1), Conv2d(2, 3)] class Right; [Network(3, 9, 9), Concat<Left, Right>] partial class Net;", "3x3", "1x1", "0, 0")]
    public void Layers_of_each_kind(string source, string size, string stride, string start)
    {
        AnalyzedNetwork network = SourceNetworks.Of(source);
        ReceptiveField field = network.ReceptiveFields[network.Graph.OutputId];
        Assert.Equal((size, stride, start), (field.Size, field.Stride, field.Start));
    }

    /// <summary>One branch strides where the other is a long filter: the union holds both at every place.</summary>
    [Fact]
    public void Branches_of_different_strides()
    {
        NetworkDeclaration declaration = Network("Net", [2, 32], null, Sum(Block("Strided", Conv1d(2, 2, stride: 2)), Block("Long", Conv1d(2, 17))));
        Graph graph = Build(declaration);
        FieldAxis axis = new AnalyzedNetwork(graph, default).ReceptiveFields[graph.OutputId].Axes[0];
        for (int place = 0; place < 16; place++)
        {
            (double first, double end) = axis.Window(place);
            Assert.True(first <= place && end >= Math.Max(place + 17, (2 * place) + 2), $"{place}: {first} to {end}");
        }

        Assert.Equal(new FieldAxis(17, 1, 0), axis);
    }

    [Fact]
    public void The_largest_window_of_an_adaptive_pool()
    {
        for (int size = 1; size < 30; size++)
        {
            for (int count = 2; count < 35; count++)
            {
                var pool = new AdaptivePoolOp(null, 1, PoolKind.Max, new Size2(1, count));
                Graph graph = Build(Network("Net", [1, size], null, pool));
                FieldAxis axis = new AnalyzedNetwork(graph, default).ReceptiveFields[graph.OutputId].Axes[0];
                Assert.Equal((Dependence(graph)[graph.OutputId].Max(window => window.Columns.Length), (double)size / count), (axis.Size, axis.Stride));
            }
        }
    }

    [Fact]
    public void What_places_of_random_networks_depend_on()
    {
        int compared = 0;
        for (int number = 0; number < 400; number++)
        {
            NetworkDeclaration declaration = Draw(new RandomStream((ulong)number));
            Graph graph = Build(declaration);
            Dictionary<int, Set[]> dependence = Dependence(graph);
            IReadOnlyDictionary<int, ReceptiveField> fields = new AnalyzedNetwork(graph, default).ReceptiveFields;
            foreach (Node node in graph.Nodes)
                compared += Compare(node, dependence[node.Id], fields[node.Id], graph.Input);
        }

        Assert.True(compared > 20_000, $"{compared} places");
    }

    /// <summary>A place without borders on its way sees exactly its window, from first to last; another no more than that.</summary>
    /// <returns>The places compared exactly.</returns>
    private static int Compare(Node node, Set[] places, ReceptiveField field, Shape input)
    {
        int exact = 0;
        Picture output = Picture.Of(node.Output);
        int rank = input.Rank - 1;
        for (int i = 0; i < places.Length; i++)
        {
            for (int axis = 0; axis < rank; axis++)
            {
                bool isWidth = axis == rank - 1;
                Range seen = isWidth ? places[i].Columns : places[i].Rows;
                (double first, double end) = field.Axes[axis].Window(isWidth ? i % output.Width : i / output.Width);
                string place = $"{node.Op.Display}, place {i}, axis {axis}: sees {seen.First} to {seen.End}, told {first} to {end}";
                Assert.True(seen.IsEmpty || (seen.First >= first && seen.End <= end), place);
                if (!seen.IsCut)
                {
                    Assert.True(seen.First == first && seen.End == end, place);
                    exact++;
                }
            }
        }

        return exact;
    }

    private static NetworkDeclaration Draw(RandomStream random)
    {
        bool isPicture = random.Chance(0.5);
        Size2 Size(int low, int high) => isPicture ? new Size2(random.Between(low, high), random.Between(low, high)) : new Size2(1, random.Between(low, high));
        int dimensions = isPicture ? 2 : 1;
        int[] input = isPicture ? [1, random.Between(24, 34), random.Between(24, 34)] : [1, random.Between(40, 90)];
        var layers = new List<LayerOp>();
        for (int i = random.Between(1, 5); i > 0; i--)
        {
            Size2 kernel = Size(1, 3), half = new(kernel.Height / 2, kernel.Width / 2);
            Size2 padding = random.Chance(0.5) ? half : default;
            LayerOp layer = random.Between(0, 5) switch
            {
                0 => new PoolOp(null, dimensions, random.Pick(PoolKind.Max, PoolKind.Average), kernel, Size(1, 2), padding, random.Chance(0.3), true),
                1 => Sum(Branch(), Branch(), Declarations.Identity),
                2 => Concat(Branch(), Block("Deep", [.. Branch().Layers, .. Branch().Layers])),
                3 => Residual(Block("Body", [.. Branch().Layers, Activation(ActivationKind.Tanh), .. Branch().Layers])),
                _ => new ConvOp(null, dimensions, 1, kernel) { Stride = isPicture ? Size(1, 2) : new Size2(1, random.Between(1, 3)), Dilation = Size(1, 2), Padding = padding },
            };
            layers.Add(layer);
        }

        var declaration = new NetworkDeclaration(Namespace, default, "Net", new Shape(input.ToEquatableArray()), layers.ToEquatableArray(), null);
        return Unfolding.Build(declaration, new ErrorSink()) is null ? Draw(random) : declaration;

        // One that keeps the size.
        BlockDeclaration Branch() => Block("Branch", new ConvOp(null, dimensions, 1, Size(1, 4)) { IsSame = true, Dilation = Size(1, 2) });
    }

    /// <summary>For each place of each value the input's places that it depends on, by going through all taps.</summary>
    private static Dictionary<int, Set[]> Dependence(Graph graph)
    {
        Picture input = Picture.Of(graph.Input);
        var known = new Dictionary<int, Set[]>
        {
            [Graph.InputId] = [.. Enumerable.Range(0, input.Pixels).Select(i => new Set(new Range(i / input.Width, (i / input.Width) + 1), new Range(i % input.Width, (i % input.Width) + 1)))],
        };
        foreach (Node node in graph.Nodes)
        {
            Set[] x = known[node.Sources[0]];
            Picture from = Picture.Of(node.Input), to = Picture.Of(node.Output);
            known.Add(node.Id, node.Op switch
            {
                ConvOp conv => Windows(i => Taps(i, conv.Kernel.Height, conv.Stride.Height, conv.Dilation.Height, conv.Pads.Top), i => Taps(i, conv.Kernel.Width, conv.Stride.Width, conv.Dilation.Width, conv.Pads.Left)),
                PoolOp pool => Windows(i => Taps(i, pool.Kernel.Height, pool.Stride.Height, 1, pool.Padding.Height), i => Taps(i, pool.Kernel.Width, pool.Stride.Width, 1, pool.Padding.Width)),
                AdaptivePoolOp pool => Windows(i => Cover(i, pool.Grid.Height, from.Height), i => Cover(i, pool.Grid.Width, from.Width)),
                JoinOp => [.. x.Select((_, i) => node.Sources.Select(source => known[source][i]).Aggregate((a, b) => a.With(b)))],
                _ => x,
            });

            Set[] Windows(Func<int, IEnumerable<int>> rows, Func<int, IEnumerable<int>> columns) =>
                [.. Enumerable.Range(0, to.Pixels).Select(i => Read(x, from, [.. rows(i / to.Width)], [.. columns(i % to.Width)]))];
        }

        return known;

        static IEnumerable<int> Taps(int window, int kernel, int stride, int dilation, int before) => Enumerable.Range(0, kernel).Select(tap => (window * stride) + (tap * dilation) - before);
        static IEnumerable<int> Cover(int window, int count, int size) => Enumerable.Range(0, size).Where(i => i >= window * size / count && i < ((((window + 1) * size) + count - 1) / count));
    }

    private static Set Read(Set[] x, Picture picture, int[] rows, int[] columns)
    {
        // A row of the picture sees the same rows of the input in all of its columns, and so the other way round.
        Range Seen(int[] places, int size, Func<int, Range> of)
        {
            Range[] inside = [.. places.Where(place => place >= 0 && place < size).Select(of)];
            Range seen = inside.Length == 0 ? new Range(0, 0) : inside.Aggregate((a, b) => a.With(b));
            return seen with { IsCut = seen.IsCut || inside.Length < places.Length };
        }

        return new Set(Seen(rows, picture.Height, row => x[row * picture.Width].Rows), Seen(columns, picture.Width, column => x[column].Columns));
    }

    private static ReceptiveField Field(AnalyzedNetwork network, int layer) => network.ReceptiveFields[network.Graph.Nodes[layer].Id];

    /// <summary>From the first place seen to the one behind the last.</summary>
    /// <param name="First">The first.</param>
    /// <param name="End">Behind the last.</param>
    /// <param name="IsCut">Whether some tap on the way was in a border.</param>
    private readonly record struct Range(int First, int End, bool IsCut = false)
    {
        public bool IsEmpty => Length <= 0;

        public int Length => End - First;

        public Range With(Range other) => IsEmpty ? other with { IsCut = true } : other.IsEmpty ? this with { IsCut = true } : new Range(Math.Min(First, other.First), Math.Max(End, other.End), IsCut || other.IsCut);
    }

    private readonly record struct Set(Range Rows, Range Columns)
    {
        public Set With(Set other) => new(Rows.With(other.Rows), Columns.With(other.Columns));
    }
}
