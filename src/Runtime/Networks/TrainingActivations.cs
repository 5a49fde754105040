using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NetGen.Runtime;

/// <summary>Sees the layers' outputs in each training pass, between its halves. Of a large batch it sees piece after piece.</summary>
internal interface IActivationObserver
{
    /// <summary>The forward half is done.</summary>
    /// <param name="activations">What the layers computed; not to be kept.</param>
    void Observe(TrainingActivations activations);
}

/// <summary>A layer whose output is in the workspace of training, and where.</summary>
internal sealed class ActivationPlace
{
    private readonly int[] _numbers;

    /// <param name="entry">One of <see cref="INetworkKernels.Activations"/>.</param>
    /// <param name="layers">The table of the layers.</param>
    public ActivationPlace(string entry, IReadOnlyList<LayerInfo> layers)
    {
        string[] parts = entry.Split(' ');
        int[] rows = Numbers(parts[0].Split('-'));
        Layer = layers[rows[0]];
        Name = rows.Length == 1 ? Layer.Key : $"{Layer.Key} to {layers[rows[1]].Key}";
        _numbers = Numbers(parts[1..]);
    }

    /// <summary>The layer; of merged layers the first.</summary>
    public LayerInfo Layer { get; }

    /// <summary>The layer's key; of layers that are computed as one <c>first to last</c>, whose channels lie side by side.</summary>
    public string Name { get; }

    /// <summary>The layer's kind: <c>Conv2d</c>, <c>ReLU</c>, <c>Sigmoid</c>.</summary>
    public string Kind => Layer.Layer.Split('(', '<')[0];

    /// <summary>Channels, or features.</summary>
    public int Channels => _numbers[3];

    /// <summary>Pixels of a channel.</summary>
    public int Pixels => Width * Height;

    internal long Start(long rows) => (_numbers[0] * rows) + _numbers[1];

    internal int SampleStride => _numbers[2];

    internal int ChannelStride => _numbers[4];

    internal int Width => _numbers[5];

    internal int PixelStride => _numbers[6];

    internal int Height => _numbers.Length > 7 ? _numbers[7] : 1;

    internal int RowStride => _numbers.Length > 7 ? _numbers[8] : 0;

    private static int[] Numbers(string[] parts) => [.. parts.Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
}

/// <summary>Floats of a layer's output that lie side by side.</summary>
/// <param name="values">They.</param>
/// <param name="channel">The channel of the first.</param>
/// <param name="isAcrossChannels">Whether each is of the next channel, at one pixel; otherwise all are pixels of one channel.</param>
internal readonly ref struct ActivationLine(ReadOnlySpan<float> values, int channel, bool isAcrossChannels)
{
    public ReadOnlySpan<float> Values { get; } = values;

    public int Channel { get; } = channel;

    public bool IsAcrossChannels { get; } = isAcrossChannels;
}

/// <summary>The layers' outputs in a training pass.</summary>
internal readonly ref struct TrainingActivations
{
    private readonly ref float _workspace;
    private readonly long _rows;

    /// <param name="places">The layers.</param>
    /// <param name="workspace">What the forward half left.</param>
    /// <param name="firstSample">Samples of the pass that were shown before.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="rows">The rows of each region of the workspace.</param>
    public TrainingActivations(ReadOnlySpan<ActivationPlace> places, ref float workspace, int firstSample, int batch, long rows)
    {
        Places = places;
        FirstSample = firstSample;
        Batch = batch;
        _workspace = ref workspace;
        _rows = rows;
    }

    /// <summary>The layers whose outputs are there, in order of execution. An activation that is computed with the layer before it stands for both; where a pool was moved before a ReLU, its output is the pooled one.</summary>
    public ReadOnlySpan<ActivationPlace> Places { get; }

    /// <summary>Samples of the pass that were shown before; 0 where a pass begins.</summary>
    public int FirstSample { get; }

    /// <summary>The number of samples, of the batch or of this piece of it.</summary>
    public int Batch { get; }

    /// <summary>A layer's output of a batch.</summary>
    /// <param name="place">One of <see cref="Places"/>.</param>
    public Lines Of(ActivationPlace place) => new(place, ref Unsafe.Add(ref _workspace, (nint)place.Start(_rows)), Batch);

    /// <summary>Goes through a layer's output line by line, sample after sample.</summary>
    internal ref struct Lines
    {
        private readonly ActivationPlace _place;
        private readonly ref float _first;
        private readonly int _batch;

        // A line is a pixel's channels, or a row of a channel's pixels.
        private readonly bool _isAcrossChannels;
        private readonly int _outer;
        private readonly int _inner;
        private int _sample;
        private int _i;
        private int _j;

        public Lines(ActivationPlace place, ref float first, int batch)
        {
            (_place, _batch) = (place, batch);
            _first = ref first;
            _isAcrossChannels = place.ChannelStride == 1;
            (_outer, _inner) = _isAcrossChannels ? (place.Height, place.Width) : (place.Channels, place.Height);
            _j = -1;
        }

        public readonly Lines GetEnumerator() => this;

        public readonly ActivationLine Current
        {
            get
            {
                long at = ((long)_sample * _place.SampleStride)
                    + (_isAcrossChannels ? ((long)_i * _place.RowStride) + ((long)_j * _place.PixelStride) : ((long)_i * _place.ChannelStride) + ((long)_j * _place.RowStride));
                return new ActivationLine(
                    MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _first, (nint)at), _isAcrossChannels ? _place.Channels : _place.Width), _isAcrossChannels ? 0 : _i, _isAcrossChannels);
            }
        }

        public bool MoveNext()
        {
            if (++_j < _inner)
                return true;
            _j = 0;
            if (++_i < _outer)
                return true;
            _i = 0;
            return ++_sample < _batch;
        }
    }
}
