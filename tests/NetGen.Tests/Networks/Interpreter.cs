using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Tests.Networks;

/// <summary>What one pass through a network gave; the gradients are those of the loss, or of the output against a vector.</summary>
internal sealed record Pass<T>(T Loss, T[] Output, T[] InputGradient, T[][] Gradients);

/// <summary>The dropout mask of a layer for one sample: 0 or 1/(1−p) an element.</summary>
internal delegate double[] DropoutMasks(Node node, int sample);

/// <summary>
/// Runs a graph as its definition says: one node after the other, each on all samples of the batch, plain loops, PyTorch's layouts.
/// </summary>
/// <param name="graph">The network.</param>
/// <param name="parameters">One array a parameter, in the graph's order.</param>
/// <param name="masks">The dropout masks of training; null: evaluation.</param>
/// <param name="isReversed">Whether all sums, those over the batch too, are taken from the last term to the first.</param>
/// <param name="running">The running statistics of each batch normalisation, in the graph's order; null: those of a new network.</param>
internal sealed class Interpreter<T>(Graph graph, T[][] parameters, DropoutMasks? masks = null, bool isReversed = false, RunningStatistics<T>[]? running = null)
    where T : IFloatingPointIeee754<T>
{
    private int InputSize => (int)graph.Input.ElementCount;

    private int OutputSize => (int)graph.Output.ElementCount;

    /// <summary>The running statistics: those given, or behind the last <see cref="Train"/>.</summary>
    public RunningStatistics<T>[] Running { get; private set; } = running ?? [.. Norms(graph).Select(node => new RunningStatistics<T>(
        [.. Enumerable.Repeat(T.Zero, node.Input.Sizes[0])], [.. Enumerable.Repeat(T.One, node.Input.Sizes[0])], 0))];

    private static IEnumerable<Node> Norms(Graph graph) => graph.Nodes.Where(node => node.Op is BatchNormOp);

    public T[] Predict(T[] input) => [.. Forward(Samples(input, InputSize), isTraining: false)[graph.OutputId].SelectMany(y => y)];

    /// <summary>The layers' outputs in training, by node and sample.</summary>
    public Dictionary<int, T[][]> Activations(T[] input) => Forward(Samples(input, InputSize), isTraining: true);

    /// <summary>Moves the running statistics as a training step does.</summary>
    public void Train(T[] input)
    {
        Dictionary<int, T[][]> values = Forward(Samples(input, InputSize), isTraining: true);
        Running = [.. Norms(graph).Zip(Running, (node, before) =>
        {
            var op = (BatchNormOp)node.Op;
            return BatchNorm(op, node, -1).Update(before, [.. values[node.Sources[0]].SelectMany(x => x)], op.IsCumulative ? null : op.Momentum);
        })];
    }

    /// <summary>Gradients of Σ output·vector.</summary>
    public Pass<T> VectorJacobianProduct(T[] input, T[] vector) =>
        Run(input, isTraining: false, (output, sample) => (T.Zero, Sample(vector, sample, OutputSize)));

    /// <summary>The loss and its gradients.</summary>
    /// <param name="input"><c>[batch, input]</c>.</param>
    /// <param name="target">Class numbers <c>[batch]</c> or values <c>[batch, output]</c>.</param>
    public Pass<T> ComputeGradients(T[] input, T[] target) => Run(input, isTraining: true, LossOf(input.Length / InputSize, target));

    /// <summary>The loss alone.</summary>
    public T Loss(T[] input, T[] target)
    {
        T[][] output = Forward(Samples(input, InputSize), isTraining: true)[graph.OutputId];
        Func<T[], int, (T Share, T[])> lossOf = LossOf(output.Length, target);
        return Sum(output.Select((y, sample) => lossOf(y, sample).Share));
    }

    /// <summary>A sample's share of the loss, and its gradient.</summary>
    private Func<T[], int, (T Share, T[] Gradient)> LossOf(int batch, T[] target)
    {
        if (graph.Loss is ElementwiseLossOp loss)
        {
            T divisor = Elementwise<T>.Number(loss.MeanOverBatchOnly ? batch : (double)batch * OutputSize);
            return (output, sample) =>
            {
                T[] values = Sample(target, sample, OutputSize);
                T sum = T.Zero;
                for (int i = 0; i < output.Length; i++)
                    sum += Elementwise<T>.Loss(loss, output[i], values[i]);
                return (sum / divisor, [.. output.Select((y, i) => Elementwise<T>.LossDerivative(loss, y, values[i]) / divisor)]);
            };
        }

        T samples = Elementwise<T>.Number(batch);
        return (output, sample) =>
        {
            int label = int.CreateChecked(target[sample]);
            T[] gradient = Elementwise<T>.Softmax(output);
            gradient[label] -= T.One;
            return ((Elementwise<T>.LogSumExp(output) - output[label]) / samples, [.. gradient.Select(g => g / samples)]);
        };
    }

    /// <summary>
    /// Where the network's derivative jumps: the inputs of such functions, each layer's divided by its largest,
    /// so that a small number is near a kink. In max-pooling each value's lead over the others of its window.
    /// With a target, also the residuals of the L1 loss.
    /// </summary>
    public IEnumerable<T> KinkDistances(T[] input, T[]? target = null, bool isTraining = false)
    {
        Dictionary<int, T[][]> values = Forward(Samples(input, InputSize), isTraining);
        for (int sample = 0; sample < input.Length / InputSize; sample++)
        {
            foreach (Node node in graph.Nodes)
            {
                T[] x = values[node.Sources[0]][sample];
                IEnumerable<T> kinks = node.Op switch
                {
                    ActivationOp op when Elementwise<T>.HasKink(op) => x,
                    PoolingOp { Function: PoolKind.Max } => Leads(node, x),
                    _ => [],
                };

                // The network's own input is the same in every precision: no lead in it is too small.
                T scale = node is { Op: PoolingOp, Sources: [Graph.InputId] } ? T.Epsilon : x.Max(T.Abs)!;
                foreach (T kink in kinks)
                    yield return scale > T.Zero ? kink / scale : T.Zero;
            }

            if (target is null || graph.Loss is not ElementwiseLossOp { Function: ElementwiseLossKind.L1 })
                continue;
            T[] expected = Sample(target, sample, OutputSize);
            for (int i = 0; i < expected.Length; i++)
                yield return values[graph.OutputId][sample][i] - expected[i];
        }
    }

    /// <summary>Of each window each value less the largest other one: positive for the one largest value, 0 for equal ones.</summary>
    private static IEnumerable<T> Leads(Node node, T[] x)
    {
        foreach (PoolWindow window in Windows(node))
        {
            int[] places = window.Places();
            int largest = window.Largest(x);
            foreach (int place in places.Length > 1 ? places : [])
                yield return x[place] - (place == largest ? places.Where(other => other != place).Max(other => x[other])! : x[largest]);
        }
    }

    private Pass<T> Run(T[] input, bool isTraining, Func<T[], int, (T Loss, T[] Gradient)> outputGradient)
    {
        Dictionary<int, T[][]> values = Forward(Samples(input, InputSize), isTraining);
        T[][] output = values[graph.OutputId];
        var outputGradients = new T[output.Length][];
        T loss = T.Zero;
        for (int n = 0; n < output.Length; n++)
        {
            int sample = Place(n, output.Length);
            (T share, outputGradients[sample]) = outputGradient(output[sample], sample);
            loss += share;
        }

        T[][] gradients = [.. parameters.Select(p => new T[p.Length])];
        T[][] inputGradient = Backward(values, outputGradients, gradients, isTraining);
        return new Pass<T>(loss, [.. output.SelectMany(y => y)], [.. inputGradient.SelectMany(x => x)], gradients);
    }

    /// <summary>The input and every node's output, by number and sample.</summary>
    private Dictionary<int, T[][]> Forward(T[][] input, bool isTraining)
    {
        var values = new Dictionary<int, T[][]> { [Graph.InputId] = input };
        int parameter = 0;
        int norm = 0;
        foreach (Node node in graph.Nodes)
        {
            T[][] x = values[node.Sources[0]];
            values.Add(node.Id, node.Op switch
            {
                SumOp => [.. input.Select((_, sample) => Sum([.. node.Sources.Select(source => values[source][sample])]))],
                ConcatOp => [.. input.Select((_, sample) => node.Sources.SelectMany(source => values[source][sample]).ToArray())],
                BatchNormOp op when isTraining => Whole(x, BatchNorm(op, node, parameter).Forward),
                BatchNormOp op => Whole(x, all => BatchNorm(op, node, parameter).Forward(all, Running[norm].Moments)),
                _ => [.. x.Select((one, sample) => Forward(node, one, sample, parameter))],
            });
            parameter += node.Parameters.Count;
            norm += node.Op is BatchNormOp ? 1 : 0;
        }

        return values;
    }

    private T[] Forward(Node node, T[] x, int sample, int parameter)
    {
        switch (node.Op)
        {
            case LinearOp linear:
                T[] weight = parameters[parameter];
                var y = new T[linear.Units];
                for (int o = 0; o < y.Length; o++)
                {
                    ReadOnlySpan<T> row = weight.AsSpan(o * x.Length, x.Length);
                    T sum = linear.Bias ? parameters[parameter + 1][o] : T.Zero;
                    if (isReversed)
                    {
                        for (int i = row.Length - 1; i >= 0; i--)
                            sum += row[i] * x[i];
                    }
                    else
                    {
                        for (int i = 0; i < row.Length; i++)
                            sum += row[i] * x[i];
                    }

                    y[o] = sum;
                }

                return y;
            case ActivationOp activation:
                return [.. x.Select(value => Elementwise<T>.Value(activation, value))];
            case ConvOp conv:
                T[] filter = Filter(conv, parameter);
                var map = new T[node.Output.ElementCount];
                for (int o = 0; conv.Bias && o < map.Length; o++)
                    map[o] = parameters[parameter + 1][o / (map.Length / conv.Channels)];
                Convolve(conv, node, new ForwardProducts(x, filter, map));
                return map;
            case PoolingOp { Function: PoolKind.Max }:
                return [.. Windows(node).Select(window => x[window.Largest(x)])];
            case PoolingOp:
                return [.. Windows(node).Select(window => Sum(window.Places().Select(place => x[place])) / Elementwise<T>.Number(window.Divisor))];
            case LogSumExpOp smooth:
                return [Elementwise<T>.LogSumExp(Ordered(x), smooth.Beta)];
            case SoftmaxOp:
                return PerPixel(node, pixel => Ordered(Elementwise<T>.Softmax(Ordered(pixel.Select(i => x[i])))));
            case LayerNormOp norm:
                return LayerNorm(norm, node, parameter).Forward(x);
            case RMSNormOp norm:
                return RMSNorm(norm, node, parameter).Forward(x);
            case DropoutOp when masks is not null:
                double[] mask = masks(node, sample);
                return [.. x.Select((value, i) => value * Elementwise<T>.Number(mask[i]))];
            case DropoutOp or FlattenOp:
                return x;
            default:
                throw new ArgumentOutOfRangeException(nameof(node), node.Op.Kind, null);
        }
    }

    /// <summary>From the last node to the first; a value that several nodes read gets the sum of their gradients.</summary>
    private T[][] Backward(Dictionary<int, T[][]> values, T[][] outputGradient, T[][] gradients, bool isTraining)
    {
        Dictionary<int, List<T[][]>> terms = values.Keys.ToDictionary(id => id, _ => new List<T[][]>());
        terms[graph.OutputId].Add(outputGradient);
        int parameter = parameters.Length;
        int norm = Running.Length;
        int batch = outputGradient.Length;
        foreach (Node node in graph.Nodes.Reverse())
        {
            T[][] gradient = Sum(terms[node.Id]);
            parameter -= node.Parameters.Count;
            if (node.Op is BatchNormOp op)
            {
                T[][] x = values[node.Sources[0]];
                norm--;
                terms[node.Sources[0]].Add(Whole(x, all => BatchNormGradient(op, node, all, [.. gradient.SelectMany(g => g)], gradients, parameter, isTraining ? null : Running[norm].Moments)));
                continue;
            }

            int start = 0;
            for (int i = 0; i < node.Sources.Count; i++)
            {
                int end = start + (int)node.Inputs[i].Shape.ElementCount;
                var term = new T[batch][];
                for (int n = 0; n < batch; n++)
                {
                    int sample = Place(n, batch);
                    term[sample] = node.Op switch
                    {
                        SumOp => gradient[sample],
                        ConcatOp => gradient[sample][start..end],
                        _ => Backward(node, values[node.Sources[i]][sample], values[node.Id][sample], gradient[sample], gradients, sample, parameter),
                    };
                }

                terms[node.Sources[i]].Add(term);
                start = end;
            }
        }

        return Sum(terms[Graph.InputId]);
    }

    private T[] BatchNormGradient(BatchNormOp op, Node node, T[] x, T[] gradient, T[][] gradients, int parameter, Moments<T>? moments)
    {
        NormalizationReference<T> norm = BatchNorm(op, node, parameter);
        NormalizationGradients<T> result = moments is null ? norm.Backward(x, gradient) : norm.Backward(x, gradient, moments);
        if (op.Affine)
            (gradients[parameter], gradients[parameter + 1]) = (result.Weight, result.Bias);
        return result.Input;
    }

    private T[] Backward(Node node, T[] x, T[] y, T[] gradient, T[][] gradients, int sample, int parameter)
    {
        switch (node.Op)
        {
            case LinearOp linear:
                T[] weight = parameters[parameter];
                T[] weightGradient = gradients[parameter];
                var inputGradient = new T[x.Length];
                for (int n = 0; n < gradient.Length; n++)
                {
                    int o = Place(n, gradient.Length);
                    T factor = gradient[o];
                    if (linear.Bias)
                        gradients[parameter + 1][o] += factor;
                    AddProduct(weightGradient.AsSpan(o * x.Length, x.Length), factor, x);
                    AddProduct(inputGradient, factor, weight.AsSpan(o * x.Length, x.Length));
                }

                return inputGradient;
            case ActivationOp activation:
                return [.. x.Select((value, i) => gradient[i] * Elementwise<T>.Derivative(activation, value))];
            case ConvOp conv:
                T[] filter = Filter(conv, parameter);
                var outer = new T[x.Length];
                for (int n = 0; conv.Bias && n < gradient.Length; n++)
                {
                    int o = Place(n, gradient.Length);
                    gradients[parameter + 1][o / (gradient.Length / conv.Channels)] += gradient[o];
                }

                Convolve(conv, node, new BackwardProducts(x, filter, gradient, outer, conv.IsFixed ? new T[filter.Length] : gradients[parameter]));
                return outer;
            case PoolingOp:
                var spread = new T[x.Length];
                foreach (PoolWindow window in isReversed ? Windows(node).Reverse() : Windows(node))
                {
                    bool isMax = node.Op is PoolingOp { Function: PoolKind.Max };
                    foreach (int place in isMax ? [window.Largest(x)] : window.Places())
                        spread[place] += gradient[window.Output] / (isMax ? T.One : Elementwise<T>.Number(window.Divisor));
                }

                return spread;
            case LogSumExpOp smooth:
                return [.. Ordered(Elementwise<T>.Softmax(Ordered(x), smooth.Beta)).Select(share => share * gradient[0])];
            case SoftmaxOp:
                return PerPixel(node, pixel =>
                {
                    T dot = Sum(pixel.Select(i => gradient[i] * y[i]));
                    return [.. pixel.Select(i => y[i] * (gradient[i] - dot))];
                });
            case LayerNormOp norm:
                NormalizationGradients<T> normal = LayerNorm(norm, node, parameter).Backward(x, gradient);
                if (norm.HasWeight)
                    gradients[parameter] = Sum([gradients[parameter], normal.Weight]);
                if (norm.HasBias)
                    gradients[parameter + 1] = Sum([gradients[parameter + 1], normal.Bias]);
                return normal.Input;
            case RMSNormOp norm:
                NormalizationGradients<T> scaled = RMSNorm(norm, node, parameter).Backward(x, gradient);
                if (norm.HasWeight)
                    gradients[parameter] = Sum([gradients[parameter], scaled.Weight]);
                return scaled.Input;
            case DropoutOp when masks is not null:
                double[] mask = masks(node, sample);
                return [.. gradient.Select((g, i) => g * Elementwise<T>.Number(mask[i]))];
            case DropoutOp or FlattenOp:
                return gradient;
            default:
                throw new ArgumentOutOfRangeException(nameof(node), node.Op.Kind, null);
        }
    }

    private NormalizationReference<T> LayerNorm(LayerNormOp op, Node node, int parameter) => NormalizationReference<T>.LayerNorm(
        Length(op.NormalizedShape, node), op.HasWeight ? parameters[parameter] : null, op.HasBias ? parameters[parameter + 1] : null, op.Eps, isReversed);

    private NormalizationReference<T> RMSNorm(RMSNormOp op, Node node, int parameter) =>
        NormalizationReference<T>.RMSNorm(Length(op.NormalizedShape, node), op.HasWeight ? parameters[parameter] : null, op.Eps, isReversed);

    private static int Length(EquatableArray<int> shape, Node node) => (shape.Count == 0 ? node.Input.Sizes : shape).Aggregate(1, (product, size) => product * size);

    private NormalizationReference<T> BatchNorm(BatchNormOp op, Node node, int parameter)
    {
        bool isAffine = op.Affine && parameter >= 0;
        return NormalizationReference<T>.BatchNorm(
            node.Input.Sizes[0], (int)node.Input.ElementCount / node.Input.Sizes[0], isAffine ? parameters[parameter] : null, isAffine ? parameters[parameter + 1] : null, op.Eps, isReversed);
    }

    private T[] Filter(ConvOp conv, int parameter) =>
        conv.IsFixed ? [.. conv.FixedWeight.Select(Elementwise<T>.Number)] : parameters[parameter];

    /// <summary>Adds a multiple of a row to another, products and sums rounded each.</summary>
    private static void AddProduct(Span<T> sums, T factor, ReadOnlySpan<T> row)
    {
        var factors = new Vector<T>(factor);
        int i = 0;
        for (; i <= row.Length - Vector<T>.Count; i += Vector<T>.Count)
            (new Vector<T>(sums[i..]) + (factors * new Vector<T>(row[i..]))).CopyTo(sums[i..]);
        for (; i < row.Length; i++)
            sums[i] += factor * row[i];
    }

    /// <summary>What is done with each product of a convolution; a struct, so that the loops are compiled with it.</summary>
    private interface IProducts
    {
        void Add(int output, int input, int weight);
    }

    private readonly struct ForwardProducts(T[] x, T[] filter, T[] y) : IProducts
    {
        public void Add(int output, int input, int weight) => y[output] += filter[weight] * x[input];
    }

    private readonly struct BackwardProducts(T[] x, T[] filter, T[] gradient, T[] inputGradient, T[] filterGradient) : IProducts
    {
        public void Add(int output, int input, int weight)
        {
            inputGradient[input] += gradient[output] * filter[weight];
            filterGradient[weight] += gradient[output] * x[input];
        }
    }

    /// <summary>Every product of a convolution, as the places of output, input and weight.</summary>
    private void Convolve<TProducts>(ConvOp conv, Node node, TProducts products)
        where TProducts : struct, IProducts
    {
        var x = Picture.Of(node.Input);
        var y = Picture.Of(node.Output);
        int inputs = x.Channels / conv.Groups;
        int outputs = y.Channels / conv.Groups;
        Border pads = conv.Pads;
        int kernel = conv.Kernel.Count;
        (int Tap, int Channel, int Row, int Column)[] taps = [.. Enumerable.Range(0, inputs * kernel).Select(m => Place(m, inputs * kernel)).Select(tap => (
            tap,
            tap / kernel * x.Pixels,
            tap / conv.Kernel.Width % conv.Kernel.Height * conv.Dilation.Height,
            tap % conv.Kernel.Width * conv.Dilation.Width))];
        (int height, int width, int pixels) = (x.Height, x.Width, x.Pixels);
        int count = (int)y.Count;
        for (int n = 0; n < count; n++)
        {
            int output = Place(n, count);
            int o = output / y.Pixels;
            int top = (output / y.Width % y.Height * conv.Stride.Height) - pads.Top;
            int left = (output % y.Width * conv.Stride.Width) - pads.Left;
            int first = o / outputs * inputs * pixels;
            int weights = o * taps.Length;
            foreach ((int tap, int channel, int row, int column) in taps)
            {
                int i = top + row;
                int j = left + column;
                if ((uint)i < (uint)height && (uint)j < (uint)width)
                    products.Add(output, first + channel + (i * width) + j, weights + tap);
            }
        }
    }

    private static IEnumerable<PoolWindow> Windows(Node node) => PoolWindow.Of(node.Op, Picture.Of(node.Input), Picture.Of(node.Output));

    /// <summary>Applies a function of the channels, given their places, to each pixel, a flat input being one.</summary>
    private static T[] PerPixel(Node node, Func<int[], T[]> function)
    {
        int channels = node.Input.Sizes[0];
        int pixels = (int)node.Input.ElementCount / channels;
        var result = new T[channels * pixels];
        for (int p = 0; p < pixels; p++)
        {
            int[] places = [.. Enumerable.Range(0, channels).Select(c => (c * pixels) + p)];
            T[] values = function(places);
            for (int c = 0; c < channels; c++)
                result[places[c]] = values[c];
        }

        return result;
    }

    /// <summary>Applies a function of the whole batch.</summary>
    private static T[][] Whole(T[][] samples, Func<T[], T[]> function) => Samples(function([.. samples.SelectMany(x => x)]), samples[0].Length);

    private T[][] Sum(List<T[][]> terms) => terms.Count == 1 ? terms[0] : [.. terms[0].Select((_, sample) => Sum([.. terms.Select(term => term[sample])]))];

    private T[] Sum(IReadOnlyList<T[]> terms)
    {
        if (terms.Count == 1)
            return terms[0];
        var sum = new T[terms[0].Length];
        for (int n = 0; n < terms.Count; n++)
        {
            T[] term = terms[Place(n, terms.Count)];
            for (int i = 0; i < sum.Length; i++)
                sum[i] += term[i];
        }

        return sum;
    }

    private T Sum(IEnumerable<T> terms) => Ordered(terms).Aggregate(T.Zero, (sum, term) => sum + term);

    private T[] Ordered(IEnumerable<T> values) => isReversed ? [.. values.Reverse()] : [.. values];

    private int Place(int n, int count) => isReversed ? count - 1 - n : n;

    private static T[][] Samples(T[] values, int size) => [.. Enumerable.Range(0, values.Length / size).Select(sample => Sample(values, sample, size))];

    private static T[] Sample(T[] values, int sample, int size) => values.AsSpan(sample * size, size).ToArray();
}
