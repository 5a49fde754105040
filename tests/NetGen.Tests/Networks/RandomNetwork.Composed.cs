using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Tests.Networks;

/// <summary>
/// The draw of compositions, nested to a depth of four. What a branch gives is settled before it is drawn, so that sums and concatenations fit:
/// its channels, and how far its pixels lie apart in its input.
/// </summary>
internal sealed partial class RandomNetwork
{
    private const int DeepestComposition = 4;

    /// <summary>Widths that vectors divide and that they do not.</summary>
    private static readonly int[] s_parts = [1, 3, 5, 8, 16, 17, 32];

    private int _blocks;

    /// <summary>The networks that the compiler's rewrites are about take turns with random ones.</summary>
    private NetworkDeclaration DrawComposed(string name)
    {
        while (true)
        {
            _blocks = 0;
            Shape shape = DrawInput(isFlat: _number % 10 == 5 || _random.Chance(0.2));
            var layers = new List<LayerOp>();
            int[] input = [.. shape.Sizes];
            Append((_number % 10) switch
            {
                0 => Inception(shape),
                1 or 2 => [AlikePaths(shape)],
                3 => ResidualStage(shape),
                4 => PreActivation(shape),
                5 => ResidualLayers(shape),
                6 => Dense(shape),
                _ => [Composite(shape, Width(shape), Step(shape), DeepestComposition)],
            });
            for (int count = _random.Between(0, 2); count > 0; count--)
                Append([Joint(shape)]);
            bool flat = shape.IsFlat || _random.Chance(0.6);
            if (flat && !shape.IsFlat)
                Append([_random.Chance(0.3) ? Heads(shape) : new FlattenOp(null)]);
            if (flat && _random.Chance(0.7))
                Append([Declarations.Linear(_random.Between(1, _small ? 5 : 40), bias: _random.Chance(0.8))]);
            if (flat && _random.Chance(0.1))
                Append([_random.Chance(0.5) ? new LogSumExpOp(null, _random.Pick(1, 4)) : Declarations.Concat(Block(new LogSumExpOp(null, 2)), Block(Declarations.Linear(3)))]);

            NetworkDeclaration declaration = Declarations.Network(name, input, Loss(flat), [.. layers]);
            Graph graph = Declarations.Build(declaration);
            if (graph.MultiplyAccumulates <= (_small ? 6_000 : 400_000)
                && graph.Nodes.Sum(node => node.Output.ElementCount) <= (_small ? 1_000 : 40_000)
                && graph.Nodes.Count <= (_small ? 30 : 60)
                && graph.ParameterCount <= (_small ? 400 : 100_000))
            {
                return declaration;
            }

            void Append(LayerOp[] ops)
            {
                foreach (LayerOp op in ops)
                {
                    layers.Add(op is LinearOp or ConvOp or CompositeOp && _random.Chance(0.1) ? op with { Name = "part" + layers.Count } : op);
                    shape = Declarations.Build(Declarations.Network("Part", [.. shape.Sizes], null, layers[^1])).Output;
                }
            }
        }
    }

    private Shape DrawInput(bool isFlat)
    {
        if (isFlat)
            return Shape.Flat(_small ? _random.Between(1, 6) : _random.Between(3, 70));
        int dimensions = _random.Chance(0.3) ? 1 : 2;
        int longest = _small ? 5 : dimensions == 1 ? 40 : 19;
        return new Shape(new[] { Width() }.Concat(Enumerable.Range(0, dimensions).Select(_ => _random.Between(1, longest))).ToEquatableArray());

        int Width() => _small ? _random.Between(1, 4) : _random.Pick(s_parts);
    }

    /// <summary>A single feature, through which everything would go, may be exact in single precision by luck.</summary>
    private int Width(Shape input) => _random.Chance(0.5) ? input.Sizes[0] : _small ? _random.Between(1, 4) : _random.Pick(input.IsFlat ? s_parts[1..] : s_parts);

    private int Step(Shape input) => input.IsFlat || _random.Chance(0.75) ? 1 : 2;

    /// <summary>The shape with other channels, of pixels a step apart.</summary>
    private static Shape Stepped(Shape input, int channels, int step) =>
        new(new[] { channels }.Concat(input.Sizes.Skip(1).Select(size => ((size - 1) / step) + 1)).ToEquatableArray());

    private BlockDeclaration Block(params LayerOp[] layers) => layers.Length == 0
        ? Declarations.Identity
        : Declarations.Block($"Composed{_number}Block{_blocks++}", [.. layers.Select((op, i) => op is LinearOp or ConvOp or CompositeOp && _random.Chance(0.1) ? op with { Name = "part" + i } : op)]);

    private ActivationOp ReLU() => _random.Chance(0.7) ? Declarations.Activation(ActivationKind.ReLU) : _random.Pick(
        Declarations.Activation(ActivationKind.LeakyReLU, 0.1), Declarations.Activation(ActivationKind.Tanh), Declarations.Activation(ActivationKind.Sigmoid), Declarations.Activation(ActivationKind.SiLU));

    private LayerOp[] Optional(LayerOp op, double chance) => _random.Chance(chance) ? [op] : [];

    /// <summary>A linear layer or a convolution.</summary>
    private LayerOp Product(Shape input, int channels, int step = 1, int kernel = 0, int groups = 0)
    {
        bool bias = _random.Chance(0.8);
        if (input.IsFlat)
            return Declarations.Linear(channels, bias);
        int dimensions = input.Rank - 1;
        kernel = kernel > 0 ? kernel : _random.Pick(1, 1, 3, 3, 5);
        int dilation = _random.Chance(0.9) ? 1 : 2;
        if (groups == 0)
            groups = _random.Chance(0.8) ? 1 : _random.Pick([.. Enumerable.Range(1, channels).Where(divisor => channels % divisor == 0 && input.Sizes[0] % divisor == 0)]);
        bool isSame = step == 1 && _random.Chance(0.1);
        if (isSame && _random.Chance(0.5))
            kernel++;
        Size2 Of(int size, int flat) => new(dimensions == 1 ? flat : size, size);
        Size2 size = dimensions == 2 && _random.Chance(0.1) ? new Size2(_random.Pick(1, 3, 5), kernel) : Of(kernel, 1);
        Size2 padding = isSame ? default : new Size2(dimensions == 1 ? 0 : dilation * (size.Height - 1) / 2, dilation * (size.Width - 1) / 2);
        ConvOp conv = new(null, dimensions, channels, size) { Stride = Of(step, 1), Padding = padding, IsSame = isSame, Dilation = Of(dilation, 1), Groups = groups, Bias = bias };
        int taps = input.Sizes[0] / groups * conv.Kernel.Count;
        return channels * taps > 300 || !_random.Chance(0.05) ? conv
            : conv with { Bias = false, FixedWeight = Enumerable.Range(0, channels * taps).Select(_ => _random.Pick(0, 1, -1, 0.5) / Math.Ceiling(Math.Sqrt(taps))).ToEquatableArray() };
    }

    /// <summary>A pool whose windows are around the pixels a step apart.</summary>
    private PoolOp PoolAround(Shape input, int step)
    {
        int dimensions = input.Rank - 1;
        int kernel = step == 1 ? _random.Pick(3, 3, 5) : _random.Pick(1, 3, 3, 5);
        PoolKind function = _random.Pick(PoolKind.Max, PoolKind.Average);
        bool counts = function == PoolKind.Max || _random.Chance(0.5);
        return dimensions == 1
            ? Declarations.Pool1d(function, kernel, step, kernel / 2, countsPadding: counts)
            : Declarations.Pool2d(function, kernel, step, kernel / 2, countsPadding: counts);
    }

    /// <summary>A layer without parameters that keeps the shape.</summary>
    private LayerOp Keeping(Shape input) => _random.Between(0, 5) switch
    {
        0 when !input.IsFlat => PoolAround(input, 1),
        1 when _random.Chance(0.5) => new SoftmaxOp(null),
        _ => Elementwise(),
    };

    /// <summary>The layers of a branch; none: the identity.</summary>
    private LayerOp[] Branch(Shape input, int channels, int step, int depth)
    {
        bool isAsWide = channels == input.Sizes[0];
        bool keeps = isAsWide && step == 1;
        if (keeps && _random.Chance(0.25))
            return [.. Enumerable.Range(0, _random.Between(0, 2)).Select(_ => Keeping(input))];
        if (isAsWide && !input.IsFlat && _random.Chance(0.2))
            return [PoolAround(input, step)];

        var layers = new List<LayerOp>();
        layers.AddRange(Optional(Elementwise(), 0.3));
        Shape shape = input;
        if (_random.Chance(0.3))
        {
            int width = Width(shape);
            layers.Add(Product(shape, width));
            layers.AddRange(Optional(ReLU(), 0.8));
            shape = Stepped(shape, width, 1);
        }

        layers.Add(depth > 0 && _random.Chance(0.4) ? Composite(shape, channels, step, depth) : Product(shape, channels, step));
        shape = Stepped(shape, channels, step);
        while (_random.Chance(0.35))
            layers.Add(depth > 0 && _random.Chance(0.3) ? Composite(shape, channels, 1, depth) : Keeping(shape));
        return [.. layers];
    }

    private CompositeOp Composite(Shape input, int channels, int step, int depth)
    {
        bool keeps = channels == input.Sizes[0] && step == 1;
        int count = _random.Between(2, _random.Chance(0.8) ? 3 : 5);
        BlockDeclaration Part(int width) => Block(Branch(input, width, step, depth - 1));
        switch (_random.Between(0, 9))
        {
            case 0 or 1 when keeps:
                return Declarations.Residual(Part(channels));
            case 2 when keeps:
                return Declarations.Repeat(Part(channels), count - 1);
            case <= 4 when channels > 1:
                return Declarations.Concat([.. Parts(channels, input.Sizes[0]).Select(Part)]);
            case 5 when channels % count == 0:
                return Declarations.ParallelConcat(Part(channels / count), count);
            case 6:
                return Declarations.ParallelSum(Part(channels), count);
            case 7:
                // The same block several times, twice the identity too.
                BlockDeclaration same = keeps && _random.Chance(0.3) ? Declarations.Identity : Part(channels);
                return Declarations.Sum([same, .. _random.Chance(0.5) ? new[] { Part(channels) } : [], same]);
            default:
                return Declarations.Sum([.. Enumerable.Range(0, count).Select(_ => Part(channels))]);
        }
    }

    /// <summary>At most eight widths whose sum is given; some are as wide as the input, so that a branch may be the identity.</summary>
    private List<int> Parts(int channels, int input)
    {
        var parts = new List<int>();
        while (channels > 0)
        {
            int[] widths = [.. s_parts.Append(input).Append(channels).Where(width => width <= channels)];
            parts.Add(parts.Count == 7 ? channels : _random.Chance(0.3) && input <= channels ? input : _random.Pick(widths));
            channels -= parts[^1];
        }

        return parts.Count > 1 ? parts : [1, parts[0] - 1];
    }

    /// <summary>What stands between compositions: a layer, or another one.</summary>
    private LayerOp Joint(Shape shape) => _random.Between(0, 6) switch
    {
        0 => Elementwise(),
        1 when !shape.IsFlat => PoolAround(shape, _random.Between(1, 2)),
        2 when shape.Rank == 3 => new AdaptivePoolOp(null, 2, PoolKind.Average, new Size2(_random.Between(1, 3), _random.Between(1, 3))),
        3 => Product(shape, Width(shape), Step(shape)),
        _ => Composite(shape, Width(shape), Step(shape), _random.Between(1, DeepestComposition)),
    };

    /// <summary>R7 and R8: branches that begin with 1x1 convolutions of one input, side by side or, some of them, with a pool before.</summary>
    private LayerOp[] Inception(Shape input)
    {
        int Narrow() => _small ? _random.Between(1, 3) : _random.Pick(3, 5, 8, 16, 17);
        LayerOp[] relu = Optional(ReLU(), 0.9);
        BlockDeclaration[] branches =
        [
            .. Enumerable.Range(0, _random.Between(2, 4)).Select(branch =>
            {
                int narrow = Narrow();
                LayerOp[] head = [Product(input, narrow, kernel: 1, groups: 1), .. relu];
                return Block(branch == 0 || _random.Chance(0.3) ? head : [.. head, Product(Stepped(input, narrow, 1), Narrow(), kernel: _random.Pick(3, 5), groups: 1), .. relu]);
            }),
            .. _random.Chance(0.4) ? new[] { Block([.. input.IsFlat ? [] : new LayerOp[] { PoolAround(input, 1) }, Product(input, Narrow(), kernel: 1), .. relu]) } : [],
            .. _random.Chance(0.3) ? new[] { Declarations.Identity } : [],
        ];
        return [Declarations.Concat(branches), .. Optional(ReLU(), 0.3)];
    }

    /// <summary>R10: paths alike, narrow inside, that are summed or stand side by side.</summary>
    private CompositeOp AlikePaths(Shape input)
    {
        int narrow = _small ? _random.Between(1, 3) : _random.Pick(1, 2, 3, 4, 5, 8, 16);
        int count = _random.Between(2, _small ? 3 : 6);
        bool isConcat = _random.Chance(0.25);
        int wide = isConcat ? narrow : Width(input);
        int step = Step(input);
        LayerOp[] relu = Optional(ReLU(), 0.85);
        BlockDeclaration path = Block(
        [
            Product(input, narrow, kernel: 1), .. relu,
            Product(Stepped(input, narrow, 1), narrow, step, kernel: _random.Pick(1, 3, 3), groups: _random.Chance(0.7) ? 1 : narrow), .. relu,
            Product(Stepped(input, narrow, step), wide, kernel: 1), .. Optional(ReLU(), 0.3),
        ]);
        return isConcat ? Declarations.ParallelConcat(path, count)
            : _random.Chance(0.3) ? Declarations.Sum([.. Enumerable.Repeat(path, count)])
            : Declarations.ParallelSum(path, count);
    }

    /// <summary>ReLU behind the sum; the first block may be one of a stride, with a convolution beside it.</summary>
    private LayerOp[] ResidualStage(Shape input)
    {
        var layers = new List<LayerOp>();
        int width = Width(input);
        int step = Step(input);
        int groups = width > 1 && width % 2 == 0 && _random.Chance(0.3) ? 2 : 1;
        if (width != input.Sizes[0] || step > 1)
            layers.AddRange([Declarations.Sum(Body(input, step), Block(Product(input, width, step, kernel: 1))), Declarations.Activation(ActivationKind.ReLU)]);
        layers.Add(Declarations.Repeat(Block(Declarations.Residual(Body(Stepped(input, width, step), 1)), Declarations.Activation(ActivationKind.ReLU)), _random.Between(1, 3)));
        return [.. layers];

        BlockDeclaration Body(Shape x, int step) => Block(
            Product(x, width, step, kernel: 3, groups: 1), Declarations.Activation(ActivationKind.ReLU), Product(Stepped(x, width, step), width, kernel: 3, groups: groups));
    }

    /// <summary>Residuals whose activation's input is read by the sum too.</summary>
    private LayerOp[] PreActivation(Shape input)
    {
        int width = input.Sizes[0];
        return
        [
            Declarations.Repeat(Block(Declarations.Residual(Block(ReLU(), Product(input, width), ReLU(), Product(input, width)))), _random.Between(1, 3)),
            .. Optional(ReLU(), 0.5),
        ];
    }

    /// <summary>Each block's output beside its input: concatenations of concatenations, now and then of the same value twice.</summary>
    private LayerOp[] Dense(Shape input)
    {
        var layers = new List<LayerOp>();
        for (int count = _random.Between(1, 3); count > 0; count--)
        {
            int growth = _small ? _random.Between(1, 2) : _random.Pick(3, 5, 16, 17);
            BlockDeclaration grown = Block([.. Optional(ReLU(), 0.5), Product(input, growth), .. Optional(ReLU(), 0.5)]);
            BlockDeclaration[] branches = _random.Pick<BlockDeclaration[]>([Declarations.Identity, grown], [grown, Declarations.Identity], [Declarations.Identity, grown, Declarations.Identity]);
            layers.Add(Declarations.Concat(branches));
            input = Stepped(input, growth + ((branches.Length - 1) * input.Sizes[0]), 1);
        }

        return [.. layers];
    }

    /// <summary>R3: layers with a skip around each, now and then around the first too.</summary>
    private LayerOp[] ResidualLayers(Shape input)
    {
        bool isFirst = input.IsFlat && _random.Chance(0.4);
        int width = isFirst ? input.Sizes[0] : _random.Between(1, _small ? 5 : 40);
        ActivationOp sigmoid = Declarations.Activation(ActivationKind.Sigmoid);
        return
        [
            .. isFirst ? [] : new LayerOp[] { Declarations.Linear(width), sigmoid },
            Declarations.Repeat(Block(Declarations.Residual(Block(Declarations.Linear(width), sigmoid))), _random.Between(1, 6)),
        ];
    }

    /// <summary>Branches from a picture to flat values.</summary>
    private CompositeOp Heads(Shape input)
    {
        // A filter as large as the picture, and as many of them as it has elements.
        if (input.Rank == 3 && input.ElementCount <= 64 && _random.Chance(0.5))
        {
            ConvOp whole = Declarations.Conv2d((int)input.ElementCount, 1) with { Kernel = new Size2(input.Sizes[1], input.Sizes[2]) };
            return Declarations.Sum(Block(new FlattenOp(null)), Block(whole, new FlattenOp(null)));
        }

        BlockDeclaration[] heads =
        [
            Block(new FlattenOp(null), Declarations.Linear(_random.Between(1, 5))),
            Block(Product(input, _random.Between(1, 3)), new FlattenOp(null)),
            .. input.Rank == 3 ? new[] { Block(new AdaptivePoolOp(null, 2, PoolKind.Average, Size2.Of(1), IsGlobal: true), new FlattenOp(null), Elementwise()) } : [],
        ];
        return Declarations.Concat([Block(new FlattenOp(null)), heads[0], .. heads.Skip(1).Where(_ => _random.Chance(0.6))]);
    }
}
