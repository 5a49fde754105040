using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using NetGen.Training;

namespace NetGen.Data;

/// <summary>What <see cref="OneHot"/> does with a value that the training set does not have.</summary>
public enum UnknownCategory
{
    /// <summary>An exception (scikit-learn's <c>handle_unknown="error"</c>).</summary>
    Error,

    /// <summary>All its floats are 0 (<c>handle_unknown="ignore"</c>).</summary>
    Zeros,
}

/// <summary>
/// Replaces features by one float for each category: 1 for the sample's, 0 for the others (scikit-learn's <c>OneHotEncoder</c>). The categories are the values of the training set in ascending order,
/// or given. Other features stay where they are between them.
/// </summary>
public sealed class OneHot : ITransform
{
    private readonly int[] _columns;
    private double[][] _categories;

    /// <summary>Creates the transform; the categories are learnt from the training set.</summary>
    /// <param name="columns">The features that are categories.</param>
    /// <param name="unknown">What is done with other values.</param>
    /// <exception cref="ArgumentException">Columns are negative or equal.</exception>
    public OneHot(int[] columns, UnknownCategory unknown = UnknownCategory.Error)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (columns.Distinct().Count() < columns.Length || columns.Any(column => column < 0))
            throw new ArgumentException("Expected the numbers of different columns.", nameof(columns));
        (_columns, _categories, Unknown) = ([.. columns.Order()], [], unknown);
    }

    /// <summary>Creates the transform with the categories 0, 1, 2 and so on.</summary>
    /// <param name="counts">How many categories a feature has, by its number.</param>
    /// <param name="unknown">What is done with other values.</param>
    /// <exception cref="ArgumentException">A column is negative or has no category.</exception>
    public OneHot(IReadOnlyDictionary<int, int> counts, UnknownCategory unknown = UnknownCategory.Error)
        : this([.. (counts ?? throw new ArgumentNullException(nameof(counts))).Keys], unknown)
    {
        if (counts.Values.Any(count => count <= 0))
            throw new ArgumentException("Expected at least one category for each column.", nameof(counts));
        AreGiven = true;
        _categories = [.. _columns.Select(column => Enumerable.Range(0, counts[column]).Select(code => (double)code).ToArray())];
    }

    /// <inheritdoc/>
    public string Kind => nameof(OneHot);

    /// <summary>The features that are categories, in ascending order.</summary>
    public IReadOnlyList<int> Columns => _columns;

    /// <summary>The categories of each, in ascending order; empty before the fit.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Categories => _categories;

    /// <summary>What is done with values that are no category.</summary>
    public UnknownCategory Unknown { get; }

    /// <summary>Whether the categories are given, so that a fit does not change them.</summary>
    public bool AreGiven { get; }

    /// <inheritdoc/>
    public int OutputSize(int inputSize)
    {
        CheckSize(inputSize);
        if (_categories.Length != _columns.Length)
            throw new InvalidOperationException("Expected a OneHot that is fitted: call Fit with the training set first.");
        int size = inputSize - _columns.Length;
        foreach (double[] categories in _categories)
            size += categories.Length;
        return size;
    }

    /// <inheritdoc/>
    public void Fit(ReadOnlySpan<float> inputs, int inputSize)
    {
        Transforms.CheckFit(inputs, inputSize);
        CheckSize(inputSize);
        if (AreGiven)
            return;
        var found = new double[_columns.Length][];
        for (int i = 0; i < found.Length; i++)
        {
            var values = new SortedSet<double>();
            for (int sample = _columns[i]; sample < inputs.Length; sample += inputSize)
            {
                if (!float.IsFinite(inputs[sample]))
                    throw Dataset.Invalid($"Expected finite numbers as categories, but feature {_columns[i]} of sample {sample / inputSize} is {inputs[sample]}.", nameof(inputs));
                values.Add(inputs[sample]);
            }

            found[i] = [.. values];
        }

        _categories = found;
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        Transforms.CheckOutput(output, OutputSize(input.Length));
        int next = 0, place = 0;
        for (int i = 0; i < input.Length; i++)
        {
            if (next == _columns.Length || _columns[next] != i)
            {
                output[place++] = input[i];
                continue;
            }

            double[] categories = _categories[next++];
            int category = Array.BinarySearch(categories, input[i]);
            if (category < 0 && Unknown == UnknownCategory.Error)
                throw Dataset.Invalid($"Expected one of {categories.Length} categories, from {categories[0]} to {categories[^1]}, but feature {i} is {input[i]}.", nameof(input));
            output.Slice(place, categories.Length).Clear();
            if (category >= 0)
                output[place + category] = 1;
            place += categories.Length;
        }
    }

    /// <inheritdoc/>
    public void Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.SetDoubles("columns", _columns.Select(column => (double)column));
        state.Set("unknown", Unknown.ToString());
        state.Set("given", AreGiven ? 1 : 0);
        state.Set("fitted", _categories.Length == _columns.Length ? 1 : 0);
        for (int i = 0; i < _categories.Length; i++)
            state.SetDoubles("categories" + Transforms.Invariant(i), _categories[i]);
    }

    /// <inheritdoc/>
    public Action Load(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!(state.GetColumns() ?? []).SequenceEqual(_columns))
            throw new InvalidDataException($"Expected the OneHot of the features {string.Join(", ", _columns)}, but the checkpoint has one of {state.GetString("columns")}.");
        double[][] categories = state.GetInt64("fitted") == 0 ? [] : [.. Enumerable.Range(0, _columns.Length).Select(i => state.GetDoubles("categories" + Transforms.Invariant(i)) ?? [])];
        if (categories.Any(values => values.Length == 0 || values.Zip(values.Skip(1)).Any(pair => !(pair.First < pair.Second))))
            throw new InvalidDataException("Expected categories in ascending order in the checkpoint.");
        return () => _categories = categories;
    }

    internal static OneHot Restore(TrainingState state)
    {
        int[] columns = state.GetColumns() ?? [];
        UnknownCategory unknown = Enum.TryParse(state.GetString("unknown"), out UnknownCategory parsed) && Enum.IsDefined(parsed)
            ? parsed
            : throw new InvalidDataException($"Expected what is done with unknown categories, but got \"{state.GetString("unknown")}\".");
        return state.GetInt64("given") == 0 ? new OneHot(columns, unknown) : new OneHot(columns.ToDictionary(column => column, _ => 1), unknown);
    }

    private void CheckSize(int inputSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputSize);
        if (_columns is [.., var last] && last >= inputSize)
            throw Dataset.Invalid($"Expected samples with a feature {last}, but got {inputSize} floats.", nameof(inputSize));
    }
}
