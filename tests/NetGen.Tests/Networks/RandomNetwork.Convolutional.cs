using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Tests.Networks;

/// <summary>The draw of convolutional networks: layers of every option one after the other, as far as they fit and are quickly interpreted.</summary>
internal sealed partial class RandomNetwork
{
    /// <summary>Multiply-accumulates of a batch.</summary>
    private const long MostWork = 3_000_000;

    private static readonly int[] s_channels = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 17, 20, 24, 32, 33, 48, 64];

    /// <summary>What is left for the layers to come.</summary>
    private long _work;
    private long _values;

    private NetworkDeclaration DrawConvolutional(string name)
    {
        _work = _small ? 6_000 : MostWork / _random.Pick(1, 2, 4, 9);
        _values = _small ? 500 : 30_000;
        int dimensions = _random.Chance(0.25) ? 1 : 2;
        int longest = _small ? 7 : 40;
        int[] sizes = [.. Enumerable.Range(0, dimensions).Select(_ => _random.Between(1, longest))];
        if (dimensions == 2 && _random.Chance(0.5))
            sizes[1] = sizes[0];
        int[] input = [Channels(Math.Clamp((_small ? 150 : 8_000) / sizes.Aggregate((a, b) => a * b), 1, _small ? 6 : 64)), .. sizes];

        var layers = new List<LayerOp>();
        Shape shape = new(input.ToEquatableArray());
        int depth = _random.Between(1, _small ? 3 : 5);
        for (int i = 0; i < depth; i++)
        {
            Append(() => _random.Uniform() switch
            {
                < 0.62 => Convolution(shape, dimensions, i),
                < 0.92 => Pool(shape, dimensions),
                < 0.96 when dimensions == 2 => new AdaptivePoolOp(null, 2, PoolKind.Average, new Size2(_random.Between(1, 7), _random.Between(1, 7))),
                < 0.97 when dimensions == 2 => new AdaptivePoolOp(null, 2, PoolKind.Average, Size2.Of(1), IsGlobal: true),
                _ => new SoftmaxOp(null),
            });
            while (_random.Chance(0.45))
                Append(Elementwise);
        }

        bool flat = _random.Chance(0.65);
        if (flat)
        {
            Append(() => new FlattenOp(null));
            for (int count = _random.Between(0, 2); count > 0; count--)
            {
                Append(() => Declarations.Linear(_random.Between(1, _small ? 6 : 70), bias: _random.Chance(0.8)));
                if (count > 1 || _random.Chance(0.2))
                    Append(Elementwise);
            }

            if (_random.Chance(0.15))
                Append(() => new LogSumExpOp(null, _random.Pick(1, 0.5, 4, 30)));
        }

        if (layers.Count == 0)
            layers.Add(new SoftmaxOp(null));
        return Declarations.Network(name, input, Loss(flat && shape.IsFlat), [.. layers]);

        // Draws a layer that fits; after some tries there is none.
        void Append(Func<LayerOp> draw)
        {
            for (int tries = 0; tries < 30; tries++)
            {
                LayerOp op = draw();
                var errors = new ErrorSink();
                op.CheckOptions(errors);
                if (errors.Errors.Count > 0 || OpRule.Of(op).Infer(op, [TensorType.Of(shape)], errors) is not [var type, ..])
                    continue;
                Shape output = type.Shape;

                // Whose tails come as near to 0 as one likes.
                bool hasTails = layers.LastOrDefault(layer => layer is not DropoutOp) is ActivationOp { Function: ActivationKind.GELU or ActivationKind.GELUTanh or ActivationKind.SiLU or ActivationKind.Softplus };
                if (hasTails && op is ActivationOp activation && Elementwise<double>.HasKink(activation))
                    continue;
                long work = OpRule.Of(op).MultiplyAccumulates(op, shape, output);
                if (work > _work || output.ElementCount > _values)
                    continue;
                _work -= work;
                _values -= output.ElementCount;
                layers.Add(op);
                shape = output;
                return;
            }
        }
    }

    private int Channels(int most) => _random.Pick([.. s_channels.Where(channels => channels <= most)]);

    private ConvOp Convolution(Shape input, int dimensions, int place)
    {
        int inputs = input.Sizes[0];
        int most = _small ? 6 : 64;
        int groups = _random.Between(0, 5) switch
        {
            0 => inputs,
            1 when inputs % 16 == 0 => inputs / 16,
            _ when inputs is 32 or 48 or 64 && _random.Chance(0.4) => inputs / 16,
            1 or 2 => _random.Pick([.. Enumerable.Range(1, inputs).Where(divisor => inputs % divisor == 0)]),
            _ => 1,
        };
        int[] outputs = [.. s_channels.Append(inputs).Append(2 * inputs).Where(channels => channels % groups == 0 && channels <= Math.Max(most, inputs))];
        int channels = groups == inputs && _random.Chance(0.7) ? inputs : _random.Chance(0.3) ? outputs.Max() : _random.Pick(outputs);
        bool isSame = _random.Chance(0.2);
        int largest = _small ? 4 : 7;
        ConvOp conv = new(
            _random.Chance(0.3) ? "conv" + place : null, dimensions, channels, Size(dimensions, 1, _random.Chance(0.5) ? 3 : largest, 1))
        {
            Stride = isSame ? Size2.Of(1) : Size(dimensions, 1, _random.Chance(0.6) ? 1 : 4, 1),
            Padding = isSame ? default : Size(dimensions, 0, 3, 0),
            IsSame = isSame,
            Dilation = Size(dimensions, 1, _random.Chance(0.7) ? 1 : 3, 1),
            Groups = groups,
            Bias = _random.Chance(0.8),
        };
        if (!_random.Chance(0.1))
            return conv;
        int taps = inputs / groups * conv.Kernel.Count;
        if (channels * taps > 2_000)
            return conv;
        double scale = Math.Pow(2, -Math.Round(Math.Log2(taps) / 2));
        return conv with { Bias = false, FixedWeight = Enumerable.Range(0, channels * taps).Select(_ => scale * _random.Pick(0, 0, 1, -1, 0.5, (double)_random.Uniform(-1, 1))).ToEquatableArray() };
    }

    private PoolOp Pool(Shape input, int dimensions)
    {
        Size2 kernel = Size(dimensions, 1, Math.Min(_small ? 4 : 7, input.Sizes[^1] + 2), 1);
        Size2 stride = _random.Chance(0.5) ? kernel : Size(dimensions, 1, 4, 1);
        Size2 padding = _random.Chance(0.5) ? default : new Size2(_random.Between(0, kernel.Height / 2), _random.Between(0, kernel.Width / 2));
        PoolKind function = _random.Pick(PoolKind.Max, PoolKind.Average);
        return new PoolOp(null, dimensions, function, kernel, stride, padding, _random.Chance(0.4), function == PoolKind.Max || _random.Chance(0.5));
    }

    /// <summary>A size, square half of the time; of one dimension the height is <paramref name="flat"/>.</summary>
    private Size2 Size(int dimensions, int low, int high, int flat)
    {
        int width = _random.Between(low, high);
        return new Size2(dimensions == 1 ? flat : _random.Chance(0.5) ? width : _random.Between(low, high), width);
    }
}
