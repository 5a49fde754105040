using System;
using System.Globalization;
using System.Runtime.InteropServices;
using NetGen.Runtime;

namespace NetGen;

/// <summary>
/// A parameter, its gradient, a buffer, or what an optimizer keeps of a parameter, in PyTorch's shape and row-major order. It is a window on the network, not a copy;
/// how the elements lie in memory is hidden.
/// </summary>
public sealed class ParameterView
{
    private readonly IPackedMemory _memory;
    private readonly ParameterLayout _layout;

    internal ParameterView(IPackedMemory memory, ParameterLayout layout, bool isBuffer = false)
    {
        _memory = memory;
        _layout = layout;
        IsBuffer = isBuffer;
    }

    /// <summary>How its elements lie.</summary>
    internal ParameterLayout Layout => _layout;

    /// <summary>Whether it is one of <see cref="INetwork.Buffers"/>.</summary>
    internal bool IsBuffer { get; }

    /// <summary>The name, such as <c>fc1.weight</c>; for an unnamed layer PyTorch's key in <c>nn.Sequential</c>, such as <c>0.weight</c>.</summary>
    public string Name => _layout.Name;

    /// <summary>The shape, such as <c>[out, in]</c> for the weight of a linear layer.</summary>
    public ReadOnlySpan<int> Shape => _layout.Shape;

    /// <summary>The number of elements.</summary>
    public int Length => _layout.Length;

    /// <summary>
    /// Whether it is a 64-bit integer: <c>num_batches_tracked</c> of a batch normalisation. <see cref="Int64"/> is its value; what reads or writes floats converts.
    /// </summary>
    public bool IsInt64 => _layout.IsInt64;

    /// <summary>The value of a 64-bit integer.</summary>
    /// <exception cref="InvalidOperationException">It is no integer, but floats.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The new value is negative: a count is not.</exception>
    public long Int64
    {
        get => Integer;
        set
        {
            ref long place = ref Integer;
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            place = value;
        }
    }

    private Span<float> Packed => _memory.Span;

    private ref long Integer
    {
        get
        {
            if (!IsInt64)
                throw new InvalidOperationException($"Expected a 64-bit integer, but {this} is 32-bit floats.");
            return ref MemoryMarshal.Cast<float, long>(Packed.Slice(_layout.Offset, sizeof(long) / sizeof(float)))[0];
        }
    }

    /// <summary>The element at an index of the row-major order.</summary>
    /// <param name="index">At least 0 and less than <see cref="Length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public float this[int index]
    {
        get
        {
            int place = PackedIndex(index);
            return IsInt64 ? Integer : Packed[place];
        }

        set
        {
            int place = PackedIndex(index);
            if (IsInt64)
                Int64 = (long)value;
            else
                Packed[place] = value;
        }
    }

    /// <summary>The element at a row and a column.</summary>
    /// <param name="row">The index in the first dimension.</param>
    /// <param name="column">The index in the second.</param>
    /// <exception cref="ArgumentException">The shape has not two dimensions.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public float this[int row, int column]
    {
        get => this[FlatIndex([row, column])];
        set => this[FlatIndex([row, column])] = value;
    }

    /// <summary>The element at one index a dimension.</summary>
    /// <param name="indices">As many as <see cref="Shape"/> has dimensions.</param>
    /// <exception cref="ArgumentException">More or fewer indices than dimensions.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public float this[params ReadOnlySpan<int> indices]
    {
        get => this[FlatIndex(indices)];
        set => this[FlatIndex(indices)] = value;
    }

    /// <summary>Copies the elements out, in row-major order.</summary>
    /// <param name="destination"><see cref="Length"/> floats.</param>
    /// <exception cref="ArgumentException">The length differs.</exception>
    public void CopyTo(Span<float> destination)
    {
        Check.Length(destination.Length, Length, nameof(destination));
        if (IsInt64)
        {
            destination[0] = Integer;
            return;
        }

        Span<float> packed = Packed;
        int inner = _layout.Inner;
        for (int row = 0; row < _layout.Rows; row++)
        {
            Span<float> line = destination.Slice(row * inner, inner);
            for (int column = 0; column < line.Length; column++)
                line[column] = packed[_layout.PackedIndex(row, column)];
        }
    }

    /// <summary>Copies elements in, from row-major order.</summary>
    /// <param name="source"><see cref="Length"/> floats.</param>
    /// <exception cref="ArgumentException">The length differs.</exception>
    public void CopyFrom(ReadOnlySpan<float> source)
    {
        Check.Length(source.Length, Length, nameof(source));
        if (IsInt64)
        {
            Int64 = (long)source[0];
            return;
        }

        Span<float> packed = Packed;

        // Training on numbers that are not finite may have left some in the padding too.
        packed.Slice(_layout.Offset, _layout.PackedLength).Clear();
        int inner = _layout.Inner;
        for (int row = _layout.Rows; row < _layout.Rows + _layout.PaddingRows; row++)
        {
            for (int column = 0; column < inner; column++)
                packed[_layout.PackedIndex(row, column)] = 0;
        }

        SetElements(source);
    }

    /// <summary>Copies elements in, from row-major order, and leaves the padding as it is.</summary>
    /// <param name="source"><see cref="Length"/> floats.</param>
    internal void SetElements(ReadOnlySpan<float> source)
    {
        Span<float> packed = Packed;
        int inner = _layout.Inner;
        for (int row = 0; row < _layout.Rows; row++)
        {
            ReadOnlySpan<float> line = source.Slice(row * inner, inner);
            for (int column = 0; column < line.Length; column++)
                packed[_layout.PackedIndex(row, column)] = line[column];
        }
    }

    /// <summary>The elements as a new array, in row-major order.</summary>
    public float[] ToArray()
    {
        var array = new float[Length];
        CopyTo(array);
        return array;
    }

    /// <summary>Name and shape: <c>fc1.weight [128, 784]</c>.</summary>
    public override string ToString() => Name + " " + ShapeText(Shape);

    internal static string ShapeText(ReadOnlySpan<int> shape)
    {
        var sizes = new string[shape.Length];
        for (int i = 0; i < sizes.Length; i++)
            sizes[i] = shape[i].ToString(CultureInfo.InvariantCulture);
        return "[" + string.Join(", ", sizes) + "]";
    }

    private int PackedIndex(int index)
    {
        if ((uint)index >= (uint)Length)
            throw new ArgumentOutOfRangeException(nameof(index), index, string.Create(CultureInfo.InvariantCulture, $"Expected an index from 0 to {Length - 1} in {this}."));
        (int row, int column) = Math.DivRem(index, _layout.Inner);
        return _layout.PackedIndex(row, column);
    }

    private int FlatIndex(ReadOnlySpan<int> indices)
    {
        ReadOnlySpan<int> shape = Shape;
        if (indices.Length != shape.Length)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Expected {shape.Length} indices into {this}, but got {indices.Length}."), nameof(indices));
        int flat = 0;
        for (int i = 0; i < shape.Length; i++)
        {
            if ((uint)indices[i] >= (uint)shape[i])
                throw new ArgumentOutOfRangeException(nameof(indices), indices[i], string.Create(CultureInfo.InvariantCulture, $"Expected an index from 0 to {shape[i] - 1} in dimension {i} of {this}."));
            flat = (flat * shape[i]) + indices[i];
        }

        return flat;
    }
}
