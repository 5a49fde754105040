using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using NetGen.Runtime;

namespace NetGen.Training;

/// <summary>
/// Measures what goes through a network's layers while it trains. At the end of an epoch it sets the means over the steps that it looked at: <c>gradient_norm/NAME</c>, the L2 norm of
/// a batch's gradient by a parameter, before clipping; <c>update_ratio/NAME</c>, ||Δθ|| / ||θ|| of a parameter's update (about 1e-3 where a learning rate is neither small nor large);
/// and <c>signal/LAYER</c>, the standard deviation of a layer's outputs. An epoch without such a step has none, nor has a frozen parameter.
/// </summary>
/// <remarks>A step that is looked at costs a few passes over parameters and outputs, and a copy of the parameters; none allocates behind the first. Where gradients are accumulated, an update is of several batches.</remarks>
public sealed class LayerStatistics : TrainingCallback, IResumable
{
    private readonly List<Figure> _figures = [];
    private readonly Observer _observer = new();
    private Parameter[] _parameters = [];
    private List<(string Name, double Sum, long Count)> _saved = [];
    private INetwork? _network;
    private float[] _before = [];
    private bool _isLooking;
    private bool _awaitsUpdate;
    private long _updates;

    /// <summary>One step of so many is looked at, the first among them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    public int SampleInterval
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 20;

    /// <summary>Each layer's signal in the first step that was looked at beside the one that the build predicts; empty before it. It has the layers whose outputs training keeps.</summary>
    public IReadOnlyList<LayerSignal> Signals { get; private set; } = [];

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It belongs to another network.</exception>
    public override void OnTrainBegin(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (_network is not null && !ReferenceEquals(_network, training.Network))
            throw new InvalidOperationException("Expected the network of the first training, but got another: make a LayerStatistics for each.");
        if (_network is null)
        {
            _network = training.Network;
            _before = new float[_network.FlatParameters.Length];
            _parameters = [.. _network.Parameters.Where(parameter => !training.Optimizer.IsFrozen(parameter)).Select(parameter => new Parameter(parameter.Layout))];
            foreach (Parameter parameter in _parameters)
                parameter.Norm = Add("gradient_norm/" + parameter.Layout.Name);
            foreach (Parameter parameter in _parameters)
                parameter.Ratio = Add("update_ratio/" + parameter.Layout.Name);
        }

        // It was interrupted between batches of one update, which have not changed the parameters.
        if (_awaitsUpdate)
            _network.FlatParameters.CopyTo(_before);
    }

    /// <inheritdoc/>
    public override void OnStepBegin(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (training.Step % SampleInterval != 0)
            return;
        _isLooking = true;
        _awaitsUpdate = true;
        _network!.FlatParameters.CopyTo(_before);
        _updates = Updates(training);
        NetworkRunner.Of(_network)?.Add(_observer);
    }

    /// <inheritdoc/>
    public override void OnStepEnd(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (_isLooking)
        {
            _isLooking = false;
            NetworkRunner.Of(_network!)?.Observers.Remove(_observer);
            Span<float> gradients = _network!.FlatGradients;
            foreach (Parameter parameter in _parameters)
                parameter.Norm!.Add(PackedNorm.Of(gradients, parameter.Layout));
            LookAtLayers(training.Report);
        }

        if (!_awaitsUpdate || (training.Optimizer is Optimizer && Updates(training) == _updates))
            return;
        _awaitsUpdate = false;
        Span<float> parameters = _network!.FlatParameters;
        TensorPrimitives.Subtract(parameters, _before, _before);
        foreach (Parameter parameter in _parameters)
        {
            double change = PackedNorm.Of(_before, parameter.Layout);
            parameter.Ratio!.Add(change == 0 ? 0 : change / PackedNorm.Of(parameters, parameter.Layout));
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext training, EpochFigures epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        foreach (Figure figure in _figures.Where(figure => figure.Count > 0))
        {
            epoch.Set(figure.Name, figure.Sum / figure.Count);
            figure.Clear();
        }

        // Of layers that have not been looked at since it was resumed.
        foreach ((string name, double sum, long count) in _saved)
            epoch.Set(name, sum / count);
        _saved.Clear();
    }

    /// <inheritdoc/>
    public override void OnException(TrainingContext training, Exception exception)
    {
        if (_isLooking)
            NetworkRunner.Of(_network!)?.Observers.Remove(_observer);
        _isLooking = false;
    }

    /// <inheritdoc/>
    internal override bool MayGive(string figure) => figure.Contains('/', StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("awaits_update", _awaitsUpdate ? 1 : 0);
        state.Set("updates", _updates);
        (string Name, double Sum, long Count)[] figures = [.. _figures.Where(figure => figure.Count > 0).Select(figure => (figure.Name, figure.Sum, figure.Count)), .. _saved];
        TrainingState section = state.Section("figures");
        section.Set("names", string.Join('\n', figures.Select(figure => figure.Name)));
        section.Set("sums", Text(figures.Select(figure => figure.Sum)));
        section.Set("counts", Text(figures.Select(figure => (double)figure.Count)));
        section = state.Section("signals");
        section.Set("names", string.Join('\n', Signals.Select(signal => signal.Layer)));
        section.Set("predicted", Text(Signals.Select(signal => signal.Predicted)));
        section.Set("measured", Text(Signals.Select(signal => signal.Measured)));
    }

    /// <inheritdoc/>
    public Action Load(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (bool awaitsUpdate, long updates) = (state.GetCount("awaits_update", 1) == 1, state.GetCount("updates"));
        TrainingState section = state.Section("figures");
        string[] names = Names(section);
        (double[] sums, double[] counts) = (Numbers(section, "sums", names.Length), Numbers(section, "counts", names.Length));
        section = state.Section("signals");
        string[] layers = Names(section);
        (double[] predicted, double[] measured) = (Numbers(section, "predicted", layers.Length), Numbers(section, "measured", layers.Length));
        return () =>
        {
            (_awaitsUpdate, _updates) = (awaitsUpdate, updates);
            _saved = [.. names.Select((name, i) => (name, sums[i], (long)counts[i]))];
            Signals = [.. layers.Select((layer, i) => new LayerSignal(layer, predicted[i], measured[i]))];
            foreach (Figure figure in _figures)
                Restore(figure);
        };
    }

    private static long Updates(TrainingContext training) => training.Optimizer is Optimizer optimizer ? optimizer.UpdateCount : 0;

    private void LookAtLayers(NetworkReport report)
    {
        foreach (Layer layer in _observer.Layers)
        {
            layer.Figure ??= Add("signal/" + layer.Place.Name);
            layer.Figure.Add(layer.Deviation);
        }

        if (Signals.Count > 0)
            return;
        var signals = new List<LayerSignal>();
        foreach (Layer layer in _observer.Layers)
        {
            double predicted = report.Figures.Layers.FirstOrDefault(known => known.Key == layer.Place.Layer.Key)?.Signal?.Deviation ?? double.NaN;
            signals.Add(new LayerSignal(layer.Place.Name, predicted, layer.Deviation));
        }

        Signals = signals;
    }

    private Figure Add(string name)
    {
        var figure = new Figure(name);
        Restore(figure);
        _figures.Add(figure);
        return figure;
    }

    /// <summary>Gives a figure what a checkpoint says of it.</summary>
    private void Restore(Figure figure)
    {
        figure.Clear();
        int index = _saved.FindIndex(saved => saved.Name == figure.Name);
        if (index < 0)
            return;
        (figure.Sum, figure.Count) = (_saved[index].Sum, _saved[index].Count);
        _saved.RemoveAt(index);
    }

    private static string Text(IEnumerable<double> numbers) => string.Join('\n', numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));

    private static string[] Names(TrainingState section) => section.GetString("names").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static double[] Numbers(TrainingState section, string name, int count)
    {
        string[] texts = section.GetString(name).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        double[] numbers = [.. texts.Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw Refused())];
        return numbers.Length == count ? numbers : throw Refused();

        InvalidDataException Refused() => new(string.Create(CultureInfo.InvariantCulture, $"Expected {count} numbers, but {name} of the layers' statistics in the checkpoint is \"{string.Join(", ", texts)}\"."));
    }

    /// <summary>A mean.</summary>
    private sealed class Figure(string name)
    {
        public string Name => name;

        public double Sum { get; set; }

        public long Count { get; set; }

        public void Add(double value)
        {
            Sum += value;
            Count++;
        }

        public void Clear() => (Sum, Count) = (0, 0);
    }

    private sealed class Parameter(ParameterLayout layout)
    {
        public ParameterLayout Layout => layout;

        public Figure? Norm { get; set; }

        public Figure? Ratio { get; set; }
    }

    /// <summary>How far a layer's outputs spread.</summary>
    private sealed class Layer(ActivationPlace place)
    {
        private double _sum;
        private double _squares;
        private long _count;

        public ActivationPlace Place => place;

        public Figure? Figure { get; set; }

        public double Deviation => Math.Sqrt(Math.Max(0, (_squares / _count) - (_sum / _count * (_sum / _count))));

        public void Clear() => (_sum, _squares, _count) = (0, 0, 0);

        public void Count(TrainingActivations activations)
        {
            Vector512<double> sums = default, squares = default;
            foreach (ActivationLine line in activations.Of(place))
            {
                ReadOnlySpan<float> values = line.Values;
                _count += values.Length;
                ref float first = ref MemoryMarshal.GetReference(values);
                int i = 0;
                for (; i + 16 <= values.Length; i += 16)
                {
                    (Vector512<double> low, Vector512<double> high) = Vector512.Widen(Vector512.LoadUnsafe(ref first, (nuint)i));
                    sums += low + high;
                    squares += (low * low) + (high * high);
                }

                for (; i < values.Length; i++)
                {
                    _sum += values[i];
                    _squares += (double)values[i] * values[i];
                }
            }

            // Lane by lane: the order of a sum across a vector is the machine's.
            for (int lane = 0; lane < Vector512<double>.Count; lane++)
                (_sum, _squares) = (_sum + sums[lane], _squares + squares[lane]);
        }
    }

    /// <summary>Counts every piece of a batch.</summary>
    private sealed class Observer : IActivationObserver
    {
        private Layer[] _layers = [];

        public ReadOnlySpan<Layer> Layers => _layers;

        public void Observe(TrainingActivations activations)
        {
            if (_layers.Length == 0)
            {
                _layers = new Layer[activations.Places.Length];
                for (int i = 0; i < _layers.Length; i++)
                    _layers[i] = new Layer(activations.Places[i]);
            }

            foreach (Layer layer in _layers)
            {
                if (activations.FirstSample == 0)
                    layer.Clear();
                layer.Count(activations);
            }
        }
    }
}
